"""The night in order: published or kept, never half-way, with a summary and the exit code that it deserves."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import generations
from archive.cli import main
from archive.ledger import Ledger, LockedError, locked
from archive.nightly import LOCK, Readers, run_night
from archive.registry import load_registry, registry_of
from archive.route import building, reading
from archive.steps import BUILD_LOCK
from archive.workers import available
from demo.farm import build_farm, write_registry
from demo.server import free_port, serving

PORTAL = "songlan"


def gongkai(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A first night on one portal of the demo farm."""
    folder = tmp_path_factory.mktemp("night")
    farm = build_farm(free_port(20))
    write_registry(farm, folder)
    with serving(farm):
        registry = ["--portals", str(folder / "portals.csv"), "--agencies", str(folder / "agencies.csv")]
        quick = ["-s", "DOWNLOAD_DELAY=0", "-s", "GONGKAI_RETRY_DELAY=0.1"]
        result = gongkai("nightly", "--data", str(folder / "data"), "--portal", PORTAL, *registry, *quick)
    return folder / "data", result


def test_a_good_night_publishes_and_says_so(night: tuple[Path, Result]) -> None:
    data, result = night
    assert result.exit_code == 0, result.output
    assert "Published generation 1" in result.stderr
    published = generations.current(data)
    assert published is not None
    assert published.number == 1


def test_the_summary_is_kept_for_people_and_programs(night: tuple[Path, Result]) -> None:
    data, _ = night
    (text,) = (data / "nights").glob("*.txt")
    summary = json.loads(text.with_suffix(".json").read_text("utf-8"))
    assert summary["generation"] == 1
    assert summary["exit_code"] == 0
    assert summary["reports"] == summary["documents_read"] > 0 or summary["documents_read"] >= summary["reports"]
    assert "Published generation 1" in text.read_text("utf-8")


def test_a_failed_crawl_keeps_the_published_archive(night: tuple[Path, Result]) -> None:
    data, _ = night
    failed = run_night(data, load_registry, lambda: 1)
    assert failed.exit_code == 1
    assert failed.generation is None
    assert failed.kept_generation == 1
    assert any("stays on generation 1" in line for line in failed.lines())
    published = generations.current(data)
    assert published is not None
    assert published.number == 1


