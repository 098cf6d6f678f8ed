"""A recorded page reads the same however its markup and the names of its fields are spelt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.platforms import PageReading, payloads
from tests.crawler.platforms.test_recorded_pages import CASES, reading_of, recorded

_SCRIPT = re.compile(r"(<script\b[^>]*>)(.*?)(</script>)", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?)*)\s*(/?)>")
_ATTRIBUTE = re.compile(r"([\w:-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")


def _loud(markup: str) -> str:
    """The markup with names in capitals, single quotes, and the attributes of each tag in the other order."""

    def tag(match: re.Match[str]) -> str:
        attributes = []
        for one in _ATTRIBUTE.finditer(match[3]):
            value = next((text for text in one.groups()[1:] if text is not None), None)
            quote = '"' if value and "'" in value else "'"
            attributes.append(one[1].upper() if value is None else f"{one[1].upper()} = {quote}{value}{quote}")
        return f"<{match[1]}{' '.join([match[2].upper(), *reversed(attributes)])}{match[4]}>"

    parts = _SCRIPT.split(markup)
    for number, part in enumerate(parts):
        if number % 4 != 2:  # what a script holds is no markup
            parts[number] = _TAG.sub(tag, part)
    return "".join(parts)


def _renamed(value: object, spell: Callable[[str], str]) -> object:
    if isinstance(value, dict):
        return {spell(name): _renamed(one, spell) for name, one in value.items()}
    return [_renamed(one, spell) for one in value] if isinstance(value, list) else value


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _what(reading: PageReading) -> object:
    """All of a reading but words that only tell how it was made."""
    return replace(reading, facts={})


def _pages(*, as_data: bool) -> list[Path]:
    pages = {path: recorded(path)[1].text for path in CASES}
    data = {path for path, text in pages.items() if isinstance(payloads.payload(text), dict | list)}
    return [
        path for path, text in pages.items() if (path in data if as_data else path not in data and _TAG.search(text))
    ]


@pytest.mark.parametrize("path", _pages(as_data=False), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_markup_reads_the_same_in_capitals_and_other_quotes(path: Path) -> None:
    case, page = recorded(path)
    loud = replace(page, body=_loud(page.text).encode(), charset="utf-8")
    assert loud.body != page.body
    assert _what(reading_of(case, loud)) == _what(reading_of(case, page))
    assert reading_of(case, loud).facts["platform"] == case["platform"]


@pytest.mark.parametrize("spell", [str.upper, str.lower, _capital, _snake])
@pytest.mark.parametrize("path", _pages(as_data=True), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_data_reads_the_same_under_other_spellings_of_its_names(path: Path, spell: Callable[[str], str]) -> None:
    case, page = recorded(path)
    answer = json.dumps(_renamed(payloads.payload(page.text), spell), ensure_ascii=False)
    other = replace(page, body=answer.encode(), charset="utf-8")
    assert _what(reading_of(case, other)) == _what(reading_of(case, page))
