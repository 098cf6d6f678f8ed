"""The tree of a page, walked once: blocks in reading order, and which of them lie in which container."""

from __future__ import annotations

from dataclasses import dataclass

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from archive.models import Block, Heading, Paragraph
from archive.readers.grids import RawCell, build_grid
from archive.readers.html.tables import is_layout, lines_of, raw_cell, take_apart
from archive.readers.html.tokens import IMAGE, PARAGRAPH
from archive.readers.html.vocabulary import HEADINGS
from archive.readers.limits import check_blocks

_LONGEST_HEADING = 200


@dataclass(frozen=True, slots=True)
class Container:
    """An element as a range of blocks (`first` up to, not including, `last`) with its depth and known name, if any."""

    first: int
    last: int
    depth: int
    article: str | None


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk over a tree found.

    `weights` are the Chinese characters of each block that stand in no link; `pictures` tells for each picture between
    the blocks how many of them stand before it.
    """

    blocks: list[Block]
    weights: list[int]
    containers: list[Container]
    hidden: list[Block]
    pictures: list[int]
    warnings: tuple[str, ...]


def walk(root: Tag, shown: frozenset[int] = frozenset()) -> Walked:
    """Walks a tree made of cleaned markup; `shown` are the `id()` of hidden elements to be read as if not hidden."""
    walker = _Walker(shown)
    walker.element(root, 0, 0)
    walker.flush(0)
    warnings = tuple(walker.warnings)
    return Walked(walker.blocks, walker.weights, walker.containers, walker.hidden, walker.pictures, warnings)


def chinese(text: str) -> int:
    """About how many Chinese characters a text has: those that take three bytes of UTF-8."""
    return 0 if text.isascii() else (len(text.encode("utf-8", "surrogatepass")) - len(text)) // 2


class _Walker:
    def __init__(self, shown: frozenset[int]) -> None:
        self.shown = shown
        self.blocks: list[Block] = []
        self.weights: list[int] = []
        self.containers: list[Container] = []
        self.hidden: list[Block] = []
        self.pictures: list[int] = []
        self.warnings: list[str] = []
        self.buffer: list[str] = []
        self.linked = 0
        self.in_link = False
        self.paragraphs = self.tables = 0

    def element(self, element: Tag, depth: int, level: int) -> None:
        for child in element.contents:
            self.child(child, depth, level)

    def child(self, child: PageElement, depth: int, level: int) -> None:
        if not isinstance(child, Tag):
            if isinstance(child, NavigableString):
                self.text(str(child), level)
            return
        name = child.name
        if "hidden" in child.attrs and id(child) not in self.shown:
            self.hide(child)
        elif name in ("a", "span"):
            was, self.in_link = self.in_link, self.in_link or name == "a"
            self.element(child, depth, level)
            self.in_link = was
        elif name == "table":
            self.flush(level)
            first = len(self.blocks)
            self.table(child, depth, level)
            self.container(child, depth, level, first)
        elif name in HEADINGS:
            self.flush(level)
            self.element(child, depth, int(name[1]))
            self.flush(int(name[1]))
        else:
            self.flush(level)
            first = len(self.blocks)
            self.element(child, depth + 1, level)
            self.container(child, depth, level, first)

    def container(self, element: Tag, depth: int, level: int, first: int) -> None:
        """Notes that the blocks since `first` are those of an element."""
        self.flush(level)
        article = element.attrs.get("article")
        self.containers.append(Container(first, len(self.blocks), depth, str(article) if article else None))

    # ------------------------------------------------------------------ text

    def text(self, text: str, level: int) -> None:
        first, *more = text.split(PARAGRAPH)
        self.piece(first)
        for piece in more:
            self.flush(level)
            self.piece(piece)

    def piece(self, text: str) -> None:
        if text:
            self.buffer.append(text)
            if self.in_link:
                self.linked += chinese(text)

    def flush(self, level: int) -> None:
        if not self.buffer:
            return
        raw = "".join(self.buffer)
        text = lines_of(raw.replace(IMAGE, ""))
        self.pictures += [len(self.blocks)] * raw.count(IMAGE)
        linked, self.linked = self.linked, 0
        self.buffer.clear()
        if not text:
            return
        self.paragraphs += 1
        place = f"paragraph {self.paragraphs}"
        heading = level > 0 and len(text) <= _LONGEST_HEADING
        self.put(Heading(text, level, place) if heading else Paragraph(text, place), max(0, chinese(text) - linked))

    def put(self, block: Block, weight: int) -> None:
        self.blocks.append(block)
        self.weights.append(weight)
        check_blocks(len(self.blocks))

    def hide(self, element: Tag) -> None:
        """Keeps what an element that is not shown holds, apart from the text around it."""
        place = f"hidden, after paragraph {self.paragraphs}"
        for piece in element.get_text().replace(IMAGE, "").split(PARAGRAPH):
            if text := lines_of(piece):
                self.hidden.append(Paragraph(text, place))
                check_blocks(len(self.hidden))

    # ------------------------------------------------------------------ tables

    def table(self, table: Tag, depth: int, level: int) -> None:
        parts = take_apart(table, self.shown)
        for element in parts.hidden:
            self.hide(element)
        for loose in parts.loose:  # captions, and text that a browser would show before the table
            self.flush(level)
            self.child(loose, depth, level)
        self.flush(level)
        if is_layout(parts, "nest" in table.attrs):
            for row in parts.rows:
                for cell in row:
                    first = len(self.blocks)
                    self.element(cell, depth + 2, level)
                    self.container(cell, depth + 1, level, first)
            return
        self.tables += 1
        rows: list[list[RawCell]] = []
        linked = 0
        for row in parts.rows:
            rows.append([])
            for cell in row:
                if not _is_plain(cell):
                    linked += sum(chinese(a.get_text()) for a in cell.find_all("a"))
                    self.hide_within(cell)
                rows[-1].append(raw_cell(cell, self.shown))
        grid = build_grid(rows, self.tables)
        text = "".join(cell.text for row in grid.rows for cell in row)
        self.put(grid, max(0, chinese(text) - linked))
        if IMAGE in text:
            self.warnings.extend(
                f"{cell.place} holds an image and no text" for row in grid.rows for cell in row if cell.text == IMAGE
            )

    def hide_within(self, cell: Tag) -> None:
        for inner in cell.find_all(True, recursive=False):
            if "hidden" in inner.attrs and id(inner) not in self.shown:
                self.hide(inner)
            else:
                self.hide_within(inner)


def _is_plain(cell: Tag) -> bool:
    """Whether a cell holds nothing but text."""
    contents = cell.contents
    return not contents or (len(contents) == 1 and not isinstance(contents[0], Tag))
