"""The body of a Word document as the tree of paragraphs and tables that `nodes` turns into blocks."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from archive.models import Link
from archive.readers.docx_numbering import Numbering
from archive.readers.docx_package import MATH, MC, Package, W, is_on, number, value
from archive.readers.docx_styles import BODY_TEXT, Styles
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
            if child.tag == f"{W}p":
                properties = child.find(f"{W}pPr")
                boxes: list[etree._Element] = []
                carried += self._text(child, boxes, self.styles.look_of_paragraph(properties))
                if properties is not None and properties.find(f"{W}rPr/{W}del") is not None:
                    self.deletions += 1
                else:
                    found.append(self._paragraph(carried, properties))
                    carried = ""
                for box in boxes:
                    found.extend(self.nodes(box, depth + 1, tables))
            elif child.tag == f"{W}tbl":
                found.append(self._table(child, depth, tables + 1))
            elif child.tag in _GONE:
                self.deletions += 1
            elif child.tag == f"{W}altChunk":
                self.unread += 1
        if carried:
            found.append(Par(carried))
        return found

    def _count(self) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise refuse(f"has more than {MAX_ELEMENTS:,} elements")

    # ------------------------------------------------------------------ paragraphs

    def _paragraph(self, text: str, properties: etree._Element | None) -> Par:
        label = self._label(properties)  # an empty paragraph of a list counts as well
        return Par(label + text if text.strip() else text, self._level(properties))

    def _label(self, properties: etree._Element | None) -> str:
        if properties is None:
            return self._styled_label("")
        own = properties.find(f"{W}numPr")
        list_id = own.find(f"{W}numId") if own is not None else None
        if own is None or list_id is None:
            level = own.find(f"{W}ilvl") if own is not None else None
            style = value(properties.find(f"{W}pStyle"))
            return self._styled_label(style, None if level is None else number(level, 0))
        return self.numbering.label(value(list_id), number(own.find(f"{W}ilvl"), 0))

    def _styled_label(self, style: str, level: int | None = None) -> str:
        found = self.styles.list_of(style)
        if found is None:
            return ""
        list_id, own_level, owner = found
        if level is None:
            level = own_level if own_level is not None else self.numbering.level_of_style(list_id, owner)
        return self.numbering.label(list_id, level)

    def _level(self, properties: etree._Element | None) -> int | None:
        if properties is None:
            return None
        outline = properties.find(f"{W}outlineLvl")
        if outline is not None:
            stated = number(outline, BODY_TEXT)
            return min(stated + 1, 6) if stated < BODY_TEXT else None
        return self.styles.heading_level(value(properties.find(f"{W}pStyle")))

    def _text(self, parent: etree._Element, boxes: list[etree._Element], look: Look) -> str:
        """The text below a paragraph or a run in order, digits marked by their look; text boxes go to `boxes`."""
        out: list[str] = []
        stack = list(reversed(parent))
        while stack:
            element = stack.pop()
            tag = element.tag
            if tag == f"{W}t" or tag == f"{MATH}t":
                out.append(element.text or "")
            elif tag in _SKIPPED:
                self.deletions += tag in _GONE
            elif tag in _CHARACTERS:
                out.append(_CHARACTERS[tag])
            elif tag == _BOX:
                boxes.append(element)
            elif tag == _ALTERNATE:
                stack.extend(_alternatives(element))
            elif tag == f"{W}sym":
                out.append(_symbol(element))
            elif tag == f"{W}r" and (own := self.styles.look(element, look)) != PLAIN:
                text = self._text(element, boxes, own)
                if own.hidden:
                    self.hidden.append(text)
                else:
                    out.append(marked(text, own))
            else:
                if tag in _IMAGES:
                    out.append(IMAGE)
                elif tag == f"{W}ins":
                    self.insertions += 1
                elif tag == f"{W}hyperlink":
                    self._link(element)
                stack.extend(reversed(element))
        return "".join(out)

    def _link(self, element: etree._Element) -> None:
        target = self.targets.get(
            element.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", "")
        )
        if target:
            self.links.append(Link(target, "".join(t.text or "" for t in element.iter(f"{W}t")).strip()))

    # ------------------------------------------------------------------ tables

    def _table(self, table: etree._Element, depth: int, tables: int) -> Tab:
        if tables > MAX_TABLE_DEPTH:
            raise refuse(f"has tables nested deeper than {MAX_TABLE_DEPTH}")
        found = Tab()
        merged: dict[int, CellNode] = {}
        for row in _children(table, depth, f"{W}tr"):
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                self.deletions += 1
                continue
            if properties is not None and is_on(properties.find(f"{W}hidden")):
                for cell in _children(row, depth, f"{W}tc"):
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
        for cell in _children(row, depth, f"{W}tc"):
            self.cells += 1
            if self.cells > MAX_CELLS:
                raise refuse(f"has more than {MAX_CELLS:,} table cells")
            properties = cell.find(f"{W}tcPr")
            if properties is not None and properties.find(f"{W}cellDel") is not None:
                self.deletions += 1
                continue
            span, vertical, horizontal = _merges(properties)
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
        if child.tag == f"{W}sdt" or child.tag in _WRAPPERS:
            yield from _children(child, depth + 1, wanted)
        elif child.tag == _ALTERNATE:
            for alternative in _alternatives(child):
                yield from _children(alternative, depth + 1, wanted)
        elif wanted is None or child.tag == wanted:
            yield child


def _alternatives(element: etree._Element) -> list[etree._Element]:
    """The one branch of alternative content to read: the first choice, else the fallback."""
    choice = element.find(_CHOICE)
    chosen = choice if choice is not None else element.find(_FALLBACK)
    return [] if chosen is None else [chosen]


def _merges(properties: etree._Element | None) -> tuple[int, str, str]:
    """How many columns a cell takes, and `restart`, `continue` or `` for its vertical and horizontal merge."""
    if properties is None:
        return 1, "", ""
    span = max(1, min(number(properties.find(f"{W}gridSpan"), 1), MAX_COLSPAN))
    vertical, horizontal = properties.find(f"{W}vMerge"), properties.find(f"{W}hMerge")
    return (
        span,
        "" if vertical is None else value(vertical, "continue"),
        "" if horizontal is None else value(horizontal, "continue"),
    )


def _symbol(element: etree._Element) -> str:
    """A symbol as the code point that its font is asked for: those of dingbat fonts stay private, never a digit."""
    code = element.get(f"{W}char", "")
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return IMAGE
