"""Reader B, table 2: what was disclosed unasked, in the label stream, block by block under the headings of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from archive.models import Era
from archive.report.form import Block, Column, load_form
from archive.report.glued import solve_digits
from archive.report.tables.headings import blocks, is_cut, unit_of
from archive.report.tables.readings import CellKey, Found, Readings, is_blank_cell
from archive.report.tables.side_words import is_beside
from archive.report.tables.stream_requests import TABLE_3_START
from archive.report.tables.tokens import Stream

_LONGEST = 1500  # characters of a table 2 behind which nothing begins, at most

_Headed = tuple[Column, str | None]
"""A column with the unit that its heading prints."""


class _Label(NamedTuple):
    """The label of a row, and from where to where it stands."""

    key: str
    start: int
    end: int


def _heading_columns(stream: Stream, block: Block, start: int, end: int) -> list[_Headed] | None:
    """The columns that stand between `start` and the first row label, in printed order, with the unit they print."""
    text = stream.text[start:end]
    # A heading met twice belongs to two blocks, the first of which lost its rows: its place says nothing then.
    placed = sorted(
        (found[0].start(), found[0].end(), column.key)
        for column in block.columns
        for found in [list(column.pattern.finditer(text))]
        if len(found) == 1
    )
    by_key = {column.key: column for column in block.columns}
    in_cells = stream.tokens[stream.token_at(end - 1)].row is not None
    if not in_cells and [key for _, _, key in placed] != list(by_key):
        placed = []  # running text sets the halves of broken headings in any order: only the printed one is believed
    if len(placed) == len(block.columns) and all(a[1] <= b[0] for a, b in pairwise(placed)):
        stops = [*(start_ for start_, _, _ in placed[1:]), len(text)]
        return [(by_key[key], unit_of(text[a:stop])) for (a, _, key), stop in zip(placed, stops, strict=True)]
    words = [t.text for t in stream.tokens[stream.token_at(start) : stream.token_at(end - 1) + 1] if t.text]
    words = [word for word in words if word != "信息内容"][-len(block.columns) :]
    if len(words) == len(block.columns) and all(
        column.pattern.search(word) or is_cut(word, column.label)
        for column, word in zip(block.columns, words, strict=True)
    ):
        return [(column, None) for column in block.columns]
    return None


def read_disclosure(stream: Stream, era: Era, readings: Readings) -> None:
    """Adds what table 2 holds, of every place where one may begin."""
    first = blocks(era)[0].columns
    heads = "|".join(column.pattern.pattern for column in first)
    anchors = [m.start() for m in re.finditer(f"信息内容(?=.{{0,3}}(?:本年(?:制发|新)|{heads}))", stream.text)]
    if not anchors:
        anchors = [m.start() for m in first[0].pattern.finditer(stream.text)][:1]
    one_table = len(first[0].pattern.findall(stream.text)) == 1
    for number, start in enumerate(anchors):
        limit = anchors[number + 1] if number + 1 < len(anchors) else len(stream.text)
        behind = _behind_table_2().search(stream.text, start, limit)
        end = behind.start() if behind else min(limit, start + _LONGEST)
        _Disclosure(stream, readings, start, end, one_table=one_table).read(blocks(era))


@lru_cache(maxsize=1)
def _behind_table_2() -> re.Pattern[str]:
    """The heading of the next part, whose sentences may speak of the same things, or the head of its table."""
    return re.compile(f"{load_form().sections[2].pattern}|{TABLE_3_START.pattern}")


@dataclass(slots=True)
class _Disclosure:
    """One table 2 between `start` and `end`, and what its rows show of it on the way.

    `longer`: a row has more figures than its block has columns, so that a column is added, and which one is not told.
    `told`: a row of the first block shows how many figures a row has, and that they stand apart. `one_table` is false
    where there are several, of which one may be another body's. `in_text` are the cells that came from running text.
    """

    stream: Stream
    readings: Readings
    start: int
    end: int
    one_table: bool
    longer: bool = False
    told: bool = False
    in_text: set[CellKey] = field(default_factory=set)

    def read(self, form: Sequence[Block]) -> None:
        """Adds the rows of all blocks of the form that stand here, in its order."""
        position = self.start
        for number, block in enumerate(form):
            labels = self._labels(block, position)
            if labels:
                self._block(block, labels, self._heading(block, position, labels[0].start), form[number + 1 :])
                position = labels[-1].end
        if self.longer:
            self.readings.refused |= self.in_text

    def _labels(self, block: Block, position: int) -> list[_Label]:
        """The labels of a block's rows, up to the first that is not there."""
        labels: list[_Label] = []
        for row in block.rows:
            match = row.pattern.search(self.stream.text, position, self.end)
            if match is None:
                break
            labels.append(_Label(row.key, match.start(), match.end()))
            position = match.end()
        return labels

    def _heading(self, block: Block, position: int, first_row: int) -> list[_Headed] | None:
        self.longer = self.longer or _has_a_column_beside(self.stream, block, position, first_row)
        return _heading_columns(self.stream, block, position, first_row)

    def _block(
        self, block: Block, labels: Sequence[_Label], columns: list[_Headed] | None, later: Sequence[Block]
    ) -> None:
        text, end = self.stream.text, labels[-1].end
        complete = len(labels) == len(block.rows)
        # In running text a label that is lost would leave its value to the row before.
        followed = all(block.rows[0].pattern.search(text, end, self.end) for block in later[:1])
        heads = (block.columns[0].pattern.search(text, end, self.end) for block in later)
        stops = [*(label.start for label in labels[1:]), min([*(head.start() for head in heads if head), self.end])]
        merged = False
        for label, stop in zip(labels, stops, strict=True):
            is_last = label is labels[-1]
            run = self.stream.run(label.end, stop)
            sure = complete and not merged and (followed or not is_last)
            merged = merged or not run  # the figures behind the next label may be those of both rows
            if run and run[0].from_text and len(run) > len(block.columns) and (later or label is labels[0]):
                self.longer = True
            cells = _exact(run, len(block.columns))
            if cells and cells[0].from_text:
                sure = sure and self._stands_apart(label, cells)
            if columns is None or cells is None or (cells[0].from_text and not sure):
                self.readings.refused |= {(f"{label.key}_{column.key}", None) for column in block.columns}
                if columns is not None and sure:
                    self._infer(label, stop, columns)
            else:
                self._add(label, columns, cells)

    def _stands_apart(self, label: _Label, cells: Sequence[Found]) -> bool:
        """Whether figures in running text are surely those of the label: none may have run into it, or before it."""
        glued = self.stream.token_at(label.end) == self.stream.token_at(label.end - 1)
        return not self.stream.is_torn(label.end, cells) and (
            self.told or not glued or len(cells) > 1 or len(cells[0].raw) == 1
        )

    def _infer(self, label: _Label, stop: int, columns: Sequence[_Headed]) -> None:
        """Cuts digits that ran together, where one cut alone is possible."""
        glued = self.stream.digits(label.end, stop)
        values = solve_digits(glued[0], len(columns)) if glued else None
        if glued is not None and values is not None and self.one_table:
            keys = ((f"{label.key}_{column.key}", None) for column, _ in columns)
            self.readings.infer(2, zip(keys, values, strict=True), " ".join(glued[0]), glued[1])
            self.told = True

    def _add(self, label: _Label, columns: Sequence[_Headed], cells: Sequence[Found]) -> None:
        self.told = self.told or len(columns) > 1
        keys = [(f"{label.key}_{column.key}", None) for column, _ in columns]
        if cells[0].from_text:
            self.in_text.update(keys)
        units = (unit for _, unit in columns)
        found = (Found(c.raw, c.place, unit, c.from_text) for c, unit in zip(cells, units, strict=True))
        self.readings.add(2, zip(keys, found, strict=True))


def _has_a_column_beside(stream: Stream, block: Block, start: int, end: int) -> bool:
    """Whether running text names a column behind those of the block, or numbers the rows: the form does neither."""
    ends = [match.end() for column in block.columns for match in column.pattern.finditer(stream.text, start, end)]
    if not ends or stream.tokens[stream.token_at(end - 1)].row is not None:
        return False
    behind = stream.text[max(ends) : end]
    words = behind.rstrip("0123456789")
    return words != behind or is_beside(words)  # a number before the label of a row is that of the row


def _exact(run: list[Found] | None, wanted: int) -> list[Found] | None:
    """Exactly `wanted` values; blank cells after them are a merged value cell written as several."""
    if run is None:
        return None
    while len(run) > wanted and is_blank_cell(run[-1]):
        run = run[:-1]
    while len(run) > wanted and is_blank_cell(run[0]):
        run = run[1:]
    return run if len(run) == wanted else None
