"""Word 97–2003 and WPS documents (.doc, .wps) to a document, with the exact grid of their tables.

Headers, footers and comments are not part of the text. Footnotes and hidden text are kept apart from it. Text boxes
stand after the paragraph that they are anchored in. Source of the rules: [MS-DOC], Word (.doc) Binary File Format.
"""

from __future__ import annotations

import bisect
import re
import struct
from collections.abc import Iterator
from itertools import pairwise

from archive.models import Document, Paragraph, UnreadableDocument
from archive.readers.doc.file import U32, WordFile
from archive.readers.doc.formatting import Formatting, ParagraphState
from archive.readers.doc.lists import DocLists
from archive.readers.doc.rows import TableStack, joined
from archive.readers.doc.styles import DocStyles
from archive.readers.doc.text import STRUCTURE, SeenText, seen, shown
from archive.readers.limits import MAX_BYTES, MAX_ELEMENTS, refuse
from archive.readers.nodes import Node, Par, Writer

NAME = "doc"

_MARK = re.compile(f"[{STRUCTURE}]")
_FOOTNOTES, _SHAPES, _ENDNOTES, _BOXES = 2, 40, 46, 56  # entries of FibRgFcLcb97
_BOX_SIZE, _SHAPE_SIZE = 22, 26


def read_doc(data: bytes, *, charset: str | None = None) -> Document:
    """Reads a Word 97–2003 file; `charset` is of no use to it and is ignored.

    Raises UnreadableDocument for older versions, encrypted and damaged files and those beyond the limits.
    """
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    file = WordFile(data)
    try:
        return _Reader(file).document()
    except (struct.error, IndexError, ValueError, OverflowError) as fault:
        raise UnreadableDocument(f"a damaged Word file: {fault}") from fault


