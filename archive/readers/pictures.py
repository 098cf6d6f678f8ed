"""The pictures inside of a file (`data:` addresses of a page, media of an Office file), and the tables on them.

Which of them a missing table is cannot be told without reading them; icons and seals are left out by their size.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
from dataclasses import replace

from archive.models import Document, Grid, ReadBy
from archive.readers.limits import MAX_BYTES, ZIP_FAULTS
from archive.readers.pages.turn import UNKNOWN
from archive.readers.scan import read_pictures
from archive.readers.sniff import sniff

MAX_PICTURES = 40
_LEAST = 4_096  # bytes of a picture of a table, which icons do not have
_ADDRESS = re.compile(rb"data:image/[\w.+-]{1,20}+;base64,((?:[A-Za-z0-9+/=\s]|%[0-9A-Fa-f]{2})++)")
_MEDIA = re.compile(r"(?:word/media|Pictures)/")


def pictures_in(data: bytes) -> tuple[bytes, ...]:
    """The pictures that a page or an Office file carries inside of it, in order, each once; at most MAX_PICTURES."""
    kind = sniff(data)
    if kind in ("html", "mhtml"):
        found = _addresses(data)
    elif kind in ("docx", "odt"):
        found = _media(data)
    else:
        return ()
    large = dict.fromkeys(picture for picture in found if len(picture) >= _LEAST and sniff(picture) == "image")
    return tuple(large)[:MAX_PICTURES]


def with_recognised(
    document: Document, pictures: tuple[bytes, ...], *, instead: bool = False
) -> tuple[Document, tuple[str, ...]]:
    """The document with the tables on these pictures behind its blocks, and other text on them outside.

    They are read as the pages of one scan. With `instead` the text on them is the text of the document, which has none
    of its own. Pictures that could not be read are named in what is returned beside it, and in its warnings.
    """
    read, warnings = read_pictures(pictures)
    if read is None:
        return replace(document, warnings=(*document.warnings, *warnings)), tuple(warnings)
    taken = [block for block in read.blocks if instead or isinstance(block, Grid)]
    others = [block for block in read.blocks if not instead and not isinstance(block, Grid)]
    whole = replace(
        document,
        blocks=(*document.blocks, *taken),
        outside=(*document.outside, *others, *read.outside),
        warnings=(*document.warnings, *warnings, *read.warnings),
        read_by=ReadBy.OCR if taken else document.read_by,
    )
    return whole, tuple(warnings)


def unrecognised(document: Document) -> bool:
    """Whether a table of a recognised document has text that was not recognised."""
    return any(
        UNKNOWN in cell.text for grid in document.blocks if isinstance(grid, Grid) for row in grid.rows for cell in row
    )


def _addresses(data: bytes) -> list[bytes]:
    found = []
    for match in _ADDRESS.finditer(data[:MAX_BYTES]):
        code = re.sub(rb"\s+", b"", match[1].replace(b"%2B", b"+").replace(b"%2F", b"/").replace(b"%3D", b"="))
        try:
            found.append(base64.b64decode(code))
        except binascii.Error:
            continue  # no picture that any browser would show
    return found


def _media(data: bytes) -> list[bytes]:
    """The media of an Office file, within the bounds that its reader has already put on its parts."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = [name for name in package.namelist() if _MEDIA.match(name)]
            return [package.read(name) for name in names[: 10 * MAX_PICTURES] if _is_small(package, name)]
    except ZIP_FAULTS:
        return []  # its text could be read all the same


def _is_small(package: zipfile.ZipFile, name: str) -> bool:
    return package.getinfo(name).file_size <= MAX_BYTES // 4
