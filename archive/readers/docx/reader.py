"""Word documents (.docx) to a document: revisions as accepted, content controls dissolved, list numbers restored.

Headers, footers and comments are not part of the text. Footnotes and hidden text are kept apart from it.
Source of the rules: ECMA-376 part 1 (WordprocessingML).
"""

from __future__ import annotations

from archive.models import Document, Paragraph, UnreadableDocument
from archive.readers.docx.nodes import BodyReader
from archive.readers.docx.package import Package, W
from archive.readers.nodes import Writer, texts

NAME = "docx"


def read_docx(data: bytes, *, charset: str | None = None) -> Document:
    """Reads a Word document; `charset` is of no use to XML and is ignored.

    Raises UnreadableDocument for a file that is damaged, that carries a DTD, or that is beyond the limits.
    """
    package = Package(data)
    body = package.tree(package.main).find(f"{W}body")
    if body is None:
        raise UnreadableDocument("a Word file without a body")
    reader = BodyReader(package)
    writer = Writer()
    writer.add(reader.nodes(body))
    notes = [note for kind in ("footnotes", "endnotes") for note in _notes(package, reader, kind)]
    outside = [Paragraph(text.strip(), "hidden text") for text in reader.hidden if text.strip()]
    metadata, warnings = package.statements("docProps/core.xml")
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
        pictures=tuple(writer.pictures),
        metadata=metadata,
        format=NAME,
        warnings=(*warnings, *writer.warnings),
        links=tuple(reader.links),
        outside=(*outside, *notes),
    )


def _notes(package: Package, reader: BodyReader, kind: str) -> list[Paragraph]:
    """The footnotes or endnotes of a document; Word's own separators are none."""
    root = package.related(kind)
    found: list[Paragraph] = []
    for note in root if root is not None else ():
        if note.get(f"{W}type", "normal") != "normal":
            continue
        if text := "\n".join(text for text in texts(reader.nodes(note)) if text):
            found.append(Paragraph(text, f"{kind.removesuffix('s')} {len(found) + 1}"))
    return found