class _Reader:
    def __init__(self, file: WordFile) -> None:
        self.file = file
        self.formatting = Formatting(file)
        self.styles = DocStyles(file)
        self.lists = DocLists(file)
        self.seen: SeenText = seen(file, self.formatting, self.styles)
        self.boxes = _boxes(file)
        self.anchors = _anchors(file) if self.boxes else []
        self.unshown: list[str] = []
        self.warnings: list[str] = []
        self.paragraphs = 0

    def document(self) -> Document:
        lengths = self.file.lengths
        main = self._part(0, lengths.main)
        stray, self.anchors = list(self.boxes.values()), []
        for start, end in stray:
            main += self._part(start, end)
        if stray:
            self.warnings.append(f"{len(stray)} text boxes whose place is not known stand at the end")
        writer = Writer()
        writer.add(main)
        endnotes = lengths.main + lengths.footnotes + lengths.headers + lengths.macros + lengths.annotations
        notes = [*self._notes(lengths.main, _FOOTNOTES, "footnote"), *self._notes(endnotes, _ENDNOTES, "endnote")]
        if self.seen.insertions or self.seen.deletions:
            self.warnings.append(
                "tracked changes were read as accepted: "
                f"{self.seen.insertions} insertions, {self.seen.deletions} deletions"
            )
        if notes:
            self.warnings.append(f"{len(notes)} footnotes are kept apart from the text")
        metadata, faults = _properties(self.file)
        hidden = [Paragraph(text, "hidden text") for text in (*self.seen.hidden, *self.unshown)]
        return Document(
            title=metadata.get("title"),
            blocks=tuple(writer.blocks),
            pictures=tuple(writer.pictures),
            metadata=metadata,
            format=NAME,
            warnings=(*faults, *self.warnings, *writer.warnings),
            links=tuple(self.seen.links),
            outside=(*hidden, *notes),
        )

    def _part(self, start: int, end: int) -> list[Node]:
        """The nodes of a stretch of the text."""
        text = self.seen.text
        tables = TableStack()
        stray_marks = 0
        while start < end:
            found = _MARK.search(text, start, end)
            stop = found.end() if found else end
            state = self.formatting.paragraph(stop - 1)
            depth = max(state.depth, int(state.in_table))
            tables.go_to(depth)
            cell_mark = text[stop - 1] == "\x07"
            if state.row_end and cell_mark if depth == 1 else depth and state.inner_row_end:
                tables.end_row(state.cell_shapes(), deleted=stop - 1 in self.seen.deleted_marks)
            else:
                tables.add(self._paragraph(start, stop, state))
                if self.anchors:
                    tables.add(*self._boxes_of(start, stop))
                if cell_mark if depth == 1 else depth and state.inner_cell_end:
                    tables.end_cell()
                stray_marks += cell_mark and not depth
            start = stop
        tables.go_to(0)
        self.unshown += tables.unshown
        self.warnings += tables.warnings
        if stray_marks:
            self.warnings.append(f"{stray_marks} cell marks stand outside of all tables: a table was lost")
        return tables.body

    def _paragraph(self, start: int, stop: int, state: ParagraphState) -> Par:
        self.paragraphs += 1
        if self.paragraphs > MAX_ELEMENTS:
            raise refuse(f"has more than {MAX_ELEMENTS:,} paragraphs")
        line = shown(self.seen.text[start:stop])
        label = self.lists.label(*self.styles.list_of(state)) if line.strip() else ""
        return Par(label + line, self.styles.level(state))

    def _boxes_of(self, start: int, stop: int) -> Iterator[Node]:
        """The text boxes that are anchored in a paragraph."""
        for at in range(bisect.bisect_left(self.anchors, (start, 0)), len(self.anchors)):
            position, shape = self.anchors[at]
            if position >= stop:
                break
            if shape in self.boxes:
                yield from self._part(*self.boxes.pop(shape))

    def _notes(self, first: int, index: int, kind: str) -> list[Paragraph]:
        """The footnotes or endnotes; entry `index` + 1 of the header holds where each begins, from `first` on."""
        limits = self.file.structure(index + 1)
        starts = struct.unpack(f"<{len(limits) // 4}I", limits[: len(limits) // 4 * 4])[:-1]
        found: list[Paragraph] = []
        if list(starts) != sorted(starts):
            self.warnings.append(f"the {kind}s could not be read: their places are damaged")
            return []
        for start, end in pairwise(starts):
            if text := joined(self._part(first + start, min(first + end, len(self.file.text)))):
                found.append(Paragraph(text, f"{kind} {len(found) + 1}"))
        return found


def _boxes(file: WordFile) -> dict[int, tuple[int, int]]:
    """Where the text of each text box stands, by the number of its shape."""
    table = file.structure(_BOXES)
    count = max(0, (len(table) - 4) // (4 + _BOX_SIZE))
    lengths = file.lengths
    first = sum(
        (lengths.main, lengths.footnotes, lengths.headers, lengths.macros, lengths.annotations, lengths.endnotes)
    )
    found: dict[int, tuple[int, int]] = {}
    last = 0
    for n in range(count - 1):  # the last one is empty by rule
        start, end = struct.unpack_from("<II", table, 4 * n)
        shape = U32(table, 4 * (count + 1) + _BOX_SIZE * n + 14)[0]
        if last <= start < end and first + end <= len(file.text):
            found[shape] = (first + start, first + end)
            last = end
    return found


def _anchors(file: WordFile) -> list[tuple[int, int]]:
    """The text position and the number of each shape that is anchored in the main text."""
    table = file.structure(_SHAPES)
    count = max(0, (len(table) - 4) // (4 + _SHAPE_SIZE))
    return sorted((U32(table, 4 * n)[0], U32(table, 4 * (count + 1) + _SHAPE_SIZE * n)[0]) for n in range(count))


def _properties(file: WordFile) -> tuple[dict[str, str], list[str]]:
    """What the file states of itself; a damaged statement is only a warning."""
    try:
        return file.summary(), []
    except (ValueError, UnreadableDocument) as fault:
        return {}, [f"the file's own properties could not be read: {fault}"]
