"""Word documents (.docx) to a document: revisions as accepted, content controls dissolved, list numbers restored.

Headers, footers and comments are not part of the text. Footnotes and hidden text are kept apart from it.
Source of the rules: ECMA-376 part 1 (WordprocessingML).
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from archive.models import Block, Document, Grid, GridCell, Heading, Paragraph, UnreadableDocument
from archive.readers.docx_nodes import IMAGE, BodyReader, CellNode, Node, Par, Tab, texts
from archive.readers.docx_package import Package, W
from archive.readers.grids import place_of
from archive.readers.limits import MAX_BYTES, MAX_GRID_AREA, check_blocks, refuse

NAME = "docx"

_LONGEST_HEADING = 200
_LONG_CELL = 600


def read_docx(data: bytes, *, charset: str | None = None) -> Document:
    """Reads a Word document; `charset` is of no use to XML and is ignored.

    Raises UnreadableDocument for a file that is damaged, that carries a DTD, or that is beyond the limits.
    """
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    package = Package(data)
    root = package.tree(package.main)
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise UnreadableDocument("a Word file without a body")
    reader = BodyReader(package)
    writer = _Writer()
    writer.add(reader.nodes(body))
    notes = [note for kind in ("footnotes", "endnotes") for note in _notes(package, reader, kind)]
    outside = [Paragraph(text.strip(), "hidden text") for text in reader.hidden if text.strip()]
    metadata, warnings = _properties(package)
    if reader.insertions or reader.deletions:
        warnings.append(
            f"tracked changes were read as accepted: {reader.insertions} insertions, {reader.deletions} deletions"
        )
    if reader.unread:
        warnings.append(f"{reader.unread} embedded documents (altChunk) were not read")
    if notes:
        warnings.append(f"{len(notes)} footnotes are kept apart from the text")
    return Document(
        title=metadata.get("title"),
        blocks=tuple(writer.blocks),
        metadata=metadata,
        format=NAME,
        warnings=(*warnings, *writer.warnings),
        links=tuple(reader.links),
        outside=(*outside, *notes),
    )


class _Writer:
    """Turns nodes into numbered blocks."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.warnings: list[str] = []
        self.paragraphs = self.tables = self.area = 0

    def add(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            if isinstance(node, Par):
                self._paragraph(node)
            elif _is_layout(node):
                for row in node.rows:
                    for cell in row:
                        self.add(cell.nodes)
            else:
                self.tables += 1
                self.blocks.append(self._grid(node))
            check_blocks(len(self.blocks))

    def _paragraph(self, node: Par) -> None:
        text = "\n".join(line.strip() for line in node.text.replace(IMAGE, "").split("\n") if line.strip())
        if not text:
            return
        self.paragraphs += 1
        place = f"paragraph {self.paragraphs}"
        if node.level is not None and len(text) <= _LONGEST_HEADING:
            self.blocks.append(Heading(text, node.level, place))
        else:
            self.blocks.append(Paragraph(text, place))

    def _grid(self, table: Tab) -> Grid:
        rows: list[tuple[GridCell, ...]] = []
        for r, row in enumerate(table.rows):
            cells: list[GridCell] = []
            for cell in row:
                self.area += cell.rowspan * cell.colspan
                if self.area > MAX_GRID_AREA:
                    raise refuse(f"has tables whose cells span more than {MAX_GRID_AREA:,} places")
                place = place_of(self.tables, r, cell.column)
                cells.append(
                    GridCell(self._cell_text(cell.nodes, place), r, cell.column, cell.rowspan, cell.colspan, place)
                )
            rows.append(tuple(cells))
        return Grid(tuple(rows), f"table {self.tables}")

    def _cell_text(self, nodes: list[Node], place: str) -> str:
        raw = "\n".join(texts(nodes))
        text = "\n".join(line.strip() for line in raw.replace(IMAGE, "").split("\n") if line.strip())
        if not text and IMAGE in raw:
            self.warnings.append(f"{place} holds an image and no text")
            return IMAGE
        return text


def _is_layout(table: Tab) -> bool:
    """Whether a table only frames text or other tables; the rule of the HTML reader, on the cells of Word."""
    if max((len(row) for row in table.rows), default=0) <= 1:
        return True
    cells = [cell for row in table.rows for cell in row]
    if any(isinstance(node, Tab) for cell in cells for node in cell.nodes):
        own = [[c for c in row if _is_filled(c) and not any(isinstance(n, Tab) for n in c.nodes)] for row in table.rows]
        return sum(1 for row in own if len(row) >= 2) < 3 or sum(map(len, own)) <= sum(map(_inner_cells, cells))
    if len(table.rows) > 6 or max(map(len, table.rows)) > 4:
        return False
    sizes = [sum(map(len, texts(cell.nodes))) for cell in cells]
    return max(sizes) > _LONG_CELL and 2 * max(sizes) > sum(sizes)


def _is_filled(cell: CellNode) -> bool:
    return any(texts(cell.nodes))


def _inner_cells(cell: CellNode) -> int:
    """How many filled cells the tables inside of a cell have, at any depth."""
    inner = [c for node in cell.nodes if isinstance(node, Tab) for row in node.rows for c in row]
    return sum(_is_filled(c) + _inner_cells(c) for c in inner)


def _notes(package: Package, reader: BodyReader, kind: str) -> list[Paragraph]:
    """The footnotes or endnotes of a document; Word's own separators are none."""
    name = package.related(kind)
    root = package.tree(name) if name else None
    found: list[Paragraph] = []
    for note in root if root is not None else ():
        if note.get(f"{W}type", "normal") != "normal":
            continue
        if text := "\n".join(text for text in texts(reader.nodes(note)) if text):
            found.append(Paragraph(text, f"{kind.removesuffix('s')} {len(found) + 1}"))
    return found


def _properties(package: Package) -> tuple[dict[str, str], list[str]]:
    """What the file states of itself (`title`, `creator`, `created`, …); a damaged statement is only a warning."""
    try:
        root = package.tree("docProps/core.xml")
    except UnreadableDocument as fault:
        return {}, [f"the file's own properties could not be read: {fault}"]
    found: dict[str, str] = {}
    for element in root if root is not None else ():
        if text := (element.text or "").strip():
            found[etree.QName(element).localname.lower()] = text
    return found, []
