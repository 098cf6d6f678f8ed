"""One small archive and one Datasette on it for all tests of the site."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.site.worker import make_site
from tests.site.sample import build

REPORTS = 24
HOSTILE_QUERIES = (
    '"',
    "(",
    "*",
    "x:y",
    "NEAR(",
    "a\0b",
    "'; drop table reports; --",
    "-",
    "OR",
    "AND NOT",
    "😀",
    "\ud800",
    "公" * 300,
    "x" * 5000,
)
"""What a search box may be given to break it."""
Get = Callable[..., Any]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one published generation and the bytes of one capture."""
    directory = tmp_path_factory.mktemp("data")
    generation = directory / "generations" / "1"
    generation.mkdir(parents=True)
    build(generation / "archive.db", REPORTS, data=directory)
    (directory / "current").symlink_to("generations/1")
    return directory


@pytest.fixture(scope="session")
def database(data: Path) -> Path:
    """The archive.db of the published generation."""
    return data / "generations" / "1" / "archive.db"


@pytest.fixture(scope="session")
def site(database: Path) -> Iterator[Any]:
    """The site as the worker makes it."""
    datasette = make_site(database)
    yield datasette
    datasette.get_database("archive").close()
    datasette.executor.shutdown()


@pytest.fixture(scope="session")
def get(site: Any) -> Get:
    """Asks the site for a path; `language` is that of the browser."""

    def ask(path: str, language: str = "zh-CN", datasette: Any = site, **more: Any) -> Any:
        async def once() -> Any:
            await datasette.invoke_startup()
            return await datasette.client.get(path, headers={"Accept-Language": language}, **more)

        return asyncio.run(once())

    return ask
