"""Reader B: the label stream. All text in reading order without white space; between two labels, exactly N values.

It needs no grid, so it also reads tables that arrive as bare paragraphs. Where the source has cells, a value run ends
with its row and a cell is one value; in running text a value is a token that white space or a Chinese character ends.
Digits run together (`291000030`) make too few tokens and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from archive.models import Block, Era, State
from archive.report.form import Block as FormBlock
from archive.report.form import Column, load_form
from archive.report.glued import solve_digits, solve_outcomes, solve_table_3
from archive.report.headings import (
    AFTER_REVIEW,
    OUTCOME_ORDER,
    OUTCOME_PATTERN,
    OUTCOMES,
    WITHOUT_REVIEW,
    blocks,
    column_name,
    column_names,
    few_words,
    is_cut,
    table_3_rows,
    unit_of,
)
from archive.report.numbers import read_value
from archive.report.procedures import read_procedures
from archive.report.readings import (
    CANONICAL,
    GROUP,
    REMARK,
    SUBTOTAL,
    TOTAL,
    Found,
    Readings,
    adds_up,
    is_printed_order,
    leaf_order,
)
from archive.report.tokens import Stream, Token

_TABLE_3_START = re.compile(
    r"申请人情况|自然人(?=(?:法人(?:或|和)(?:其他|其它)组织总计)?商业)|本年度?新收(?:到)?(?:的)?(?:政府信息公开)?申请"
)
_TABLE_4_START = re.compile("结果维持|维持结果|结果纠正|纠正结果")
_GAP = 600  # characters between the heading of table 3 and its first row, at most


def _trim(run: list[Found] | None, wanted: int, last: int | None = None) -> list[Found] | None:
    """Exactly `wanted` values; more only as blanks on one side: a torn label before or an unnamed column behind.

    `last` is the grid column of the last heading: where the row ends in it, all blanks in excess stand before.
    """
    if run is None or len(run) < wanted:
        return None
    spare = len(run) - wanted
    if spare == 0:
        return run
    blank = [read_value(found.raw).state is State.BLANK for found in run]
    if last is not None and run[-1].column == last:
        return run[spare:] if all(blank[:spare]) else None
    if not blank[0] and all(blank[wanted:]):
        return run[:wanted]
    return run[spare:] if all(blank[:spare]) and not blank[spare] and not blank[-1] else None


# --------------------------------------------------------------------------- table 3


def _table_3_segments(text: str) -> list[tuple[int, int]]:
    """Where a table 3 may stand: from its heading to table 4 or to the next table 3."""
    starts: list[int] = []
    last = -_GAP
    within = False  # behind the first row: another heading begins another table, however near it stands
    for match in _TABLE_3_START.finditer(text):
        heading = match.group() == "申请人情况"
        if match.start() - last > _GAP or (heading and (within or match.start() - last > 60)):
            starts.append(match.start())
        last, within = match.start(), match.group() not in ("申请人情况", "自然人")
    segments = []
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        outcome = _TABLE_4_START.search(text, start, end)
        segments.append((start, outcome.start() if outcome else end))
    return segments


def _table_3_order(stream: Stream, start: int, first_row: int) -> tuple[str, ...] | None:
    names = column_names(stream.text[start:first_row])
    order = leaf_order(names)
    if order is None or order == CANONICAL:
        return order
    heading = [token for token in stream.tokens[stream.token_at(start) : stream.token_at(first_row)] if token.text]
    if any(token.row is None for token in heading):
        return None  # running text sets heading words in any order: only the printed order is believed
    named = {token.row for token in heading if column_names(token.text)}
    return order if GROUP in names or len(named) == 1 else None


def _last_column(stream: Stream, start: int, first_row: int, order: Sequence[str] | None) -> int | None:
    """The grid column of the last heading, where the source has cells with known columns."""
    heading = stream.tokens[stream.token_at(start) : stream.token_at(first_row)]
    columns = {token.column for token in heading if order and column_name(token.text) == order[-1]}
    return columns.pop() if len(columns) == 1 else None


def _hits(stream: Stream, start: int, end: int) -> list[tuple[str, int, int]]:
    hits: list[tuple[str, int, int]] = []
    position = start
    for row in table_3_rows():
        match = row.pattern.search(stream.text, position, end)
        if match:
            hits.append((row.key, match.start(), match.end()))
            position = match.end()
    return hits


def _infer_table_3(
    stream: Stream, era: Era, hits: Sequence[tuple[str, int, int]], end: int, readings: Readings
) -> None:
    stops = [*(start for _, start, _ in hits[1:]), end]
    runs = {
        key: found for (key, _, stop), until in zip(hits, stops, strict=True) if (found := stream.digits(stop, until))
    }
    solution = solve_table_3({key: groups for key, (groups, _) in runs.items()}, era)
    for key, values in (solution or {}).items():
        groups, place = runs[key]
        cells = (((key, name), value) for name, value in zip(CANONICAL, values, strict=True))
        readings.infer(3, cells, " ".join(groups), place)


def _table_3(stream: Stream, era: Era, readings: Readings) -> None:
    inherited: tuple[str, ...] | None = None
    segments = _table_3_segments(stream.text)
    for start, end in segments:
        hits = _hits(stream, start, end)
        if len(hits) < 2:
            continue
        order = _table_3_order(stream, start, hits[0][1]) or (
            inherited if not column_names(stream.text[start : hits[0][1]]) else None
        )
        inherited = order
        last = _last_column(stream, start, hits[0][1], order)
        found_rows: dict[str, list[Found]] = {}
        unread: list[str] = []
        for number, (key, _, stop) in enumerate(hits):
            following = hits[number + 1][1] if number + 1 < len(hits) else end
            run = stream.run(stop, following)
            cells = _trim(run, len(order), last) if order else None
            if cells is not None:
                found_rows[key] = cells
            elif key != "other_total" or run:
                unread.append(key)
        if len(found_rows) == 1 and len(segments) > 1:
            continue  # a row of its own, as a comparison of years repeats it, is no table
        if found_rows or len(column_names(stream.text[start : hits[0][1]])) >= 5:
            readings.refused |= {(key, applicant) for key in unread for applicant in CANONICAL}
        if order is None:
            continue
        if not is_printed_order(order) and not all(
            adds_up(order, [cell.raw for cell in cells]) for cells in found_rows.values()
        ):
            readings.refused |= {(key, applicant) for key in found_rows for applicant in CANONICAL}
            continue
        if order == CANONICAL and unread:
            _infer_table_3(stream, era, hits, end, readings)
        whole = len(found_rows) >= 23
        for key, cells in found_rows.items():
            if cells[0].from_text and not whole and not adds_up(order, [cell.raw for cell in cells], strict=True):
                readings.refused |= {(key, applicant) for applicant in CANONICAL}
                continue
            readings.add(
                3,
                (
                    ((key, name), cell)
                    for name, cell in zip(order, cells, strict=True)
                    if name not in (SUBTOTAL, REMARK)
                ),
            )


# --------------------------------------------------------------------------- table 2


def _heading_columns(stream: Stream, block: FormBlock, start: int, end: int) -> list[tuple[Column, str | None]] | None:
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


def _table_2(stream: Stream, era: Era, readings: Readings) -> None:
    first = blocks(era)[0].columns
    heads = "|".join(column.pattern.pattern for column in first)
    anchors = [m.start() for m in re.finditer(f"信息内容(?=.{{0,3}}(?:本年(?:制发|新)|{heads}))", stream.text)]
    if not anchors:
        anchors = [m.start() for m in first[0].pattern.finditer(stream.text)][:1]
    for number, start in enumerate(anchors):
        limit = anchors[number + 1] if number + 1 < len(anchors) else len(stream.text)
        table_3 = _TABLE_3_START.search(stream.text, start, limit)
        _table_2_at(stream, era, start, table_3.start() if table_3 else min(limit, start + 1500), readings)


def _table_2_at(stream: Stream, era: Era, start: int, end: int, readings: Readings) -> None:
    position = start
    for number, block in enumerate(blocks(era)):
        labels = []
        at = position
        for row in block.rows:
            match = row.pattern.search(stream.text, at, end)
            if match is None:
                break
            labels.append((row.key, match.start(), match.end()))
            at = match.end()
        if not labels:
            continue
        columns = _heading_columns(stream, block, position, labels[0][1])
        complete = len(labels) == len(block.rows)
        later = blocks(era)[number + 1 :][:1]  # in running text a lost label would leave its value to the row before
        followed = all(b.rows[0].pattern.search(stream.text, at, end) for b in later)
        after = [
            m.start()
            for b in blocks(era)[number + 1 :]
            for m in [b.columns[0].pattern.search(stream.text, at, end)]
            if m
        ]
        for index, (key, _, stop) in enumerate(labels):
            following = labels[index + 1][1] if index + 1 < len(labels) else min([*after, end])
            run = stream.run(stop, following)
            cells = _exact(run, len(block.columns))
            sure = complete and (followed or index + 1 < len(labels))
            if columns is None or cells is None or (cells[0].from_text and not sure):
                readings.refused |= {(f"{key}_{column.key}", None) for column in block.columns}
                glued = stream.digits(stop, following) if columns is not None and sure else None
                values = solve_digits(glued[0], len(block.columns)) if glued else None
                if columns is not None and glued is not None and values is not None:
                    keys = ((f"{key}_{column.key}", None) for column, _ in columns)
                    readings.infer(2, zip(keys, values, strict=True), " ".join(glued[0]), glued[1])
                continue
            readings.add(
                2,
                (
                    ((f"{key}_{column.key}", None), Found(cell.raw, cell.place, unit, cell.from_text))
                    for (column, unit), cell in zip(columns, cells, strict=True)
                ),
            )
        position = at


def _exact(run: list[Found] | None, wanted: int) -> list[Found] | None:
    """Exactly `wanted` values; blank cells after them are a merged value cell written as several."""
    if run is None:
        return None
    while len(run) > wanted and read_value(run[-1].raw).state is State.BLANK:
        run = run[:-1]
    while len(run) > wanted and read_value(run[0].raw).state is State.BLANK:
        run = run[1:]
    return run if len(run) == wanted else None


# --------------------------------------------------------------------------- table 4

_OUTCOME_KEYS = tuple(
    (f"{group}_{outcome}", None)
    for group in ("review", "litigation_direct", "litigation_after_review")
    for outcome in OUTCOME_ORDER
)


def _table_4(stream: Stream, era: Era, readings: Readings) -> None:
    text = stream.text
    for match in re.finditer(WITHOUT_REVIEW, text):
        after = text.find(AFTER_REVIEW, match.end(), match.end() + 80)
        review = text.rfind("行政复议", max(0, match.start() - 120), match.start())
        if after < 0 or review < 0:
            continue
        leaves = list(_leaves(text, review, after))
        if len(leaves) != 15 or any(
            tuple(OUTCOMES[leaf.group()] for leaf in leaves[i : i + 5]) != OUTCOME_ORDER for i in (0, 5, 10)
        ):
            readings.refused.update(_OUTCOME_KEYS)
            continue
        run = _trim(_values_after(stream, leaves[0].start(), leaves[-1].end()), len(_OUTCOME_KEYS))
        if run is None:
            readings.refused.update(_OUTCOME_KEYS)
            glued = stream.digits(leaves[-1].end(), len(text))
            whole = all((row.key, TOTAL) in readings.cells | readings.inferred for row in load_form().eras[era].rows)
            values = solve_outcomes(glued[0]) if glued and whole else None
            if glued is not None and values is not None:
                readings.infer(4, zip(_OUTCOME_KEYS, values, strict=True), " ".join(glued[0]), glued[1])
            continue
        readings.add(4, zip(_OUTCOME_KEYS, run, strict=True))
    if not readings.cells.keys() & set(_OUTCOME_KEYS) and (cells := read_procedures(stream)):
        readings.refused.difference_update(cells)
        readings.add(4, cells.items())


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


def read_stream(document: Sequence[Block], era: Era) -> Readings:
    """Everything that reader B can place in the tables of an era B or C report."""
    stream = Stream(document)
    readings = Readings()
    _table_2(stream, era, readings)
    _table_3(stream, era, readings)
    _table_4(stream, era, readings)
    return readings
