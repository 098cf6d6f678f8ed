"""One archive with measures, failing sums, late reports and text in common, and the site on it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from archive.database.build import build_database
from archive.site.worker import make_site
from tests.database.test_questions import holdings as planted_holdings
from tests.made_holdings import BUILT_AT

Look = Callable[..., BeautifulSoup]


@pytest.fixture(scope="package")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive.db of three invented places."""
    path = tmp_path_factory.mktemp("figures") / "archive.db"
    build_database(path, planted_holdings(), built_at=BUILT_AT)
    return path


@pytest.fixture(scope="package")
def held(farm: Path) -> Iterator[sqlite3.Connection]:
    """The same archive, to ask it directly."""
    with closing(sqlite3.connect(f"file:{farm}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


@pytest.fixture(scope="package")
def look(farm: Path) -> Iterator[Look]:
    """A page of the site as a tree; `status` is the one to be expected."""
    datasette = make_site(farm)

    def ask(path: str, language: str = "en", status: int = 200) -> BeautifulSoup:
        async def once() -> Any:
            await datasette.invoke_startup()
            return await datasette.client.get(path, headers={"Accept-Language": language})

        answer = asyncio.run(once())
        assert answer.status_code == status, path
        return BeautifulSoup(answer.text, "lxml")

    yield ask
    datasette.get_database("archive").close()
    datasette.executor.shutdown()


def table_of(page: BeautifulSoup) -> dict[str, dict[str, str]]:
    """The table of figures: name of the row → head of the column → text of the cell, white space squeezed."""
    (table,) = page.select("table.matrix")
    heads = [head.get_text(" ", strip=True) for head in table.select("thead th")][1:]
    lines: dict[str, dict[str, str]] = {}
    for row in table.select("tbody tr:not(.group)"):
        name = row.th.get_text(" ", strip=True)  # type: ignore[union-attr]
        cells = [cell.get_text(" ", strip=True) for cell in row.select("td")]
        lines[name] = dict(zip(heads, cells, strict=True))
    return lines
