"""By when a report was due, whether it came in time, and on what evidence; the rules are in `deadlines.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from archive.days import day_in_china
from archive.holdings.model import HeldAgency, Report, Timeliness
from archive.models import Level

EARLIEST = (12, 1)
"""No report of a year is made before December of it: an earlier date in a URL is that of a folder."""

_URL_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"/t(20\d\d)(\d\d)(\d\d)_\d",
        r"/(20\d\d)[-/](\d{1,2})[-/](\d{1,2})/",
        r"/(20\d\d)(\d\d)/(\d\d)/",
        r"/(20\d\d)(\d\d)(\d\d)\d{0,12}/",
    )
)


class Kind(StrEnum):
    """Who owes a report, as the deadlines tell bodies apart."""

    DEPARTMENT = "department"
    GOVERNMENT = "government"
    TOWNSHIP = "township"


@dataclass(frozen=True, slots=True)
class Rule:
    """One deadline: for whom, until which report year, and the month and day in the year after it; and its source."""

    id: str
    kinds: frozenset[Kind]
    to_year: int | None
    month: int
    day: int
    custom: bool
    law: str
    law_en: str

    def due(self, year: int) -> date:
        """The last day on which the report for a year is in time."""
        return date(year + 1, self.month, self.day)


@dataclass(frozen=True, slots=True)
class Dates:
    """What speaks for the day on which a report was published, each kind of evidence apart; None where there is none.

    `stated` is the date that page or list prints, `url` that in its address, `http` the last change that the server
    stated, `first_seen` the day on which the crawler first had it. Several addresses count with their earliest date.
    """

    stated: date | None = None
    url: date | None = None
    http: date | None = None
    first_seen: date | None = None


@cache
def load_rules() -> tuple[Rule, ...]:
    """The rules in order; raises ValueError naming the entry that is not well-formed."""
    entries = yaml.safe_load(files("archive.holdings").joinpath("deadlines.yaml").read_text("utf-8"))["deadlines"]
    return tuple(_rule(entry) for entry in entries)


def _rule(entry: Mapping[str, Any]) -> Rule:
    try:
        month, day = (int(part) for part in entry["due"].split("-"))
        kinds = frozenset(map(Kind, entry["kinds"]))
        law, law_en = entry["law"], entry["law_en"]
        return Rule(entry["id"], kinds, entry.get("to_year"), month, day, bool(entry["custom"]), law, law_en)
    except (KeyError, ValueError) as error:
        raise ValueError(f"deadlines.yaml: entry {entry.get('id', entry)!r}: {error!r}") from error


def kind_of(agency: HeldAgency) -> Kind:
    """Whether a body is a government itself, a township, or a department of a government."""
    if agency.level is Level.TOWNSHIP:
        return Kind.TOWNSHIP
    return Kind.GOVERNMENT if agency.name.endswith("人民政府") else Kind.DEPARTMENT


def rule_for(agency: HeldAgency, year: int) -> Rule:
    """The deadline of a body for a report year."""
    kind = kind_of(agency)
    return next(rule for rule in load_rules() if kind in rule.kinds and (rule.to_year is None or year <= rule.to_year))


def date_in_url(url: str) -> date | None:
    """The day that an address carries (`/202401/t20240123_1.html`, `/2024/1/23/`); None for a month or a year alone."""
    for pattern in _URL_DATES:
        if match := pattern.search(url):
            try:
                return date(*(int(part) for part in match.groups()))
            except ValueError:
                return None
    return None


def dates_of(report: Report, last_modified: Callable[[str], str | None]) -> Dates:
    """The evidence for a report; `last_modified` gives the header of that name by address."""
    first = date(report.year, *EARLIEST)

    def earliest(found: Iterable[date | None]) -> date | None:
        return min((day for day in found if day is not None and day >= first), default=None)

    stated = [*(v.published for v in report.versions), *(s.capture.date_hint for s in report.sightings)]
    return Dates(
        stated=earliest(_iso(text) for text in stated),
        url=earliest(date_in_url(url) for url in report.urls),
        http=earliest(_http(last_modified(url)) for url in report.urls),
        first_seen=day_in_china(datetime.fromisoformat(report.first_seen)),
    )


def judge(rule: Rule, year: int, dates: Dates) -> Timeliness:
    """Whether a report came in time: any evidence by the deadline says yes; only a stated date or its address no.

    A site that was rebuilt shows the day of its rebuilding as the last change, and the crawler may have come late: what
    only says "after" without naming a day of publication proves nothing.
    """
    due = rule.due(year)
    if any(day is not None and day <= due for day in (dates.stated, dates.url, dates.http, dates.first_seen)):
        return Timeliness.ON_TIME
    named = dates.stated is not None or dates.url is not None
    return Timeliness.LATE if named and not rule.custom else Timeliness.UNKNOWN


def _iso(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _http(text: str | None) -> date | None:
    try:
        return day_in_china(parsedate_to_datetime(text)) if text else None
    except ValueError:
        return None
