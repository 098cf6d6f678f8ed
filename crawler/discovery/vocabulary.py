"""The vocabulary of discovery, read once from `vocabulary.yaml` and compiled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from archive.models import Role

_FILE = Path(__file__).with_name("vocabulary.yaml")
_LONGEST_TITLE = 300  # what is longer is a whole page, and four thousand pages are no cache
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2028-\u202f\u2060\ufeff]+")
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "〔": "[", "〕": "]", "【": "[", "】": "]", "﹝": "[", "﹞": "]"}
)


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A kind of document that only looks like an annual report."""

    kind: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class ColumnSign:
    """A word or a path folder that leads towards the annual-report column, with its score (0–100)."""

    pattern: re.Pattern[str]
    score: float
    role: Role
    says: str
    needs_tabs: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything in `vocabulary.yaml`, compiled; see the comments there."""

    strong: tuple[re.Pattern[str], ...]
    weak: tuple[re.Pattern[str], ...]
    bare: tuple[re.Pattern[str], ...]
    body_only: re.Pattern[str]
    year_only: re.Pattern[str]
    no_body: re.Pattern[str]
    no_entrance: re.Pattern[str]
    body_ending: re.Pattern[str]
    cut: re.Pattern[str]
    cut_other: re.Pattern[str]
    core: re.Pattern[str]
    first_year: int
    last_year: int
    chinese_digits: Mapping[int, str]
    year_folders: tuple[re.Pattern[str], ...]
    year_query: re.Pattern[str]
    look_alikes: tuple[LookAlike, ...]
    words: tuple[ColumnSign, ...]
    slugs: tuple[ColumnSign, ...]
    not_slugs: tuple[tuple[re.Pattern[str], str], ...]
    names: re.Pattern[str]
    tabs: tuple[re.Pattern[str], ...]
    tabs_needed: int
    confirms: float
    year_text: re.Pattern[str]
    group_text: re.Pattern[str]
    group_reports: re.Pattern[str]
    group_length: int
    max_clicks: int


@cache
def vocabulary() -> Vocabulary:
    """The compiled vocabulary; raises KeyError, re.error or yaml.YAMLError where the file is broken."""
    data: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    report, years, column = data["report"], data["years"], data["column"]
    return Vocabulary(
        strong=_all(report["strong"]),
        weak=_all(report["weak"]),
        bare=_all(report["bare"]),
        body_only=re.compile(report["body_only"]),
        year_only=re.compile(report["year_only"]),
        no_body=re.compile(report["no_body"]),
        no_entrance=re.compile(report["no_entrance"]),
        body_ending=re.compile(report["body_ending"]),
        cut=re.compile(report["cut"]),
        cut_other=re.compile(report["cut_other"]),
        core=re.compile(report["core"]),
        first_year=years["first"],
        last_year=years["last"],
        chinese_digits=str.maketrans(years["chinese_digits"]),
        year_folders=_all(years["folder"]),
        year_query=re.compile(years["query"]),
        look_alikes=tuple(
            LookAlike(
                entry["kind"],
                re.compile(entry["pattern"]),
                re.compile(entry["unless"]) if "unless" in entry else None,
            )
            for entry in data["look_alikes"]
        ),
        words=tuple(_sign(entry) for entry in column["words"]),
        slugs=tuple(_sign(entry) for entry in column["slugs"]),
        not_slugs=tuple((re.compile(entry["pattern"]), entry["kind"]) for entry in column["not_slugs"]),
        names=re.compile(column["names"]),
        tabs=_all(column["tabs"]),
        tabs_needed=column["tabs_needed"],
        confirms=column["confirms"],
        year_text=re.compile(column["year_text"]),
        group_text=re.compile(column["group_text"]),
        group_reports=re.compile(column["group_reports"]),
        group_length=column["group_length"],
        max_clicks=column["max_clicks"],
    )


def normalise(title: str) -> str:
    """A title as the patterns expect it: NFKC, quotes and brackets unified, no white space, nothing invisible."""
    return _normalised(title) if len(title) <= _LONGEST_TITLE else _normalised.__wrapped__(title)


@lru_cache(maxsize=4096)
def _normalised(title: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", title.translate(_QUOTES)))


def _all(patterns: list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _sign(entry: Mapping[str, Any]) -> ColumnSign:
    return ColumnSign(
        re.compile(entry["pattern"]),
        float(entry["score"]),
        Role(entry["role"]),
        entry["says"],
        bool(entry.get("needs_tabs", False)),
    )
