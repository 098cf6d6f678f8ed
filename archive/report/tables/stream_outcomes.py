"""Reader B, table 4: the fifteen outcomes behind their headings in the label stream, or procedure by procedure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archive.models import Era, State
from archive.report.form import load_form
from archive.report.glued import solve_outcomes
from archive.report.numbers import read_value
from archive.report.tables.headings import (
    AFTER_REVIEW,
    OUTCOME_ORDER,
    OUTCOME_PATTERN,
    OUTCOMES,
    WITHOUT_REVIEW,
    few_words,
)
from archive.report.tables.procedures import read_procedures
from archive.report.tables.readings import TOTAL, Found, Readings, is_blank_cell, trim
from archive.report.tables.side_words import is_own_year
from archive.report.tables.tokens import Stream, Token

_OUTCOME_KEYS = tuple(
    (f"{group}_{outcome}", None)
    for group in ("review", "litigation_direct", "litigation_after_review")
    for outcome in OUTCOME_ORDER
)

_NEXT = "5"  # in running text the last value may as well be the number of the heading below, 5 存在的主要问题


def read_outcomes(stream: Stream, era: Era, readings: Readings) -> None:
    """Adds the fifteen values of table 4, wherever its headings stand in the stream."""
    text = stream.text
    for match in re.finditer(WITHOUT_REVIEW, text):
        after = text.find(AFTER_REVIEW, match.end(), match.end() + 80)
        review = text.rfind("行政复议", max(0, match.start() - 120), match.start())
        if after < 0 or review < 0:
            if after >= 0 and len([*_leaves(text, match.start(), after)]) > len(OUTCOME_ORDER):
                readings.refused.update(_OUTCOME_KEYS)  # its first heading is lost: of this table or of another one
            continue
        leaves = list(_leaves(text, review, after))
        if len(leaves) != 15 or any(
            tuple(OUTCOMES[leaf.group()] for leaf in leaves[i : i + 5]) != OUTCOME_ORDER for i in (0, 5, 10)
        ):
            readings.refused.update(_OUTCOME_KEYS)
            continue
        run = trim(_values_after(stream, leaves[0].start(), leaves[-1].end()), len(_OUTCOME_KEYS))
        if run is None:
            readings.refused.update(_OUTCOME_KEYS)
            glued = stream.digits(leaves[-1].end(), len(text))
            whole = all((row.key, TOTAL) in readings.cells | readings.inferred for row in load_form().eras[era].rows)
            values = solve_outcomes(glued[0]) if glued and whole else None
            if glued is not None and values is not None:
                known = ((key, value) for key, value in zip(_OUTCOME_KEYS, values, strict=True) if value is not None)
                readings.infer(4, known, " ".join(glued[0]), glued[1])
            continue
        if not stands_in_place(run, proven=run[-1].from_text and run[-1].raw == _NEXT):
            readings.refused.update(_OUTCOME_KEYS)  # a cell is lost and the rest moved
            continue
        readings.add(4, zip(_OUTCOME_KEYS, run, strict=True))
    if not readings.cells.keys() & set(_OUTCOME_KEYS) and (cells := read_procedures(stream)):
        readings.refused.difference_update(cells)
        readings.add(4, cells.items())


def stands_in_place(run: Sequence[Found], *, proven: bool = False) -> bool:
    """Whether no cell of the fifteen seems lost: an empty last cell, or words among them, need sums that hold.

    Words in a procedure leave its sum open; the others must add up. A word in the first place may be the label of a row
    that lost a value, so there at least one procedure with figures must add up. With `proven` they must do so always.
    """
    words = [read_value(cell.raw).state is State.TEXT for cell in run]
    if not proven and not is_blank_cell(run[-1]) and not any(words):
        return True
    if is_own_year(run[0].raw, None) is not None:
        return False  # the label of a row that lost a value
    whole = [i for i in (0, 5, 10) if not any(words[i : i + 5])]
    if words[0] and not any(read_value(cell.raw).value for i in whole for cell in run[i : i + 5]):
        return False
    return all(_may_add_up(run[i : i + 5]) for i in whole)


def _may_add_up(cells: Sequence[Found]) -> bool:
    """Whether four outcomes add up to the fifth cell, empty cells being none."""
    *parts, total = (read_value(cell.raw).value or 0 for cell in cells)
    return sum(parts) == total


def _leaves(text: str, start: int, after: int) -> Iterator[re.Match[str]]:
    """The fifteen outcome headings: those before `after` and the unbroken run behind it."""
    end = start
    for match in OUTCOME_PATTERN.finditer(text, start, after + 120):
        gap = text[end : match.start()]
        if match.start() > after and end > after and gap:
            return
        yield match
        end = match.end()


def _values_after(stream: Stream, first: int, position: int) -> list[Found] | None:
    """The values below the outcome headings, of which the first begins at `first` and the last ends at `position`."""
    index = stream.token_at(position - 1)
    known = stream.tokens[stream.token_at(first)].column
    column = -1 if known is None else known
    if stream.tokens[index].row is None:
        return stream.run(position, len(stream.text))
    heading_row = stream.tokens[index].row
    rows: dict[int, list[Token]] = {}
    for token in stream.tokens[index + 1 :]:
        if token.row is None:
            break
        if token.row != heading_row:
            rows.setdefault(token.row, []).append(token)
        if len(rows) > 3:
            break
    filled = [row for row in rows.values() if sum(bool(token.text) for token in row) > 7]
    filled = filled or [row for row in rows.values() if len(row) == 15]
    if len(filled) == 1 and _is_text(filled[0][0]) and not (len(filled[0]) == 15 and filled[0][0].column == column):
        filled = [filled[0][1:]]  # a label before the values
    values = [row for row in filled if not any(map(_is_text, row)) or _are_outcomes(row)]
    if len(values) != 1 or filled[0] is not values[0]:
        return None
    return [Found(token.raw, token.place) for token in values[0]]


def _are_outcomes(row: Sequence[Token]) -> bool:
    """Whether a row with words in it is the row of fifteen values all the same: few words, and none of a heading."""
    return len(row) == 15 and few_words([token.text for token in row if _is_text(token)])


def _is_text(token: Token) -> bool:
    return read_value(token.raw).state is State.TEXT
