"""Tables over page breaks: which parts are one table, which rows are repeated, and which cells go on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from archive.readers.pages.tables import TableCell, TablePart, column_at, without_idle_rows
from archive.readers.pages.text import join

_SAME_EDGE = 4.0  # points between the borders of two parts of one table
_HEAD_ROWS = 4
_OPENING, _CLOSING = re.compile("[(（]"), re.compile("[)）]")
_ORDINAL = re.compile(r"[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.．、]")

Place = tuple[int, int]
"""The numbers of the borders left and right of a cell."""


def continues(above: TablePart, below: TablePart) -> bool:
    """Whether two parts on following pages have the same vertical borders, or one of them some of the other's."""
    a, b = above.edges, below.edges
    if abs(a[0] - b[0]) > _SAME_EDGE or abs(a[-1] - b[-1]) > _SAME_EDGE:
        return False
    few, many = sorted((a, b), key=len)
    return all(min(abs(edge - other) for other in many) <= _SAME_EDGE for edge in few)


def joined(above: TablePart, below: TablePart) -> tuple[TablePart, int, bool]:
    """One table of both parts, how many heading rows were repeated, and whether a row torn by the break was mended."""
    repeated = _repeated_rows(above, below)
    cells = [replace(cell, row=cell.row - repeated) for cell in below.cells if cell.row >= repeated]
    below = replace(below, cells=tuple(cells), rows=below.rows - repeated)
    edges = above.edges if len(above.edges) >= len(below.edges) else below.edges
    pairs, torn = ([], False) if repeated else _going_on(above, below, edges)
    kept = list(above.cells)
    for index, cell in pairs:
        upper = kept[index]
        rowspan = upper.rowspan + cell.rowspan - torn
        kept[index] = replace(upper, text=_one_text(upper, cell), full=cell.full, rowspan=rowspan)
    done = {cell for _, cell in pairs}
    for index, upper in enumerate(above.cells):
        if not repeated and upper.open_below and all(index != other for other, _ in pairs):
            kept[index] = replace(upper, rowspan=upper.rowspan + max(0, _free_rows(below, upper, edges) - torn))
    shift = above.rows - torn
    kept += [replace(cell, row=cell.row + shift) for cell in cells if cell not in done]
    whole = TablePart(tuple(kept), shift + below.rows, edges, above.top, below.bottom)
    return without_idle_rows(whole), repeated, torn


def _repeated_rows(above: TablePart, below: TablePart) -> int:
    """How many rows at the top of the second part only repeat the heading of the first."""
    count = 0
    for number in range(min(_HEAD_ROWS, above.rows, below.rows - 1)):
        a = [(cell.text, cell.rowspan) for cell in above.row(number)]
        b = [(cell.text, cell.rowspan) for cell in below.row(number)]
        if a != b or not any(text for text, _ in a):
            break
        count = number + 1
    inside = any(cell.row < count < cell.row + cell.rowspan for cell in below.cells)
    figures = any(cell.text.strip().isdecimal() for cell in below.cells if cell.row < count)
    return 0 if inside or figures else count


def _going_on(above: TablePart, below: TablePart, edges: Sequence[float]) -> tuple[list[tuple[int, TableCell]], bool]:
    """The cells above (by number) that go on in cells below, and whether the rows at the break are one torn row.

    They are if every cell is open at the break, as browsers print it, or if the texts show it. Else those go on that
    are open at the break: tall cells.
    """
    first = {_place(edges, cell): cell for cell in below.row(0)}
    last = {
        _place(edges, cell): index for index, cell in enumerate(above.cells) if cell.row + cell.rowspan == above.rows
    }
    pairs = [(last[place], cell) for place, cell in first.items() if place in last]
    if len(pairs) == len(first) > 0:
        cut = all(above.cells[index].open_below for index in last.values()) and all(
            c.open_above for c in first.values()
        )
        if (cut and not _are_two_rows(above, pairs)) or (len(first) == len(last) and _shows_one_row(above, pairs)):
            return pairs, True
        if cut:
            return [], False
    return [(index, cell) for index, cell in pairs if above.cells[index].open_below and cell.open_above], False


def _are_two_rows(above: TablePart, pairs: Sequence[tuple[int, TableCell]]) -> bool:
    """Whether words and figures stand on both sides of a break: two rows between which no line is drawn."""
    both = [(above.cells[index].text, cell.text) for index, cell in pairs if above.cells[index].text and cell.text]
    figures = [a[-1].isdecimal() and b[0].isdecimal() for a, b in both]
    return any(figures) and not all(figures)


def _shows_one_row(above: TablePart, pairs: Sequence[tuple[int, TableCell]]) -> bool:
    """Whether the texts of cells above and below the break are those of one row; False if that is not sure.

    Of those that are one row high, some text must go on from a full line or within brackets, without an ordinal of its
    own; every other text stands on one side of the break only, and all of those on the same side.
    """
    single = [(above.cells[index], cell) for index, cell in pairs if above.cells[index].rowspan == cell.rowspan == 1]
    both = [(a, b) for a, b in single if a.text and b.text]
    if not both or any(not _may_go_on(a) or _ORDINAL.match(b.text) or b.text[0].isdecimal() for a, b in both):
        return False
    only_above = any(a.text and not b.text for a, b in single)
    only_below = any(b.text and not a.text for a, b in single)
    return only_above != only_below


def _may_go_on(upper: TableCell) -> bool:
    """Whether the text of a cell above a break fills its line or leaves a bracket open."""
    return upper.full or len(_OPENING.findall(upper.text)) > len(_CLOSING.findall(upper.text))


def _one_text(upper: TableCell, lower: TableCell) -> str:
    """The text of a cell cut by a break; two numbers stay apart unless the first one fills its line."""
    a, b = upper.text, lower.text
    if a[-1:].isdecimal() and b[:1].isdecimal() and not upper.full:
        return f"{a}\n{b}"
    return join(a, b) if a and b else a or b


def _free_rows(below: TablePart, upper: TableCell, edges: Sequence[float]) -> int:
    """How many rows the second part leaves free under a cell of the first."""
    left, right = _place(edges, upper)
    under = [cell.row for cell in below.cells if _place(edges, cell)[0] < right and left < _place(edges, cell)[1]]
    return min(under, default=below.rows)


def _place(edges: Sequence[float], cell: TableCell) -> Place:
    return column_at(edges, cell.left), column_at(edges, cell.right)
