"""Tables 3 and 4 from lines that set columns apart by blanks (`columns`), where the label stream cannot place them.

Table 3: every row of the form must be met, in order, by the beginning of its label; the figures between it and the next
row are its own, if they stand on one line. Figures on the line of the label belong to it. Figures on another line count
only if every row of the table has exactly one line of figures, so that none can have moved. A row must add up. Where
cells are left empty, the columns are learnt from the rows that are full; an empty cell counts if every figure stands
in one column alone and the row adds up without it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from archive.models import Block, Era
from archive.report.form import Row, load_form
from archive.report.numbers import read_value
from archive.report.tables.columns import CHARACTERS, WIDTHS, Metric, TextLine, Word, lines_in_columns, stacks
from archive.report.tables.headings import (
    AFTER_REVIEW,
    OUTCOME_ORDER,
    OUTCOMES,
    WITHOUT_REVIEW,
    column_name,
    column_names,
    few_words,
)
from archive.report.tables.readings import CANONICAL, GROUP, CellKey, Found, has_another_column, leaf_order
from archive.report.tables.side_words import is_beside
from archive.report.text import squeeze

_HEADING_LINES = 8  # of table 3 above its first row, at most
_LEAST_FULL = 5  # rows without an empty cell, from which the columns are learnt
_SURE_LABEL = 4  # characters of a label that begins on a line, its number included
_NUMBER = re.compile(r"(?:\d+[.、]|\([一二三四五六七]\)|[一二三四]、)")

_BEYOND = 12  # places between the last column and the middle of its heading, at most

_BESIDE = 5  # places before the first column at which no label begins

Cells = Mapping[CellKey, Found]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row of the form and the lines with figures from its label to the next."""

    row: Row
    line: int
    figures: tuple[int, ...]


def read_columns(document: Sequence[Block], era: Era) -> tuple[Cells, Cells]:
    """The cells of table 3 and of table 4 that lines in columns give surely."""
    lines = lines_in_columns(document)
    return _table_3(lines, era), _table_4(lines, era)


# --------------------------------------------------------------------------- table 3


def _table_3(lines: Sequence[TextLine], era: Era) -> Cells:
    placed = _placed(lines, load_form().eras[era].rows)
    spans = _columns(lines, placed)
    if not placed or not _has_heading(lines, placed[0].line, spans):
        return {}
    counts = [len(lines[i].figures) for row in placed for i in row.figures]
    if has_another_column(counts, len(CANONICAL), places_known=bool(spans)):
        return {}
    one_each = all(len(row.figures) == 1 for row in placed)
    cells: dict[CellKey, Found] = {}
    for found in placed:
        if len(found.figures) != 1 or (found.figures[0] != found.line and not one_each):
            continue
        line = lines[found.figures[0]]
        values = None if _has_words_below(line.label, spans) else _values(line.figures, spans)
        if values is None or not _adds_up(values):
            continue
        for name, raw in zip(CANONICAL, values, strict=True):
            cells[found.row.key, name] = Found(raw, line.place, from_text=True)
    return cells


def _placed(lines: Sequence[TextLine], rows: Sequence[Row]) -> list[_Placed]:
    """Every row of the form with the lines of figures that follow its label; nothing unless all are met once."""
    first = [i for i, line in enumerate(lines) if _begins(line, rows[0]) is not None]
    if len(first) != 1:
        return []
    at: list[int] = []
    line = first[0]
    for row in rows:
        while line < len(lines) and _begins(lines[line], row) is None:
            line += 1
        if line == len(lines):
            return []
        at.append(line)
        line += 1
    ends = [*at[1:], at[-1] + 1]
    return [
        _Placed(row, start, tuple(i for i in range(start, end) if lines[i].figures))
        for row, start, end in zip(rows, at, ends, strict=True)
    ]


def _begins(line: TextLine, row: Row) -> int | None:
    """The word of a line with which the label of a row begins, if one does."""
    for index in range(len(line.label)):
        text = "".join(word.text for word in line.label[index:])
        match = row.pattern.match(text)
        length = match.end() if match else _common(text, _label(row))
        if length >= _least(row) and _NUMBER.match(text):
            return index
    return None


@lru_cache(maxsize=128)
def _label(row: Row) -> str:
    return squeeze(row.label)


@lru_cache(maxsize=128)
def _least(row: Row) -> int:
    """So many characters must agree that no other label begins so."""
    others = [_label(other) for era in (Era.B, Era.C) for other in load_form().eras[era].rows if other.key != row.key]
    return max(_SURE_LABEL, *(_common(_label(row), other) + 1 for other in others))


