"""Styles of a Word document, as far as they say what is a heading, what is numbered and how digits look.

Source of the rules on looks: ECMA-376 part 1, §17.3.2.9 (dstrike), §17.3.2.24 (position), §17.3.2.37 (strike),
§17.3.2.41 (vanish), §17.3.2.42 (vertAlign), §17.7.2 (style hierarchy).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from archive.readers.docx.package import W, is_on, number, value
from archive.readers.raised import PLAIN, Look, Stated

BODY_TEXT = 9  # the outline level of text that is no heading
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])\Z", re.I)
_TITLE = re.compile(r"(?:title|标题|subtitle|副标题)\Z", re.I)
_MOST_PARENTS = 20
_LEAST_SHIFT = 3  # half-points; less only levels letters of different fonts
_SHIFTS = {"superscript": 1, "subscript": -1}
_STRIKES = frozenset({f"{W}strike", f"{W}dstrike"})
_PROPERTIES, _VANISH, _ALIGN, _POSITION = f"{W}rPr", f"{W}vanish", f"{W}vertAlign", f"{W}position"


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
        self._looks: dict[str, Stated] = {}
        self._parents: dict[str, str] = {}
        for element in root.findall(f"{W}style") if root is not None else ():
            key = element.get(f"{W}styleId", "")
            self._parents[key] = value(element.find(f"{W}basedOn"))
            if stated := _stated(element.find(f"{W}rPr")):
                self._looks[key] = stated
            if element.get(f"{W}type") != "paragraph":
                continue
            outline = element.find(f"{W}pPr/{W}outlineLvl")
            level = element.find(f"{W}pPr/{W}numPr/{W}ilvl")
            self._styles[key] = Style(
                name=value(element.find(f"{W}name")),
                parent=self._parents[key],
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

    def look_of_paragraph(self, key: str) -> Look:
        """How the runs of a paragraph of a style look that state nothing themselves."""
        if not self._looks:
            return PLAIN
        return PLAIN._replace(**self._look_of_style(key or self._default))

    def look(self, run: etree._Element, around: Look) -> Look:
        """How a run looks in a paragraph of the look `around`: by itself, else its own style, else the paragraph."""
        properties = next(run.iterchildren(_PROPERTIES), None)  # in half the time of `find`
        if properties is None:
            return around
        own = _stated(properties)
        if self._looks and (style := value(properties.find(f"{W}rStyle"))):
            own = self._look_of_style(style) | own
        return around._replace(**own) if own else around

    def _look_of_style(self, key: str) -> Stated:
        stated: Stated = {}
        for _ in range(_MOST_PARENTS):
            if not key:
                break
            stated = self._looks.get(key, {}) | stated
            key = self._parents.get(key, "")
        return stated

    def _chain(self, key: str) -> list[Style]:
        chain: list[Style] = []
        key = key or self._default
        while (style := self._styles.get(key)) and len(chain) < _MOST_PARENTS:
            chain.append(style)
            key = style.parent
        return chain


def _stated(properties: etree._Element | None) -> Stated:
    """What run properties state of a look, by its fields."""
    stated: Stated = {}
    for element in properties if properties is not None else ():
        tag = element.tag
        if tag in _STRIKES:
            stated["struck"] = is_on(element) or bool(stated.get("struck"))
        elif tag == _VANISH:
            stated["hidden"] = is_on(element)
        elif tag == _ALIGN:
            stated["shift"] = _SHIFTS.get(value(element), 0) or stated.get("shift", 0)
        elif tag == _POSITION:
            rise = value(element)
            if rise.removeprefix("-").isdecimal() and abs(int(rise[:6])) >= _LEAST_SHIFT:
                stated["shift"] = -1 if rise.startswith("-") else 1
    return stated
