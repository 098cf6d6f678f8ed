"""What is known of each parse is worked out once, and again wherever it may not be what it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive import wire
from archive.holdings import Holdings, ReadAnew, build_holdings
from archive.holdings import build as holdings_build
from archive.holdings.facts import KnownFacts, facts_of
from archive.ledger import LedgerError
from archive.models import Capture
from archive.registry import Registry
from tests.holdings.evidence import body, registry
from tests.route.crawled import Crawled, crawled


@pytest.fixture
def small(tmp_path: Path) -> Registry:
    return registry(tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Crawled]:
    with crawled(tmp_path / "data") as crawl:
        for number, agency in enumerate(("滕州市科学技术局", "滕州市水务局", "滕州市林业局")):
            record(crawl, f"{number}.html", wire.dumps(body(agency)))
        yield crawl


def record(crawl: Crawled, path: str, text: str, version: str = "v1") -> Capture:
    capture = crawl.fetch(path, path.encode())
    assert capture is not None
    crawl.ledger.record_parse(capture, version, "ok", result=text)
    return capture


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The texts of which facts were worked out."""
    told: list[bytes] = []
    monkeypatch.setattr(holdings_build, "KEPT_AT_ONCE", 2)
    monkeypatch.setattr(holdings_build, "facts_of", lambda text: (told.append(text), facts_of(text))[1])
    return told


def held(data: Crawled, small: Registry, path: Path, version: str = "v1") -> Holdings:
    with closing(KnownFacts(path, version)) as known:
        return build_holdings(data.ledger, small, version, known)


def test_only_what_is_new_is_worked_out(
    data: Crawled, small: Registry, tmp_path: Path, worked_out: list[bytes]
) -> None:
    path = tmp_path / "facts.db"
    first = held(data, small, path)
    assert len(worked_out) == 3
    assert held(data, small, path) == first == build_holdings(data.ledger, small, "v1")
    assert len(worked_out) == 6  # three of them without known facts
    record(data, "new.html", wire.dumps(body("滕州市科学技术局", 2020)))
    assert len(held(data, small, path).reports) == 4
    assert len(worked_out) == 7


def test_a_parse_made_anew_is_worked_out_anew(
    data: Crawled, small: Registry, tmp_path: Path, worked_out: list[bytes]
) -> None:
    path = tmp_path / "facts.db"
    capture = record(data, "again.html", wire.dumps(body("滕州市科学技术局", 2019)))
    held(data, small, path)
    with sqlite3.connect(tmp_path / "data" / "ledger.db") as connection:
        connection.execute("update parses set parsed_at = '2020-01-01T00:00:00.000Z' where capture = 4")
    data.ledger.record_parse(capture, "v1", "ok", result=wire.dumps(body("滕州市科学技术局", 2018)))
    worked_out.clear()
    assert {report.year for report in held(data, small, path).reports} == {2018, 2021}
    assert len(worked_out) == 1


SPOILED: dict[str, Callable[[Path], object]] = {
    "deleted": lambda path: path.unlink(),
    "no database": lambda path: path.write_bytes(b"nonsense" * 1000),
    "torn": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "empty": lambda path: path.write_bytes(b""),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_file_that_will_not_do_is_made_anew(
    data: Crawled, small: Registry, tmp_path: Path, worked_out: list[bytes], spoil: Callable[[Path], object]
) -> None:
    path = tmp_path / "facts.db"
    first = held(data, small, path)
    spoil(path)
    worked_out.clear()
    assert held(data, small, path) == first
    assert len(worked_out) == 3
    assert held(data, small, path) == first
    assert len(worked_out) == 3


def test_another_parser_knows_nothing(data: Crawled, small: Registry, tmp_path: Path, worked_out: list[bytes]) -> None:
    path = tmp_path / "facts.db"
    held(data, small, path)
    record(data, "0.html", wire.dumps(body("滕州市科学技术局", 2020)), "v2")
    worked_out.clear()
    assert [report.year for report in held(data, small, path, "v2").reports] == [2020]
    assert len(worked_out) == 1


def test_a_report_that_was_read_anew_meanwhile_is_not_mistaken(data: Crawled, small: Registry) -> None:
    capture = record(data, "x.html", wire.dumps(body("滕州市科学技术局", 2020)))
    (report,) = (report for report in build_holdings(data.ledger, small, "v1").reports if report.year == 2020)
    assert report.current.parsed().year == 2020
    data.ledger.record_parse(capture, "v1", "ok", result=wire.dumps(body("滕州市科学技术局", 2019)))
    with pytest.raises(ReadAnew, match="build again"):
        report.current.parsed()
    data.ledger.record_parse(capture, "v1", "unreadable", why="torn")
    with pytest.raises(LedgerError, match="found no report in capture"):
        report.current.parsed()
