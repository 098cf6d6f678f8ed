"""Every fault of the tables ends in its named outcome, the books balance, and the crawler stays within 300 MiB."""

from __future__ import annotations

import pytest

from tests.crawler.faults.cases import BOMBS, WIRE, Fault, placed, recognised
from tests.crawler.faults.running import Suffered, suffer

MOST = 300  # MiB
TABLES: dict[str, tuple[dict[str, Fault], dict[str, str]]] = {
    "wire": (WIRE, {"DOWNLOAD_TIMEOUT": "0.7", "GONGKAI_ATTEMPTS": "2"}),
    "judged": (recognised(), {"GONGKAI_BLOCK_LIMIT": "1000"}),
    "bombs": (BOMBS, {"GONGKAI_ATTEMPTS": "1"}),
}
NAMES = [(table, name) for table, (faults, _) in TABLES.items() for name in faults]


@pytest.fixture(scope="module")
def suffered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Suffered]:
    return {
        table: suffer(tmp_path_factory.mktemp(table) / "data", placed(faults, table), **settings)
        for table, (faults, settings) in TABLES.items()
    }


@pytest.mark.parametrize(("table", "name"), NAMES)
def test_a_fault_ends_in_its_outcome(suffered: dict[str, Suffered], table: str, name: str) -> None:
    fault = TABLES[table][0][name]
    assert suffered[table].ends[name] == (fault.outcome, fault.reason)


@pytest.mark.parametrize("table", TABLES)
def test_the_crawler_ends_with_its_failures_listed_and_within_its_memory(
    suffered: dict[str, Suffered], table: str
) -> None:
    assert suffered[table].code == 3
    assert 30 < suffered[table].peak <= MOST
    assert "bug" not in suffered[table].said
