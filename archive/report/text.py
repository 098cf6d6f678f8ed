"""Small shared normalisation of printed Chinese text: what is compared, never what is stored."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_GONE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
MARK = re.compile(r"\[(?:bookmark|image|if|endif)[^\[\]]{0,200}\]|<!--[^<>]{0,200}?-->")
_ALIKE = {
    '"': "“”„＂«»「」‘’'",
    ".": "．﹒",
    "·": "•・",
    "-": "－−‐‑",
    "(": "〔【",
    ")": "〕】",
}
_QUOTES = str.maketrans({char: one for one, chars in _ALIKE.items() for char in chars})


@lru_cache(maxsize=8192)
def squeeze(text: str) -> str:
    """`text` as labels are compared: NFKC, quotes, dots and brackets unified, no white space, no converter marks."""
    if "[" in text or "<!--" in text:
        text = MARK.sub("", text)
    return _GONE.sub("", unicodedata.normalize("NFKC", text.translate(_QUOTES)))


def strip_marks(text: str) -> str:
    """`text` without the marks that converters leave in it (`[bookmark: …]`, `[image: …]`, conditional comments)."""
    return MARK.sub("", text) if "[" in text or "<!--" in text else text
