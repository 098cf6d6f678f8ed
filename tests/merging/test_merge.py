"""Merging: nothing is lost or doubled, the order makes no difference, and the rules decide what a URL comes to."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.captures import CaptureStore
from archive.captures.names import is_copied
from archive.cli import main
from archive.ledger import Attempt, Found, Ledger, LockedError
from archive.merging import MergeError, merge
from archive.models import Capture, CapturedPage, Outcome, Role
from archive.registry import keep_registry, load_registry, registry_of
from tests.route.crawled import HOST, Crawled, crawled

PAGE = "<html><body>滕州市水务局2021年政府信息公开工作年度报告</body></html>".encode()


def crawl(data: Path, vantage: str, *visits: tuple[str, str, Outcome, bytes | None]) -> Path:
    """A DATA of visits (path, when, outcome, body) made from one place in one run."""
    with crawled(data) as made:
        made.run = made.ledger.begin_run("test", {"vantage": vantage}, ["tz"])
        for path, at, outcome, body in visits:
            made.fetch(path, body, at=at, outcome=outcome, title=f"{vantage} {path}")
    return data


def day(number: int) -> str:
    return f"2026-02-{number:02d}T00:00:00.000Z"


def standing(data: Path, path: str) -> tuple[str | None, str | None]:
    """What a URL came to, and when it was last asked for with that outcome."""
    with Ledger(data / "ledger.db", create=False) as ledger:
        url = ledger.url(f"http://{HOST}/{path}")
        assert url is not None
        return url.outcome, url.title_hint


def content(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the ledger."""
    with closing(sqlite3.connect(data / "ledger.db")) as ledger:
        tables = ("runs", "captures", "urls", "fetches", "hosts", "parses")
        return {table: ledger.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables}