def _common(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _has_heading(lines: Sequence[TextLine], first: int, spans: Mapping[Metric, Sequence[Span]]) -> bool:
    """Whether the lines above the first row name the seven columns in printed order.

    Where the figures stand in columns, each heading must stand above its own; else the order of the text must do.
    """
    above = [line for line in lines[max(0, first - _HEADING_LINES) : first] if not line.figures]
    start = next((i for i, line in enumerate(above) if any(column_name(word.text) for word in line.label)), None)
    if start is None or any(is_beside(word.text) and not column_name(word.text) for w in above for word in w.label):
        return False
    if spans:
        return all(_stand_above(_named(above[start:], metric), columns) for metric, columns in spans.items())
    return leaf_order(column_names("".join(word.text for line in above[start:] for word in line.label))) == CANONICAL


def _named(lines: Sequence[TextLine], metric: Metric) -> dict[str, float]:
    """The middle of each heading of table 3; nothing if one is met twice."""
    named: dict[str, float] = {}
    for line in lines:
        for word in line.label:
            name = column_name(word.text)
            if name is None or name == GROUP or (name in named and word.text == "企业"):
                continue
            if name in named:
                return {}
            named[name] = word.centre(metric)
    for text, word in stacks(lines, metric):
        name = column_name(text)
        if name is not None and name != GROUP:
            named.setdefault(name, word.centre(metric))
    return named


def _stand_above(named: Mapping[str, float], columns: Sequence[Span]) -> bool:
    if set(named) != set(CANONICAL):
        return False
    ends = [0, *(end for _, end in columns)]
    starts = [*(start for start, _ in columns[1:]), columns[-1][1] + _BEYOND]
    return all(a <= named[name] <= b for name, a, b in zip(CANONICAL, ends, starts, strict=False))


def _columns(lines: Sequence[TextLine], placed: Sequence[_Placed]) -> dict[Metric, list[Span]]:
    """For each way to count places the seven columns, from rows without an empty cell, if they stand clearly apart."""
    full = [f for row in placed for i in row.figures if len(f := lines[i].figures) == len(CANONICAL)]
    found: dict[Metric, list[Span]] = {}
    for metric in (CHARACTERS, WIDTHS):
        spans = [
            (min(w.starts[metric] for w in column), max(w.ends[metric] for w in column))
            for column in zip(*full, strict=True)
        ]
        apart = all(a[1] < b[0] for a, b in pairwise(spans))
        if len(full) >= _LEAST_FULL and apart:
            found[metric] = spans
    return found


def _values(figures: Sequence[Word], spans: Mapping[Metric, Sequence[Span]]) -> list[str] | None:
    """The seven texts of a row, empty where no figure stands in a column; None if that cannot be told."""
    if len(figures) == len(CANONICAL):
        return [word.raw for word in figures]
    ways = []
    for metric, columns in spans.items():
        places = [_column(word, columns, metric) for word in figures]
        if None in places or len(set(places)) != len(places):
            return None
        ways.append({place: word.raw for place, word in zip(places, figures, strict=True)})
    if not ways or any(way != ways[0] for way in ways):
        return None
    return [ways[0].get(i, "") for i in range(len(CANONICAL))]


def _has_words_below(words: Sequence[Word], spans: Mapping[Metric, Sequence[Span]]) -> bool:
    """Whether words that are no figures stand in the columns: what they print is no empty cell."""
    return any(word.starts[metric] > columns[0][0] - _BESIDE for metric, columns in spans.items() for word in words)


def _column(word: Word, columns: Sequence[Span], metric: Metric) -> int | None:
    met = [i for i, (a, b) in enumerate(columns) if word.starts[metric] < b and a < word.ends[metric]]
    return met[0] if len(met) == 1 else None


def _adds_up(texts: Sequence[str]) -> bool:
    """Whether a row's applicants add up to its printed total, an empty cell or a mark being none."""
    *parts, total = (read_value(text).value for text in texts)
    return total is not None and sum(part or 0 for part in parts) == total


# --------------------------------------------------------------------------- table 4


def _table_4(lines: Sequence[TextLine], era: Era) -> Cells:
    keys = [(column.key, None) for column in load_form().eras[era].outcomes]
    if sum(word.text == AFTER_REVIEW for line in lines for word in line.label) > 1:
        return {}  # one of two tables may be another body's
    found: list[Cells] = []
    for index, line in enumerate(lines):
        words = (*line.label, *line.figures)
        remarks = [word.raw for word in words if not word.is_figure]
        if len(words) != len(keys) or not few_words(remarks):
            continue
        if _outcome_headings(lines[max(0, index - _HEADING_LINES) : index]) and _sums_hold([w.raw for w in words]):
            found.append({key: Found(w.raw, line.place, from_text=True) for key, w in zip(keys, words, strict=True)})
    return found[0] if len(found) == 1 else {}


def _outcome_headings(above: Sequence[TextLine]) -> bool:
    """Whether the lines name the fifteen outcomes in printed order, by their places, each under its procedure."""
    start = max((i for i, line in enumerate(above) if any(w.text == "行政复议" for w in line.label)), default=None)
    if start is None or any(line.figures for line in above[start:]):
        return False
    return any(_outcomes_by_place(above[start:], metric) for metric in (CHARACTERS, WIDTHS))


def _outcomes_by_place(lines: Sequence[TextLine], metric: Metric) -> bool:
    groups = {"行政复议": -1.0, WITHOUT_REVIEW: -1.0, AFTER_REVIEW: -1.0}
    rest = []
    for line in lines:
        kept = []
        for word in line.label:
            if word.text in groups:
                groups[word.text] = word.centre(metric)
            elif word.text != "行政诉讼":
                kept.append(word)
        rest.append(TextLine(tuple(kept), (), line.place))
    leaves = stacks(rest, metric)
    if [OUTCOMES.get(text) for text, _ in leaves] != [*OUTCOME_ORDER] * 3:
        return False
    places = [word.centre(metric) for _, word in leaves]
    return all(places[5 * i] <= centre <= places[5 * i + 4] for i, centre in enumerate(groups.values()))


def _sums_hold(texts: Sequence[str]) -> bool:
    """Whether each procedure's outcomes add up to its total, as far as its five cells hold numbers."""
    for start in (0, 5, 10):
        values = [read_value(text).value for text in texts[start : start + 5]]
        numbers = [value for value in values if value is not None]
        if len(numbers) == len(values) and sum(numbers[:-1]) != numbers[-1]:
            return False
    return True
