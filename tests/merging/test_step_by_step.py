"""Merging only what changed, time after time, comes to the same as merging everything once at the end."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.captures import CaptureStore
from archive.cli import main
from archive.ledger import Ledger
from archive.merging import merge
from archive.models import Outcome
from tests.route.crawled import Crawled

PAGE = "<html><body>滕州市水务局2021年政府信息公开工作年度报告</body></html>".encode()
PLACES = {"a": "beijing", "b": "chengdu", "c": "chengdu"}
"""Directories and their vantages: the last begins anew what the one before has lost."""

OUTCOMES = (Outcome.OK, Outcome.BLOCKED, Outcome.NOT_FOUND)


def night(folder: Path, visits: list[tuple[str, str, Outcome, str]]) -> list[Path]:
    """Each place asks for what it is to ask for, in a run of its own; the directories that changed."""
    changed = []
    for place, vantage in PLACES.items():
        mine = [visit for visit in visits if visit[0] == place]
        if mine:
            with Ledger(folder / place / "ledger.db") as ledger, CaptureStore(folder / place / "warc") as store:
                store.cut_torn_tail(ledger.committed_ends())
                made = Crawled(ledger, store, ledger.begin_run("test", {"vantage": vantage}, ["tz"]))
                for _, path, outcome, body in mine:
                    had = PAGE + body.encode() if outcome is Outcome.OK else None
                    made.fetch(
                        path,
                        had,
                        at=f"2026-02-01T00:00:{len(list(ledger.fetches())):02d}.000Z",
                        outcome=outcome,
                        title=f"{place} {path}" if body == "1" else None,
                    )
            changed.append(folder / place)
    return changed


def content(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the ledger but the budgets of hosts, of which the most that ever was is kept."""
    with closing(sqlite3.connect(data / "ledger.db")) as ledger:
        tables = ("runs", "captures", "urls", "fetches", "parses", "merged_urls")
        return {table: sorted(ledger.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in tables}


@pytest.mark.parametrize("seed", [1, 4, 7])
def test_what_changed_is_enough(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(6):
        visits = [(place, "x", chance.choice(OUTCOMES), chance.choice("12")) for place in PLACES]
        merge(night(tmp_path, chance.sample(visits, chance.randint(1, 2))), tmp_path / "step-by-step")
    everything = [tmp_path / place for place in PLACES if (tmp_path / place).exists()]
    merge(everything, tmp_path / "at-once")
    assert content(tmp_path / "step-by-step") == content(tmp_path / "at-once")
    assert not merge(everything, tmp_path / "step-by-step").changed


def test_a_place_that_is_not_named_again_still_has_its_say(tmp_path: Path) -> None:
    merge(night(tmp_path, [("a", "x", Outcome.OK, "1"), ("b", "x", Outcome.NOT_FOUND, "1")]), tmp_path / "t")
    merge(night(tmp_path, [("b", "x", Outcome.BLOCKED, "1")]), tmp_path / "t")
    with Ledger(tmp_path / "t" / "ledger.db") as ledger:
        (url,) = ledger.urls()
    assert url.outcome is Outcome.OK, "of two vantages one is refused; the other had it"


@pytest.mark.parametrize("option", ["--to", "--data"])
def test_the_target_has_two_names(tmp_path: Path, option: str) -> None:
    (part,) = night(tmp_path, [("a", "x", Outcome.OK, "1")])
    words = ["merge", option, str(tmp_path / "t"), str(part)]
    assert "1 captures" in CliRunner().invoke(main, words).output
    assert "Nothing to add" in CliRunner().invoke(main, words).output