def check_whole(data: Path) -> int:
    """Every capture reads back with its digest, the books balance; returns the number of captures."""
    store = CaptureStore(data / "warc")
    number = 0
    with Ledger(data / "ledger.db", create=False) as ledger:
        assert ledger.completeness().balanced
        for capture in ledger.captures(outcomes=(), repeats=True):
            number += 1
            stored = store.read(capture.warc, capture.offset)
            assert (stored.url, hashlib.sha256(stored.payload).hexdigest()) == (capture.url, capture.sha256)
        assert not [damage for report in store.verify(ledger.committed_ends()) for damage in report.damage]
    return number


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Three places: of one page the first met a block, the others had it; each also had a page of its own."""
    ok, blocked = Outcome.OK, Outcome.BLOCKED
    return [
        crawl(tmp_path / "a", "a", ("x", day(3), blocked, None), ("a", day(1), ok, PAGE + b"a")),
        crawl(tmp_path / "b", "b", ("x", day(2), ok, PAGE), ("b", day(1), ok, PAGE + b"b")),
        crawl(tmp_path / "c", "c", ("x", day(1), ok, PAGE + b"old"), ("c", day(1), ok, PAGE + b"c")),
    ]


def test_nothing_is_lost_or_doubled_in_any_order(tmp_path: Path, three: list[Path]) -> None:
    contents = []
    for number, order in enumerate(permutations(three)):
        target = tmp_path / f"t{number}"
        assert merge(order, target).changed
        contents.append(content(target))
        assert check_whole(target) == 5
    assert all(one == contents[0] for one in contents)
    assert {table: len(rows) for table, rows in contents[0].items()} == {
        "runs": 6, "captures": 5, "urls": 4, "fetches": 6, "hosts": 1, "parses": 0,
    }  # fmt: skip
    assert standing(tmp_path / "t0", "x")[0] == "ok"


def test_one_after_the_other_and_again_gives_the_same(tmp_path: Path, three: list[Path]) -> None:
    merge(three, tmp_path / "at-once")
    before = (tmp_path / "at-once" / "ledger.db").read_bytes()
    again = merge(reversed_(three), tmp_path / "at-once")
    assert (again.changed, again.bytes, set(again.rows.values())) == (False, 0, {0})
    assert (tmp_path / "at-once" / "ledger.db").read_bytes() == before
    for one in three:
        merge([one], tmp_path / "one-by-one")
    assert content(tmp_path / "one-by-one") == content(tmp_path / "at-once")


def reversed_(paths: list[Path]) -> list[Path]:
    return list(reversed(paths))


@pytest.mark.parametrize(
    ("one", "other", "wins"),
    [
        (("v", Outcome.OK, 1), ("w", Outcome.BLOCKED, 2), "ok"),
        (("v", Outcome.OK, 2), ("w", Outcome.BLOCKED, 1), "ok"),
        (("v", Outcome.OK, 1), ("v", Outcome.BLOCKED, 2), "blocked"),
        (("v", Outcome.OK, 1), ("w", Outcome.NOT_FOUND, 2), "not_found"),
        (("v", Outcome.OK, 2), ("w", Outcome.NOT_FOUND, 1), "ok"),
        (("v", Outcome.NOT_FOUND, 1), ("w", Outcome.UNREACHABLE, 2), "not_found"),
        (("v", Outcome.BLOCKED, 1), ("w", Outcome.UNREACHABLE, 2), "unreachable"),
    ],
)
def test_the_rules_decide(
    tmp_path: Path, one: tuple[str, Outcome, int], other: tuple[str, Outcome, int], wins: str
) -> None:
    parts = []
    for vantage, outcome, when in (one, other):
        body = PAGE if outcome is Outcome.OK else None
        part = crawl(tmp_path / f"{vantage}{when}", vantage, ("x", day(when), outcome, body))
        with closing(sqlite3.connect(part / "ledger.db")) as ledger, ledger:
            ledger.execute("UPDATE urls SET done_at = ?", (day(when),))
        parts.append(part)
    for number, order in enumerate((parts, reversed_(parts))):
        merge(order, tmp_path / f"t{number}")
        assert standing(tmp_path / f"t{number}", "x")[0] == wins
        with Ledger(tmp_path / f"t{number}" / "ledger.db") as united:
            vantages = {run.id: run.settings.get("vantage") for run in united.runs()}
            met = {(vantages[fetch.run], fetch.outcome) for fetch in united.fetches()}
        assert met == {one[:2], other[:2]}, "what each place met is kept"


def test_a_later_merge_brings_what_is_new_and_the_target_may_crawl_itself(tmp_path: Path, three: list[Path]) -> None:
    target = tmp_path / "t"
    merge(three, target)
    with crawled(target) as own:
        own.store.cut_torn_tail(own.ledger.committed_ends())
        mine = own.fetch("t", PAGE + b"t", at=day(9))
        assert mine is not None
        assert not is_copied(mine.warc), "a copied file is never continued"
    with Ledger(three[0] / "ledger.db") as ledger, CaptureStore(three[0] / "warc") as store:
        store.cut_torn_tail(ledger.committed_ends())
        grown = Crawled(ledger, store, ledger.begin_run("test", {"vantage": "a"}, ["tz"]))
        grown.fetch("x", PAGE + b"new", at=day(10))
    summary = merge(three, target)
    assert summary.rows["captures"] == 1
    assert check_whole(target) == 7
    assert merge([target], tmp_path / "onward").rows["captures"] == 7
    assert check_whole(tmp_path / "onward") == 7
    # What comes back to where it was written is known there by its own name.
    back = merge([tmp_path / "onward"], target)
    assert (back.rows["captures"], back.bytes) == (0, 0)


def test_a_page_that_did_not_change_is_found_by_its_revisit(tmp_path: Path) -> None:
    parts = []
    for name in "ab":
        with crawled(tmp_path / name) as made:
            first = made.fetch("x", PAGE + name.encode(), at=day(1))
            assert first is not None
            parts.append(revisited(made, tmp_path / name, first, PAGE + name.encode()))
    # Two crawls that began in the same second give their files the same names.
    names = [sorted(path.name for path in (part / "warc").glob("*.gz")) for part in parts]
    for part, own in zip(parts, names, strict=True):
        for name, same in zip(own, ("gongkai-000001-20260201000000.warc.gz",), strict=True):
            (part / "warc" / name).rename(part / "warc" / same)
    merge(parts, tmp_path / "t")
    assert len(list((tmp_path / "t" / "warc").glob("*.warc.gz"))) == 2
    assert check_whole(tmp_path / "t") == 4


def revisited(made: Crawled, data: Path, first: Capture, body: bytes) -> Path:
    """Adds a capture that repeats the bytes of the first, in the name that all files here get."""
    page = CapturedPage(first.url, 200, "OK", (("Content-Type", "text/html; charset=utf-8"),), body, day(2))
    same = "gongkai-000001-20260201000000.warc.gz"
    (data / "warc" / same).symlink_to(first.warc)
    location = made.store.append_revisit(page, replace(first, warc=same))
    (data / "warc" / same).unlink()
    row = made.ledger.reopen(first.url)
    again = replace(first, fetched_at=day(2), offset=location.offset, length=location.length)
    made.ledger.record(made.run, Attempt(row, day(2), 0.1, Outcome.NOT_MODIFIED, 200, capture=again, refers_to=first))
    with closing(sqlite3.connect(data / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE captures SET warc = ?", (same,))
    return data


def test_a_crawl_at_work_is_not_merged(tmp_path: Path, three: list[Path]) -> None:
    lock = three[1] / "crawl.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LockedError, match=r"b.crawl\.lock"):
            merge(three, tmp_path / "t")
        result = CliRunner().invoke(main, ["merge", *map(str, three), "--data", str(tmp_path / "t")])
    assert result.exit_code == 4, result.output
    assert not (tmp_path / "t" / "ledger.db").exists()


def test_sources_are_only_read(tmp_path: Path, three: list[Path]) -> None:
    def state() -> Iterator[tuple[str, bytes, int]]:
        for path in sorted(file for one in three for file in one.rglob("*") if file.is_file()):
            # What SQLite keeps beside a database for those who read it; an empty log is none.
            if not path.name.endswith("-shm") and (path.stat().st_size or not path.name.endswith("-wal")):
                yield str(path), path.read_bytes(), path.stat().st_mtime_ns

    before = list(state())
    merge(three, tmp_path / "t")
    assert list(state()) == before


def test_a_dry_run_writes_nothing(tmp_path: Path, three: list[Path]) -> None:
    words = ["merge", *map(str, three), "--data", str(tmp_path / "t")]
    said = CliRunner().invoke(main, [*words, "--dry-run"])
    assert said.exit_code == 0, said.output
    assert "5 captures, 4 URLs, 6 requests would be added" in said.output
    assert not (tmp_path / "t").exists()
    assert "6 requests added" in CliRunner().invoke(main, words).output
    assert "Nothing to add" in CliRunner().invoke(main, words).output


def test_a_merge_that_was_killed_is_done_again(tmp_path: Path, three: list[Path]) -> None:
    merge(three, tmp_path / "truth")
    script = "import os, signal, sys; from pathlib import Path; import archive.merging"
    for place in ("unite", "_replace", "_unite_registries"):
        target = tmp_path / place
        kill = (
            f"m = sys.modules['archive.merging.merge']; m.{place} = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        call = f"m.merge([Path(p) for p in {list(map(str, three))!r}], Path({str(target)!r}))"
        died = subprocess.run([sys.executable, "-c", script + "\n" + kill + call])
        assert died.returncode == -9
        assert merge(three, target).changed
        assert content(target) == content(tmp_path / "truth")
        assert check_whole(target) == 5
        assert not (target / "merging").exists()


def test_two_histories_of_one_store_are_refused(tmp_path: Path, three: list[Path]) -> None:
    shutil.copytree(three[0], tmp_path / "copy")
    for number, data in enumerate((three[0], tmp_path / "copy")):
        with Ledger(data / "ledger.db") as ledger, CaptureStore(data / "warc") as store:
            store.cut_torn_tail(ledger.committed_ends())
            Crawled(ledger, store, ledger.begin_run("test", {}, ["tz"])).fetch("z", PAGE + b"%d" % number, at=day(5))
    merge([three[0]], tmp_path / "t")
    before = content(tmp_path / "t")
    with pytest.raises(MergeError, match="put back from an older copy"):
        merge([tmp_path / "copy"], tmp_path / "t")
    assert content(tmp_path / "t") == before


def test_wrong_use_is_told(tmp_path: Path, three: list[Path]) -> None:
    with pytest.raises(MergeError, match="into itself"):
        merge([three[0]], three[0])
    with pytest.raises(MergeError, match="named twice"):
        merge([three[0], three[0]], tmp_path / "t")
    with pytest.raises(MergeError, match="no crawl"):
        merge([tmp_path], tmp_path / "t")
    warc = next((three[0] / "warc").glob("*.gz"))
    warc.write_bytes(warc.read_bytes()[:-5])
    with pytest.raises(MergeError, match="are gone"):
        merge(three, tmp_path / "t")


def test_an_open_url_goes_before_one_left_out_and_after_one_asked_for(tmp_path: Path, three: list[Path]) -> None:
    for data, excluded in ((three[0], None), (three[1], "off_site")):
        with Ledger(data / "ledger.db") as ledger:
            for path in ("new", "c"):
                ledger.add(1, [Found(f"http://{HOST}/{path}", HOST, "tz", Role.ARTICLE, excluded=excluded)])
    merge(three, tmp_path / "t")
    assert standing(tmp_path / "t", "new")[0] is None
    assert standing(tmp_path / "t", "c")[0] == "ok"


def test_registries_are_united_and_the_later_row_wins(tmp_path: Path) -> None:
    head = "id,name,division,level,home_url,annual_report_url,platform,notes\n"
    parts = []
    for number, rows in enumerate(
        ("a,甲县,990101,county,http://old.example/,,,\nb,乙县,990102,county,http://b.example/,,,\n",
         "a,甲县,990101,county,http://new.example/,,,\n")
    ):  # fmt: skip
        data = crawl(tmp_path / f"p{number}", "v", (f"{number}", day(1), Outcome.OK, PAGE))
        with closing(sqlite3.connect(data / "ledger.db")) as ledger, ledger:
            ledger.execute("UPDATE runs SET started_at = ?", (day(number + 1),))
        (tmp_path / "rows.csv").write_text(head + rows, "utf-8")
        keep_registry(data, load_registry(tmp_path / "rows.csv", None), own=True)
        parts.append(data)
    for number, order in enumerate((parts, reversed_(parts))):
        merge(order, tmp_path / f"t{number}")
        found = registry_of(tmp_path / f"t{number}").portals
        assert found["a"].home_url == "http://new.example/"
        assert found["b"].home_url == "http://b.example/"


def test_a_directory_that_cannot_be_written_is_read(
    tmp_path: Path, three: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.ledger.watch.os.access", lambda *_: False)
    before = sorted(three[0].rglob("*"))
    merge(three, tmp_path / "t")
    assert check_whole(tmp_path / "t") == 5
    assert sorted(three[0].rglob("*")) == before
