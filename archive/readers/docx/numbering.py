"""Numbers that Word puts before paragraphs and does not store in their text (`一、`, `（一）`, `1.`).

Source of the rules: ECMA-376 part 1, §17.9 (numbering) and §17.18.59 (number formats).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml import etree

from archive.readers.docx.package import W, is_on, number, value

_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_ZERO = "零"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))
_LEGAL_UNITS = ((1000, "仟"), (100, "佰"), (10, "拾"))
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_ENCLOSED = {
    "decimalEnclosedCircle": 0x2460,
    "decimalEnclosedCircleChinese": 0x2460,
    "decimalEnclosedParen": 0x2474,
    "decimalEnclosedFullstop": 0x2488,
}
_CHINESE = re.compile(r"chineseCounting|japaneseCounting|taiwaneseCounting|koreanCounting|ideographEnclosedCircle")
_PLACEHOLDER = re.compile(r"%([1-9])")
_MOST = 9999


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: first number, number format, pattern with `%1` to `%9`, and what follows the number."""

    start: int = 1
    form: str = "decimal"
    pattern: str = ""
    suffix: str = "tab"
    legal: bool = False
    style: str = ""


@dataclass(slots=True)
class _List:
    """A `w:num`: the abstract list that it counts in, and its own levels and restarts."""

    abstract: str
    levels: dict[int, Level] = field(default_factory=dict)
    restarts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the lists of one document in reading order."""

    def __init__(self, root: etree._Element | None) -> None:
        self._abstract: dict[str, dict[int, Level]] = {}
        self._linked: dict[str, str] = {}
        self._lists: dict[str, _List] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._restarted: set[tuple[str, int]] = set()
        if root is not None:
            self._load(root)

    def label(self, list_id: str, level: int) -> str:
        """Counts one paragraph on in its list and returns the text before it, `` for bullets and unknown lists."""
        found = self._lists.get(list_id)
        if found is None:
            return ""
        levels = {**self._abstract.get(found.abstract, {}), **found.levels}
        own = levels.get(level)
        if own is None:
            return ""
        key = (found.abstract, level)
        if level in found.restarts and (list_id, level) not in self._restarted:
            self._restarted.add((list_id, level))
            self._counts[key] = found.restarts[level] - 1
        self._counts[key] = self._counts.get(key, own.start - 1) + 1
        for other in [k for k in self._counts if k[0] == found.abstract and k[1] > level]:
            del self._counts[other]
        if own.form in ("bullet", "none"):
            return _PLACEHOLDER.sub("", own.pattern) if own.form == "none" else ""

        def shown(match: re.Match[str]) -> str:
            which = int(match[1]) - 1
            form = levels.get(which, own)
            count = self._counts.get((found.abstract, which), form.start)
            return format_number(count, "decimal" if own.legal else form.form)

        text = _PLACEHOLDER.sub(shown, own.pattern)
        return f"{text} " if own.suffix != "nothing" and text.isascii() and text else text

    def level_of_style(self, list_id: str, style: str) -> int:
        """The level of a list that names `style` as its own, or the first."""
        found = self._lists.get(list_id)
        levels = self._abstract.get(found.abstract, {}) if found else {}
        return next((at for at, level in levels.items() if level.style == style), 0)

    def _load(self, root: etree._Element) -> None:
        by_style: dict[str, str] = {}
        for abstract in root.findall(f"{W}abstractNum"):
            key = abstract.get(f"{W}abstractNumId", "")
            self._abstract[key] = {
                number_of(level): _level(level) for level in abstract.findall(f"{W}lvl") if number_of(level) >= 0
            }
            if name := value(abstract.find(f"{W}styleLink")):
                by_style[name] = key
            if name := value(abstract.find(f"{W}numStyleLink")):
                self._linked[key] = name
        for key, name in self._linked.items():
            if not self._abstract[key] and name in by_style:
                self._abstract[key] = self._abstract[by_style[name]]
        for item in root.findall(f"{W}num"):
            entry = _List(value(item.find(f"{W}abstractNumId")))
            for override in item.findall(f"{W}lvlOverride"):
                at = number_of(override)
                own = override.find(f"{W}lvl")
                if own is not None:
                    entry.levels[at] = _level(own)
                    entry.restarts[at] = entry.levels[at].start
                if override.find(f"{W}startOverride") is not None:
                    entry.restarts[at] = number(override.find(f"{W}startOverride"), 1)
                    if own is not None:
                        entry.levels[at] = replace(entry.levels[at], start=entry.restarts[at])
            self._lists[item.get(f"{W}numId", "")] = entry


def number_of(element: etree._Element) -> int:
    """The zero-based level that a `w:lvl` or `w:lvlOverride` stands for, -1 where it states none."""
    text = element.get(f"{W}ilvl", "")
    return int(text) if text.isdecimal() and len(text) == 1 else -1


def _level(element: etree._Element) -> Level:
    form = element.find(f".//{W}numFmt")  # may stand inside mc:AlternateContent
    return Level(
        start=number(element.find(f"{W}start"), 1),
        form=value(form, "decimal"),
        pattern=value(element.find(f"{W}lvlText")),
        suffix=value(element.find(f"{W}suff"), "tab"),
        legal=is_on(element.find(f"{W}isLgl")),
        style=value(element.find(f"{W}pStyle")),
    )


def format_number(count: int, form: str) -> str:
    """A count written in one of Word's number formats; formats that no Chinese document uses are written in digits."""
    if count < 0 or count > _MOST:
        return str(count)
    if form in _ENCLOSED:
        return chr(_ENCLOSED[form] + count - 1) if 1 <= count <= 20 else str(count)
    if form == "ideographDigital" or form == "japaneseDigitalTenThousand":
        return "".join(_DIGITS[int(digit)] for digit in str(count))
    if form.startswith("chineseLegal") or form == "japaneseLegal":
        return _spelled(count, _LEGAL_DIGITS, _LEGAL_UNITS, short_ten=False)
    if _CHINESE.match(form):
        return _spelled(count, _DIGITS, _UNITS, short_ten=True)
    if form == "ideographTraditional":
        return _STEMS[(count - 1) % 10] if count else "0"
    if form == "ideographZodiac":
        return _BRANCHES[(count - 1) % 12] if count else "0"
    if form == "decimalFullWidth":
        return str(count).translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    if form == "decimalZero":
        return f"{count:02d}"
    if form in ("lowerRoman", "upperRoman") and count:
        return _roman(count) if form == "lowerRoman" else _roman(count).upper()
    if form in ("lowerLetter", "upperLetter") and count:
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    return str(count)


def _spelled(count: int, digits: str, units: tuple[tuple[int, str], ...], *, short_ten: bool) -> str:
    """A count in words: `一百零一`; ten is written `十` where `short_ten`, else with its digit."""
    if count == 0:
        return _ZERO
    text, gap = "", False
    for size, unit in (*units, (1, "")):
        digit, count = divmod(count, size)
        if digit:
            text += (_ZERO if gap and text else "") + digits[digit] + unit
        gap = not digit
    if short_ten and text.startswith("一十"):
        text = text[1:]
    return text


def _roman(count: int) -> str:
    text = ""
    for size, letters in _ROMAN:
        repeat, count = divmod(count, size)
        text += letters * repeat
    return text
