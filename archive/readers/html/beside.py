"""What stands in a page right beside a figure and is no part of it: fields of forms, and text that nobody sees.

A field keeps its own text and gets a sign between it and the figure, text in the colour of the page or outside of the
window gets a stroke, so that neither makes a longer number with the figure. What stands alone stays as it is: a style
says nothing of the colour behind the text, and scripts fill fields with the numbers of a table.
"""

from __future__ import annotations

import re

from archive.readers.raised import STRUCK, inside_of, mark

_FIELD_SIGN = "\u25be"
_APART = r"t[drh]|table|p|br|div|li|input|textarea|select"
_TAGS = rf"(?:<(?!/?+(?:{_APART})\b)[^<>]*+>){{0,9}}+"  # that set nothing apart
_DIGIT = r"[0-9０-９]"
_INPUT = r"input\s(?![^<>]*?type\s?=\s?[\"']?hidden)(?=[^<>]*?value\s?=\s?[\"']?[0-9])"
_FIGURE = rf"(?:{_DIGIT}|&#|<textarea\b|<{_INPUT})"
_BEHIND_FIELD = re.compile(rf"<(?:/(?:select|textarea)\s*+|{_INPUT}[^<>]*+)>(?={_TAGS}{_FIGURE})", re.I)
_BEFORE_FIELD = re.compile(rf"<(?<={_DIGIT}<)(?=(?:select|textarea)\b|{_INPUT})", re.I)
_FIELDS = ("<select", "<textarea", "<input")

# Each begins with fixed text in lower case, which makes a search over a whole lowered page cheap.
_UNSEEN = (
    r"color(?<![-\w]color)\s?[:=]\s?[\"']?(?:#fff(?:fff)?\b|white\b|transparent\b|rgba?\(255,\s?255,\s?255\b)",
    r":\s?-[0-9]{3}",  # outside of the window
    r"clip\s?:\s?rect\(\s?[01]",
)
_STATED = tuple(map(re.compile, _UNSEEN))
_RULES = re.compile(r"<style\b[^<>]*+>(?:\s*+<!--)?+([^<]*+)", re.I)
_RULE = re.compile(r"([^{}]*+)\{([^{}]*+)\}")
_NOT_SHOWN = re.compile(rf"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|{'|'.join(_UNSEEN)}", re.I)
_CLASS = re.compile(r"\.([\w-]++)\s*+(?=,|\Z)")  # the last of a selector
_ELEMENT = re.compile(
    r"(?P<start><(?P<name>span|font|i|b|em|strong|u|a|label|small)\b[^<>]*+>)" + inside_of("(?P=name)"), re.I
)
_AFTER = re.compile(_TAGS + _FIGURE, re.I)
_BEFORE = re.compile(rf"{_DIGIT}{_TAGS}\Z", re.I)
_NEAR = 300  # characters before an element in which the figure beside it ends


def apart_from_figures(source: str) -> str:
    """Markup with a sign between fields and the figures beside them, and strokes through the unseen digits there."""
    lowered = source.lower()
    if any(field in lowered for field in _FIELDS):
        source = _BEFORE_FIELD.sub(f"{_FIELD_SIGN}<", _BEHIND_FIELD.sub(rf"\g<0>{_FIELD_SIGN}", source))
    ways = list(_STATED)
    if classes := _unseen_classes(source) if "<style" in lowered else []:
        names = "|".join(map(re.escape, classes))
        ways.append(re.compile(rf"class\s?=\s?[\"']?(?:[^\"'<>]*\s)?(?:{names})(?![\w-])"))
    for stated in ways:
        if stated.search(lowered):
            source = _struck(source, stated)
    return source


def _struck(source: str, stated: re.Pattern[str]) -> str:
    """Markup with strokes through the digits of elements that state so in their tag and stand beside a figure."""
    lowered = source.lower()
    page = lowered if len(lowered) == len(source) else source
    pieces: list[str] = []
    done = searched = 0  # up to here; without it, many hits after one `<` would need quadratic time
    for hit in stated.finditer(page):
        start = source.rfind("<", max(done, searched), hit.start())
        searched = hit.start()
        element = _ELEMENT.match(source, start) if start >= 0 else None
        if element and hit.start() < element.end("start") and _is_beside_a_figure(element):
            pieces += [source[done:start], mark(element, STRUCK)]
            done = element.end()
    return "".join((*pieces, source[done:]))


def _unseen_classes(source: str) -> list[str]:
    """The classes whose elements the style sheets within a page do not show."""
    rules = (rule for sheet in _RULES.finditer(source) for rule in _RULE.finditer(sheet[1]))
    return [name for rule in rules if _NOT_SHOWN.search(rule[2]) for name in _CLASS.findall(rule[1].lower().rstrip())]


def _is_beside_a_figure(element: re.Match[str]) -> bool:
    page, start = element.string, element.start()
    return bool(_AFTER.match(page, element.end()) or _BEFORE.search(page, max(0, start - _NEAR), start))
