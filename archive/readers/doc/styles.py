"""The style sheet of a Word 97–2003 file, as far as it says what is a heading, what is numbered and how digits look.

Source: [MS-DOC] 2.9.271 (STSH), 2.9.258 (STD), 2.9.260 (StdfBase).
"""

from __future__ import annotations

from archive.readers.doc.file import U16, WordFile
from archive.readers.doc.formatting import ParagraphState, apply, stated_look
from archive.readers.raised import Stated

_BODY_TEXT = 9
_TITLES = frozenset({62, 74})  # the built-in styles Title and Subtitle
_PARAGRAPH, _CHARACTER = 1, 2
_NO_BASE = 0xFFF
_MOST_PARENTS = 20
_NAMES = {"title": 0, "标题": 0, "subtitle": 0, "副标题": 0}
_NAMES |= {f"{word} {n}": min(n, 6) for word in ("heading", "标题") for n in range(1, 10)}


class DocStyles:
    """The paragraph styles of one file by their number."""

    def __init__(self, file: WordFile) -> None:
        self._styles: dict[int, tuple[int, int, str, ParagraphState]] = {}
        self._chains: dict[int, list[tuple[int, int, str, ParagraphState]]] = {}
        self._looks: dict[int, Stated] = {}
        self._bases: dict[int, int] = {}
        sheet = file.structure(1)
        if len(sheet) < 6:
            return
        at = 2 + U16(sheet, 0)[0]
        base = U16(sheet, 4)[0]  # how many bytes stand before the name of a style
        for number in range(U16(sheet, 2)[0]):
            if at + 2 > len(sheet):
                return
            size = U16(sheet, at)[0]
            self._read(number, sheet[at + 2 : at + 2 + size], base)
            at += 2 + size + size % 2

    def level(self, state: ParagraphState) -> int | None:
        """The heading level of a paragraph from 1 to 6, 0 for a title, None for text."""
        if state.outline is not None:
            return _level(state.outline)
        for built_in, _, name, own in self._chain(state.style):
            if own.outline is not None:
                return _level(own.outline)
            if 1 <= built_in <= 9:
                return min(built_in, 6)
            if built_in in _TITLES:
                return 0
            if name in _NAMES:
                return _NAMES[name]
        return None

    def list_of(self, state: ParagraphState) -> tuple[int, int]:
        """The list that a paragraph counts in (0 = none) and its level, its own or that of its style."""
        index, level = state.list_index, state.list_level
        for _, _, _, own in self._chain(state.style):
            if index is None:
                index = own.list_index
            if level is None:
                level = own.list_level
        return index or 0, level or 0

    @property
    def are_plain(self) -> bool:
        """Whether no style raises, strikes or hides its letters."""
        return not self._looks

    def look(self, number: int) -> Stated:
        """What a style states of the look of its letters, with those that it builds on."""
        stated = Stated()
        for _ in range(_MOST_PARENTS):
            stated = self._looks.get(number, {}) | stated
            number = self._bases.get(number, _NO_BASE)
        return stated

    def _read(self, number: int, style: bytes, base: int) -> None:
        kind = U16(style, 2)[0] & 0xF if len(style) >= max(base, 10) + 2 else 0
        if kind not in (_PARAGRAPH, _CHARACTER):
            return
        self._bases[number] = U16(style, 2)[0] >> 4
        length = U16(style, base)[0]
        end = base + 2 + 2 * length
        name = style[base + 2 : end].decode("utf-16-le", "replace").lower()
        own = ParagraphState()
        at = end + 2  # a zero ends the name
        if kind == _PARAGRAPH and at + 4 <= len(style):
            size = U16(style, at)[0]
            apply(own, style[at + 4 : at + 2 + size], b"")
            at += 2 + size + size % 2
        if at + 2 <= len(style) and (stated := stated_look(style[at + 2 : at + 2 + U16(style, at)[0]])):
            self._looks[number] = stated
        if kind == _CHARACTER:
            return
        self._styles[number] = U16(style, 0)[0] & 0xFFF, U16(style, 2)[0] >> 4, name, own

    def _chain(self, number: int) -> list[tuple[int, int, str, ParagraphState]]:
        """A style and those that it builds on."""
        if number in self._chains:
            return self._chains[number]
        first = number
        chain: list[tuple[int, int, str, ParagraphState]] = []
        while number != _NO_BASE and number in self._styles and len(chain) < _MOST_PARENTS:
            chain.append(self._styles[number])
            number = chain[-1][1]
        self._chains[first] = chain
        return chain


def _level(outline: int) -> int | None:
    return min(outline + 1, 6) if outline < _BODY_TEXT else None
