"""What templates see of a row of the database, and how they say what it holds."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from archive.site import environment
from archive.site.middleware import VISIT, Visit
from archive.site.worker import make_site


def test_a_template_reads_a_row_by_column_and_finds_nothing_where_there_is_none(database: Path) -> None:
    site: Any = make_site(database)
    asyncio.run(site.invoke_startup())
    with sqlite3.connect(":memory:") as connection:
        connection.row_factory = sqlite3.Row
        row = connection.execute("select 7 as count, null as title, 'x' as keys").fetchone()
    connection.close()
    template = site.jinja_env.from_string(
        "{{ row.count }}|{{ row.title is none }}|{{ row.keys }}|"
        "{{ row.nothing is defined }}|{{ row.nothing }}|{{ 'abb'.count('b') }}"
    )
    assert template.render(row=row) == "7|True|x|False||2"
    site.get_database("archive").close()
    site.executor.shutdown()


@pytest.mark.parametrize(
    ("sentence", "zh", "en"),
    [
        ("3 of 4 pages ended as soft_404", "3 of 4 pages ended as 假页面（404）", "3 of 4 pages ended as soft 404"),
        ("（robots_disallowed，r1）", "（robots.txt 不允许，r1）", "（forbidden by robots.txt，r1）"),
        ("blocked:412_js http://a/not_found/x", "blocked:412_js http://a/not_found/x", "blocked:412_js http://a/not_found/x"),
        ("it does not open", "it does not open", "it does not open"),
        (None, "", ""),
    ],
)  # fmt: skip
def test_codes_of_outcomes_in_a_sentence_are_said_in_words(sentence: str | None, zh: str, en: str) -> None:
    for lang, said in (("zh", zh), ("en", en)):
        token = VISIT.set(Visit(language=lang))
        try:
            assert environment.outcomes(sentence) == said
        finally:
            VISIT.reset(token)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [("2024-01-31T15:59:59.999Z", "2024-01-31"), ("2024-01-31T16:00:00.000Z", "2024-02-01"), (None, "")],
)
def test_what_was_seen_of_a_report_is_told_by_its_day_in_china(moment: str | None, shown: str) -> None:
    assert environment.day(moment) == shown
    assert environment.day_in_utc(moment) == (moment or "")[:10]