def test_an_unsound_report_is_left_out_and_named_and_the_others_are_published(
    night: tuple[Path, Result], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(night[0], data, ignore=shutil.ignore_patterns("generations", "current", "nights"))
    whole = len(building.holdings_of(data, load_registry()).reports)
    with closing(sqlite3.connect(data / "ledger.db")) as ledger, ledger:
        broken = (
            "update parses set parsed_at = 'later', result = replace(result, '\"era\"', '\"area\"') where capture = "
        )
        first = "(select min(capture) from parses where status = 'ok')"
        assert ledger.execute(broken + first).rowcount == 1
    built = gongkai("build", "--data", str(data))
    assert built.exit_code == 3, built.output
    assert f"published generation 1: {whole - 1} reports" in built.stderr
    (told,) = [line for line in built.stderr.splitlines() if line.startswith("left out as unsound: http://")]
    assert "what the parser made of it cannot be read: " in told
    after = run_night(data, load_registry, lambda: 0)
    assert (after.exit_code, after.generation, after.reports) == (3, 2, whole - 1)
    assert [line for line in after.lines() if line.startswith("Left out as unsound: http://")]
    with closing(sqlite3.connect(data / "current" / "archive.db")) as archive:
        rows = archive.execute("select reason from unplaced where kind = 'unsound'").fetchall()
    assert [reason.partition(": ")[0] for (reason,) in rows] == ["what the parser made of it cannot be read"]


def test_the_summary_tells_in_both_languages_what_looks_wrong(night: tuple[Path, Result], tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(night[0], data, ignore=shutil.ignore_patterns("generations", "current", "nights"))
    warning = {"rule": "fewer", "values": {"held": 1, "before": 9}}
    with Ledger(data / "ledger.db") as ledger:
        run = ledger.begin_run("Gongkai/0.1", {}, [PORTAL])
        ledger.end_run(run, "complete", {"portals": {PORTAL: {"held": 1, "warnings": [warning]}}})
    after = run_night(data, load_registry, lambda: 3)
    en, zh = "1 report pages are held, 9 were after an earlier run", "收录报告页 1 个，此前一次抓取后有 9 个"
    assert f"Warning: {PORTAL}: {en}（{zh}）" in after.lines()
    (summary,) = (data / "nights").glob("*.json")
    assert json.loads(summary.read_text("utf-8"))["warnings"] == {PORTAL: [warning | {"zh": zh, "en": en}]}
    with closing(sqlite3.connect(data / "current" / "archive.db")) as archive:
        (told,) = archive.execute("select warnings from portal_nights where run = ?", (run,)).fetchone()
    assert json.loads(told) == [warning | {"zh": zh, "en": en}]


def test_an_archive_that_lost_its_reports_is_not_published(night: tuple[Path, Result]) -> None:
    data, _ = night

    def forget() -> int:
        """A crawl after which the ledger no longer knows most of what was read."""
        with closing(sqlite3.connect(data / "ledger.db")) as ledger, ledger:
            ledger.execute(
                "update parses set status = 'unreadable', result = null, why = 'lost' where capture % 3 <> 0"
            )
        return 0

    refused = run_night(
        data, lambda: load_registry(data / "registry/portals.csv", data / "registry/agencies.csv"), forget
    )
    assert refused.exit_code == 5
    assert refused.kept_generation == 1
    assert (data / "current").resolve().name == "1"


@pytest.mark.skipif(not available(), reason="needs the extra `cluster`")
def test_workers_read_the_captures_of_a_night(night: tuple[Path, Result], tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(night[0], data, ignore=shutil.ignore_patterns("generations", "current", "nights"))

    def read_anew(read: Callable[[], object]) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(data / "ledger.db")) as ledger, ledger:
            ledger.execute("delete from parses")
        read()
        with closing(sqlite3.connect(data / "ledger.db")) as ledger:
            return ledger.execute("select capture, status, result from parses order by 1").fetchall()

    alone = read_anew(lambda: reading.read_captures(data))
    by_workers = read_anew(lambda: run_night(data, lambda: registry_of(data), lambda: 0, readers=Readers(workers=1)))
    assert by_workers == alone
    assert len(alone) > 10
    assert generations.current(data) is not None


@pytest.mark.skipif(not available(), reason="needs the extra `cluster`")
def test_workers_that_fail_leave_the_site_as_it_was(
    night: tuple[Path, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, _ = night
    monkeypatch.setattr("archive.workers.cluster.JOIN_SECONDS", 0.3)
    with closing(sqlite3.connect(data / "ledger.db")) as ledger, ledger:
        ledger.execute("delete from parses where capture = (select max(capture) from parses)")
    failed = run_night(data, load_registry, lambda: 0, readers=Readers(scheduler="tcp://127.0.0.1:9"))
    assert (failed.exit_code, failed.generation, failed.kept_generation) == (1, None, 1)
    (problem,) = failed.problems
    assert problem.startswith("the captures could not be read: there is no Dask scheduler at tcp://127.0.0.1:9")


def test_workers_are_asked_for_before_the_crawl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.commands.nightly.available", lambda: False)
    refused = gongkai("nightly", "--data", str(tmp_path / "data"), "--workers", "2")
    assert (refused.exit_code, (tmp_path / "data").exists()) == (1, False)
    assert "run `make cluster` in the checkout of Gongkai" in refused.stderr
    assert gongkai("nightly", "--workers", "2", "--scheduler", "tcp://h:1").exit_code == 2


def test_the_summary_says_what_cut_a_night_short(night: tuple[Path, Result], tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(night[0], data, symlinks=True, ignore=shutil.ignore_patterns("nights"))
    with locked(data / BUILD_LOCK), pytest.raises(LockedError):
        run_night(data, lambda: registry_of(data), lambda: 0)
    (path,) = (data / "nights").glob("*.json")
    summary = json.loads(path.read_text("utf-8"))
    assert (summary["exit_code"], summary["generation"], summary["kept_generation"]) == (4, None, 1)
    (problem,) = summary["problems"]
    assert problem.startswith(f"the night was cut short: {data / BUILD_LOCK} is held by process ")
    assert f"Problem: {problem}" in path.with_suffix(".txt").read_text("utf-8")


def test_two_nights_at_once_are_refused(tmp_path: Path) -> None:
    with locked(tmp_path / LOCK):
        result = gongkai("nightly", "--data", str(tmp_path))
    assert result.exit_code == 4
    assert "another run is at work" in result.stderr
