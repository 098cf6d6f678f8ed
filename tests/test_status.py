"""What `gongkai status` says is what is so: while a night runs, when it was killed, and when nothing does."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.cli import main
from archive.doing import Doing, doing, read_doing
from archive.ledger import CRAWL_LOCK, Found, locked
from archive.models import Outcome, Role
from archive.nightly import LOCK
from archive.status import status_of
from archive.workers.states import FOLDER, STATE
from tests.route.crawled import HOST, crawled

needs_proc = pytest.mark.skipif(not Path("/proc/locks").exists(), reason="needs /proc")
PAGE = "<html><body>滕州市水务局2021年政府信息公开工作年度报告</body></html>".encode()
NIGHT = {"ended_at": "2026-02-01T01:00:00+00:00", "exit_code": 3, "generation": 4, "reports": 12}
METRIC = re.compile(r'gongkai_[a-z_]+(\{[a-z_]+="(?:[^"\\]|\\.)*"(,[a-z_]+="(?:[^"\\]|\\.)*")*\})? -?[0-9][0-9.e+-]*')


def ask(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["status", "--data", str(data), *words])


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A crawl that is not at its end: two pages had, two failures, three URLs open; two nights before it."""
    with crawled(tmp_path / "data") as made:
        for number in range(2):
            made.fetch(f"{number}", PAGE + b"%d" % number, at=ago(100 + number))
        made.fetch("old", None, at=ago(4000), outcome=Outcome.NOT_FOUND)
        made.fetch("blocked", None, at=ago(50), outcome=Outcome.BLOCKED, portal="other")
        made.fetch("robots.txt", None, at=ago(60), outcome=Outcome.NOT_FOUND, role=Role.ROBOTS)
        made.ledger.add(made.run, [Found(f"http://{HOST}/open{n}", HOST, "tz", Role.ARTICLE) for n in range(3)])
    nights = tmp_path / "data" / "nights"
    nights.mkdir()
    (nights / "2026-02-01T000000Z.json").write_text(json.dumps(NIGHT), "utf-8")
    bad = NIGHT | {"generation": None, "exit_code": 5}
    (nights / "2026-02-02T000000Z.json").write_text(json.dumps(bad), "utf-8")
    return tmp_path / "data"


@pytest.fixture
def at_work(data: Path) -> Iterator[Path]:
    """The same, while a night is at it."""
    with locked(data / LOCK), locked(data / CRAWL_LOCK), doing(data, "nightly") as tell:
        tell("crawling", 0, 0)
        yield data


def test_nothing_at_all(tmp_path: Path) -> None:
    said = ask(tmp_path)
    assert said.exit_code == 0, said.output
    assert said.output.splitlines()[:3] == [
        "Nothing is at work.",
        "No night has published yet.",
        "No generation is published.",
    ]
    assert ask(tmp_path / "nowhere").exit_code == 2
    assert list(tmp_path.iterdir()) == []


@needs_proc
def test_a_night_at_work(at_work: Path) -> None:
    now = status_of(at_work)
    assert now.holders == {"night": os.getpid(), "crawl": os.getpid()}
    assert [(one.command, one.step) for one in now.commands] == [("nightly", "crawling")]
    assert now.crawl is not None
    assert (now.crawl.state, now.crawl.done, now.crawl.open) == ("running", 4, 3)
    assert {(one.portal, one.done, one.failed, one.open) for one in now.crawl.portals} == {
        ("tz", 3, 1, 3),
        ("other", 1, 1, 0),
    }
    assert now.crawl.requests_per_minute == pytest.approx(4 / 5), "four requests in the last five minutes"
    assert {(one.outcome, one.reason, one.number) for one in now.crawl.failures} == {
        ("not_found", "", 2),
        ("blocked", "", 1),
    }
    assert now.unread == 2
    assert now.last_good_night is not None
    assert (now.last_good_night.generation, now.last_good_night.exit_code) == (4, 3)
    assert now.disk.captures == sum(path.stat().st_size for path in (at_work / "warc").iterdir())
    said = ask(at_work).output
    assert re.search(r"^gongkai nightly is at work since .* as process \d+:\n  crawling, since ", said, re.MULTILINE)
    assert re.search(r"^Crawl 1: running, begun ", said, re.MULTILINE)
    assert "  4 URLs done, 3 open at 2 portals; 1 requests a minute" in said
    assert "  tz: 3 done, 3 open, 1 failed" in said
    assert "other:" not in said
    assert "  other: 1 done, 0 open, 1 failed" in ask(at_work, "--all").output


def test_a_reading_says_how_long_it_takes(data: Path) -> None:
    with doing(data, "nightly") as tell:
        tell("reading captures", 0, 400)
        (one,) = status_of(data).commands
        assert one.left_seconds is None
        later = replace(one, at="2026-02-01T00:01:40+00:00", done=100, earlier="2026-02-01T00:00:00+00:00")
        assert later.left_seconds == 300.0
        tell("reading captures", 400, 400)
        tell("building the archive", 1, 3)
        assert read_doing(data, "nightly") is not None
        said = ask(data).output
    assert re.search(r"^  building the archive, since .*: 1 of 3$", said, re.MULTILINE)


