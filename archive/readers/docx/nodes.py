"""The body of a Word document as the tree of paragraphs and tables that `nodes` turns into blocks."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from archive.models import Link
from archive.readers.docx.numbering import Numbering
from archive.readers.docx.package import MATH, MC, Package, W, is_on, number, value
from archive.readers.docx.styles import BODY_TEXT, Styles
from archive.readers.limits import MAX_CELLS, MAX_COLSPAN, MAX_ELEMENTS, MAX_TABLE_DEPTH, refuse
from archive.readers.nodes import IMAGE, CellNode, Node, Par, Tab, texts
from archive.readers.raised import PLAIN, Look, marked

MAX_DEPTH = 150

# Revisions as accepted: what was deleted or moved away is gone.
_GONE = frozenset({f"{W}del", f"{W}moveFrom"})
_WRAPPERS = frozenset(
    {f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag", f"{W}sdtContent", f"{W}dir", f"{W}bdo"}
)
# Elements of a paragraph that hold no text of it.
_SKIPPED = _GONE | {
    f"{W}pPr", f"{W}rPr", f"{W}sdtPr", f"{W}sdtEndPr", f"{W}instrText", f"{W}delText", f"{W}delInstrText",
    f"{W}fldData", f"{W}rt", f"{W}smartTagPr", f"{W}customXmlPr", f"{W}ffData",
}  # fmt: skip
_CHARACTERS = {
    f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}noBreakHyphen": "-",
}  # fmt: skip
_ALTERNATE, _CHOICE, _FALLBACK = f"{MC}AlternateContent", f"{MC}Choice", f"{MC}Fallback"
_BOX = f"{W}txbxContent"
_RUN, _PARAGRAPH, _TABLE, _ROW, _CELL, _CONTROL = (f"{W}{name}" for name in ("r", "p", "tbl", "tr", "tc", "sdt"))
_TEXT, _TEXTS = f"{W}t", frozenset({f"{W}t", f"{MATH}t"})
_SYMBOL, _INSERTED, _LINK, _CHUNK = f"{W}sym", f"{W}ins", f"{W}hyperlink", f"{W}altChunk"
_OF_PARAGRAPH, _OF_RUN, _OF_ROW, _OF_CELL = f"{W}pPr", f"{W}rPr", f"{W}trPr", f"{W}tcPr"
_DELETED, _CELL_DELETED = f"{W}del", f"{W}cellDel"
_STYLE, _OUTLINE, _LIST, _LIST_ID, _LIST_LEVEL = (
    f"{W}{name}" for name in ("pStyle", "outlineLvl", "numPr", "numId", "ilvl")
)
_SPAN, _VERTICAL, _HORIZONTAL = f"{W}gridSpan", f"{W}vMerge", f"{W}hMerge"

Stated = dict[str, etree._Element]
"""What is stated of a paragraph or a cell: the elements of its properties by tag."""
_IMAGES = frozenset({f"{W}drawing", f"{W}pict", f"{W}object"})


class BodyReader:
    """Reads the body of one document; collects what stands beside the text on the way."""

    def __init__(self, package: Package) -> None:
        self.numbering = Numbering(package.related("numbering"))
        self.styles = Styles(package.related("styles"))
        self.targets = package.external()
        self.links: list[Link] = []
        self.hidden: list[str] = []
        self.insertions = self.deletions = self.unread = 0
        self.cells = self.elements = 0

    def nodes(self, parent: etree._Element, depth: int = 0, tables: int = 0) -> list[Node]:
        """The paragraphs and tables directly under `parent`, wrappers dissolved.

        Raises UnreadableDocument for nesting or cells beyond the limits.
        """
        found: list[Node] = []
        carried = ""  # text of a paragraph whose end mark was deleted: it goes on in the next one
        for child in _children(parent, depth):
            self._count()
            tag = child.tag
            if tag == _PARAGRAPH:
                stated = _stated(child, _OF_PARAGRAPH)
                boxes: list[etree._Element] = []
                carried += self._text(child, boxes, self.styles.look_of_paragraph(value(stated.get(_STYLE))))
                if _OF_RUN in stated and stated[_OF_RUN].find(_DELETED) is not None:
                    self.deletions += 1
                else:
                    found.append(self._paragraph(carried, stated))
                    carried = ""
                for box in boxes:
                    found.extend(self.nodes(box, depth + 1, tables))
            elif tag == _TABLE:
                found.append(self._table(child, depth, tables + 1))
            elif tag in _GONE:
                self.deletions += 1
            elif tag == _CHUNK:
                self.unread += 1
        if carried:
            found.append(Par(carried))
        return found

    def _count(self) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise refuse(f"has more than {MAX_ELEMENTS:,} elements")

    # ------------------------------------------------------------------ paragraphs

    def _paragraph(self, text: str, stated: Stated) -> Par:
        label = self._label(stated)  # an empty paragraph of a list counts as well
        return Par(label + text if text.strip() else text, self._level(stated))

    def _label(self, stated: Stated) -> str:
        own = stated.get(_LIST)
        list_id = own.find(_LIST_ID) if own is not None else None
        if own is None or list_id is None:
            level = own.find(_LIST_LEVEL) if own is not None else None
            return self._styled_label(value(stated.get(_STYLE)), None if level is None else number(level, 0))
        return self.numbering.label(value(list_id), number(own.find(_LIST_LEVEL), 0))

    def _styled_label(self, style: str, level: int | None = None) -> str:
        found = self.styles.list_of(style)
        if found is None:
            return ""
        list_id, own_level, owner = found
        if level is None:
            level = own_level if own_level is not None else self.numbering.level_of_style(list_id, owner)
        return self.numbering.label(list_id, level)

    def _level(self, stated: Stated) -> int | None:
        if not stated:
            return None
        outline = stated.get(_OUTLINE)
        if outline is not None:
            level = number(outline, BODY_TEXT)
            return min(level + 1, 6) if level < BODY_TEXT else None
        return self.styles.heading_level(value(stated.get(_STYLE)))

    def _text(self, parent: etree._Element, boxes: list[etree._Element], look: Look) -> str:
        """The text below a paragraph or a run in order, digits marked by their look; text boxes go to `boxes`."""
        out: list[str] = []
        stack = list(reversed(parent))
        while stack:
            element = stack.pop()
            tag = element.tag
            if tag in _TEXTS:
                out.append(element.text or "")
            elif tag in _SKIPPED:
                self.deletions += tag in _GONE
            elif tag in _CHARACTERS:
                out.append(_CHARACTERS[tag])
            elif tag == _BOX:
                boxes.append(element)
            elif tag == _ALTERNATE:
                stack.extend(_alternatives(element))
            elif tag == _SYMBOL:
                out.append(_symbol(element))
            elif tag == _RUN and (own := self.styles.look(element, look)) != PLAIN:
                text = self._text(element, boxes, own)
                if own.hidden:
                    self.hidden.append(text)
                else:
                    out.append(marked(text, own))
            else:
                if tag in _IMAGES:
                    out.append(IMAGE)
                elif tag == _INSERTED:
                    self.insertions += 1
                elif tag == _LINK:
                    self._link(element)
                stack.extend(reversed(element))
        return "".join(out)

    def _link(self, element: etree._Element) -> None:
        target = self.targets.get(
            element.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", "")
        )
        if target:
            self.links.append(Link(target, "".join(t.text or "" for t in element.iter(_TEXT)).strip()))

    # ------------------------------------------------------------------ tables

    def _table(self, table: etree._Element, depth: int, tables: int) -> Tab:
        if tables > MAX_TABLE_DEPTH:
            raise refuse(f"has tables nested deeper than {MAX_TABLE_DEPTH}")
        found = Tab()
        merged: dict[int, CellNode] = {}
        for row in _children(table, depth, _ROW):
            properties = row.find(_OF_ROW)
            if properties is not None and properties.find(_DELETED) is not None:
                self.deletions += 1
                continue
            if properties is not None and is_on(properties.find(f"{W}hidden")):
                for cell in _children(row, depth, _CELL):
                    self._unshown(self.nodes(cell, depth + 3, tables))
                continue
            column = number(properties.find(f"{W}gridBefore"), 0) if properties is not None else 0
            merged = self._row(row, min(column, MAX_COLSPAN), merged, found, depth, tables)
        return found

    def _row(
        self, row: etree._Element, column: int, above: dict[int, CellNode], table: Tab, depth: int, tables: int
    ) -> dict[int, CellNode]:
        """Reads one row; returns the cells by column that a merged cell of the next row would continue."""
        cells: list[CellNode] = []
        open_below: dict[int, CellNode] = {}
        for cell in _children(row, depth, _CELL):
            self.cells += 1
            if self.cells > MAX_CELLS:
                raise refuse(f"has more than {MAX_CELLS:,} table cells")
            stated = _stated(cell, _OF_CELL)
            if _CELL_DELETED in stated:
                self.deletions += 1
                continue
            span, vertical, horizontal = _merges(stated)
            nodes = self.nodes(cell, depth + 3, tables)
            if horizontal == "continue" and cells:
                cells[-1].colspan += span
                self._unshown(nodes)
            elif vertical == "continue" and column in above:
                above[column].rowspan += 1
                open_below[column] = above[column]
                self._unshown(nodes)
            else:
                cells.append(CellNode(column, span, nodes))
                if vertical:
                    open_below[column] = cells[-1]
            column += span
        table.rows.append(cells)
        return open_below

    def _unshown(self, nodes: list[Node]) -> None:
        """Keeps text of a cell that Word does not show because the cell is merged into another."""
        self.hidden.extend(text for text in texts(nodes) if text)


def _children(parent: etree._Element, depth: int, wanted: str | None = None) -> Iterator[etree._Element]:
    """The children of `parent` in order, those inside of content controls and other wrappers included."""
    if depth > MAX_DEPTH:
        raise refuse(f"is nested deeper than {MAX_DEPTH} elements")
    for child in parent:
        tag = child.tag
        if tag == _CONTROL or tag in _WRAPPERS:
            yield from _children(child, depth + 1, wanted)
        elif tag == _ALTERNATE:
            for alternative in _alternatives(child):
                yield from _children(alternative, depth + 1, wanted)
        elif wanted is None or tag == wanted:
            yield child


def _stated(element: etree._Element, kind: str) -> Stated:
    """The elements in the first child of a kind, by tag, of equal ones the first: cheaper than to look for each."""
    stated: Stated = {}
    for child in next(element.iterchildren(kind), ()):  # in half the time of `find`
        stated.setdefault(child.tag, child)
    return stated


def _alternatives(element: etree._Element) -> list[etree._Element]:
    """The one branch of alternative content to read: the first choice, else the fallback."""
    choice = element.find(_CHOICE)
    chosen = choice if choice is not None else element.find(_FALLBACK)
    return [] if chosen is None else [chosen]


def _merges(stated: Stated) -> tuple[int, str, str]:
    """How many columns a cell takes, and `restart`, `continue` or `` for its vertical and horizontal merge."""
    span = max(1, min(number(stated.get(_SPAN), 1), MAX_COLSPAN))
    return (
        span,
        value(stated[_VERTICAL], "continue") if _VERTICAL in stated else "",
        value(stated[_HORIZONTAL], "continue") if _HORIZONTAL in stated else "",
    )


def _symbol(element: etree._Element) -> str:
    """A symbol as the code point that its font is asked for: those of dingbat fonts stay private, never a digit."""
    code = element.get(f"{W}char", "")
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return IMAGE
