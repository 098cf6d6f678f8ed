"""Reader B, table 3: the requests in the label stream, row by row under the columns that the heading prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from archive.models import Era
from archive.report.glued import solve_table_3
from archive.report.numbers import read_value
from archive.report.tables.headings import column_name, column_names, table_3_rows
from archive.report.tables.readings import (
    CANONICAL,
    GROUP,
    REMARK,
    SUBTOTAL,
    TOTAL,
    Found,
    Readings,
    adds_up,
    bears_out,
    has_another_column,
    is_blank_cell,
    is_printed_order,
    leaf_order,
    trim,
)
from archive.report.tables.side_words import is_beside
from archive.report.tables.tokens import Stream

TABLE_3_START = re.compile(
    r"申请人情况|自然人(?=(?:法人(?:或者?|和|与|及|[、/])?(?:其他|其它)组织总计)?商业)|本年度?新收(?:到)?(?:的)?(?:政府信息公开)?申请"
)
_TABLE_4_START = re.compile("结果维持|维持结果|结果纠正|纠正结果")
_HALF = 10  # rows that make a table 3, at least
_ALL = 23  # rows of the form, in the era that has fewer
_GAP = 600  # characters between the heading of table 3 and its first row, at most


def _table_3_segments(text: str) -> list[tuple[int, int]]:
    """Where a table 3 may stand: from its heading to table 4 or to the next table 3."""
    starts: list[int] = []
    last = -_GAP
    within = False  # behind the first row: another heading begins another table, however near it stands
    for match in TABLE_3_START.finditer(text):
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
    if order is None:
        return None
    heading = [token for token in stream.tokens[stream.token_at(start) : stream.token_at(first_row)] if token.text]
    if order == CANONICAL:
        return None if any(token.row is None and _is_unknown(token.text) for token in heading) else order
    if any(token.row is None for token in heading):
        return None  # running text sets heading words in any order: only the printed order is believed
    named = {token.row for token in heading if column_names(token.text)}
    return order if GROUP in names or len(named) == 1 else None


def _is_unknown(word: str) -> bool:
    return is_beside(word) and column_name(word) is None


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


def _moved(rows: Mapping[str, Sequence[Found]], order: Sequence[str]) -> list[str]:
    """The rows whose total alone is empty while most rows print it: a cell is lost and the rest moved left."""
    total = order.index(TOTAL)
    unfilled = [key for key, cells in rows.items() if is_blank_cell(cells[total])]
    if len(unfilled) * 2 >= len(rows):
        return []
    return [key for key in unfilled if any(read_value(cell.raw).value is not None for cell in rows[key])]


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


def read_requests(stream: Stream, era: Era, readings: Readings) -> None:
    """Adds what table 3 holds, of every place where one may stand."""
    inherited: tuple[str, ...] | None = None
    segments = _table_3_segments(stream.text)
    tables = sum(len(_hits(stream, start, end)) >= _HALF for start, end in segments)  # one may be another body's
    printed: list[tuple[list[str], set[str]]] = []  # of each table, the rows with a label and those with values
    for start, end in segments:
        hits = _hits(stream, start, end)
        if len(hits) < 2:
            continue
        order = _table_3_order(stream, start, hits[0][1]) or (
            inherited if not column_names(stream.text[start : hits[0][1]]) else None
        )
        inherited = order if order and is_printed_order(order) else None
        last = _last_column(stream, start, hits[0][1], order)
        found_rows, unread = _rows_of(stream, hits, end, order, last)
        if len(found_rows) == 1 and len(segments) > 1:
            continue  # a row of its own, as a comparison of years repeats it, is no table
        if found_rows or len(column_names(stream.text[start : hits[0][1]])) >= 5:
            _refuse(readings, unread)
        if found_rows or len(hits) >= _HALF:
            printed.append(([key for key, _, _ in hits], set(found_rows)))
        if order is None:
            continue
        if not is_printed_order(order) and not bears_out(
            order, ([cell.raw for cell in cells] for cells in found_rows.values())
        ):
            _refuse(readings, found_rows)
            continue
        _refuse(readings, _moved(found_rows, order))
        if order == CANONICAL and unread and tables < 2:
            _infer_table_3(stream, era, hits, end, readings)
        _add(readings, order, found_rows)
    for (met, found), (others_met, others_found) in combinations(printed, 2):
        if _is_another_table(met, others_met):  # of another body, perhaps: a row of only one of them is anybody's
            _refuse(readings, found ^ others_found)


def _add(readings: Readings, order: Sequence[str], rows: Mapping[str, Sequence[Found]]) -> None:
    """Adds the rows of one table; those of running text must add up, unless all rows of the form are there."""
    whole = len(rows) >= _ALL
    for key, cells in rows.items():
        if cells[0].from_text and not whole and not adds_up(order, [cell.raw for cell in cells]):
            _refuse(readings, [key])
        else:
            named = zip(order, cells, strict=True)
            readings.add(3, (((key, name), cell) for name, cell in named if name not in (SUBTOTAL, REMARK)))


def _is_another_table(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether rows do not go on from those before them: most of these again, or some that come before their last."""
    order = [row.key for row in table_3_rows()]
    return len({*before} & {*after}) >= _HALF or order.index(after[0]) < order.index(before[-1])


def _rows_of(
    stream: Stream, hits: Sequence[tuple[str, int, int]], end: int, order: Sequence[str] | None, last: int | None
) -> tuple[dict[str, list[Found]], list[str]]:
    """The rows of a table with exactly the values that its heading asks for, and those whose values are others."""
    found: dict[str, list[Found]] = {}
    unread: list[str] = []
    counts: list[int] = []
    alone = False
    for number, (key, _, stop) in enumerate(hits):
        following = hits[number + 1][1] if number + 1 < len(hits) else end
        run = stream.run(stop, following)
        cells = trim(run, len(order), last) if order else None
        if cells and cells[0].from_text and (stream.is_torn(stop, cells) or (alone and _may_hold_two(cells))):
            cells = None
        alone = not run and key != "other_total"  # a label without values: those behind the next may be of both
        if order and run and run[0].from_text and number + 1 < len(hits):
            counts.append(len(run))
        if cells is not None:
            found[key] = cells
        elif key != "other_total" or run:
            unread.append(key)
    if order and has_another_column(counts, len(order)):
        return {}, [*unread, *found]
    return found, unread


def _refuse(readings: Readings, rows: Iterable[str]) -> None:
    readings.refused |= {(key, applicant) for key in rows for applicant in CANONICAL}


def _may_hold_two(cells: Sequence[Found]) -> bool:
    """Whether each value may be two that ran together: no digit stands alone."""
    return not any(re.fullmatch("[0-9]", cell.raw) for cell in cells)
