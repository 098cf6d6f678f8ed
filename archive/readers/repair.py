"""Characters that no text can hold, taken out of a document where it enters: NUL and halves of surrogate pairs.

Files bring them in by damaged encodings, escapes (`\\ud83d` in JSON) and symbol codes. SQLite ends a text at the first
NUL in some of its functions, and nothing can write half a pair as UTF-8 (Unicode 15, D75 and D92), so that one such
character would stop a whole archive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from archive.charset import REPLACEMENT
from archive.models import Block, Document, Grid, Link

_UNHELD = re.compile("[\x00\ud800-\udfff]")


def repaired_text(text: str) -> str:
    """The text with pairs of surrogates joined, and U+FFFD in place of every character that no text can hold."""
    if not _UNHELD.search(text):
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", REPLACEMENT)


def repaired(document: Document) -> Document:
    """The document itself if its texts can be held, else one with U+FFFD in them and a warning that says how many."""
    whole = "\n".join(_texts(document))
    if _can_be_held(whole):
        return document
    lost = repaired_text(whole).count(REPLACEMENT) - whole.count(REPLACEMENT)
    told = f"{lost} characters that no text can hold (NUL, or half of a surrogate pair) were read as {REPLACEMENT}"
    return replace(
        document,
        title=_fixed(document.title),
        blocks=tuple(map(_block, document.blocks)),
        metadata={repaired_text(key): repaired_text(value) for key, value in document.metadata.items()},
        encoding=_fixed(document.encoding),
        declared_encoding=_fixed(document.declared_encoding),
        warnings=(*([told] if lost else []), *map(repaired_text, document.warnings)),
        links=tuple(Link(repaired_text(link.url), repaired_text(link.text)) for link in document.links),
        outside=tuple(map(_block, document.outside)),
    )


def _can_be_held(whole: str) -> bool:
    """Whether there is no such character; the encoder is the fastest to see it."""
    try:
        return b"\x00" not in whole.encode()
    except UnicodeEncodeError:
        return False


def _texts(document: Document) -> Iterator[str]:
    yield from filter(None, (document.title, document.encoding, document.declared_encoding))
    for block in (*document.blocks, *document.outside):
        yield block.place
        if isinstance(block, Grid):
            for row in block.rows:
                for cell in row:
                    yield cell.text
                    yield cell.place
        else:
            yield block.text
    for key, value in document.metadata.items():
        yield key
        yield value
    yield from document.warnings
    for link in document.links:
        yield link.url
        yield link.text


def _block(block: Block) -> Block:
    fix: Callable[[str], str] = repaired_text
    if isinstance(block, Grid):
        rows = (tuple(replace(cell, text=fix(cell.text), place=fix(cell.place)) for cell in row) for row in block.rows)
        return replace(block, rows=tuple(rows), place=fix(block.place))
    return replace(block, text=fix(block.text), place=fix(block.place))


def _fixed(text: str | None) -> str | None:
    return None if text is None else repaired_text(text)
