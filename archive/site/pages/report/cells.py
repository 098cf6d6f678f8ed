"""How one number of a report is shown: as printed, with its state, and never a blank as a zero."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import escape

from archive.models import Era, State
from archive.report.form import load_form
from archive.site import language
from archive.site.database import once
from archive.site.middleware import VISIT
from archive.site.pages.report.places import place_text

Address = tuple[str, str | None]
"""Key and applicant of a cell."""

PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
"""A number printed as any program would print it: shown as it is, with nothing to explain."""
SHOWN_RAW = 14
MARK = "here"
"""The id of the place that a number was read from, on the page of its original."""
READ_AS_PRINTED = frozenset({str(State.NUMBER), str(State.ZERO)})


class Printed(NamedTuple):
    """One cell of a report as held: `raw` is the text as printed, None where the source has none.

    A tuple, as two hundred of them are made for every page, and told alike by their content.
    """

    value: int | float | str | None
    state: str
    raw: str | None
    unit: str | None
    place: int | str | None


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the pages of this site for a visit: `root` is the site's, `suffix` keeps a chosen language."""

    root: str = "/"
    suffix: str = ""

    def to(self, path: str) -> str:
        """The address of a page, its path given without the first slash."""
        return f"{self.root}{path}{self.suffix}"

    def cell(self, report_id: str, address: Address) -> str:
        """The address of the page of one number."""
        return f"{self._cell(report_id, address)}{self.suffix}"

    def source(self, report_id: str, address: Address) -> str:
        """The address of the place of one number in its original."""
        return f"{self._cell(report_id, address)}/source{self.suffix}#{MARK}"

    def _cell(self, report_id: str, address: Address) -> str:
        key, applicant = address
        return f"{self.root}report/{_quoted(report_id)}/cell/{f'{key}/{applicant}' if applicant else key}"


@lru_cache(maxsize=512)
def _quoted(report_id: str) -> str:
    return quote(report_id, safe="")


def links_of(datasette: Any) -> Links:
    """The addresses for this visit."""
    visit = VISIT.get()
    return Links(str(datasette.urls.path("/")), f"?_lang={visit.language}" if visit.explicit else "")


@cache
def _labels(era: Era) -> dict[str, tuple[str, str]]:
    """By key the names of items, and of what rules across years have one key for: the rows of table 2, and the
    procedures of table 4."""
    form = load_form().eras[era]
    rows = {row.key: (row.label, row.label_en) for block in form.blocks for row in block.rows}
    procedures = {
        outcome.key.rpartition("_")[0]: (" · ".join(outcome.path[:-1]), outcome.label_en.partition(":")[0])
        for outcome in form.outcomes
    }
    return rows | procedures | {item.key: (item.label, item.label_en) for item in form.items}


@cache
def _columns() -> dict[str, tuple[str, str]]:
    return {one.key: (one.label, one.label_en) for one in load_form().applicants}


def row_name(era: Era, key: str, lang: str) -> str:
    """The printed name of a row, or its English translation; the key where no form has such a row."""
    found = _labels(era).get(key) or next((_labels(other)[key] for other in Era if key in _labels(other)), (key, key))
    return found[0] if lang == "zh" or not found[1] else found[1]


def column_name(applicant: str, lang: str) -> str:
    """The printed name of an applicant's column, or its English translation."""
    found = _columns().get(applicant, (applicant, applicant))
    return found[0] if lang == "zh" else found[1]


def name_of(era: Era, address: Address, lang: str) -> str:
    """The row and the column of a cell, by their names."""
    key, applicant = address
    named = row_name(era, key, lang)
    return f"{named} · {column_name(applicant, lang)}" if applicant else named


def changed_name(era: Era, change: sqlite3.Row, lang: str) -> str:
    """What a row with `key`, `applicant` and `section` is about: a cell, a section, or the report itself."""
    if change["key"]:
        return name_of(era, (change["key"], change["applicant"]), lang)
    return language.text("section.number", lang, n=change["section"]) if change["section"] else ""


def read_cells(
    connection: sqlite3.Connection, version_no: int, only: Collection[Address] = ()
) -> dict[Address, Printed]:
    """Every cell of a version (or `only` some), with what the compact storage leaves out put back, by key and
    applicant."""
    items, states = once(connection, _vocabulary)
    chosen = [number for number, (address, _) in items.items() if address in only] if only else []
    within = f" and item_id in ({', '.join('?' * len(chosen))})" if only else ""
    found = {}
    for number, value, code, raw, unit, place in connection.execute(
        f"select item_id, value, state, raw, unit, place from cells where version_no = ?{within}", (version_no, *chosen)
    ):
        address, form_unit = items[number]
        state = states[code]
        if state in READ_AS_PRINTED:
            raw = str(value) if raw is None else raw or None
        found[address] = Printed(value, state, raw, form_unit if unit is None else unit or None, place)
    return found


