"""What is shown of a finding: the sentence of its rule, both sides, and the cells as they are printed."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.models import Era, State
from archive.site import language
from archive.site.database import rows
from archive.site.numerals import plain, signed
from archive.site.pages.findings.lines import TEXT, WITHIN, Line
from archive.site.pages.report.cells import Address, Links, Printed, changed_name, name_of, read_cells

CELLS_SHOWN = 6
"""Cells of a side that are all named; of more, those that print nothing but zero are only counted."""
DIFFERENCES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell that takes part: its name, what is printed in it, and its page; `year` where it is of another report."""

    name: str
    printed: str
    href: str | None
    state: str
    report_id: str
    address: Address


@dataclass(frozen=True, slots=True)
class Side:
    """The cells of one side with their `value`; `zeros` more print zero."""

    label: str
    value: str | None
    cells: tuple[ShownCell, ...]
    zeros: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding as a page shows it; `id` is that of the database."""

    id: str
    line: Line
    statement: str
    status: str
    where: str
    left: str | None
    right: str | None
    delta: str | None
    sides: tuple[Side, ...]
    breaks: tuple[str, ...] = ()
    note: str | None = None
    other_id: str | None = None
    url: str | None = None
    sentence: str | None = None
    claim: str | None = None
    differences: tuple[tuple[sqlite3.Row, str], ...] = ()

    @property
    def fragment(self) -> str:
        """The place on the page of the report at which the finding is told."""
        if self.line.kind == TEXT:
            return f"#ask-{self.line.n}"
        return f"#check-{self.line.n}" if self.line.kind == WITHIN else ""


def read_shown(connection: sqlite3.Connection, lines: Sequence[Line], links: Links, lang: str) -> list[Shown]:
    """Findings with their details, in the order given."""
    rules = {rule["rule"]: rule for rule in rows(connection, "select * from rules")}
    return [_one(connection, line, rules[line.rule], links, lang) for line in lines]


def _one(connection: sqlite3.Connection, line: Line, rule: sqlite3.Row, links: Links, lang: str) -> Shown:
    if line.kind == TEXT:
        return _question(connection, line, rule, links, lang)
    if isinstance(line.key, tuple):
        return _within(connection, line, line.key, rule, links, lang)
    return _across(connection, line, rule, links, lang)


def _within(
    connection: sqlite3.Connection, line: Line, key: tuple[int, int], rule: sqlite3.Row, links: Links, lang: str
) -> Shown:
    found = rows(
        connection,
        "select k.key, k.applicant, k.cells, t.status, f.left_value, f.right_value, f.delta, f.note, r.era"
        " from checks f join check_items k on k.check_no = f.check_no join statuses t on t.code = f.status"
        " join reports r on r.version_no = f.version_no where f.version_no = ? and f.check_no = ?",
        *key,
    )[0]
    era = Era(found["era"])
    addresses = tuple(dict.fromkeys((cell["key"], cell["applicant"]) for cell in json.loads(found["cells"])))
    printed = read_cells(connection, key[0], addresses)
    cells = [_cell(line.report_id, address, printed.get(address), era, links, lang) for address in addresses]
    parts = (line.report_id, line.rule, found["key"], found["applicant"])
    return Shown(
        id="-".join(filter(None, parts)),
        line=line,
        statement=rule[f"statement_{lang}"],
        status=found["status"],
        where=_where(era, found["key"], found["applicant"], lang),
        left=plain(found["left_value"]),
        right=plain(found["right_value"]),
        delta=signed(found["delta"]),
        sides=(_side(language.text("findings.cells", lang), None, cells),),
        note=found["note"],
    )


def _cell(
    report_id: str, address: Address, cell: Printed | None, era: Era, links: Links, lang: str, name: str | None = None
) -> ShownCell:
    state = State.MISSING if cell is None else cell.state
    return ShownCell(
        name=name or name_of(era, address, lang),
        printed=as_printed(None if cell is None else cell.raw, None if cell is None else cell.value, state, lang),
        href=links.cell(report_id, address) if cell is not None else None,
        state=str(state),
        report_id=report_id,
        address=address,
    )


def as_printed(raw: str | None, value: object, state: str, lang: str) -> str:
    """What stands in a cell; the name of its state where nothing is printed, and beside a number that was inferred."""
    if state in (State.NUMBER, State.ZERO):
        return raw if raw is not None else plain(value) or ""
    named = language.term("state", state, lang)
    told = raw or (plain(value) if value is not None else None)
    return f"{told} ({named})" if told else named


def _side(label: str, value: str | None, cells: Sequence[ShownCell]) -> Side:
    if len(cells) <= CELLS_SHOWN:
        return Side(label, value, tuple(cells))
    kept = (*(cell for cell in cells[:-1] if cell.state != State.ZERO), cells[-1])
    return Side(label, value, kept, len(cells) - len(kept))


def _where(era: Era, key: str | None, applicant: str | None, lang: str) -> str:
    if key is None and applicant is None:
        return ""
    if key is None:
        return language.text("failure.column", lang, label=name_of(era, ("", applicant), lang).removeprefix(" · "))
    return name_of(era, (key, applicant), lang)


def _across(connection: sqlite3.Connection, line: Line, rule: sqlite3.Row, links: Links, lang: str) -> Shown:
    found = rows(
        connection,
        "select c.*, r.era from cross_checks c join reports r on r.report_id = c.report_id where c.check_id = ?",
        line.key,
    )[0]
    era = Era(found["era"])
    sides: dict[str, list[ShownCell]] = defaultdict(list)
    for cell in json.loads(found["cells"]):
        address = (cell["key"], cell["applicant"])
        sides[cell["side"]].append(
            ShownCell(
                name=name_of(era, address, lang),
                printed=as_printed(cell["raw"], cell["value"], cell.get("state") or State.NUMBER, lang),
                href=links.cell(cell["report_id"], address),
                state=cell.get("state") or "",
                report_id=cell["report_id"],
                address=address,
            )
        )
    differences: Iterable[sqlite3.Row] = ()
    if found["url"]:
        differences = rows(
            connection,
            "select key, applicant, section, held, copy, kind from copy_differences where check_id = ?"
            " order by difference_id limit ?",
            line.key,
            DIFFERENCES_SHOWN,
        )
    return Shown(
        id=str(line.key),
        line=line,
        statement=rule[f"statement_{lang}"],
        status=found["status"],
        where=_where(era, found["key"], found["applicant"], lang),
        left=plain(found["left"]),
        right=plain(found["right"]),
        delta=signed(found["delta"]),
        sides=tuple(
            _side(language.text(f"findings.{side}", lang), plain(found[side]), cells)
            for side in ("left", "right")
            if (cells := sides.get(side))
        ),
        breaks=tuple((rule[f"breaks_{lang}"] or "").splitlines()),
        note=found["note"],
        other_id=found["other_id"],
        url=found["url"],
        differences=tuple((one, changed_name(era, one, lang)) for one in differences),
    )


def _question(connection: sqlite3.Connection, line: Line, rule: sqlite3.Row, links: Links, lang: str) -> Shown:
    found = rows(
        connection,
        f"select t.*, c.label_{lang} as named, r.era from text_checks t join claims c on c.claim = t.claim"
        " join reports r on r.report_id = t.report_id where t.text_check_id = ?",
        line.key,
    )[0]
    era = Era(found["era"])
    return Shown(
        id=str(line.key),
        line=line,
        statement=rule[f"statement_{lang}"],
        status="question",
        where="",
        left=found["stated"],
        right=plain(found["computed"]),
        delta=signed(found["delta"]),
        sides=tuple(_reading(told, era, lang) for told in json.loads(found["readings"])),
        sentence=found["sentence"],
        claim=found["named"],
    )


def _reading(told: Mapping[str, Any], era: Era, lang: str) -> Side:
    cells, met = [], set()
    for cell in told["cells"]:
        address = (cell["key"], cell["applicant"])
        name = name_of(era, address, lang)
        if address in met:  # the cells of the year before follow those of the year
            name = language.text("findings.before", lang, name=name)
        met.add(address)
        printed = as_printed(cell["raw"], cell["value"], cell["state"], lang)
        cells.append(ShownCell(name, printed, None, cell["state"], "", address))
    return _side(language.text("findings.tables", lang), plain(told["value"]), cells)
