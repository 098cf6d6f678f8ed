"""Answers of list services: JSON and JSONP read leniently, never run; fields by any of their known names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

from archive.days import day_in_china
from crawler.pages import date_in_text

_JSONP = re.compile(r"\A[\s;/*]*[\w$.]{1,80}\s*\(\s*(?=[\[{])")
# Raw line breaks inside strings are no JSON, and several services send them.
_DECODER = json.JSONDecoder(strict=False)
_SECONDS = range(800_000_000, 2_600_000_000)  # 1995 to 2052; anything else is a number, not a moment
_DEEPEST = 12
_MOST_TRIES = 20  # places of a script where a name may get its value; a hostile page has any number

Fields = Mapping[str, object]


def payload(text: str) -> object:
    """The data of a JSON or JSONP answer, or None where there is none: a broken answer, a page of markup."""
    body = text.lstrip("\ufeff \t\r\n")
    wrapped = _JSONP.match(body)
    return value_at(body, wrapped.end() if wrapped else 0)


def value_at(text: str, start: int) -> object:
    """The JSON value that begins at a place in a text, whatever follows it, or None."""
    try:
        return _DECODER.raw_decode(text, start)[0]
    except (ValueError, RecursionError):  # no JSON, a number without end, brackets without end
        return None


def value_of(text: str, name: str) -> object:
    """The JSON value that a script gives to a name (`TREE: […]`, `"TREE":[…]`, `TREE = […]`), or None."""
    given = re.finditer(rf"[\"']?\b{re.escape(name)}[\"']?\s*[:=]\s*(?=[\[{{])", text)
    for match in islice(given, _MOST_TRIES):
        found = value_at(text, match.end())
        if found is not None:
            return found
    return None


def literals_of(text: str, *names: str) -> Iterator[str]:
    """The plain values (number or quoted text) that a script gives to the names, those of the first name first."""
    for name in names:
        given = rf"(?<![\w.])[\"']?{re.escape(name)}[\"']?\s*[:=]\s*"
        pattern = given + r"(?:\"([^\"\n]{0,300})\"|'([^'\n]{0,300})'|(\d{1,20}))"
        for match in re.finditer(pattern, text):
            yield next(group for group in match.groups() if group is not None).strip()


def literal_of(text: str, *names: str) -> str:
    """The first plain value that a script gives to one of the names, or nothing."""
    return next(literals_of(text, *names), "")


def mapping(value: object) -> Fields:
    """The value if it is an object of JSON, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> tuple[Fields, ...]:
    """The objects in a list of JSON, in order; nothing where the value is no list."""
    return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def part(fields: Fields, name: str) -> object:
    """The value of a field, or None; servers of one CMS write its name `docTitle`, `DocTitle` or `doc_title`."""
    if name in fields:
        return fields[name]
    wanted = _plain(name)
    return next((value for key, value in fields.items() if _plain(key) == wanted), None)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def words(fields: Fields, *names: str) -> str:
    """The first of the named fields that says something, as text with single blanks and without markup."""
    for name in names:
        value = part(fields, name)
        if isinstance(value, str | int) and not isinstance(value, bool):
            text = " ".join(re.sub(r"<[^<>]{0,200}>", "", str(value)).split())
            if text and text.lower() not in {"null", "undefined", "none"}:
                return text
    return ""


def count(fields: Fields, *names: str) -> int | None:
    """The first of the named fields that is a count, also one printed as text, or None."""
    for name in names:
        value = part(fields, name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10_000_000:
            return value
        if isinstance(value, str) and re.fullmatch(r"\s*\d{1,7}\s*", value):
            return int(value)
    return None


def count_in(answer: object, *names: str) -> int | None:
    """The first of the named fields that is a count, on an answer itself or one level below it, or None."""
    top = mapping(answer)
    levels = (top, *(mapping(value) for value in top.values()))
    return next((found for fields in levels if (found := count(fields, *names)) is not None), None)


def day(fields: Fields, *names: str) -> str | None:
    """The first of the named fields that is a date: printed, or seconds or milliseconds since 1970 (in China), ISO."""
    for name in names:
        value = part(fields, name)
        if isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) in {10, 13}:
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            seconds = value // 1000 if value > _SECONDS.stop else value
            if seconds in _SECONDS:
                return day_in_china(datetime.fromtimestamp(seconds, UTC)).isoformat()
        elif isinstance(value, str) and (found := date_in_text(value[:30].replace("T", " "))):
            return found
    return None


def rows_with(value: object, names: Sequence[str]) -> tuple[Fields, ...]:
    """The first list of objects, found breadth first, of which one has any of the named fields (`url`, `linkurl`)."""
    for item in _within(value):
        rows = objects(item)
        if any(part(row, name) is not None for row in rows for name in names):
            return rows
    return ()


def all_rows_with(value: object, names: Sequence[str]) -> tuple[Fields, ...]:
    """The rows of `rows_with` and of every list beside it under the same name: one list a year, or one a body."""
    first = rows_with(value, names)
    lists = [(key, inner) for item in _within(value) for key, inner in mapping(item).items() if isinstance(inner, list)]
    named = next((key for key, inner in lists if first and objects(inner) == first), None)
    return tuple(row for key, inner in lists if key == named for row in objects(inner)) if named else first


def markup_in(value: object) -> Iterator[str]:
    """Every text of an answer that is markup with links, in its order."""
    for item in _within(value):
        for inner in item.values() if isinstance(item, dict) else item if isinstance(item, list) else ():
            if isinstance(inner, str) and "<a " in inner:
                yield inner


def _within(value: object) -> Iterator[object]:
    level: list[object] = [value]
    for _ in range(_DEEPEST):
        below: list[object] = []
        for item in level:
            yield item
            if isinstance(item, dict):
                below += item.values()
            elif isinstance(item, list):
                below += item
        level = [item for item in below if isinstance(item, dict | list)]
