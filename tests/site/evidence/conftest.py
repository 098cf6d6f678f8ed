"""The sample archive with evidence planted in it, its exports, and a site on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from archive.site.worker import make_site
from tests.site.conftest import Get
from tests.site.evidence import planted

Rows = list[sqlite3.Row]


@pytest.fixture(scope="session")
def evidence(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive with what is planted."""
    path = planted.copied(database, tmp_path_factory.mktemp("evidence"))
    planted.plant(path)
    planted.measured(path)
    return path


@pytest.fixture(scope="session")
def exported(evidence: Path) -> dict[str, bytes]:
    """The exports of that archive by name."""
    return planted.export(evidence.parent)


@pytest.fixture(scope="session")
def ask(get: Get, evidence: Path, exported: dict[str, bytes]) -> Iterator[Get]:
    """Asks the site of that archive for a path."""
    site = make_site(evidence, allow_sql=True)
    yield partial(get, datasette=site)
    site.get_database("archive").close()
    site.executor.shutdown()


@pytest.fixture(scope="session")
def soup(ask: Get) -> Callable[..., BeautifulSoup]:
    """A page of that site, read."""

    def read(path: str, language: str = "en") -> BeautifulSoup:
        answer: Any = ask(path, language=language)
        assert answer.status_code == 200, path
        return BeautifulSoup(answer.text, "lxml")

    return read


@pytest.fixture(scope="session")
def stored(evidence: Path) -> Callable[..., Rows]:
    """Asks the database itself."""

    def query(sql: str, *values: object) -> Rows:
        connection = sqlite3.connect(evidence)
        connection.row_factory = sqlite3.Row
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    return query


@pytest.fixture(scope="session")
def columns(evidence: Path) -> Callable[[str], set[str]]:
    """The columns of a query."""

    def named(sql: str) -> set[str]:
        connection = sqlite3.connect(evidence)
        try:
            return {description[0] for description in connection.execute(sql).description}
        finally:
            connection.close()

    return named
