"""What is known of how unknown systems ask for lists, and of what a request asked: `unknown_service.yaml`, compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml

from crawler.pages import Page
from crawler.platforms.contract import Context

_FILE = Path(__file__).with_name("unknown_service.yaml")
_ARGUMENTS = r"\s*\(\s*[\"'](?P<url>[^\"'\s<>]{1,300})[\"']\s*(?:,\s*(?P<data>\{[^{}]{0,1000}\})\s*)?"


@dataclass(frozen=True, slots=True)
class ServiceWords:
    """Everything in `unknown_service.yaml`, compiled; see the comments there."""

    call: re.Pattern[str]
    posts: frozenset[str]
    loads: frozenset[str]
    by_options: frozenset[str]
    asks: re.Pattern[str]
    handlers: re.Pattern[str]
    told_later: re.Pattern[str]
    """Options behind a handler that say what is sent, or how: such a call is not read."""
    other_matters: re.Pattern[str]
    changing: re.Pattern[str]
    reads: re.Pattern[str]
    page_number: re.Pattern[str]
    first_row: re.Pattern[str]
    addresses: tuple[str, ...]
    titles: tuple[str, ...]
    days: tuple[str, ...]
    totals: tuple[str, ...]
    pages: tuple[str, ...]


@cache
def service_words() -> ServiceWords:
    """The compiled vocabulary; raises KeyError, re.error or yaml.YAMLError where the file is broken."""
    data: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    calls = data["calls"]
    names = sorted(chain(*calls.values()), key=len, reverse=True)
    by = "|".join(("" if name.startswith(".") else r"(?<![\w$])") + re.escape(name) for name in names)
    return ServiceWords(
        call=re.compile(rf"(?P<by>{by}){_ARGUMENTS}"),
        posts=frozenset(calls["post"]),
        loads=frozenset(calls["load"]),
        by_options=frozenset(calls["options"]),
        asks=re.compile(data["asks"]),
        handlers=re.compile(rf"\b(?:{data['handlers']})\b"),
        told_later=re.compile(rf"\}}\s*,\s*(?:[\w$]+\s*:[^:{{}}]{{0,200}},\s*)*(?:{data['sending']})\s*:"),
        other_matters=re.compile(data["other_matters"], re.IGNORECASE),
        changing=re.compile(data["changing"], re.IGNORECASE),
        reads=re.compile(data["reads"], re.IGNORECASE),
        page_number=re.compile(data["page_number"], re.IGNORECASE),
        first_row=re.compile(data["first_row"], re.IGNORECASE),
        addresses=tuple(data["addresses"]),
        titles=tuple(data["titles"]),
        days=tuple(data["days"]),
        totals=tuple(data["totals"]),
        pages=tuple(data["pages"]),
    )


def may_be_asked(url: str, form: Mapping[str, str]) -> bool:
    """Whether a request that a page writes out may be sent: it asks for a list, and is the same in each night."""
    words, parts = service_words(), urlsplit(url)
    sent = [*parse_qsl(parts.query), *form.items()]
    said = "&".join(f"={value}" for _, value in sent)
    return not words.other_matters.search(f"{parts.path}{said}") and not any(
        words.changing.search(name) for name, _ in sent
    )


def is_page_number(name: str) -> bool:
    """Whether a parameter or a field of a form is named as one that holds the number of a page."""
    return service_words().page_number.fullmatch(name) is not None


def number_asked(page: Page, context: Context) -> int | None:
    """The number of the page that a request asked for, in its address or its form, or None."""
    numbers = (value for name, value in query_of(page, context) if is_page_number(name) and value.isdecimal())
    return next(map(int, numbers), None)


def query_of(page: Page, context: Context) -> list[tuple[str, str]]:
    """The parameters that a request sent, in its address or its form."""
    asked_by = context.body.decode("ascii", "replace") if context.method == "POST" else urlsplit(page.url).query
    return parse_qsl(asked_by, keep_blank_values=True)


def is_first_row(name: str) -> bool:
    """Whether a parameter is named as one that holds the number of the first row asked for."""
    return service_words().first_row.fullmatch(name) is not None
