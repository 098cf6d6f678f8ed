"""Styles and lists of an OpenDocument file, as far as they say how digits look, what is hidden and what is numbered.

Source: OpenDocument Version 1.3, part 3, §16.31 (list levels), §19.502 (style:num-format), §20.384
(style:text-position), §20.379 (style:text-line-through-style), §20.412 (text:display).
"""

from __future__ import annotations

import re

from lxml import etree

from archive.readers.docx.numbering import format_number
from archive.readers.raised import PLAIN, Look, Stated

STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

_FORMS = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "一, 二, 三, ...": "chineseCountingThousand", "壹, 贰, 叁, ...": "chineseLegalSimplified",
    "壹, 貳, 參, ...": "chineseLegalSimplified", "一, 十, 一百(繁), ...": "chineseCountingThousand",
    "甲, 乙, 丙, ...": "ideographTraditional", "子, 丑, 寅, ...": "ideographZodiac",
    "①, ②, ③, ...": "decimalEnclosedCircle", "１, ２, ３, ...": "decimalFullWidth",
    "〇, 一, 二, ...": "ideographDigital",
}  # fmt: skip
_TITLES = frozenset({"Title", "Subtitle", "标题", "副标题"})
_MOST_PARENTS = 20
_POSITION = re.compile(r"\s*(super|sub|-?\d+(?:\.\d+)?%)")
_PLACEHOLDER = re.compile(r"%([1-9]|10)%")


class OdtStyles:
    """The styles of one document, from content.xml and styles.xml."""

    def __init__(self, *roots: etree._Element | None) -> None:
        self._looks: dict[tuple[str, str], Stated] = {}
        self._bases: dict[tuple[str, str], str] = {}
        self._lists: dict[str, dict[int, etree._Element]] = {}
        self._list_of_style: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self.outline: dict[int, etree._Element] = {}
        for root in roots:
            if root is not None:
                self._load(root)

    def look(self, family: str, name: str | None, around: Look = PLAIN) -> Look:
        """How text of a style looks that stands in text of the look `around`; `family` is that of the style."""
        if not self._looks:
            return around
        at, stated = name or "", Stated()
        for _ in range(_MOST_PARENTS):
            stated = self._looks.get((family, at), {}) | stated
            if not at:
                break
            at = self._bases.get((family, at), "")
        return around._replace(**stated)

    def list_name(self, name: str | None) -> str | None:
        """The list that paragraphs of a style are numbered by, where the style says so."""
        return next((self._list_of_style[at] for at in self._chain(name) if at in self._list_of_style), None)

    def is_title(self, name: str | None) -> bool:
        """Whether a style is that of the document's title, or builds on it."""
        return any(at in _TITLES for at in self._chain(name))

    def _chain(self, name: str | None) -> list[str]:
        """A style and those that it builds on."""
        chain: list[str] = []
        while name and len(chain) < _MOST_PARENTS:
            chain.append(name)
            name = self._parents.get(name)
        return chain

    def levels(self, name: str | None) -> dict[int, etree._Element]:
        """The levels of a list style by number from 1."""
        return self._lists.get(name, {}) if name is not None else {}

    def _load(self, root: etree._Element) -> None:
        for style in root.iter(f"{STYLE}style"):
            name = style.get(f"{STYLE}name", "")
            if parent := style.get(f"{STYLE}parent-style-name"):
                self._parents[name] = parent
                self._bases[style.get(f"{STYLE}family", "paragraph"), name] = parent
            if (listed := style.get(f"{STYLE}list-style-name")) is not None:
                self._list_of_style[name] = listed
            self._keep_look(style, name)
        for default in root.iter(f"{STYLE}default-style"):
            self._keep_look(default, "")
        for listed_style in root.iter(f"{TEXT}list-style"):
            self._lists[listed_style.get(f"{STYLE}name", "")] = _levels(listed_style)
        for outline in root.iter(f"{TEXT}outline-style"):
            self.outline = _levels(outline)

    def _keep_look(self, style: etree._Element, name: str) -> None:
        properties = style.find(f"{STYLE}text-properties")
        if properties is not None and (stated := _stated(properties)):
            self._looks[style.get(f"{STYLE}family", "paragraph"), name] = stated


class OdtCounter:
    """Counts the items of lists in reading order."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, int], int] = {}

    def restart(self, key: str) -> None:
        """Forgets how far a list has been counted."""
        for known in [known for known in self._counts if known[0] == key]:
            del self._counts[known]

    def label(self, key: str, levels: dict[int, etree._Element], level: int, start: int | None = None) -> str:
        """Counts one item on and returns the text before it; `` for bullets and levels without a number."""
        own = levels.get(level)
        if own is None:
            return ""
        first = _number(own.get(f"{TEXT}start-value"), 1)
        at = self._counts.get((key, level), first - 1) + 1 if start is None else start
        self._counts[key, level] = at
        for deeper in [known for known in self._counts if known[0] == key and known[1] > level]:
            del self._counts[deeper]
        form = own.get(f"{STYLE}num-format", "")
        if not form:
            return ""
        pattern = own.get("{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}num-list-format")
        if pattern is not None:
            text = _PLACEHOLDER.sub(lambda match: self._shown(key, levels, int(match[1])), pattern)
        else:
            shown = min(_number(own.get(f"{TEXT}display-levels"), 1), level)
            numbers = [self._shown(key, levels, n) for n in range(level - shown + 1, level + 1)]
            text = (
                own.get(f"{STYLE}num-prefix", "") + ".".join(filter(None, numbers)) + own.get(f"{STYLE}num-suffix", "")
            )
        return f"{text} " if text and text.isascii() else text

    def _shown(self, key: str, levels: dict[int, etree._Element], level: int) -> str:
        definition = levels.get(level)
        form = definition.get(f"{STYLE}num-format", "") if definition is not None else ""
        if definition is None or not form:
            return ""
        count = self._counts.get((key, level), _number(definition.get(f"{TEXT}start-value"), 1))
        return format_number(count, _FORMS.get(form, "decimal"))


def _stated(properties: etree._Element) -> Stated:
    """What text properties state of a look, by its fields."""
    stated: Stated = {}
    if position := _POSITION.match(properties.get(f"{STYLE}text-position", "")):
        shift = {"super": 100.0, "sub": -100.0}.get(position[1]) or float(position[1].rstrip("%"))
        stated["shift"] = (shift > 0) - (shift < 0)
    line = properties.get(f"{STYLE}text-line-through-style") or properties.get(f"{STYLE}text-line-through-type")
    if line is not None:
        stated["struck"] = line != "none"
    if (display := properties.get(f"{TEXT}display")) is not None:
        stated["hidden"] = display == "none"
    return stated


def _levels(style: etree._Element) -> dict[int, etree._Element]:
    return {_number(level.get(f"{TEXT}level"), 0): level for level in style}


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= 9 else default
