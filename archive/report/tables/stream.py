"""Reader B: the label stream. All text in reading order without white space; between two labels, exactly N values.

It needs no grid, so it also reads tables that arrive as bare paragraphs. Where the source has cells, a value run ends
with its row and a cell is one value; in running text a value is a token that white space or a Chinese character ends.
Digits run together (`291000030`) make too few tokens and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise

from archive.models import Block, Era
from archive.report.form import Block as FormBlock
from archive.report.form import Column, load_form
from archive.report.glued import solve_digits, solve_table_3
from archive.report.numbers import read_value
from archive.report.tables.columns_rows import read_columns
from archive.report.tables.headings import (
    blocks,
    column_name,
    column_names,
    is_cut,
    table_3_rows,
    unit_of,
)
from archive.report.tables.readings import (
    CANONICAL,
    GROUP,
    REMARK,
    SUBTOTAL,
    TOTAL,
    CellKey,
    Found,
    Readings,
    adds_up,
    bears_out,
    is_blank_cell,
    is_printed_order,
    leaf_order,
    trim,
)
from archive.report.tables.side_words import is_beside
from archive.report.tables.stream_outcomes import read_outcomes
from archive.report.tables.tokens import Stream

_TABLE_3_START = re.compile(
    r"申请人情况|自然人(?=(?:法人(?:或者?|和|与|及|[、/])?(?:其他|其它)组织总计)?商业)|本年度?新收(?:到)?(?:的)?(?:政府信息公开)?申请"
)
_TABLE_4_START = re.compile("结果维持|维持结果|结果纠正|纠正结果")
_PENDING = "审结"
_PROCEDURES = 3  # each with a heading 尚未审结: where there are more of these, two tables may be of two bodies
_HALF = 10  # rows that make a table 3, at least
_GAP = 600  # characters between the heading of table 3 and its first row, at most


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


def _table_3(stream: Stream, era: Era, readings: Readings) -> None:
    inherited: tuple[str, ...] | None = None
    segments = _table_3_segments(stream.text)
    tables = sum(
        len(_hits(stream, start, end)) >= _HALF for start, end in segments
    )  # of two, one may be another body's
    whole_tables: list[tuple[set[str], set[str]]] = []
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
        if len(hits) >= _HALF:
            whole_tables.append(({key for key, _, _ in hits}, set(found_rows)))
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
        whole = len(found_rows) >= 23
        for key, cells in found_rows.items():
            if cells[0].from_text and not whole and not adds_up(order, [cell.raw for cell in cells]):
                _refuse(readings, [key])
                continue
            readings.add(
                3,
                (
                    ((key, name), cell)
                    for name, cell in zip(order, cells, strict=True)
                    if name not in (SUBTOTAL, REMARK)
                ),
            )
    for (met, found), (others_met, others_found) in combinations(whole_tables, 2):
        if len(met & others_met) >= _HALF:  # of two bodies, perhaps: a row that only one of them gives is anybody's
            _refuse(readings, found ^ others_found)


def _rows_of(
    stream: Stream, hits: Sequence[tuple[str, int, int]], end: int, order: Sequence[str] | None, last: int | None
) -> tuple[dict[str, list[Found]], list[str]]:
    """The rows of a table with exactly the values that its heading asks for, and those whose values are others."""
    found: dict[str, list[Found]] = {}
    unread: list[str] = []
    longer = 0
    alone = False
    for number, (key, _, stop) in enumerate(hits):
        following = hits[number + 1][1] if number + 1 < len(hits) else end
        run = stream.run(stop, following)
        cells = trim(run, len(order), last) if order else None
        if cells and cells[0].from_text and (_is_torn(stream, stop, cells) or (alone and _may_hold_two(cells))):
            cells = None
        alone = not run and key != "other_total"  # a label without values: those behind the next may be of both
        if order and run and len(run) > len(order) and run[0].from_text and number + 1 < len(hits):
            longer += 1
        if cells is not None:
            found[key] = cells
        elif key != "other_total" or run:
            unread.append(key)
    if longer > 1:  # a column that no heading names: rows that lost an empty cell have seven values by chance
        return {}, [*unread, *found]
    return found, unread


def _refuse(readings: Readings, rows: Iterable[str]) -> None:
    readings.refused |= {(key, applicant) for key in rows for applicant in CANONICAL}


def _is_torn(stream: Stream, stop: int, cells: Sequence[Found]) -> bool:
    """Whether values stand partly on the last line of the label that ends before `stop`, partly below it.

    The label may be broken there, and a value of its first line, or within it, have gone before the others.
    """
    line = stream.tokens[stream.token_at(stop - 1)].place
    return len({cell.place == line for cell in cells}) > 1


def _may_hold_two(cells: Sequence[Found]) -> bool:
    """Whether each value may be two that ran together: no digit stands alone."""
    return not any(re.fullmatch("[0-9]", cell.raw) for cell in cells)


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
    longer = False  # a row has more figures than its block has columns: a column is added, and which one is not told
    told = False  # a row of the first block shows how many figures a row has, and that they stand apart
    in_text: set[CellKey] = set()
    one_table = len(blocks(era)[0].columns[0].pattern.findall(stream.text)) == 1  # of two, one may be another body's
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
        longer = longer or _has_a_column_beside(stream, block, position, labels[0][1])
        later = blocks(era)[number + 1 :][:1]  # in running text a lost label would leave its value to the row before
        followed = all(b.rows[0].pattern.search(stream.text, at, end) for b in later)
        after = [
            m.start()
            for b in blocks(era)[number + 1 :]
            for m in [b.columns[0].pattern.search(stream.text, at, end)]
            if m
        ]
        merged = False
        for index, (key, _, stop) in enumerate(labels):
            following = labels[index + 1][1] if index + 1 < len(labels) else min([*after, end])
            run = stream.run(stop, following)
            cells = _exact(run, len(block.columns))
            sure = complete and not merged and (followed or index + 1 < len(labels))
            merged = merged or not run  # the figures behind the next label may be those of both rows
            longer = longer or bool(
                run and run[0].from_text and len(run) > len(block.columns) and (later or index == 0)
            )
            glue = stream.token_at(stop) == stream.token_at(stop - 1)
            if cells and cells[0].from_text:
                sure = sure and not _is_torn(stream, stop, cells)
                sure = sure and (told or not glue or len(block.columns) > 1 or len(cells[0].raw) == 1)
            if columns is None or cells is None or (cells[0].from_text and not sure):
                readings.refused |= {(f"{key}_{column.key}", None) for column in block.columns}
                glued = stream.digits(stop, following) if columns is not None and sure else None
                values = solve_digits(glued[0], len(block.columns)) if glued else None
                if columns is not None and glued is not None and values is not None and one_table:
                    keys = ((f"{key}_{column.key}", None) for column, _ in columns)
                    readings.infer(2, zip(keys, values, strict=True), " ".join(glued[0]), glued[1])
                    told = True
                continue
            told = told or len(block.columns) > 1
            in_text |= {(f"{key}_{column.key}", None) for column, _ in columns if cells[0].from_text}
            readings.add(
                2,
                (
                    ((f"{key}_{column.key}", None), Found(cell.raw, cell.place, unit, cell.from_text))
                    for (column, unit), cell in zip(columns, cells, strict=True)
                ),
            )
        position = at
    if longer:
        readings.refused |= in_text


def _has_a_column_beside(stream: Stream, block: FormBlock, start: int, end: int) -> bool:
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


def read_stream(document: Sequence[Block], era: Era) -> Readings:
    """Everything that reader B can place in the tables of an era B or C report."""
    stream = Stream(document)
    readings = Readings()
    _table_2(stream, era, readings)
    _table_3(stream, era, readings)
    read_outcomes(stream, era, readings)
    if not all(map(readings.cells.__contains__, load_form().eras[era].cells)):
        for table, cells in zip((3, 4), read_columns(document, era), strict=True):
            if table == 3 or sum(t.text.endswith(_PENDING) for t in stream.tokens) <= _PROCEDURES:
                _complete(readings, table, cells)
    return readings


def _complete(readings: Readings, table: int, cells: Mapping[CellKey, Found]) -> None:
    """Adds cells of lines in columns; where the stream took another text for one, the cell is refused."""
    differing = {key for key, cell in cells.items() if key in readings.cells and readings.cells[key].raw != cell.raw}
    readings.refused.difference_update(cells)
    readings.refused |= differing
    readings.add(table, ((key, cell) for key, cell in cells.items() if key not in readings.cells))
