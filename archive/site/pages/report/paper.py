"""The three tables as they look on paper: rows, columns and spans of the official form, with slots for the numbers.

What stands between the slots is the same for every report of an era and a language, so it is made once; a page only
fills in its values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from markupsafe import escape

from archive.models import Era
from archive.report.form import Block, EraForm, load_form
from archive.site import language

RESULTS_COLUMNS = 3
"""Label columns of table 3."""
BLOCK_COLUMNS = 3
"""Value columns of the widest block of table 2."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that a report fills: one `cell`, the flags of a `row` of table 3, or the `foot` beneath it."""

    kind: str
    key: str = ""
    applicant: str | None = None
    attributes: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A table as HTML with slots: `pieces` has one more entry than `slots`."""

    pieces: tuple[str, ...]
    slots: tuple[Slot, ...]

    def fill(self, value: Callable[[Slot], str]) -> str:
        """The HTML of the table with every slot filled."""
        parts = [self.pieces[0]]
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            parts.append(value(slot))
            parts.append(piece)
        return "".join(parts)


@cache
def paper(era: Era, table: int, lang: str) -> Paper | None:
    """Table 2, 3 or 4 of an era in a language; None where the era's form has no such table."""
    form = load_form().eras[era]
    makers: dict[int, Callable[[EraForm, str], Iterator[str | Slot]]] = {2: _table_2, 3: _table_3, 4: _table_4}
    if not form.rows:
        return None
    return _compact(makers[table](form, lang))


def _compact(parts: Iterator[str | Slot]) -> Paper:
    pieces: list[str] = [""]
    slots: list[Slot] = []
    for part in parts:
        if isinstance(part, Slot):
            slots.append(part)
            pieces.append("")
        else:
            pieces[-1] += part
    return Paper(tuple(pieces), tuple(slots))


def label(chinese: str, english: str, lang: str) -> str:
    """A label of the form: as printed, with its translation beneath for readers of English."""
    if lang == "zh" or not english:
        return f'<span lang="zh-CN">{escape(chinese)}</span>'
    return f'<span class="zh" lang="zh-CN">{escape(chinese)}</span><span class="tr">{escape(english)}</span>'


def _named(key: str, lang: str) -> str:
    """A fixed heading of the form that is not among its labels; the text table has it in both languages."""
    return label(language.text(key, "zh"), language.text(key, "en"), lang)


def _th(inner: str, scope: str = "col", columns: int = 1, rows: int = 1, classes: str = "") -> str:
    spans = (f' colspan="{columns}"' if columns > 1 else "") + (f' rowspan="{rows}"' if rows > 1 else "")
    named = f' class="{classes}"' if classes else ""
    return f'<th scope="{scope}"{spans}{named}>{inner}</th>'


def _caption(form: EraForm, section: int, lang: str) -> str:
    heading = load_form().sections[section - 1]
    units = {item.unit for item in form.items if item.table == section}
    said = [language.text("paper.caption", lang, n=section - 1)]
    if len(units) == 1 and (unit := units.pop()):
        said.append(language.text("cell.unit", lang, unit=language.term("unit", unit, lang)))
    hint = escape(language.text("cell.joint", lang).join(said))
    return f'<caption>{label(heading.label, "", lang)} <span class="soft small">{hint}</span></caption>'


# ------------------------------------------------------------------ table 2


def _table_2(form: EraForm, lang: str) -> Iterator[str | Slot]:
    yield f'<table class="paper t2">{_caption(form, 2, lang)}'
    for block in form.blocks:
        yield "<tbody>"
        caption = label(block.caption, block.caption_en, lang)
        yield f"<tr>{_th(caption, 'rowgroup', BLOCK_COLUMNS + 1, classes='block')}</tr>"
        yield "<tr>" + _th(_named("paper.content", lang))
        widths = _widths(block)
        for column, width in zip(block.columns, widths, strict=True):
            yield _th(label(column.label, column.label_en, lang), columns=width)
        yield "</tr>"
        for row in block.rows:
            yield "<tr>" + _th(label(row.label, row.label_en, lang), "row")
            for column, width in zip(block.columns, widths, strict=True):
                yield Slot("cell", f"{row.key}_{column.key}", None, f' colspan="{width}"' if width > 1 else "")
            yield "</tr>"
        yield "</tbody>"
    yield "</table>"


