"""RTF documents (also those saved as .doc) to a document, with the exact grid of their tables.

Headers, footers and comments are not part of the text. Footnotes and hidden text are kept apart from it. Source of the
rules: Rich Text Format (RTF) Specification 1.9.1.
"""

from __future__ import annotations

from archive.models import Document, Paragraph, UnreadableDocument
from archive.readers.limits import MAX_BYTES, refuse
from archive.readers.nodes import Writer
from archive.readers.rtf.body import RtfReader
from archive.readers.rtf.tokens import tokens

NAME = "rtf"


def read_rtf(data: bytes, *, charset: str | None = None) -> Document:
    """Reads an RTF file, which states its own character sets; `charset` is ignored.

    Raises UnreadableDocument for a file that is cut short inside a table or a group, or beyond the limits.
    """
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    reader = RtfReader()
    warnings: list[str] = []
    for token in tokens(data):
        reader.feed(token)
        if not reader.depth:
            break
    else:
        if reader.depth > 1 or reader.flow.is_inside_row:
            raise UnreadableDocument("an RTF file that is cut short")
        warnings.append("the end of the RTF file is missing")
    writer = Writer()
    writer.add(reader.flow.nodes())
    if reader.insertions or reader.deletions:
        warnings.append(
            f"tracked changes were read as accepted: {reader.insertions} insertions, {reader.deletions} deletions"
        )
    if reader.decoder.lost:
        warnings.append(f"{reader.decoder.lost} characters could not be decoded")
    if reader.notes:
        warnings.append(f"{len(reader.notes)} footnotes are kept apart from the text")
    tables = reader.flow.tables
    hidden = [Paragraph(text, "hidden text") for text in (*reader.hidden, *tables.unshown) if text.strip()]
    notes = [Paragraph(text, f"footnote {n}") for n, text in enumerate(reader.notes, 1) if text]
    return Document(
        title=reader.metadata.get("title"),
        blocks=tuple(writer.blocks),
        pictures=tuple(writer.pictures),
        metadata=reader.metadata,
        format=NAME,
        encoding=reader.decoder.page,
        warnings=(*warnings, *tables.warnings, *writer.warnings),
        links=tuple(reader.links),
        outside=(*hidden, *notes),
    )
