"""The body of an OpenDocument text as a tree of paragraphs and tables.

Source: OpenDocument Version 1.3, part 3, §5 (paragraphs, lists, change tracking), §6 (text), §9 (tables),
§10.4 (frames).
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from archive.models import Link
from archive.readers.limits import (
    MAX_CELLS,
    MAX_COLSPAN,
    MAX_ELEMENTS,
    MAX_ROWSPAN,
    MAX_TABLE_DEPTH,
    refuse,
)  # fmt: skip
from archive.readers.nodes import IMAGE, CellNode, Node, Par, Tab, texts
from archive.readers.odt.styles import TEXT, OdtCounter, OdtStyles
from archive.readers.raised import Look, marked

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_XLINK = "{http://www.w3.org/1999/xlink}"

_MAX_DEPTH = 150
_MAX_BLANKS = 1_000
_MAX_REPEATED_ROWS = 1_000
_CHARACTERS = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
_SKIPPED = frozenset({
    f"{TEXT}tracked-changes", f"{TEXT}ruby-text", f"{OFFICE}annotation", f"{OFFICE}annotation-end",
    f"{TEXT}sequence-decls",
    f"{TEXT}variable-decls", f"{TEXT}user-field-decls", f"{OFFICE}forms", f"{TEXT}table-of-content-source",
    f"{TEXT}alphabetical-index-source", f"{TEXT}illustration-index-source", f"{TEXT}table-index-source",
    f"{TEXT}number",
    f"{TABLE}table-column", f"{TABLE}table-columns", f"{TABLE}table-header-columns", f"{TABLE}table-column-group",
})  # fmt: skip
_HIDDEN_TEXT, _IS_HIDDEN = f"{TEXT}hidden-text", f"{TEXT}is-hidden"
_ROW_GROUPS = frozenset({f"{TABLE}table-header-rows", f"{TABLE}table-rows", f"{TABLE}table-row-group"})


class OdtBody:
    """Reads the body of one document; collects what stands beside the text on the way."""

    def __init__(self, styles: OdtStyles) -> None:
        self.styles = styles
        self.links: list[Link] = []
        self.hidden: list[str] = []
        self.notes: list[str] = []
        self.elements = self.cells = 0
        self._counter = OdtCounter()
        self._lists = 0

    def nodes(self, parent: etree._Element, depth: int = 0, tables: int = 0) -> list[Node]:
        """The paragraphs and tables under `parent` in order; raises UnreadableDocument beyond the limits."""
        found: list[Node] = []
        for child in parent:
            self._count(depth)
            if child.tag in (f"{TEXT}p", f"{TEXT}h"):
                found.extend(self._paragraph(child, depth, tables))
            elif child.tag == f"{TABLE}table":
                found.append(self._table(child, depth + 1, tables + 1))
            elif child.tag == f"{TEXT}list":
                found.extend(self._list(child, depth + 1, tables, 1, None))
            elif child.tag == f"{TEXT}section" and _is_hidden_section(child):
                self.hidden.extend(filter(None, texts(self.nodes(child, depth + 1, tables))))
            elif child.tag not in _SKIPPED:  # sections, indexes, frames, soft page breaks
                found.extend(self.nodes(child, depth + 1, tables))
        return found

    def _count(self, depth: int) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise refuse(f"has more than {MAX_ELEMENTS:,} elements")
        if depth > _MAX_DEPTH:
            raise refuse(f"is nested deeper than {_MAX_DEPTH} elements")

    # ------------------------------------------------------------------ paragraphs and lists

    def _paragraph(self, element: etree._Element, depth: int, tables: int, label: str = "") -> Iterator[Node]:
        frames: list[etree._Element] = []
        out: list[str] = []
        look = self.styles.look("paragraph", element.get(f"{TEXT}style-name"))
        self._text(element, out, frames, depth, look)
        text = "".join(out)
        level: int | None = None
        if element.tag == f"{TEXT}h":
            stated = max(1, _whole(element.get(f"{TEXT}outline-level"), 1))
            level = min(stated, 6)
            if not label and self.styles.outline and element.get(f"{TEXT}is-list-header") != "true":
                label = self._counter.label("", self.styles.outline, stated)
        elif self.styles.is_title(element.get(f"{TEXT}style-name")):
            level = 0
        if look.hidden or any(mark.get(_IS_HIDDEN) == "true" for mark in element.iter(f"{TEXT}hidden-paragraph")):
            self.hidden.append(text)
        else:
            yield Par(label + text if text.strip() else text, level)
        for frame in frames:
            yield from self.nodes(frame, depth + 1, tables)

    def _text(
        self, element: etree._Element, out: list[str], frames: list[etree._Element], depth: int, look: Look
    ) -> None:
        """The text inside of a paragraph in order, its digits marked by its look; text boxes go to `frames`."""
        out.append(marked(_collapsed(element.text), look))
        for child in element:
            self._count(depth)
            tag = child.tag
            if tag in _CHARACTERS:
                out.append(_CHARACTERS[tag])
            elif tag == f"{TEXT}s":
                out.append(" " * min(_whole(child.get(f"{TEXT}c"), 1), _MAX_BLANKS))
            elif tag == f"{TEXT}note":
                self._note(child, depth)
            elif tag == f"{DRAW}image":
                out.append(IMAGE)
            elif _is_box(child):
                frames.append(child)
            elif tag not in _SKIPPED:
                self._inline(child, out, frames, depth + 1, look)
            out.append(marked(_collapsed(child.tail), look))

    def _inline(
        self, child: etree._Element, out: list[str], frames: list[etree._Element], depth: int, around: Look
    ) -> None:
        inner: list[str] = []
        style = child.get(f"{TEXT}style-name")
        look = self.styles.look("text", style, around) if style is not None else around
        self._text(child, inner, frames, depth, look)
        text = "".join(inner)
        if (look.hidden and not around.hidden) or (child.tag == _HIDDEN_TEXT and child.get(_IS_HIDDEN) != "false"):
            self.hidden.append(text)
            return
        if child.tag == f"{TEXT}a" and (target := child.get(f"{_XLINK}href")):
            self.links.append(Link(target, text.strip()))
        out.append(text)

    def _note(self, note: etree._Element, depth: int) -> None:
        body = note.find(f"{TEXT}note-body")
        if body is not None and (text := "\n".join(filter(None, texts(self.nodes(body, depth + 1))))):
            self.notes.append(text)

    def _list(
        self, element: etree._Element, depth: int, tables: int, level: int, inherited: tuple[str, str] | None
    ) -> Iterator[Node]:
        """The items of a list; `inherited` is the key and the style of the list around it."""
        if inherited is None:
            style = element.get(f"{TEXT}style-name") or self._style_of_first(element) or ""
            going_on = element.get(f"{TEXT}continue-numbering") == "true" or element.get(f"{TEXT}continue-list")
            self._lists += 1
            inherited = style or f"list {self._lists}", style
            if not going_on:
                self._counter.restart(inherited[0])
        key, style = inherited[0], element.get(f"{TEXT}style-name") or inherited[1]
        levels = self.styles.levels(style)
        for item in element:
            self._count(depth)
            label = ""
            if item.tag == f"{TEXT}list-item":
                start = item.get(f"{TEXT}start-value")
                if len(item) and item[0].tag != f"{TEXT}list":
                    label = self._counter.label(key, levels, level, _whole(start, 1) if start else None)
            for child in item:
                if child.tag == f"{TEXT}list":
                    yield from self._list(child, depth + 2, tables, level + 1, (key, style))
                elif child.tag in (f"{TEXT}p", f"{TEXT}h"):
                    yield from self._paragraph(child, depth + 1, tables, label)
                    label = ""
                elif child.tag not in _SKIPPED:
                    yield from self.nodes(child, depth + 2, tables)

    def _style_of_first(self, element: etree._Element) -> str | None:
        first = element.find(f".//{TEXT}p")
        return self.styles.list_name(first.get(f"{TEXT}style-name")) if first is not None else None

    # ------------------------------------------------------------------ tables

    def _table(self, element: etree._Element, depth: int, tables: int) -> Tab:
        if tables > MAX_TABLE_DEPTH:
            raise refuse(f"has tables nested deeper than {MAX_TABLE_DEPTH}")
        found = Tab()
        for row in self._rows(element, depth):
            cells = self._row(row, depth + 1, tables)
            if row.get(f"{TABLE}visibility", "visible") != "visible":
                self.hidden.extend(text for cell in cells for text in texts(cell.nodes) if text)
                continue
            repeated = _whole(row.get(f"{TABLE}number-rows-repeated"), 1)
            if any(any(texts(cell.nodes)) for cell in cells) and repeated > _MAX_REPEATED_ROWS:
                raise refuse(f"repeats a row more than {_MAX_REPEATED_ROWS:,} times")
            for _ in range(min(repeated, _MAX_REPEATED_ROWS)):
                self._count_cells(len(cells))
                found.rows.append([CellNode(c.column, c.colspan, c.nodes, c.rowspan) for c in cells])
        for at, cells in enumerate(found.rows):
            for cell in cells:
                cell.rowspan = min(cell.rowspan, MAX_ROWSPAN, len(found.rows) - at)
        return found

    def _rows(self, element: etree._Element, depth: int) -> Iterator[etree._Element]:
        for child in element:
            self._count(depth)
            if child.tag == f"{TABLE}table-row":
                yield child
            elif child.tag in _ROW_GROUPS:
                yield from self._rows(child, depth + 1)

    def _row(self, row: etree._Element, depth: int, tables: int) -> list[CellNode]:
        cells: list[CellNode] = []
        column = 0
        for child in row:
            repeated = _whole(child.get(f"{TABLE}number-columns-repeated"), 1)
            if child.tag == f"{TABLE}covered-table-cell":
                column += repeated
                self.hidden.extend(text for text in texts(self.nodes(child, depth, tables)) if text)
            elif child.tag == f"{TABLE}table-cell":
                span = min(max(1, _whole(child.get(f"{TABLE}number-columns-spanned"), 1)), MAX_COLSPAN)
                down = max(1, _whole(child.get(f"{TABLE}number-rows-spanned"), 1))
                nodes = self.nodes(child, depth, tables)
                if repeated > MAX_COLSPAN and any(texts(nodes)):
                    raise refuse(f"repeats a cell more than {MAX_COLSPAN} times")
                for at in range(min(repeated, MAX_COLSPAN)):
                    self._count_cells(1)
                    cells.append(CellNode(column + at, span, nodes, down))
                column += repeated
        return cells

    def _count_cells(self, more: int) -> None:
        self.cells += more
        if self.cells > MAX_CELLS:
            raise refuse(f"has more than {MAX_CELLS:,} table cells")


def _is_box(element: etree._Element) -> bool:
    """Whether an element of a paragraph is a text box or a shape with paragraphs of its own."""
    if not isinstance(element.tag, str) or not element.tag.startswith(DRAW):
        return False
    return any(child.tag in (f"{TEXT}p", f"{TEXT}h", f"{TEXT}list", f"{TABLE}table") for child in element)


def _is_hidden_section(section: etree._Element) -> bool:
    """Whether a section is not shown; one that is shown on a condition states whether the condition holds."""
    display = section.get(f"{TEXT}display")
    return display == "none" or (display == "condition" and section.get(_IS_HIDDEN) != "false")


def _collapsed(text: str | None) -> str:
    """Text with white space collapsed, as OpenDocument prescribes; further blanks are elements."""
    if not text:
        return ""
    return text.replace("\n", " ").replace("\t", " ").replace("\r", " ")


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= 9 else default
