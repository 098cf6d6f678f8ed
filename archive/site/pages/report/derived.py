"""What is worked out from a report: rates with numerator and denominator, and where its words come from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from archive.site import language
from archive.site.database import once, rows
from archive.site.drawing.scale import rounded
from archive.site.language import LANGUAGES
from archive.site.numerals import plain, signed

RATES = ("rate", "share")
NONE = "–"
COPIES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as shown: a rate in per cent, else a number; `reason` says why there is none."""

    measure: str
    name: str
    formula: str
    numerator: str | None
    denominator: str | None
    shown: str | None
    reason: str | None
    inferred: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A section of another report with much text in common; `share` is that of this section, in per cent."""

    section_id: str
    other_id: str
    report_id: str
    agency: str
    year: int
    same_agency: bool
    share: int


@dataclass(frozen=True, slots=True)
class Words:
    """What the characters of a section are, and how it differs from that of the year before."""

    number: int
    section_id: str
    chars: int
    own: int
    share: int | None
    repeated: int
    shared: int
    stock: int
    template: int
    before: sqlite3.Row | None
    copies: tuple[Copy, ...]


def read_measures(connection: sqlite3.Connection, version_no: int, lang: str) -> tuple[Measure, ...]:
    """The measures of a version that have cells to be worked out from, in the order of their definition."""
    names, reasons = once(connection, _measure_names), reason_labels(connection, lang)
    found = connection.execute(
        "select measure_no, numerator, denominator, given, reason, inferred from measured where version_no = ?"
        " order by measure_no",
        (version_no,),
    )
    measures = []
    for measure_no, numerator, denominator, given, reason, inferred in found:
        name = names[measure_no]
        measures.append(
            Measure(
                measure=name["measure"],
                name=name[f"label_{lang}"],
                formula=name["formula"],
                numerator=plain(numerator),
                denominator=plain(denominator),
                shown=_shown(name["kind"], numerator, denominator) if given else None,
                reason=reasons.get(reason),
                inferred=inferred,
            )
        )
    return tuple(measures)


def _measure_names(connection: sqlite3.Connection) -> dict[int, sqlite3.Row]:
    """What measures are called and how they are worked out, by number: joined to each they take longer than these."""
    names = rows(
        connection,
        "select measure_no, measure, kind, label_zh, label_en,"
        " numerator || coalesce(' / ' || denominator, '') as formula from measure_names",
    )
    return {name["measure_no"]: name for name in names}


def reason_labels(connection: sqlite3.Connection, lang: str) -> Mapping[str | None, str]:
    """Why measures are not given and checks not decided, in words, by code."""
    return once(connection, _reasons)[lang]


def _reasons(connection: sqlite3.Connection) -> dict[str, dict[str | None, str]]:
    return {
        lang: dict(map(tuple, connection.execute(f"select reason, label_{lang} from reasons"))) for lang in LANGUAGES
    }


def measure_rows(measures: Iterable[Measure], lang: str) -> Markup:
    """The rows of the table of measures as HTML."""
    return Markup("".join(_row(measure, lang) for measure in measures))


def _row(one: Measure, lang: str) -> str:
    value = f"<strong>{one.shown}</strong>" if one.shown is not None else _state(one.reason or NONE)
    inferred = f" {_state(language.text('measures.inferred', lang, n=one.inferred))}" if one.inferred else ""
    marked = " odd s-inferred" if one.inferred else ""
    return (
        f'{_head(one.name, one.formula)}<td class="right number{marked}">{value}{inferred}</td>'
        f'<td class="right number">{one.numerator or NONE}</td>'
        f'<td class="right number">{one.denominator or ""}</td></tr>'
    )


@lru_cache(maxsize=256)
def _head(name: str, formula: str) -> str:
    return f'<tr><th scope="row"><span title="{escape(formula)}">{escape(name)}</span></th>'


@lru_cache(maxsize=64)
def _state(words: str) -> str:
    return f'<span class="state">{escape(words)}</span>'


def _shown(kind: str, numerator: Any, denominator: Any) -> str | None:
    if kind in RATES:
        return f"{rounded(100 * numerator / denominator, 1)}%"
    return signed(numerator) if kind == "change" else plain(numerator)


def read_words(connection: sqlite3.Connection, report_id: str) -> tuple[Words, ...]:
    """Where the text of each section comes from."""
    copies = _copies(connection, report_id)
    found = rows(
        connection,
        "select o.*, y.kept, y.added, y.removed, y.before_id from originality o left join year_texts y"
        " on y.section_id = o.section_id where o.report_id = ? order by o.number",
        report_id,
    )
    return tuple(
        Words(
            number=entry["number"],
            section_id=entry["section_id"],
            chars=entry["chars"],
            own=entry["own_chars"],
            share=None if entry["own_share"] is None else int(rounded(100 * entry["own_share"], 0)),
            repeated=entry["repeated_chars"],
            shared=entry["shared_chars"],
            stock=entry["stock_chars"],
            template=entry["template_chars"],
            before=entry if entry["before_id"] is not None else None,
            copies=copies.get(entry["section_id"], ())[:COPIES_SHOWN],
        )
        for entry in found
    )


def _copies(connection: sqlite3.Connection, report_id: str) -> Mapping[str, tuple[Copy, ...]]:
    found: dict[str, tuple[Copy, ...]] = {}
    for entry in rows(
        connection,
        "select c.section_id, c.other_id, c.kind, c.share, r.report_id, r.agency, r.year from copied c"
        " join reports r on r.report_id = c.other_report_id where c.report_id = ? order by c.share desc, c.other_id"
        " limit 30",
        report_id,
    ):
        copy = Copy(
            section_id=entry["section_id"],
            other_id=entry["other_id"],
            report_id=entry["report_id"],
            agency=entry["agency"],
            year=entry["year"],
            same_agency=entry["kind"] == "same_agency",
            share=int(rounded(100 * entry["share"], 0)),
        )
        found[copy.section_id] = (*found.get(copy.section_id, ()), copy)
    return found
