"""One archive with its exports, made once for all tests of them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.database.build import build_database
from archive.exports.write import export_all
from tests.made_holdings import BUILT_AT, made_holdings


@dataclass(frozen=True)
class Exported:
    """An archive.db, the directory of its exports, and the files that `export_all` named."""

    archive: Path
    folder: Path
    files: tuple[Path, ...]

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What the database says."""
        connection = sqlite3.connect(self.archive)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = tmp_path_factory.mktemp("exports")
    archive, holdings = folder / "archive.db", made_holdings()
    build_database(archive, holdings, built_at=BUILT_AT)
    return Exported(archive, folder / "exports", export_all(holdings, archive, folder / "exports"))
