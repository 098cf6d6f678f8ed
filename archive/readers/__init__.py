"""Bytes to a `Document`: one reader a format, chosen by what the bytes are."""

from __future__ import annotations

from archive.models import Document, UnreadableDocument
from archive.readers.registry import READERS, REASONS
from archive.readers.sniff import sniff

__all__ = ["read", "sniff"]


def read(
    data: bytes, *, media_type: str | None = None, charset: str | None = None, name: str | None = None
) -> Document:
    """Reads a document of any format that has a reader.

    `charset` is what the server claimed. `media_type` and `name` never choose the reader; they only make the message
    clearer where the bytes are something else. Raises UnreadableDocument with the reason for a person.
    """
    kind = sniff(data)
    reader = READERS.get(kind)
    if reader is not None:
        return reader(data, charset=charset)
    claimed = [what for what in (name, media_type) if what]
    hint = f" (it came as {', '.join(claimed)})" if claimed else ""
    raise UnreadableDocument(f"{REASONS.get(kind, f'a file of kind {kind}, which has no reader yet')}{hint}")
