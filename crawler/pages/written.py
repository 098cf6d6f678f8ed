"""Rows that a script prints: the literals of document.write are markup, what is computed between them is not known."""

from __future__ import annotations

import re

from crawler.pages.page import Page

_WRITE = re.compile(r"document\.write(?:ln)?\s*\(")
_LITERAL = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
UNKNOWN = "\ufffc"
"""Stands where a script puts what it computes; an address with it in leads nowhere that anybody knows."""


def written_markup(page: Page) -> list[str]:
    """The markup that scripts print with document.write, literals only."""
    found = []
    for script in page.scripts:
        calls = [match.end() for match in _WRITE.finditer(script)]
        if calls:
            found.append("\n".join(joined_literals(script, start) for start in calls))
    return [markup for markup in found if "<" in markup]


def joined_literals(script: str, start: int) -> str:
    """The string literals of one call, joined; a gap that is more than a plus sign leaves a mark in its place."""
    parts: list[str] = []
    while match := _LITERAL.search(script, start):
        gap = script[start : match.start()].strip()
        if ")" in gap or ";" in gap or "document" in gap:
            break
        if gap not in {"", "+", ","}:
            parts.append(UNKNOWN)
        parts.append(_unescape(match[1] if match[1] is not None else match[2]))
        start = match.end()
    if script[start : start + 40].partition(")")[0].strip() and parts:
        parts.append(UNKNOWN)
    return "".join(parts)


def _unescape(literal: str) -> str:
    def one(match: re.Match[str]) -> str:
        if code := match[1] or match[2]:
            return chr(int(code, 16))
        return {"n": "\n", "t": "\t", "r": ""}.get(match[3], match[3])

    return _ESCAPE.sub(one, literal)
