"""What a build starts from: the published generation where it is sound and of the same making, nothing elsewhere."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.database.build import build_database
from archive.database.inputs import made_by, report_digests
from archive.database.passages import PASSAGES
from archive.generations import current, publish, rollback
from archive.generations.base import Start, forget, start_from
from archive.generations.digests import read_digests, write_digests
from archive.holdings import Holdings, Reports
from tests.made_holdings import BUILT_AT, PARSER, made_holdings

HELD = made_holdings(2, (2021, 2022))


def publish_held(data: Path, holdings: Holdings = HELD, spoil: str = "") -> None:
    """Publishes an archive as the route does, without exports; `spoil` is SQL that changes it before."""

    def fill(directory: Path, number: int) -> None:
        write_digests(directory, dict(report_digests(holdings)), made_by(PARSER))
        build_database(directory / "archive.db", holdings, built_at=BUILT_AT, generation=number, remember=directory)
        with closing(sqlite3.connect(directory / "archive.db")) as connection:
            connection.executescript(spoil)

    publish(data, fill, tolerance=1)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("published")
    publish_held(data)
    return data


@pytest.fixture
def data(published: Path, tmp_path: Path) -> Path:
    """A data directory with one published generation, of one's own."""
    return Path(shutil.copytree(published, tmp_path / "data", symlinks=True))


def start(data: Path, holdings: Holdings = HELD, parser: str = PARSER) -> Start:
    return start_from(current(data), dict(report_digests(replace(holdings, parser_version=parser))), made_by(parser))


def test_all_reports_are_taken_over_where_nothing_changed(data: Path) -> None:
    found = start(data)
    assert found.base is not None
    assert found.base.kept == {report.id for report in HELD.reports}
    assert found.base.memory is not None
    assert (found.generation, found.why) == (1, None)


def test_only_what_is_as_it_was_is_taken_over(data: Path) -> None:
    first = replace(HELD.reports[0], warnings=("名称不一致",))
    found = start(data, replace(HELD, reports=Reports((first, *HELD.reports[1:]))))
    assert found.base is not None
    assert found.base.kept == {report.id for report in HELD.reports[1:]}


def test_there_is_nothing_before_the_first_generation(tmp_path: Path) -> None:
    assert start(tmp_path) == Start(None, why="there is no generation before")


def sql(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def flip(path: Path, at: int) -> None:
    """Turns one bit of a file over."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


REASONS: dict[str, tuple[Callable[[Path], object], str]] = {
    "tables": (
        lambda home: sql(home / "digests.db", "update made_by set value = '0' where name = 'schema'"),
        "table definitions are of version 0, now",
    ),
    "parser": (
        lambda home: sql(home / "digests.db", "update made_by set value = 'old' where name = 'parser'"),
        f"read by parser old, now {PARSER}",
    ),
    "code": (
        lambda home: sql(home / "digests.db", "update made_by set value = '' where name = 'code'"),
        "the code or the rules of the archive have changed",
    ),
    "no digests": (lambda home: (home / "digests.db").unlink(), "does not say what its rows follow from"),
    "torn digests": (lambda home: (home / "digests.db").write_bytes(b"SQLite format 3\0"), "does not say what"),
    "a changed bit": (lambda home: flip(home / "archive.db", 100_000), "its file was changed or damaged"),
    "a cut file": (lambda home: (home / "archive.db").write_bytes(b""), "its file was changed or damaged"),
    "no inspection": (lambda home: (home / "inspect.json").unlink(), "cannot be compared with what was published"),
    "other digests": (lambda home: sql(home / "digests.db", "update reports set digest = 'x'"), "no report that is as"),
}


@pytest.mark.parametrize(("spoil", "why"), REASONS.values(), ids=REASONS)
def test_all_is_built_anew_where_the_last_generation_will_not_do(
    data: Path, spoil: Callable[[Path], object], why: str
) -> None:
    spoil(data / "generations" / "1")
    found = start(data)
    assert found.base is None
    assert found.why is not None
    assert why in found.why
    assert "generation 1" in found.why
    numbers_stay = ("read by parser", "the code or the rules", "no report that is as")
    assert (found.numbers is not None) == any(word in why for word in numbers_stay), (
        "those of a sound file of this form"
    )


def test_a_full_build_that_was_asked_for_keeps_the_numbers(data: Path) -> None:
    archive = data / "generations" / "1" / "archive.db"
    found = start_from(current(data), dict(report_digests(HELD)), made_by(PARSER), full=True)
    assert (found.base, found.why, found.numbers) == (None, "it was asked for", archive.resolve())
    archive.write_bytes(archive.read_bytes()[:-1])  # not so those of a file that was damaged
    assert start_from(current(data), dict(report_digests(HELD)), made_by(PARSER), full=True).numbers is None


def test_all_is_built_anew_where_most_has_changed(data: Path) -> None:
    changed = [replace(report, warnings=("名称不一致",)) for report in HELD.reports[:2]]
    found = start(data, replace(HELD, reports=Reports((*changed, *HELD.reports[2:]))))
    assert (found.base, found.why) == (None, "2 of 4 reports are not as they were in generation 1")


def test_all_is_built_anew_where_much_of_the_file_is_unused(tmp_path: Path) -> None:
    publish_held(tmp_path, spoil="create table freed as select zeroblob(3000000); drop table freed")
    found = start(tmp_path)
    assert found.base is None
    assert found.why is not None
    assert "of the file of generation 1 are no longer in use" in found.why


@pytest.mark.parametrize("name", ["slots.u32", "sections.npy", "agencies.txt", "manifest.json"])
def test_texts_are_compared_anew_where_their_memory_is_damaged(data: Path, name: str) -> None:
    flip(data / "generations" / "1" / PASSAGES / name, 5)
    found = start(data)
    assert found.base is not None
    assert found.base.memory is None
    assert found.why is not None
    assert found.why.endswith("all texts were compared anew")


def test_only_the_published_generation_is_remembered(data: Path) -> None:
    publish_held(data)
    forget(data)
    assert [(data / "generations" / number / PASSAGES).exists() for number in ("1", "2")] == [False, True]
    rollback(data, 1)
    found = start(data)
    assert found.base is not None
    assert found.base.memory is None


def test_what_changed_between_two_generations(data: Path) -> None:
    first = replace(HELD.reports[0], warnings=("名称不一致",))
    publish_held(data, replace(HELD, reports=Reports((first, *HELD.reports[1:3])), coverage=()))
    homes = (data / "generations" / "1", data / "generations" / "2")
    before, after = map(read_digests, homes)
    assert before.keys() - after.keys() == {HELD.reports[3].id}
    assert [report for report, digest in after.items() if before[report] != digest] == [first.id]
    (homes[0] / "digests.db").unlink()
    with pytest.raises(sqlite3.DatabaseError):
        read_digests(homes[0])
