"""Two sections side by side, with the passages that both have: `/copied/SECTION_A/SECTION_B`.

What the archive tells of a pair (`copied`, `originality`) was worked out when it was built; the places of the passages
are found again from the two texts, by the same rule.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from markupsafe import Markup, escape

from archive.checks.passages import Side, common_passages
from archive.site.database import read, row, rows
from archive.site.drawing import Chart, Point, Series, Words, stacked
from archive.site.environment import t
from archive.site.respond import Route, missing, page, passing

MOST_CHARACTERS = 60_000
"""Of each text that are compared on demand; sections of reports are far shorter."""
OTHERS_SHOWN = 8
MADE_OF = ("own", "shared", "repeated", "stock", "template")
"""What the letters of a section are, as in the table `originality`."""


@dataclass(frozen=True, slots=True)
class Text:
    """One of the two sections: its row, what it is made of, the passages in it, and what its marks are called."""

    section: sqlite3.Row
    originality: sqlite3.Row | None
    side: Side
    name: str
    other: str

    def body(self) -> Markup:
        """The text as paragraphs with its passages marked."""
        return marked(self.section["text"][:MOST_CHARACTERS], self.side, self.name, self.other)

    @property
    def cut(self) -> bool:
        """Whether the text is longer than what was compared."""
        return len(self.section["text"]) > MOST_CHARACTERS


@dataclass(frozen=True, slots=True)
class CopiedPage:
    """All that the page of two sections shows; `pair` is what the archive tells of them, if they are a pair of it."""

    texts: tuple[Text, Text]
    pair: sqlite3.Row | None
    others: list[sqlite3.Row]

    @property
    def uncounted(self) -> int:
        """Letters in common that the pair leaves out, because many agencies print them (stock phrases)."""
        if self.pair is None:
            return 0
        (counted,) = (text for text in self.texts if text.section["section_id"] == self.pair["section_id"])
        return max(0, counted.side.common_letters - int(self.pair["overlap_chars"]))


def copied_page(connection: sqlite3.Connection, one_id: str, other_id: str) -> CopiedPage | None:
    """The page of two sections; None if one of them is not there or both are the same."""
    query = "select section_id, report_id, heading, text, year, agency from sections where section_id = ?"
    one, other = row(connection, query, one_id), row(connection, query, other_id)
    if one is None or other is None or one_id == other_id:
        return None
    first, second = common_passages(one["text"][:MOST_CHARACTERS], other["text"][:MOST_CHARACTERS])
    pair = "select * from copied where section_id = ? and other_id = ?"
    return CopiedPage(
        texts=(
            Text(one, _originality(connection, one_id), first, "a", "b"),
            Text(other, _originality(connection, other_id), second, "b", "a"),
        ),
        pair=row(connection, pair, one_id, other_id) or row(connection, pair, other_id, one_id),
        others=_others(connection, one_id, other_id) + _others(connection, other_id, one_id),
    )


def _originality(connection: sqlite3.Connection, section_id: str) -> sqlite3.Row | None:
    return row(connection, "select * from originality where section_id = ?", section_id)


def _others(connection: sqlite3.Connection, section_id: str, apart_from: str) -> list[sqlite3.Row]:
    """Other pairs that a section belongs to, those with most in common first."""
    return rows(
        connection,
        "select c.section_id, c.other_id, c.overlap_chars, s.agency, s.year, z.agency as other_agency,"
        " z.year as other_year from copied c join sections s on s.section_id = c.section_id"
        " join sections z on z.section_id = c.other_id where ? in (c.section_id, c.other_id)"
        " and (c.section_id = ? or c.other_id = ?) and ? not in (c.section_id, c.other_id)"
        " order by c.overlap_chars desc, c.section_id, c.other_id limit ?",
        section_id,
        section_id,
        section_id,
        apart_from,
        OTHERS_SHOWN,
    )


# ------------------------------------------------------------------ marks in a text


def marked(text: str, side: Side, name: str, other: str) -> Markup:
    """A text as paragraphs: passages numbered and leading to the other text, phrases of the form told apart."""
    spans = _spans(side)
    paragraphs = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            paragraphs.append(f"<p>{''.join(_pieces(text, start, start + len(line), spans, name, other))}</p>")
        start += len(line) + 1
    return Markup("".join(paragraphs))


Span = tuple[int, int, int, int]
"""Start and end; number of a passage in common and of its beginning in the other text, or -1 twice for a phrase."""


def _spans(side: Side) -> list[Span]:
    found = [(passage.start, passage.end, number, passage.other) for number, passage in enumerate(side.common)]
    return sorted([*found, *((start, end, -1, -1) for start, end in side.form)])


def _pieces(text: str, start: int, end: int, spans: Sequence[Span], name: str, other: str) -> Iterator[str]:
    """The HTML of a line: what is in a span and what is between them."""
    done = start
    for begin, finish, number, counterpart in spans:
        if finish <= start or begin >= end:
            continue
        here, there = max(begin, done), min(finish, end)
        if there <= here:
            continue
        yield str(escape(text[done:here]))
        words = str(escape(text[here:there]))
        if number < 0:
            yield f'<span class="form-phrase">{words}</span>'
        elif here > begin:  # the rest of a passage that began on a line above
            yield f"<mark>{words}</mark>"
        else:
            link = f'<a href="#{other}{counterpart + 1}">{number + 1}</a>'
            yield f'<mark id="{name}{number + 1}">{link}{words}</mark>'
        done = there
    yield str(escape(text[done:end]))


def composition(shown: CopiedPage) -> Markup | None:
    """A bar for each of the two texts: what their letters are; None where the archive does not know it of both."""
    facts = [text.originality for text in shown.texts]
    known = [fact for fact in facts if fact is not None]
    if len(known) != len(facts):
        return None
    labels = tuple(f"{text.name.upper()} · {text.section['year']}" for text in shown.texts)
    return stacked(
        Chart(
            id="made-of",
            title=t("copied.made_of"),
            description=t("copied.made_of_is"),
            words=Words(t("copied.characters"), t("series.gap")),
            categories=labels,
            series=tuple(
                Series(
                    t(f"copied.{kind}"),
                    tuple(
                        Point(fact[f"{kind}_chars"], f"{label} {t(f'copied.{kind}')}: {fact[f'{kind}_chars']}")
                        for label, fact in zip(labels, known, strict=True)
                    ),
                )
                for kind in MADE_OF
            ),
        )
    )


async def copied_view(datasette: Any, request: Any) -> Any:
    """`/copied/<section_id>/<section_id>`."""
    one, other = unquote(request.url_vars["one"]), unquote(request.url_vars["other"])
    shown = await passing.recall(
        datasette,
        ("copied", one, other),
        lambda: read(datasette, lambda connection: copied_page(connection, one, other)),
    )
    if shown is None:
        return await missing(datasette, request, "section_pair", f"{one} · {other}")
    return await page(datasette, request, "copied.html", page=shown, made_of=MADE_OF, chart=composition(shown))


ROUTES: list[Route] = [(r"^/copied/(?P<one>[^/]+)/(?P<other>[^/]+)$", copied_view)]
