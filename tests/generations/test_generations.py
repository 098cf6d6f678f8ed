"""Publishing in real directories: what is sound is published, what is not is refused, and what was there stays."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
from collections import namedtuple
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from datasette.cli import inspect_

from archive.database import load_schema
from archive.database.build import build_database
from archive.generations import (
    GenerationError,
    NotEnoughSpace,
    VerificationFailed,
    current,
    generations,
    publish,
    rollback,
    verify,
)
from archive.generations.store import next_number, prune, sync_tree
from tests.made_holdings import BUILT_AT, made_holdings


def filler(reports_missing: int = 0, spoil: str = "") -> Callable[[Path, int], None]:
    """A `fill` that builds a small archive, without some reports, and runs SQL on it afterwards."""

    def fill(directory: Path, number: int) -> None:
        path = directory / "archive.db"
        build_database(path, made_holdings(skip=reports_missing), built_at=BUILT_AT, generation=number)
        (directory / "reports.jsonl").write_text("{}\n")
        if spoil:
            connection = sqlite3.connect(path)
            connection.executescript(spoil)
            connection.close()

    return fill


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("published")
    publish(data, filler())
    return data


@pytest.fixture
def data(published: Path, tmp_path: Path) -> Path:
    """A data directory with one published generation, of one's own."""
    return Path(shutil.copytree(published, tmp_path / "data", symlinks=True))


def test_the_first_publication(data: Path) -> None:
    generation = current(data)
    assert generation is not None
    assert (generation.number, generation.reports, generation.built_at) == (1, 20, BUILT_AT)
    assert (data / "current").is_symlink()
    assert (data / "current").readlink() == Path("generations/1"), "relative, so that DATA can be moved"
    assert {path.name for path in (data / "current").iterdir()} == {
        "archive.db", "inspect.json", "verification.json", "reports.jsonl",
    }  # fmt: skip
    verification = json.loads((data / "current" / "verification.json").read_text())
    assert verification["failures"] == []
    assert verification["counts"]["reports"] == 20
    assert verification["searches"] > 20


def test_the_inspect_file_is_that_of_datasette(data: Path) -> None:
    archive = (data / "current").resolve() / "archive.db"
    theirs = asyncio.run(inspect_([str(archive)], []))
    ours = json.loads((data / "current" / "inspect.json").read_text())
    assert {**ours["archive"], "file": None} == {**theirs["archive"], "file": None}


def test_the_last_three_are_kept(data: Path) -> None:
    for _ in range(3):
        publish(data, filler())
    assert [generation.number for generation in generations(data)] == [2, 3, 4]
    assert [generation.number for generation in generations(data) if generation.current] == [4]
    assert not [path for path in (data / "generations").iterdir() if "." in path.name]


def test_the_published_generation_stays_however_old_it_is(data: Path) -> None:
    publish(data, filler())
    rollback(data)
    assert prune(data, 1) == ()
    assert (data / "current" / "archive.db").is_file()
    rollback(data, 2)
    assert prune(data, 1) == (1,)


def test_rollback_and_forward_again(data: Path) -> None:
    publish(data, filler())
    assert rollback(data).number == 1
    assert (data / "current").readlink() == Path("generations/1")
    with pytest.raises(GenerationError, match=r"no older generation .* there are: 1 \(current\), 2"):
        rollback(data)
    assert rollback(data, 2).number == 2
    with pytest.raises(GenerationError, match="there is no generation 9"):
        rollback(data, 9)
    rollback(data, 1)
    assert publish(data, filler()).number == 3, "numbers are never used twice"
    assert [generation.number for generation in generations(data)] == [1, 2, 3]


def test_the_current_generation_is_never_removed(data: Path) -> None:
    for _ in range(2):
        publish(data, filler())
    rollback(data, 1)
    publish(data, filler())
    rollback(data, 2)
    assert 2 in {generation.number for generation in generations(data)}


