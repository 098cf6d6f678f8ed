"""A directory that is not there is said to be missing, and nothing is made where somebody mistyped its name."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import main
from archive.commands.common import Problem, route_problems, said_of
from archive.ledger import SCHEMA_VERSION, Ledger

READING = {
    "build": "there is no ledger in {data}",
    "build --full": "there is no ledger in {data}",
    "build --rollback": "{data}",
    "parse": "there is no ledger in {data}",
    "export": "there is no archive in {data}",
    "export --wacz": "there is no ledger in {data}",
    "status": "there is no directory {data}",
    "storage": "there is no directory {data}",
    "storage --upload": "there is no directory {data}",
    "coverage": "there is no archive in {data}",
    "check": "there is no archive in {data}",
    "check --captures": "there is no ledger in {data}",
    "show qinghe-jyj-2023": "there is no archive in {data}",
    "serve --port 0": "there is no archive in {data}",
    "portals check": "there is no directory {data}",
    "portals expand ah": "there is no directory {data}",
    "savefixture http://www.qinghe.gov.cn/a.html --to fixtures": "{data} has no ledger",
    "merge {empty}": "{empty} holds no crawl",
    "merge --dry-run {empty}": "{empty} holds no crawl",
    "import --portal nowhere {file}": "the registry has no portal nowhere",
}


@pytest.mark.parametrize("words", READING)
def test_a_directory_that_is_not_there_is_named_and_not_made(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    empty, file, data = tmp_path / "empty", tmp_path / "file.html", tmp_path / "dta"
    empty.mkdir()
    file.write_bytes(b"no archive")
    line = words.format(empty=empty, file=file).split()
    ended = CliRunner().invoke(main, [*line, "--data", str(data)])
    assert isinstance(ended.exception, SystemExit), ended.exception
    assert ended.exit_code in (1, 2)
    assert READING[words].format(data=data, empty=empty) in ended.stderr
    assert sorted(tmp_path.iterdir()) == [empty, file]
    assert not list(empty.iterdir())


@pytest.mark.parametrize("words", ["crawl --portal", "import {file} --portal", "export --wacz --portal"])
def test_a_portal_that_nobody_knows_is_wrong_use_everywhere(words: str, tmp_path: Path) -> None:
    file = tmp_path / "file.html"
    file.write_bytes(b"no archive")
    Ledger(tmp_path / "ledger.db").close()
    ended = CliRunner().invoke(main, [*words.format(file=file).split(), "nowhere", "--data", str(tmp_path)])
    assert ended.exit_code == 2, ended.output


def _with_schema(data: Path, version: int) -> Path:
    data.mkdir()
    Ledger(data / "ledger.db").close()
    with closing(sqlite3.connect(data / "ledger.db")) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    return data


def test_a_newer_ledger_is_named_where_it_stands(tmp_path: Path) -> None:
    newer = _with_schema(tmp_path / "newer", SCHEMA_VERSION + 1)
    ended = CliRunner().invoke(main, ["merge", str(newer), "--to", str(tmp_path / "united")])
    assert ended.exit_code == 1
    assert ended.stderr.startswith(f"gongkai: {newer / 'ledger.db'} has schema {SCHEMA_VERSION + 1}")


def test_status_says_what_to_do_about_an_older_ledger(tmp_path: Path) -> None:
    older = _with_schema(tmp_path / "older", SCHEMA_VERSION - 1)
    ended = CliRunner().invoke(main, ["status", "--data", str(older)])
    assert ended.exit_code == 0
    assert f"of an older version; the next `gongkai crawl` or `gongkai parse` brings it to {SCHEMA_VERSION}" in (
        " ".join(ended.stdout.split())
    )
    with closing(sqlite3.connect(older / "ledger.db")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION - 1,)


def test_a_full_disk_is_said_with_the_place_that_is_full() -> None:
    copy = OSError(errno.ENOSPC, "No space left on device", "from.csv", None, "to.csv")
    assert said_of(copy) == "to.csv: No space left on device; make room and run the same command again"
    assert "no room is left where the command writes" in said_of(OSError(errno.ENOSPC, "No space left on device"))
    assert said_of(PermissionError(errno.EACCES, "Permission denied", "a")) == "a: Permission denied"
    assert said_of(OSError("a refusal without a number")) == "a refusal without a number"


def test_a_database_that_finds_no_room_ends_in_a_line_and_not_in_a_traceback() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table big (bytes blob)")
        connection.execute("pragma max_page_count = 2")
        with pytest.raises(Problem, match=r"no room is left .*\(TMPDIR\); make room and run"), route_problems():
            connection.execute("insert into big values (zeroblob(100000))")
        with pytest.raises(sqlite3.OperationalError, match="no such table"), route_problems():
            connection.execute("select * from another")


def test_a_damaged_ledger_ends_in_a_line_that_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger(path).close()
    with path.open("r+b") as file:  # the first page stays, by which it is known for a ledger
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))
    ended = CliRunner().invoke(main, ["parse", "--data", str(tmp_path)])
    assert (ended.exit_code, ended.stderr.count("\n")) == (1, 1)
    assert "put its last copy back" in ended.stderr


def test_a_ledger_that_another_process_writes_to_is_said_to_be_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.db"
    Ledger(path).close()
    real = sqlite3.connect
    monkeypatch.setattr(
        "archive.ledger.connection.sqlite3.connect", lambda *words, **named: real(*words, **named | {"timeout": 0.1})
    )
    with closing(real(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        ended = CliRunner().invoke(main, ["parse", "--data", str(tmp_path)])
    assert ended.exit_code == 1
    assert "another process is writing to it, so run the same command again" in ended.stderr
