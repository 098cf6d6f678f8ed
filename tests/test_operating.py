"""The questions that docs/operating.md puts to the ledger are answered by a real one."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.ledger import Attempt, Found, Ledger
from archive.models import Outcome, Role
from crawler.recheck import FAILED

DOCUMENT = (Path(__file__).parent.parent / "docs" / "operating.md").read_text("utf-8")
QUESTIONS = re.findall(r"^```sql\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
URL = "http://www.example.gov.cn/zwgk/2024.html"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger with an open URL, and one that failed for three rounds, the last with what its list said."""
    path = tmp_path / "ledger.db"
    with Ledger(path) as ledger:
        run = ledger.begin_run("Gongkai/0.1", {}, ["example"])
        ledger.add(run, [Found(u, "www.example.gov.cn", "example", Role.ARTICLE) for u in (URL, URL + "?open")])
        for _ in range(3):
            attempt = Attempt(ledger.reopen(URL), "2026-03-01T17:10:00Z", 0.1, Outcome.NOT_FOUND, 404, "http_404")
            ledger.record(run, attempt)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO captures (sha256, url, warc, offset, length, fetched_at, status, outcome, media_type)"
            " VALUES ('aa', ?, 'one.warc.gz', 0, 9, '2026-02-01', 200, 'ok', 'text/html')",
            (URL,),
        )
        connection.execute("UPDATE urls SET capture = 1 WHERE url = ?", (URL,))
    return path


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_has_an_answer(ledger: Path, question: str) -> None:
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        assert connection.execute(question).fetchall()


def test_the_pauses_told_are_those_of_the_policy() -> None:
    assert len(QUESTIONS) == 6
    assert f"a block {', '.join(map(str, FAILED[Outcome.BLOCKED].days))} days" in " ".join(DOCUMENT.split())


def test_the_arguments_told_of_the_spider_are_its_own() -> None:
    source = (Path(__file__).parent.parent / "crawler" / "spiders" / "annual_reports.py").read_text("utf-8")
    taken = set(re.findall(r'arguments\.pop\("(\w+)"', source))
    section = DOCUMENT.partition("**Under Scrapyd.**")[2].partition("\n## ")[0]
    job = set(re.findall(r"-d (\w+)=", section))
    assert job - {"project", "spider"} <= taken
    assert {"shard", "vantage", "data"} <= job
    assert set(re.findall(r"-a (\w+)=", section)) <= taken
    assert set(re.findall(r"`(\w+)`", section.partition("Other\narguments are")[2])) <= taken
