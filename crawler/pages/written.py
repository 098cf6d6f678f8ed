"""Rows that a script holds, printed with document.write or as data to make rows of; read as written, never run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from crawler.pages.dates import date_in_text
from crawler.pages.page import Page

_WRITE = re.compile(r"document\.write(?:ln)?\s*\(")
_QUOTE = re.compile("[\"']")
_REST = {quote: re.compile(rf"((?:[^{quote}\\\n]|\\.)*+){quote}") for quote in "\"'"}
_NEXT = re.compile("[\"');]|document")
"""What ends a gap between two literals of a call: the next literal, or what says that the call is over."""
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
UNKNOWN = "\ufffc"
"""Stands where a script puts what it computes; an address with it in leads nowhere that anybody knows."""


_SUBJECT = re.compile(r"公开|年报|年度报告|\\u516[cC]\\u5[fF]00")
_GROUP = re.compile(r"[{\[(][^{}\[\]()]{3,4000}[}\])]")
_PLACE = re.compile(r"\x00(\d+)\x00")
_NAMED = re.compile(r"(?:\x00(\d+)\x00|([\w$]{1,40}))\s*:\s*\x00(\d+)\x00")
_TITLES = frozenset({"title", "doctitle", "infotitle", "articletitle", "name", "subject", "text", "label", "bt", "mc"})
_CHINESE = re.compile("[\u4e00-\u9fff]")
_ADDRESS = re.compile(
    r"(?:(?:https?:/|\.{1,2})?/[^\s<>\"'\u4e00-\u9fff]{1,500}|[\w\-./]{1,200}\.(?:s?html?|jsp|aspx?|php)(?:\?\S{0,200})?)\Z"
)
_DATA = ("[", "{")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|ico|css|js)\Z", re.IGNORECASE)
_LONGEST_DATA = 400_000  # characters of a script; what is longer is a library, or data of another kind


class Literals:
    """The string literals of a script, found in linear time: a line in which one kind is never closed is tried once."""

    def __init__(self, script: str) -> None:
        self.script = script
        self._open = dict.fromkeys(_REST, range(0))

    def at(self, start: int) -> re.Match[str] | None:
        """What follows the quote at a place, up to and with the one that closes it; None where none does."""
        quote = self.script[start]
        if start in self._open[quote]:
            return None
        found = _REST[quote].match(self.script, start + 1)
        if found is None:
            line = self.script.find("\n", start)
            self._open[quote] = range(start, len(self.script) if line < 0 else line)
        return found

    def __iter__(self) -> Iterator[tuple[int, int, str]]:
        """First character, end and text of each literal."""
        place = 0
        while quote := _QUOTE.search(self.script, place):
            found = self.at(quote.start())
            place = found.end() if found else quote.end()
            if found:
                yield quote.start(), found.end(), _unescape(found[1])


def written_markup(page: Page) -> list[str]:
    """The markup that scripts print with document.write, and that of rows that stand in them as data; literals only."""
    found = []
    for script in page.scripts:
        calls = [match.end() for match in _WRITE.finditer(script)]
        if calls:
            literals = Literals(script)
            found.append("\n".join(_joined(literals, start) for start in calls))
        if len(script) <= _LONGEST_DATA and _SUBJECT.search(script):
            found.append("\n".join(_rows_in_data(script)))
    return [markup for markup in found if "<" in markup]


def _rows_in_data(script: str) -> Iterator[str]:
    """Each object or array of a script that holds an address and a title: `{title: "…", url: "…"}`, `["…", "…"]`."""
    script = script.replace("\x00", " ")
    literals: list[str] = []
    parts, last = [], 0
    for first, end, text in Literals(script):
        parts += [script[last:first], f"\x00{len(literals)}\x00"]
        literals.append(text.strip())
        last = end
        if text[:1] in _DATA and _SUBJECT.search(text):
            yield from _rows_in_data(text)  # data that the script parses: `JSON.parse('[{…}]')`
    for group in _GROUP.finditer("".join([*parts, script[last:]])):
        texts = [literals[int(number)] for number in _PLACE.findall(group[0])]
        named = {
            (literals[int(quoted)] if quoted else bare).lower(): literals[int(value)]
            for quoted, bare, value in _NAMED.findall(group[0])
        }
        address = next((text for text in texts if _is_address(text)), None)
        titles = (*(value for name, value in named.items() if name in _TITLES), *texts)
        title = next((text for text in titles if _CHINESE.search(text) and "<" not in text), None)
        if address and title:
            days = " ".join(text for text in texts if text != title and date_in_text(text))
            yield f'<li><a href="{escape(address)}">{escape(title)}</a> <span>{escape(days)}</span></li>'


def _is_address(text: str) -> bool:
    return _ADDRESS.match(text) is not None and not _PICTURE.search(text) and date_in_text(text[:10]) is None


def joined_literals(script: str, start: int) -> str:
    """The string literals of one call, joined; a gap that is more than a plus sign leaves a mark in its place."""
    return _joined(Literals(script), start)


def _joined(literals: Literals, start: int) -> str:
    script, place = literals.script, start
    parts: list[str] = []
    while (found := _NEXT.search(script, place)) and found[0] in _REST:
        literal = literals.at(found.start())
        if literal is None:
            place = found.end()
            continue
        if script[start : found.start()].strip() not in {"", "+", ","}:
            parts.append(UNKNOWN)
        parts.append(_unescape(literal[1]))
        start = place = literal.end()
    if script[start : start + 40].partition(")")[0].strip() and parts:
        parts.append(UNKNOWN)
    return "".join(parts)


def _unescape(literal: str) -> str:
    def one(match: re.Match[str]) -> str:
        if code := match[1] or match[2]:
            return chr(int(code, 16))
        return {"n": "\n", "t": "\t", "r": ""}.get(match[3], match[3])

    return _ESCAPE.sub(one, literal)
