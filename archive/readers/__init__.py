"""Bytes to a `Document`: one reader a format, chosen by what the bytes are."""

from __future__ import annotations

from archive.models import Document, Ocr, UnreadableDocument
from archive.readers.registry import PICTURE_READERS, READERS, REASONS
from archive.readers.repair import repaired
from archive.readers.sniff import sniff

__all__ = ["read", "sniff"]


def read(
    data: bytes,
    *,
    media_type: str | None = None,
    charset: str | None = None,
    name: str | None = None,
    ocr: Ocr = Ocr.OFF,
) -> Document:
    """Reads a document of any format that has a reader.

    `charset` is what the server claimed. `media_type` and `name` never choose the reader; they only make the message
    clearer where the bytes are something else. `ocr` says what is to become of pages that are pictures. Raises
    UnreadableDocument with the reason for a person, NeedsOcr among them.
    """
    kind = sniff(data)
    picture_reader = PICTURE_READERS.get(kind)
    if picture_reader is not None:
        return repaired(picture_reader(data, charset=charset, ocr=ocr))
    reader = READERS.get(kind)
    if reader is not None:
        return repaired(reader(data, charset=charset))
    claimed = [what for what in (name, media_type) if what]
    hint = f" (it came as {', '.join(claimed)})" if claimed else ""
    raise UnreadableDocument(f"{REASONS.get(kind, f'a file of kind {kind}, which has no reader yet')}{hint}")
