"""The body of an RTF file as a tree of paragraphs and tables.

Source: Rich Text Format (RTF) Specification 1.9.1, "Document Area", "Destinations", "Unicode RTF", "Fields".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

from archive.models import Link
from archive.readers.limits import MAX_ELEMENTS, refuse
from archive.readers.nodes import IMAGE
from archive.readers.raised import PLAIN, Look, marked
from archive.readers.rtf.flow import Flow
from archive.readers.rtf.text import Decoder, codec_of_page
from archive.readers.rtf.tokens import Token
from archive.readers.rtf.words import (
    CHARACTERS,
    DEFAULT_RISE,
    LEAST_RISE,
    PROPERTIES,
    SHIFTS,
    SKIPPED,
    STARRED,
    STRIKES,
    SYMBOLS,
)

_MAX_DEPTH = 1_000
_BODY_TEXT = 9
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])\s*;?\s*\Z", re.I)
_TITLE = re.compile(r"(?:title|标题|subtitle|副标题)\s*;?\s*\Z", re.I)
_LINK = re.compile(r'\s*HYPERLINK\s+(?:\\[a-z]\s+)*"([^"]{1,2000})"', re.I)


class _Target(Enum):
    """Where the text of a group goes: to the document, nowhere, or aside until the group ends."""

    TEXT = auto()
    NOWHERE = auto()
    ASIDE = auto()
    FONTS = auto()
    STYLES = auto()
    INFO = auto()


@dataclass(slots=True)
class _State:
    """What a group inherits from the one around it."""

    target: _Target = _Target.TEXT
    font: int | None = None
    skip: int = 1
    look: Look = PLAIN
    deleted: bool = False
    inserted: bool = False
    nested_row: bool = False
    starred: bool = False


class RtfReader:
    """Takes the tokens of one file, one after the other."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.metadata: dict[str, str] = {}
        self.links: list[Link] = []
        self.hidden: list[str] = []
        self.notes: list[str] = []
        self.insertions = self.deletions = self.paragraphs = 0
        self.decoder = Decoder()
        self._default_font: int | None = None
        self._levels: dict[int, int | None] = {}
        self._style = 0
        self._style_level: int | None = None
        self._state = _State()
        self._stack: list[tuple[_State, Callable[[], None] | None]] = []
        self._at_close: Callable[[], None] | None = None
        self._raw = bytearray()
        self._skip = 0
        self._was_deleted = self._was_inserted = self._was_hidden = False
        self._aside: list[str] = []
        self._link = ""

    @property
    def depth(self) -> int:
        """How many groups are open."""
        return len(self._stack)

    def feed(self, token: Token) -> None:
        """Takes one token; raises UnreadableDocument beyond the limits."""
        kind, value, number = token
        if kind == "other":
            self._skip = 0
        elif kind == "text":
            self._literal(value.encode("latin-1"))
        elif kind == "byte":
            self._literal(bytes((int(value, 16),)))
        else:
            self._flush()
            if kind == "word":
                self._word(value, number)
            elif kind == "symbol":
                self._symbol(value)
            elif value == "{":
                self._open()
            elif self._stack:
                self._close()

    # ------------------------------------------------------------------ characters

    def _literal(self, raw: bytes) -> None:
        if self._state.target is _Target.NOWHERE:
            return
        if self._skip:
            skipped = min(self._skip, len(raw))
            self._skip -= skipped
            raw = raw[skipped:]
        self._raw += raw

    def _flush(self) -> None:
        if not self._raw:
            return
        font = self._state.font if self._state.font is not None else self._default_font
        text = self.decoder.decode(bytes(self._raw), font)
        self._raw.clear()
        self._emit(text)

    def _emit(self, text: str) -> None:
        state = self._state
        if state.target is not _Target.TEXT:
            self._aside.append(text)
        elif state.deleted:
            self.deletions += not self._was_deleted
            self._was_deleted = True
        elif state.look.hidden:
            if not self._was_hidden:
                self.hidden.append("")
            self.hidden[-1] += text
            self._was_hidden = True
        else:
            self.insertions += state.inserted and not self._was_inserted
            self._was_deleted, self._was_inserted, self._was_hidden = False, state.inserted, False
            self.flow.text.append(marked(text, state.look))

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._state.starred = True
        elif symbol in "\r\n":
            self._word("par", None)
        elif symbol == "\t":
            self._word("tab", None)
        elif symbol in SYMBOLS and self._state.target is not _Target.NOWHERE:
            if self._skip:
                self._skip -= 1
            else:
                self._emit(SYMBOLS[symbol])

    # ------------------------------------------------------------------ groups

    def _open(self) -> None:
        self._skip = 0
        if len(self._stack) >= _MAX_DEPTH:
            raise refuse(f"is nested deeper than {_MAX_DEPTH:,} groups")
        self._stack.append((self._state, self._at_close))
        self._state, self._at_close = replace(self._state, starred=False), None

    def _close(self) -> None:
        self._skip = 0
        if self._at_close:
            self._at_close()
        self._state, self._at_close = self._stack.pop()

    def _into(self, target: _Target, at_close: Callable[[], None] | None = None) -> None:
        """Sends the rest of the group elsewhere."""
        self._state.target = target
        if at_close:
            self._at_close = at_close
            self._aside = []

    def _destination(self, word: str) -> bool:
        """Whether a word begins a group of its own kind, which is then entered."""
        state = self._state
        if word in SKIPPED or (state.starred and word not in STARRED):
            self._into(_Target.NOWHERE)
        elif word == "pict":
            self._emit(IMAGE)
            self._into(_Target.NOWHERE)
        elif word == "fonttbl":
            self._into(_Target.FONTS)
        elif word == "stylesheet":
            self._into(_Target.STYLES)
        elif word == "info":
            self._into(_Target.INFO)
        elif word in PROPERTIES and state.target is _Target.INFO:
            self._into(_Target.INFO, lambda: self._property(word))
        elif word == "fldinst":
            self._into(_Target.ASIDE, self._field_code)
        elif word == "fldrslt":
            self._field_result()
        elif word in ("listtext", "pntext"):
            self._into(_Target.ASIDE, self._list_label)
        elif word in ("footnote", "shptxt", "dptxbxtext"):
            self._beside(note=word == "footnote")
        elif word == "nesttableprops":
            state.nested_row = True
        else:
            return False
        state.starred = False
        return True

    def _property(self, word: str) -> None:
        if text := "".join(self._aside).strip():
            self.metadata[{"author": "creator", "operator": "lastmodifiedby"}.get(word, word)] = text

    def _field_code(self) -> None:
        found = _LINK.match("".join(self._aside))
        self._link = found[1] if found else ""

    def _field_result(self) -> None:
        if not self._link:
            return
        target, flow, start, self._link = self._link, self.flow, len(self.flow.text), ""

        def close() -> None:
            self.links.append(Link(target, "".join(flow.text[start:]).strip()))

        self._at_close = close

    def _list_label(self) -> None:
        label = "".join(self._aside).strip()
        if any(char.isalnum() for char in label):  # else a bullet
            self.flow.label = f"{label} " if label.isascii() else label

    def _beside(self, *, note: bool) -> None:
        """Reads a footnote or a text box as a text of its own."""
        outer, self.flow = self.flow, Flow()

        def close() -> None:
            inner, self.flow = self.flow, outer
            if note:
                self.notes.append(inner.joined())
            else:
                outer.boxes.extend(inner.nodes())

        self._at_close = close

    # ------------------------------------------------------------------ words

    def _word(self, word: str, number: int | None) -> None:
        state = self._state
        if state.target is _Target.NOWHERE or self._destination(word):
            return
        if word in CHARACTERS:
            if self._skip:
                self._skip -= 1
            else:
                self._emit(CHARACTERS[word])
            return
        self._skip = 0
        on = number != 0
        if word == "u" and number is not None:
            self._emit(chr(number & 0xFFFF))
            self._skip = state.skip
        elif word == "uc":
            state.skip = max(0, min(number or 0, 16))
        elif word == "f":
            state.font = number
        elif word in STRIKES or word == "v":
            state.look = state.look._replace(hidden=on) if word == "v" else state.look._replace(struck=on)
        elif word in SHIFTS:
            rise = DEFAULT_RISE if number is None else number
            state.look = state.look._replace(shift=SHIFTS[word] if rise >= LEAST_RISE.get(word, 1) else 0)
        elif word == "deleted":
            state.deleted = on
        elif word == "revised":
            state.inserted = on
        elif word == "plain":
            state.font, state.look, state.deleted, state.inserted = None, PLAIN, False, False
        elif state.target is _Target.TEXT:
            self._paragraph_word(word, number)
        else:
            self._header_word(word, number)

    def _paragraph_word(self, word: str, number: int | None) -> None:
        flow = self.flow
        if word in ("par", "sect", "page", "column"):
            if self._state.deleted:
                self.deletions += not self._was_deleted  # the paragraph goes on in the next one
                self._was_deleted = True
            else:
                self._end_paragraph()
        elif word in ("cell", "nestcell"):
            self._end_paragraph(cell=1 if word == "cell" else 2)
        elif word in ("row", "nestrow"):
            flow.end_row(nested=word == "nestrow", deleted=self._state.deleted)
        elif word == "s":
            flow.level = self._levels.get(number or 0)
        elif word == "outlinelevel":
            flow.level = _level(number)
        elif word == "ansicpg":
            self.decoder.page = codec_of_page(number or 0)
        elif word == "deff":
            self._default_font = number
        else:
            flow.word(word, number, nested=self._state.nested_row)

    def _header_word(self, word: str, number: int | None) -> None:
        """A word of the font table or the style sheet."""
        state = self._state
        if word == "fcharset" and state.target is _Target.FONTS and state.font is not None:
            self.decoder.fonts[state.font] = number or 0
        elif word == "s" and state.target is _Target.STYLES:
            self._style, self._style_level = number or 0, None
            self._aside, self._at_close = [], self._end_style
        elif word == "outlinelevel":
            self._style_level = _level(number)

    def _end_style(self) -> None:
        name = "".join(self._aside).strip()
        if self._style_level is None:
            if found := _HEADING.match(name):
                self._style_level = min(int(found[1]), 6)
            elif _TITLE.match(name):
                self._style_level = 0
        self._levels[self._style] = self._style_level

    def _end_paragraph(self, cell: int = 0) -> None:
        self.paragraphs += 1
        if self.paragraphs > MAX_ELEMENTS:
            raise refuse(f"has more than {MAX_ELEMENTS:,} paragraphs")
        self.flow.end_paragraph(cell)


def _level(number: int | None) -> int | None:
    return min(number + 1, 6) if number is not None and 0 <= number < _BODY_TEXT else None