def _widths(block: Block) -> list[int]:
    """How many of the three grid columns each column takes: the last takes what the others leave."""
    return [1] * (len(block.columns) - 1) + [BLOCK_COLUMNS - len(block.columns) + 1]


# ------------------------------------------------------------------ table 3


def _table_3(form: EraForm, lang: str) -> Iterator[str | Slot]:
    applicants = load_form().applicants
    yield f'<table class="paper t3">{_caption(form, 3, lang)}<thead><tr>'
    yield _th(_named("paper.corner", lang), "col", RESULTS_COLUMNS, 3)
    yield _th(_named("paper.applicants", lang), "colgroup", len(applicants)) + "</tr><tr>"
    runs = [(group, list(members)) for group, members in groupby(applicants, key=lambda one: one.group)]
    for group, members in runs:
        if group is None:
            yield "".join(_th(label(one.label, one.label_en, lang), rows=2) for one in members)
        else:
            yield _th(label(group, language.text("paper.organisations", "en"), lang), "colgroup", len(members))
    yield "</tr><tr>"
    yield "".join(
        _th(label(one.label, one.label_en, lang)) for group, members in runs if group is not None for one in members
    )
    yield "</tr></thead><tbody>"
    english = dict(load_form().groups)
    results = load_form().groups[0][0]
    inside = sum(1 for row in form.rows if row.group is not None)
    opened = False
    for group, members_of in groupby(form.rows, key=lambda row: row.group):
        listed = list(members_of)
        for place, row in enumerate(listed):
            yield "<tr>"
            if group is not None and not opened:
                opened = True
                yield _th(label(results, english[results], lang), "rowgroup", 1, inside, "group")
            if group is not None and group != results and place == 0:
                yield _th(label(group, english[group], lang), "rowgroup", 1, len(listed), "group")
            width = RESULTS_COLUMNS if group is None else 2 if group == results else 1
            spans = f' colspan="{width}"' if width > 1 else ""
            yield f'<th scope="row"{spans}>{label(row.label, row.label_en, lang)}'
            yield Slot("row", row.key)
            yield "</th>"
            for applicant in applicants:
                yield Slot("cell", row.key, applicant.key)
            yield "</tr>"
    yield "</tbody>"
    yield Slot("foot")
    yield "</table>"


def foot(flags: Callable[[str], str], lang: str) -> str:
    """The extra row beneath table 3 that says which columns do not add up."""
    cells = "".join(f"<td>{flags(applicant.key)}</td>" for applicant in load_form().applicants)
    heading = _th(escape(language.text("paper.column_checks", lang)), "row", RESULTS_COLUMNS)
    return f'<tfoot><tr class="flags">{heading}{cells}</tr></tfoot>'


# ------------------------------------------------------------------ table 4


def _table_4(form: EraForm, lang: str) -> Iterator[str | Slot]:
    columns = [(column.path, _translations(column.path, column.label_en), column.key) for column in form.outcomes]
    depth = max(len(path) for path, _, _ in columns)
    yield f'<table class="paper t4">{_caption(form, 4, lang)}<thead>'
    for level in range(depth):
        yield "<tr>"
        for path, members in groupby(columns, key=lambda column: column[0][: level + 1]):
            if len(path) <= level:
                continue  # already spans down to the last heading row
            listed = list(members)
            last = len(listed[0][0]) == level + 1
            inner = label(path[level], listed[0][1][level], lang)
            yield _th(inner, "col" if last else "colgroup", len(listed), depth - level if last else 1)
        yield "</tr>"
    yield "</thead><tbody><tr>"
    for _, _, key in columns:
        yield Slot("cell", key)
    yield "</tr></tbody></table>"


def _translations(path: Sequence[str], english: str) -> tuple[str, ...]:
    """English for each heading above a column of table 4, from its English label `place: result`."""
    place, _, result = english.partition(": ")
    middle = (language.text("paper.litigation", "en"), place) if len(path) > 2 else (place,)
    return (*middle, result.capitalize())
