"""`gongkai build` night after night: upon the last archive, in full, and after a build that was killed."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from archive.generations import Generation, current
from archive.holdings.facts import KnownFacts
from archive.report.version import PARSER_VERSION
from archive.route import building
from archive.steps import FACTS
from bench.made_data import AGENCIES, PORTALS, fill, night, registry
from bench.night_build import differences, other_exports
from tests.database.compared import tables

REPORTS = 24


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("published") / "data"
    fill(data, REPORTS, read=True, more=8)
    building.build(data, registry(data))
    night(data, REPORTS, 0.17)
    return data


@pytest.fixture
def data(published: Path, tmp_path: Path) -> Path:
    """DATA with a published generation and a night that is not yet built, of one's own."""
    return Path(shutil.copytree(published, tmp_path / "data", symlinks=True))


def build(data: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Runs the command."""
    return subprocess.run([*command(data), *more], capture_output=True, text=True, check=False)


def command(data: Path) -> list[str]:
    files = ["--portals", str(data / PORTALS), "--agencies", str(data / AGENCIES)]
    return [sys.executable, "-m", "archive", "build", "--data", str(data), *files]


def published_in(data: Path) -> Generation:
    generation = current(data)
    assert generation is not None
    return generation


def equal(one: Generation, other: Generation) -> bool:
    """Whether two generations hold the same; the tables in two ways, of which one is that of the benchmark."""
    found, its = tables(one.archive), tables(other.archive)
    del found["build_info"], its["build_info"]
    differing = [*differences(one.archive, other.archive), *other_exports(one.path / "exports", other.path / "exports")]
    return found == its and not differing


def assert_same_as_in_full(data: Path) -> None:
    """What is published equals what a full build of the same DATA makes."""
    upon = published_in(data)
    assert build(data, "--full").returncode == 0
    assert equal(upon, published_in(data))


def test_a_night_is_built_upon_the_last_archive_and_says_so(data: Path) -> None:
    done = build(data)
    assert done.returncode == 0, done.stderr
    assert "of them as they were in generation 1, whose rows were taken over" in done.stderr + done.stdout
    upon = published_in(data)
    done = build(data, "--full")
    assert done.returncode == 0, done.stderr
    assert "built anew: it was asked for" in done.stderr + done.stdout
    assert equal(upon, published_in(data))
    assert (upon.number, published_in(data).number) == (2, 3)


def test_a_damaged_archive_is_not_built_upon(data: Path) -> None:
    archive = published_in(data).archive
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    done = build(data)
    assert done.returncode == 0, done.stderr
    assert "built anew: generation 1 is not as it was published" in done.stderr + done.stdout
    assert_same_as_in_full(data)


def test_a_result_that_is_no_longer_what_was_known_of_it_begins_the_build_again(data: Path) -> None:
    with closing(sqlite3.connect(data / "ledger.db")) as ledger, ledger:
        # The last capture is that of a report which is new, so that it is looked at.
        changed = "update parses set result = replace(result, '公开', '公示') where capture = "
        known = "(select max(capture) from parses)"
        facts = KnownFacts(data / FACTS, PARSER_VERSION)
        building.holdings_of(data, registry(data), facts)
        facts.close()
        assert ledger.execute(changed + known).rowcount == 1
    done = build(data)
    assert done.returncode == 0, done.stderr
    assert "begun again: what was read of capture" in done.stderr + done.stdout
    assert_same_as_in_full(data)


def test_a_killed_build_leaves_nothing_behind_and_the_next_one_is_whole(data: Path) -> None:
    generations = data / "generations"
    with subprocess.Popen(command(data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not any(generations.glob("*.building/archive.db")):
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    assert published_in(data).number == 1
    assert [path.name for path in generations.glob("*.building")] == ["2.building"]
    assert build(data).returncode == 0
    upon = published_in(data)
    assert not list(generations.glob("*.building"))
    assert build(data, "--full").returncode == 0
    assert equal(upon, published_in(data))
