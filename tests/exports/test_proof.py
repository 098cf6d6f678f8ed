"""Exports are handed on only while each file is the one that was made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import main
from archive.database.build import build_database
from archive.exports.proof import damaged
from archive.exports.write import export_all
from tests.made_holdings import BUILT_AT, made_holdings


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    generation = data / "generations" / "1"
    generation.mkdir(parents=True)
    holdings = made_holdings(agencies=2)
    build_database(generation / "archive.db", holdings, built_at=BUILT_AT)
    export_all(holdings, generation / "archive.db", generation / "exports")
    (data / "current").symlink_to("generations/1")
    return data


def spoil(path: Path) -> None:
    """Changes one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_files_as_they_were_made_are_handed_on(published: Path, tmp_path: Path) -> None:
    assert list(damaged(published / "current" / "exports", published / "current" / "archive.db")) == []
    done = CliRunner().invoke(main, ["export", "--data", str(published), "--to", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "manifest.json").is_file()


@pytest.mark.parametrize(
    "name", ["archive.db", "exports/reports.jsonl.gz", "exports/reports.csv", "exports/feeds/agency"]
)
@pytest.mark.parametrize("how", [spoil, Path.unlink])
def test_a_damaged_file_is_named_and_nothing_is_copied(published: Path, tmp_path: Path, name: str, how: object) -> None:
    data = tmp_path / "data"
    shutil.copytree(published, data, symlinks=True)
    path = data / "generations" / "1" / name
    path = next(path.iterdir()) if path.is_dir() else path
    assert callable(how)
    how(path)
    done = CliRunner().invoke(main, ["export", "--data", str(data), "--to", str(tmp_path / "to")])
    assert done.exit_code == 1
    assert path.name in done.output
    assert "`gongkai build --full" in done.output
    assert not (tmp_path / "to").exists()


def test_an_export_that_is_cut_short_leaves_no_manifest_of_an_earlier_one(published: Path, tmp_path: Path) -> None:
    words = ["export", "--data", str(published), "--to", str(tmp_path)]
    assert CliRunner().invoke(main, words).exit_code == 0
    (tmp_path / "archive.db").unlink()
    (tmp_path / "archive.db").mkdir()  # where no file can be put, as on a disk that is full
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "archive.db" in done.output) == (1, True)
    assert not (tmp_path / "manifest.json").exists()
