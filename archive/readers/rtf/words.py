"""Vocabulary of RTF: which control words begin a group whose text is not the document's, and which are characters.

Source: Rich Text Format (RTF) Specification 1.9.1, appendix B (control words).
"""

from __future__ import annotations

SKIPPED = frozenset({
    "aftncn", "aftnsep", "aftnsepc", "annotation", "atnauthor", "atnid", "colortbl", "datafield", "dptxbx",
    "filetbl", "footer", "footerf", "footerl", "footerr", "formfield", "ftncn", "ftnsep", "ftnsepc",
    "generator", "header", "headerf", "headerl", "headerr", "listoverridetable", "listtable", "nonesttables",
    "nonshppict", "objclass", "objdata", "objname", "pgptbl", "pn", "pnseclvl", "pntxta", "pntxtb", "private",
    "revtbl", "rsidtbl", "rxe", "shprslt", "sp", "tc", "template", "txe", "userprops", "xe", "xmlnstbl",
})  # fmt: skip
"""Groups that hold no text of the document."""

STARRED = frozenset({"shpinst", "shppict", "nesttableprops", "fldinst", "do", "footnote", "listtext", "pntext"})
"""Groups marked as "skip this if unknown" that are known here; every other such group is skipped."""

CHARACTERS = {
    "tab": "\t", "line": "\n", "softline": "\n", "lbr": "\n",
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005",
}  # fmt: skip

SYMBOLS = {"~": " ", "_": "-", "{": "{", "}": "}", "\\": "\\"}
"""Control symbols that are characters."""

PROPERTIES = frozenset({"title", "subject", "author", "operator", "keywords"})
"""What the `info` group may state."""

SHIFTS = {"super": 1, "sub": -1, "nosupersub": 0, "up": 1, "dn": -1}
"""Words that raise and lower letters; `up` and `dn` by a number of half-points."""

DEFAULT_RISE = 6
LEAST_RISE = {"up": 3, "dn": 3}
"""Half-points; less only levels letters of different fonts."""

STRIKES = frozenset({"strike", "striked"})
"""Words for a line or two through letters."""

_OPENING = frozenset({"fonttbl", "info", "pict", "fldrslt", "shptxt", "dptxbxtext", "stylesheet"})
_CHARACTER_PROPERTIES = frozenset({
    "u", "uc", "f", "v", "deleted", "revised", "plain", "fcharset", "ansicpg", "deff",
    *SHIFTS, *STRIKES,
})  # fmt: skip
_PARAGRAPH = frozenset({
    "par", "sect", "page", "column", "pard", "s", "outlinelevel", "intbl", "itap", "cell", "nestcell", "row", "nestrow",
    "trowd", "trleft", "cellx", "clmgf", "clmrg", "clvmgf", "clvmrg",
})  # fmt: skip
MEANT = SKIPPED | STARRED | PROPERTIES | CHARACTERS.keys() | _OPENING | _CHARACTER_PROPERTIES | _PARAGRAPH
"""Every word that the reader acts on; the others change only how text looks."""
