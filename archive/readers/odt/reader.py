"""OpenDocument texts (.odt) to a document: spans and covered cells, lists with their numbers, revisions as accepted.

Headers, footers and comments are not part of the text. Footnotes and hidden text are kept apart from it. Source of the
rules: OpenDocument Version 1.3.
"""

from __future__ import annotations

from archive.models import Document, Paragraph, UnreadableDocument
from archive.readers.nodes import Writer
from archive.readers.odt.nodes import OFFICE, OdtBody
from archive.readers.odt.styles import TEXT, OdtStyles
from archive.readers.zip_parts import ZipParts

NAME = "odt"


def read_odt(data: bytes, *, charset: str | None = None) -> Document:
    """Reads an OpenDocument text; `charset` is of no use to XML and is ignored.

    Raises UnreadableDocument for a file that is damaged or encrypted, that carries a DTD, or that is beyond the limits.
    """
    package = ZipParts(data, "OpenDocument file")
    manifest = package.find_tree("META-INF/manifest.xml")
    if manifest is not None and manifest.find(".//{*}encryption-data") is not None:
        raise UnreadableDocument("an OpenDocument file encrypted with a password")
    content = package.tree("content.xml")
    text = content.find(f"{OFFICE}body/{OFFICE}text")
    if text is None:
        raise UnreadableDocument("an OpenDocument file without a text")
    body = OdtBody(OdtStyles(package.find_tree("styles.xml"), content))
    writer = Writer()
    writer.add(body.nodes(text))
    warnings: list[str] = []
    insertions = sum(1 for _ in text.iter(f"{TEXT}insertion"))
    deletions = sum(1 for _ in text.iter(f"{TEXT}deletion"))
    if insertions or deletions:
        warnings.append(f"tracked changes were read as accepted: {insertions} insertions, {deletions} deletions")
    if body.notes:
        warnings.append(f"{len(body.notes)} footnotes are kept apart from the text")
    metadata, faults = package.statements("meta.xml", f"{OFFICE}meta/*")
    hidden = [Paragraph(line.strip(), "hidden text") for line in body.hidden if line.strip()]
    notes = [Paragraph(note, f"footnote {n}") for n, note in enumerate(body.notes, 1)]
    return Document(
        title=metadata.get("title"),
        blocks=tuple(writer.blocks),
        pictures=tuple(writer.pictures),
        metadata=metadata,
        format=NAME,
        warnings=(*faults, *warnings, *writer.warnings),
        links=tuple(body.links),
        outside=(*hidden, *notes),
    )
