"""`/questions` and `/questions/Q1` to `Q12`: the answer as a table and a picture, with its method and its SQL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple

from archive.checks.measures import load_measures
from archive.models import Era
from archive.site import listing
from archive.site.database import read
from archive.site.drawing.scale import printed
from archive.site.environment import linker, term
from archive.site.listing import Sifted, Wish
from archive.site.middleware import VISIT
from archive.site.numerals import FINEST
from archive.site.pages.questions import charts
from archive.site.pages.questions.answers import Answer, Question, answer_of, load_questions
from archive.site.pages.report.cells import column_name, row_name
from archive.site.respond import Route, missing, page, passing

CUT = 160
"""Characters of a text that a table shows."""


class Shown(NamedTuple):
    """One cell of the table; `href` leads to what it is about, `chinese` is text as printed."""

    text: str
    href: str | None = None
    right: bool = False
    chinese: bool = False


async def sifted(datasette: Any, question: Question, answer: Answer, wish: Wish) -> Sifted[int]:
    """The rows that a wish asks for, remembered with their counts."""

    async def count() -> Sifted[int]:
        return listing.sift(answer.lines, wish.filters)

    return await passing.recall(datasette, ("question", question.id, tuple(wish.filters.items())), count)


def years_held(connection: sqlite3.Connection, wish: Wish) -> set[int]:
    """The years of the reports that the filters of a wish let through."""
    wanted = {name: None if value == listing.NONE else value for name, value in wish.filters.items()}
    conditions = " and ".join(("true", *(f"{name} is :{name}" for name in wanted)))
    return {year for (year,) in connection.execute(f"select distinct year from reports where {conditions}", wanted)}


def cell(question: Question, row: Mapping[str, Any], column: str, link: Any) -> Shown:
    """One cell of a row in words; what is not there is a dash."""
    lang = VISIT.get().language
    if column == "place":
        return Shown(_place(row, lang) or "—")
    if column == "ground":
        return Shown(row[f"ground_{lang}"])
    if column == "item":
        return Shown(row_name(Era.C, row["key"], lang))
    value = row[column]
    if value is None or value == "":
        return Shown("—", right=column not in ("agency", "status", "timeliness"))
    if column in question.words:
        return Shown(term(question.words[column], value))
    if column == "agency":
        return Shown(value, _page_of(row, link) or link("/agencies", q=value), chinese=True)
    if column == "rule":
        return Shown(value, link("/findings", rule=value))
    if column == "other_agency":
        return Shown(value, link(f"/copied/{row['section_id']}/{row['other_id']}"), chinese=True)
    if column in ("year", "other_year", "section"):
        return Shown(str(value))
    if isinstance(value, int | float):
        return Shown(_numeral(value, column), right=True)
    text = str(value)
    return Shown(text if len(text) <= CUT else f"{text[:CUT]}…", chinese=column in ("before", "after"))


def _numeral(value: float, column: str) -> str:
    """A number in words; percentages and points with the one decimal that the queries round them to."""
    if column.endswith("percent"):
        return f"{value:.1f}%".replace("-", "−")
    if column == "change_in_points":
        return f"{value:+.1f}".replace("-", "−")
    return printed(value, FINEST).replace("-", "−")


def _page_of(row: Mapping[str, Any], link: Any) -> str | None:
    report_id = row.get("report_id") or (row.get("section_id") or "").rpartition("-s")[0]
    return link(f"/report/{report_id}") if report_id else None


def _place(row: Mapping[str, Any], lang: str) -> str:
    key, applicant = row["key"], row["applicant"]
    named = row_name(Era.C, key, lang) if key else ""
    return " · ".join(filter(None, (named, column_name(applicant, lang) if applicant else "")))


async def questions_view(datasette: Any, request: Any) -> Any:
    """`/questions`."""
    return await page(datasette, request, "questions.html", questions=load_questions().values())


def named(request: Any) -> Question | None:
    """The question of an address."""
    return load_questions().get(request.url_vars["id"].upper())


async def question_view(datasette: Any, request: Any) -> Any:
    """`/questions/<id>`."""
    question = named(request)
    if question is None:
        return await missing(datasette, request, "page", request.path)
    link = linker(datasette)
    answer = await answer_of(datasette, question)
    wish = listing.read_wish(request.args, answer.lines.names)
    found = await sifted(datasette, question, answer, wish)
    lang = VISIT.get().language

    async def draw() -> Any:
        needed = found.lines[: charts.first_rows(question)]
        drawn = (answer.row(place) for place in needed)  # one after another: there may be more than there are reports
        held = await read(datasette, lambda connection: years_held(connection, wish))
        return await asyncio.to_thread(charts.picture, question, answer, drawn, held, link)

    # Links within a picture carry the language only where the address of the page does.
    drawn_for = ("picture", question.id, tuple(wish.filters.items()), lang, VISIT.get().explicit, link("/"))
    ids = list(load_questions())
    place = ids.index(question.id)
    rows = [answer.row(place) for place in found.page(wish.page)]
    return await page(
        datasette,
        request,
        "question.html",
        question=question,
        title=question.query.title.zh if lang == "zh" else question.query.title.en,
        other_title=question.query.title.en if lang == "zh" else question.query.title.zh,
        about=question.query.about.zh if lang == "zh" else question.query.about.en,
        wish=wish,
        found=found,
        total=len(answer.lines),
        table=[[cell(question, row, column, link) for column in question.columns] for row in rows],
        picture=await passing.recall(datasette, drawn_for, draw),
        picture_title=charts.title(question),
        minimum=load_measures()[-1].minimum,
        before=ids[place - 1] if place else None,
        after=ids[place + 1] if place + 1 < len(ids) else None,
        editable=datasette.setting("default_allow_sql"),
    )


async def json_view(datasette: Any, request: Any) -> Any:
    """`/questions/<id>.json`: a page of the answer, its columns as the query names them."""
    question = named(request)
    if question is None:
        return await missing(datasette, request, "page", request.path)
    answer = await answer_of(datasette, question)
    wish = listing.read_wish(request.args, answer.lines.names)
    found = await sifted(datasette, question, answer, wish)
    title = question.query.title
    rows = [answer.row(place) for place in found.page(wish.page)]
    return listing.json_of(found, wish, rows, question=question.id, title={"zh": title.zh, "en": title.en})


async def csv_view(datasette: Any, request: Any) -> Any:
    """`/questions/<id>.csv`: the whole answer."""
    question = named(request)
    if question is None:
        return await missing(datasette, request, "page", request.path)
    answer = await answer_of(datasette, question)
    wish = listing.read_wish(request.args, answer.lines.names)
    found = await sifted(datasette, question, answer, wish)

    async def batches() -> AsyncIterator[list[dict[str, object]]]:
        for start in range(0, found.count, listing.BATCH):
            yield [answer.row(place) for place in found.lines[start : start + listing.BATCH]]

    return listing.csv_of(f"{question.query.name}.csv", answer.columns, batches(), found.count)


ROUTES: list[Route] = [
    (r"^/questions$", questions_view),
    (r"^/questions/(?P<id>[Qq]\d{1,2})$", question_view),
    (r"^/questions/(?P<id>[Qq]\d{1,2})\.json$", json_view),
    (r"^/questions/(?P<id>[Qq]\d{1,2})\.csv$", csv_view),
]