Vocabulary = tuple[dict[int, tuple[Address, str | None]], dict[int, str]]
"""Items by number, with the unit of the form, and states by code."""


def _vocabulary(connection: sqlite3.Connection) -> Vocabulary:
    """Items and states of an archive: joined to two hundred cells a page they take as long as these."""
    items = connection.execute("select item_id, key, applicant, unit from items")
    states = connection.execute("select code, state from states")
    return {number: ((key, who), unit) for number, key, who, unit in items}, dict(map(tuple, states))


def _said(state: str, raw: str | None, unit: str | None, lang: str) -> str:
    printed = language.text("cell.printed", lang, raw=raw) if raw is not None else ""
    named = language.text("cell.unit", lang, unit=language.term("unit", unit, lang)) if unit else ""
    said = (language.term("state", state, lang), printed, named)
    return str(escape(language.text("cell.joint", lang).join(filter(None, said))))


def explanation(cell: Printed, lang: str, fails: str = "") -> str:
    """What hover and focus tell of a cell, as HTML: state, text as printed, unit, place, and what fails."""
    parts = [_said(cell.state, cell.raw, cell.unit, lang)]
    if cell.place:
        parts.append(_escaped_place(cell.place, lang))
    if fails:
        parts.append(str(escape(fails)))
    return _joint(lang).join(parts)


@lru_cache(maxsize=8192)
def _escaped_place(place: int | str, lang: str) -> str:
    return str(escape(place_text(place, lang)))


@lru_cache(maxsize=4)
def _joint(lang: str) -> str:
    return language.text("cell.joint", lang)


def _content(value: int | float | str | None, state: str, raw: str | None, lang: str) -> tuple[str, bool]:
    """What is shown inside a cell, and whether it is out of the ordinary."""
    if state in (State.NUMBER, State.ZERO) and raw is not None and PLAIN.fullmatch(raw):
        return raw, False
    shown = f"{raw[:SHOWN_RAW]}…" if raw is not None and len(raw) > SHOWN_RAW else raw
    if state in (State.NUMBER, State.ZERO, State.INFERRED, State.MALFORMED) and value is not None:
        note = language.term("state", state, lang) if state in (State.INFERRED, State.MALFORMED) else ""
        quoted = language.text("cell.quoted", lang, raw=shown) if shown else ""
        return f'{escape(str(value))} <span class="state">{escape(" ".join(filter(None, (note, quoted))))}</span>', True
    name = f'<span class="state">{escape(language.term("state", state, lang))}</span>'
    if state in (State.BLANK, State.MISSING) or not shown:
        return name, True
    # A placeholder is shown as it is printed; its meaning is said to those who do not see the page.
    return f"{escape(shown)} {name if state != State.PLACEHOLDER else name.replace('state', 'hidden', 1)}", True


def td(cell: Printed | None, lang: str, href: str, *, fails: str = "", flags: str = "", attributes: str = "") -> str:
    """A cell as HTML, its number a link to where it stands in the original.

    `fails` is what failed checks say of it, `flags` are links to them (HTML).
    """
    if cell is None:
        name = escape(language.term("state", State.MISSING, lang))
        return f'<td class="odd s-missing"{attributes}><span class="state">{name}</span></td>'
    before, after = _around(cell, lang, fails, attributes)
    return f"{before}{href}{after}{flags}</td>"


@lru_cache(maxsize=8192)
def _around(cell: Printed, lang: str, fails: str, attributes: str) -> tuple[str, str]:
    """What stands in a cell before and after the address of its page; most cells of most reports are alike."""
    shown, odd = _content(cell.value, cell.state, cell.raw, lang)
    title = explanation(cell, lang, fails)
    kinds = (f"odd s-{cell.state} " if odd else "") + ("fails" if fails else "")
    classes = f' class="{kinds.strip()}"' if kinds else ""
    return f'<td{classes}{attributes}><a href="', f'" title="{title}">{shown}</a>'


def tally_states(cells: Iterable[Printed]) -> dict[str, int]:
    """How many cells are in each state."""
    tally: dict[str, int] = {}
    for cell in cells:
        tally[cell.state] = tally.get(cell.state, 0) + 1
    return tally