SPOILED = {
    "a reference": (
        "delete from captures where rowid = (select max(rowid) from captures)",
        "rows of .* refer to rows of captures that are not there",
    ),
    "a text": (
        "update sections set docid = -docid; update sections set docid = docid + 121",
        "search: .* misses .* adds .* of 120 texts",
    ),
    "the index": ("delete from sections_fts_docsize where id < 3", "search index"),
    "a column": ("alter table changes drop column after", "changes has the columns"),
    "a version": ("update versions set current = 0 where version_no = 1", "current versions differ"),
    "a cell": (
        "delete from cells where version_no = (select max(version_no) from versions)",
        "(?s)cells of current versions.* versions with all cells of their form",
    ),
    "the counts": ("update build_info set findings = 1", "build_info states 1 checks"),
    "a table": ("drop table leftovers", "leftovers has the columns"),
    "the version": ("update build_info set schema_version = 0", f"one row with schema version {load_schema().version}"),
    "a table of the index": ("drop table sections_fts_config", "the (file|search index|identities)|cannot be read"),
    "the year": ("update reports set year = 1999 where version_no = 1", "an id of their agency and year"),
}


@pytest.mark.parametrize(("spoil", "reason"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_archive_is_refused(data: Path, spoil: str, reason: str) -> None:
    before = (data / "current").resolve()
    with pytest.raises(VerificationFailed, match=reason) as caught:
        publish(data, filler(spoil=f"pragma foreign_keys = off; {spoil};"))
    assert (data / "current").resolve() == before
    assert current(data).reports == 20
    assert caught.value.path == data / "generations" / "2.rejected"
    assert json.loads((caught.value.path / "verification.json").read_text())["failures"]
    assert "was not published" in str(caught.value)
    assert publish(data, filler()).number == 3
    assert not caught.value.path.exists(), "a rejected build stays until the next one"


def test_too_few_reports_are_refused_and_the_tolerance_is_stated(data: Path) -> None:
    with pytest.raises(VerificationFailed, match=r"row floor: reports has 18 rows, the last generation had 20.*2%"):
        publish(data, filler(reports_missing=2))
    assert publish(data, filler(reports_missing=2), tolerance=0.15).reports == 18


def test_more_rows_are_welcome(data: Path) -> None:
    assert publish(data, filler(reports_missing=2), tolerance=0.15).reports == 18
    assert publish(data, filler()).reports == 20


@pytest.mark.parametrize("copied", [False, True], ids=["made anew", "copied"])
@pytest.mark.parametrize("junk", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_archive_is_refused(data: Path, junk: bytes, copied: bool) -> None:
    def fill(directory: Path, _: int) -> bool:
        (directory / "archive.db").write_bytes(junk)
        return copied

    with pytest.raises(VerificationFailed):
        publish(data, fill)
    assert current(data).number == 1


@pytest.mark.parametrize("copied", [False, True], ids=["made anew", "copied"])
def test_a_damaged_page_is_noticed(data: Path, tmp_path: Path, copied: bool) -> None:
    whole = (data / "current" / "archive.db").read_bytes()
    pages = len(whole) // 8192
    for page in range(20, pages, pages // 8):
        damaged = bytearray(whole)
        damaged[8192 * page : 8192 * page + 400] = bytes(400)
        (tmp_path / "damaged.db").write_bytes(damaged)
        assert not verify(tmp_path / "damaged.db", copied=copied).passed, page


def test_an_index_that_lacks_a_row_is_noticed_in_a_copy(data: Path) -> None:
    def fill(directory: Path, _: int) -> bool:
        path = directory / "archive.db"
        shutil.copy(data / "current" / "archive.db", path)
        index = "from sqlite_master where name = 'idx_changes_changed_at'"
        with closing(sqlite3.connect(path)) as connection:
            described = connection.execute(f"select * {index}").fetchone()
            connection.executescript(f"pragma writable_schema = on; delete {index}")
        with closing(sqlite3.connect(path)) as connection, connection:  # which does not know that there is an index
            connection.execute("delete from changes where rowid = (select min(rowid) from changes)")
            connection.execute("pragma writable_schema = on")
            connection.execute("insert into sqlite_master values (?, ?, ?, ?, ?)", described)
        return True

    with pytest.raises(VerificationFailed, match="wrong # of entries in index idx_changes_changed_at: 20, and 19 rows"):
        publish(data, fill)


def test_no_archive_at_all(data: Path) -> None:
    with pytest.raises(VerificationFailed, match="no archive"):
        publish(data, lambda directory, _: None)


def test_a_build_that_fails_leaves_everything_as_it_was(data: Path) -> None:
    def fill(directory: Path, number: int) -> None:
        (directory / "archive.db").write_text("half")
        raise ValueError("the build failed")

    with pytest.raises(ValueError, match="the build failed"):
        publish(data, fill)
    assert [path.name for path in (data / "generations").iterdir()] == ["1"]
    assert current(data).number == 1


def test_what_a_killed_build_left_is_removed_and_its_number_not_used_again(data: Path) -> None:
    (data / "generations" / "2.building").mkdir()
    (data / "generations" / "2.building" / "archive.db").write_text("half")
    (data / "current.new").symlink_to("generations/2.building")
    assert next_number(data) == 3
    publish(data, filler())
    assert sorted(path.name for path in data.iterdir()) == ["current", "generations"]
    assert (data / "current" / "archive.db").is_file()


def test_an_unreadable_last_generation_does_not_stop_the_next(data: Path) -> None:
    (data / "generations" / "1" / "archive.db").write_bytes(b"broken")
    generation = publish(data, filler())
    notes = json.loads((generation.path / "verification.json").read_text())["notes"]
    assert "cannot be read" in notes[0]
    with pytest.raises(GenerationError, match="that can be read"):
        rollback(data)


def test_a_rollback_passes_over_a_generation_that_is_damaged(data: Path) -> None:
    for _ in range(2):
        publish(data, filler())
    with (data / "generations" / "2" / "archive.db").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\xa5")
    assert generations(data)[1].reports == 20, "it can be read"
    with pytest.raises(GenerationError, match=r"there is no generation 2 .* as it was published"):
        rollback(data, 2)
    assert rollback(data).number == 1


def test_a_generation_of_an_older_schema_is_compared_as_far_as_it_goes(data: Path) -> None:
    connection = sqlite3.connect(data / "generations" / "1" / "archive.db")
    connection.executescript("drop table coverage")
    connection.close()
    generation = publish(data, filler())
    notes = json.loads((generation.path / "verification.json").read_text())["notes"]
    assert notes == ["the last generation has no table coverage to compare with"]


def test_a_full_disk_is_noticed_before_anything_is_built(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 10**7))
    with pytest.raises(NotEnoughSpace, match="10 MB free; nothing was built"):
        publish(data, filler())
    assert [path.name for path in (data / "generations").iterdir()] == ["1"]


def test_an_empty_data_directory_has_no_generations(tmp_path: Path) -> None:
    assert generations(tmp_path) == ()
    assert current(tmp_path) is None
    with pytest.raises(GenerationError, match="there are: none"):
        rollback(tmp_path)


def test_what_an_older_generation_shares_is_on_the_disk_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "1", tmp_path / "2"
    for folder in (old, new / "exports"):
        folder.mkdir(parents=True)
    (old / "shared").write_text("as it was")
    (new / "exports" / "shared").hardlink_to(old / "shared")
    (new / "exports" / "written").write_text("new")
    forced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: forced.append(os.fstat(descriptor).st_ino))
    sync_tree(new)
    assert sorted(forced) == sorted(path.stat().st_ino for path in (new, new / "exports", new / "exports" / "written"))
