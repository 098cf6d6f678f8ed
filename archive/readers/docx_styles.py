"""Paragraph styles of a Word document, as far as they say what is a heading and what is numbered."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from archive.readers.docx_package import W, number, value

BODY_TEXT = 9  # the outline level of text that is no heading
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])\Z", re.I)
_TITLE = re.compile(r"(?:title|标题|subtitle|副标题)\Z", re.I)
_MOST_PARENTS = 20


@dataclass(frozen=True, slots=True)
class Style:
    """What a style states itself: outline level (None = nothing said), list and level, and the style it builds on."""

    name: str
    parent: str
    outline: int | None
    list_id: str | None
    list_level: int | None


class Styles:
    """The styles of one document by id."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, Style] = {}
        self._default = ""
        for element in root.findall(f"{W}style") if root is not None else ():
            if element.get(f"{W}type") != "paragraph":
                continue
            key = element.get(f"{W}styleId", "")
            outline = element.find(f"{W}pPr/{W}outlineLvl")
            level = element.find(f"{W}pPr/{W}numPr/{W}ilvl")
            self._styles[key] = Style(
                name=value(element.find(f"{W}name")),
                parent=value(element.find(f"{W}basedOn")),
                outline=None if outline is None else number(outline, BODY_TEXT),
                list_id=value(element.find(f"{W}pPr/{W}numPr/{W}numId")) or None,
                list_level=None if level is None else number(level, 0),
            )
            if element.get(f"{W}default") in ("1", "true", "on"):
                self._default = key

    def heading_level(self, key: str) -> int | None:
        """The heading level of a style from 1 to 6, 0 for a title, None for text."""
        for style in self._chain(key):
            if style.outline is not None:
                return min(style.outline + 1, 6) if style.outline < BODY_TEXT else None
            if found := _HEADING.match(style.name):
                return min(int(found[1]), 6)
            if _TITLE.match(style.name):
                return 0
        return None

    def list_of(self, key: str) -> tuple[str, int | None, str] | None:
        """The list a style counts in: its id, its level (None = the list knows) and the style that says so."""
        at = key or self._default
        for style in self._chain(key):
            if style.list_id is not None:
                return style.list_id, style.list_level, at
            at = style.parent
        return None

    def _chain(self, key: str) -> list[Style]:
        chain: list[Style] = []
        key = key or self._default
        while (style := self._styles.get(key)) and len(chain) < _MOST_PARENTS:
            chain.append(style)
            key = style.parent
        return chain
