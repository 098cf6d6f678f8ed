"""Files that a page carries inside of it as base64, in a script (`var pdfData = '…'`) or in a `data:` address.

Some portals show a report in a viewer this way; the page then has no text of its own. Only the kinds of file that
reports come in are taken; pictures are left alone.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote

MAX_FILES = 10
MAX_ENCODED = 64 << 20  # characters, of all files together

# The first bytes of a PDF, a ZIP (docx, xlsx, OFD), a compound file (doc, xls) and an RTF file, as base64.
_BEGINNINGS = ("JVBERi", "UEsDB", "0M8R4KGxGuE", "e1xydGY")
_FILE = re.compile(
    rf"""(?:["'`]|base64,)\s*+(?P<code>(?:{"|".join(_BEGINNINGS)})"""
    r"""(?:[A-Za-z0-9/=\s]|\+|\\[nrt/]|\\u002[bBfF]|%[0-9A-Fa-f]{2}|["']\s*+\+\s*+["'])++)"""
)
_JOINED = re.compile(r"""["']\s*+\+\s*+["']|\s|\\[nrt]""")
_ESCAPES = {"\\/": "/", "\\u002b": "+", "\\u002B": "+", "\\u002f": "/", "\\u002F": "/"}


def embedded_files(source: str) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """The files inside of a decoded page in their order, each once, and warnings for what was not taken."""
    if not any(beginning in source for beginning in _BEGINNINGS):
        return (), ()
    files: dict[bytes, None] = {}
    warnings: list[str] = []
    left = MAX_ENCODED
    for found in _FILE.finditer(source):
        code = found["code"]
        left -= len(code)
        if left < 0 or len(files) == MAX_FILES:
            warnings.append(
                f"more than {MAX_FILES} files or {MAX_ENCODED:,} characters inside the page: not all were read"
            )
            break
        try:
            files.setdefault(_decode(code))
        except binascii.Error as fault:
            warnings.append(f"a file inside the page is no whole base64: {fault}")
    return tuple(files), tuple(warnings)


def _decode(code: str) -> bytes:
    if "%" in code:
        code = unquote(code)
    code = _JOINED.sub("", code)
    for escape, character in _ESCAPES.items():
        code = code.replace(escape, character)
    code = code.rstrip("=")
    return base64.b64decode(code + "=" * (-len(code) % 4), validate=True)