def test_what_ended_or_was_killed_is_not_at_work(data: Path) -> None:
    with doing(data, "parse") as tell:
        tell("reading captures", 1, 2)
        running = read_doing(data, "parse")
        assert running is not None
        assert running.is_running
        assert not replace(running, birth="1").is_running, "another process has its number now"
        assert not replace(running, pid=2**22 + 1, birth=None).is_running
    assert status_of(data).commands == ()


@needs_proc
def test_a_crawl_that_was_killed_is_told_for_what_it_is(data: Path) -> None:
    now = status_of(data)
    assert now.holders == {}
    assert now.crawl is not None
    assert (now.crawl.state, now.crawl.requests_per_minute) == ("killed", 0.0)
    assert "Crawl 1: killed" in ask(data).output


def test_asking_changes_nothing_and_takes_no_lock(at_work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def content() -> dict[str, bytes]:
        """All files but what SQLite lays beside a database for those who read it; an empty log is none."""
        found = {path: path.read_bytes() for path in at_work.rglob("*") if path.is_file()}
        return {
            str(p): held for p, held in found.items() if not p.name.endswith("-shm") and (held or p.suffix != ".db-wal")
        }

    def refused(*_: object) -> None:
        raise AssertionError("a lock was asked for")

    before = content()
    monkeypatch.setattr(fcntl, "flock", refused)
    for words in ((), ("--json",), ("--metrics",)):
        assert ask(at_work, *words).exit_code == 0
    assert content() == before


def test_the_same_as_json_and_as_metrics(at_work: Path) -> None:
    found = json.loads(ask(at_work, "--json").output)
    assert (found["crawl"]["done"], found["crawl"]["open"], found["unread"]) == (4, 3, 2)
    assert found["commands"][0]["step"] == "crawling"
    text = ask(at_work, "--metrics").output
    assert text.endswith("\n# EOF\n")
    samples = [line for line in text.splitlines() if not line.startswith("# ")]
    assert all(METRIC.fullmatch(line) for line in samples), samples
    families = re.findall(r"^# TYPE (\w+) gauge$", text, re.MULTILINE)
    assert len(families) == len(set(families))
    assert {line.partition("{")[0].partition(" ")[0] for line in samples} == set(families)
    assert 'gongkai_crawl_urls_open{portal="tz"} 3' in samples
    assert 'gongkai_crawl_failures{outcome="blocked",reason=""} 1' in samples
    assert "gongkai_captures_unread 2" in samples
    assert 'gongkai_crawl_state{state="running"} 1' in samples
    assert ask(at_work, "--metrics", "--json").exit_code == 2


@needs_proc
def test_shards_are_told_and_a_crawl_that_was_cut_off_is_named(data: Path) -> None:
    shard = {
        "shard": "1/2", "state": "crawling", "host": "10.0.0.5", "disk": "d", "directory": "/d", "since": ago(90),
        "requests": 70, "open": 5, "places": 2, "exit_code": None, "problem": None,
    }  # fmt: skip
    other = shard | {"shard": "2/2", "state": "failed", "since": None, "places": 0, "problem": "no place took it"}
    kept = {"running": True, "pid": os.getpid(), "scheduler": "tcp://10.0.0.1:8786", "started_at": ago(100)}
    (data / FOLDER).mkdir()
    (data / FOLDER / STATE).write_text(json.dumps(kept | {"shards": [shard, other]}), "utf-8")
    said = ask(data).output
    assert ": was cut off." in said
    assert re.search(
        r"^  shard 1/2: crawling on 10\.0\.0\.5 since .*, 70 requests in all, 5 URLs open, given", said, re.M
    )
    assert "  shard 2/2: failed, 70 requests in all, 5 URLs open: no place took it" in said
    with locked(data / CRAWL_LOCK):
        said = ask(data).output
    assert ": at work." in said
    assert "Crawl 1: killed" in said, "what is at work is not the crawl of this ledger"


def test_a_ledger_that_cannot_be_read_is_named_and_the_rest_is_told(data: Path) -> None:
    (data / "ledger.db").write_bytes(b"no ledger" * 1000)
    said = ask(data)
    assert said.exit_code == 0, said.output
    assert "The last night that published ended" in said.output
    assert re.search(r"^Not known: .*ledger\.db cannot be read", said.output, re.MULTILINE)


def test_a_file_that_a_loss_of_power_left_empty_is_named_and_the_rest_is_told(data: Path) -> None:
    torn = [data / "nights" / "2026-02-03T000000Z.json", data / "doing" / "nightly.json", data / FOLDER / STATE]
    for path in torn:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = status_of(data)
    assert sorted(problem.partition(" is damaged: ")[0] for problem in found.problems) == sorted(map(str, torn))
    assert (found.commands, found.shards) == ((), None)
    assert found.last_good_night is not None
    assert found.last_good_night.generation == 4


def test_a_speed_is_that_of_the_last_minutes() -> None:
    one = Doing("parse", 1, None, "2026-02-01T00:00:00+00:00", "2026-02-01T01:00:00+00:00", step="reading captures")
    assert one.left_seconds is None
    known = replace(one, done=10, total=100, earlier="2026-02-01T00:55:00+00:00", earlier_done=10)
    assert known.left_seconds is None, "nothing was done since"
    assert replace(known, earlier_done=0).left_seconds == 9 * 300.0
