"""What is held against what is owed: for each agency and year whether its report is held, and if not, why."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from archive.concerns import Concern
from archive.days import day_in_china
from archive.holdings.agencies import clean_name
from archive.holdings.deadlines import Rule, dates_of, judge, rule_for
from archive.holdings.model import (
    Coverage,
    CoverageStatus,
    HeldAgency,
    Report,
    Timeliness,
    Unplaced,
    UnplacedKind,
)
from archive.models import DOCUMENTS, Outcome, Role

_LAST_YEAR = 2100
FIRST_YEAR = 2008
"""The first year that the regulation asks to be reported on (in force since 1 May 2008)."""

OPEN = "open"
"""Stands for an outcome where a URL has none yet."""

_YEAR = re.compile(r"((?:19|20)\d\d)\s*年")
_REPORT = re.compile(r"公开.*(?:年度报告|年报)|(?:年度报告|年报).*公开")
_SEARCHED = frozenset({Outcome.OK, Outcome.NOT_MODIFIED, Outcome.REDIRECTED})

_NO_REPORT = frozenset({"look_alike", "not_a_report_title", "same_page"})
"""Why a URL is left out that is no report, or the report under another address."""

# The strongest first: a report that was blocked is told as blocked even where a second address of it is still open.
_BY_OUTCOME: dict[str, CoverageStatus] = {
    Outcome.UNREADABLE: CoverageStatus.UNREADABLE,
    Outcome.TOO_LARGE: CoverageStatus.UNREADABLE,
    Outcome.BLOCKED: CoverageStatus.BLOCKED,
    Outcome.UNREACHABLE: CoverageStatus.UNREACHABLE,
    Outcome.TLS_ERROR: CoverageStatus.UNREACHABLE,
    Outcome.HTTP_ERROR: CoverageStatus.FAILED,
    Outcome.NOT_FOUND: CoverageStatus.FAILED,
    Outcome.SOFT_404: CoverageStatus.FAILED,
    Outcome.ROBOTS_DISALLOWED: CoverageStatus.EXCLUDED,
    Outcome.EXCLUDED: CoverageStatus.EXCLUDED,
    OPEN: CoverageStatus.OPEN,
}
_RANKS = {outcome: rank for rank, outcome in enumerate(_BY_OUTCOME)}


@dataclass(frozen=True, slots=True)
class KnownUrl:
    """One URL of the ledger, as far as coverage asks: `outcome` is that of the ledger or `open`."""

    url: str
    portal: str
    role: Role
    outcome: str
    reason: str | None
    title: str | None
    agency: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """What came of searching the portals: the number of URLs by (portal, role, outcome), and which documents are
    `missing`, as they were found and not fetched.

    `last_modified` gives the header of that name by address. `today` is the day of the last run, None if there is none.
    """

    outcomes: Mapping[tuple[str, str, str], int]
    missing: Iterable[KnownUrl]
    last_modified: Callable[[str], str | None]
    today: date | None = None


class HeldRows:
    """The rows of the reports that are held, by agency and year; and the `latest` year in which any was seen."""

    def __init__(self, last_modified: Callable[[str], str | None]) -> None:
        self.latest = 0
        self.years: dict[str, dict[int, Coverage]] = defaultdict(dict)
        self._last_modified = last_modified

    def add(self, report: Report, agency: HeldAgency) -> None:
        """Adds the row of a report."""
        self.latest = max(self.latest, day_in_china(datetime.fromisoformat(report.last_seen)).year)
        row = _held(report, rule_for(agency, report.year), self._last_modified)
        self.years[report.agency_id][report.year] = row


def coverage(
    agencies: Iterable[HeldAgency], held: HeldRows, unplaced: Iterable[Unplaced], search: Search
) -> Iterator[Coverage]:
    """One row for each agency and each year between the first of which any report is known and the last that is over.

    The day of the last night counts, so that the same evidence gives the same rows on any day; without it the last year
    is the latest of which a report is known, and nothing is told to be not yet due. Years in which a registered agency
    did not exist are left out, and so are those before FIRST_YEAR and after the year in which a report was seen, unless
    a report of them is held. An agency whose portal was searched without failures and has no report is `not_found`;
    nothing is said to be missing from a portal that was not wholly searched.
    """
    agencies = sorted(agencies, key=lambda agency: agency.id)
    looked = _Looked(agencies)
    for document in unplaced:
        looked.note_document(document)
    for url in search.missing:
        looked.note(url)
    found, today = looked.found(), search.today
    known = {*(year for own in held.years.values() for year in own), *(year for _, year in found)}
    years = [year for year in known if FIRST_YEAR <= year <= held.latest]
    last = max(max(years, default=0), today.year - 1 if today else 0)
    span = range(min(years), last + 1) if years else range(0)
    portals = {portal: _portal_status(counts) for portal, counts in _lists(search.outcomes).items()}
    for agency in agencies:
        own = held.years.get(agency.id, {})
        for year in sorted({*span, *own}):
            if year in own:
                yield own[year]
            elif (agency.valid_from or 0) <= year <= (agency.valid_to or 9999):
                rule = rule_for(agency, year)
                status, reason = found.get((agency.id, year)) or _missing(agency, portals, rule, year, today)
                due_on = _text_of(rule.due(year))
                yield Coverage(agency.id, year, status, reason, None, agency.portal, due_on, rule.id)


def _lists(outcomes: Mapping[tuple[str, str, str], int]) -> dict[str, Counter[str]]:
    """How the home and listing pages of each portal ended."""
    lists: dict[str, Counter[str]] = defaultdict(Counter)
    for (portal, role, outcome), number in outcomes.items():
        if role in {Role.HOME, Role.LISTING}:
            lists[portal][outcome] += number
    return lists


def _held(report: Report, rule: Rule, last_modified: Callable[[str], str | None]) -> Coverage:
    """The row of a held report with its deadline and the evidence for the day on which it was published."""
    status = CoverageStatus.VANISHED if report.vanished_on else CoverageStatus.HELD
    reason = Concern("gone", {"since": report.vanished_on}) if report.vanished_on else None
    if not FIRST_YEAR <= report.year < _LAST_YEAR:  # a year that cannot be is no year with a deadline
        return Coverage(report.agency_id, report.year, status, reason, report.id, report.portal)
    dates, due = dates_of(report, last_modified), rule.due(report.year)
    timeliness = judge(rule, report.year, dates)
    if timeliness is Timeliness.LATE and reason is None:
        rule_id = "late_as_stated" if dates.stated is not None else "late_by_address"
        reason = Concern(rule_id, {"published": str(dates.stated or dates.url), "due": str(due)})
    days = (dates.stated, dates.url, dates.http, dates.first_seen)
    return Coverage(
        *(report.agency_id, report.year, status, reason, report.id, report.portal, _text_of(due), rule.id, timeliness),
        *(None if day is None else _text_of(day) for day in days),
    )


@cache
def _text_of(day: date) -> str:
    """A day in ISO 8601; the same days come again for thousands of reports, and share one text."""
    return day.isoformat()


def _missing(
    agency: HeldAgency,
    portals: Mapping[str, tuple[CoverageStatus, Concern]],
    rule: Rule,
    year: int,
    today: date | None,
) -> tuple[CoverageStatus, Concern]:
    due = rule.due(year)
    if today is not None and today <= due:
        rule_id = "not_due_by_custom" if rule.custom else "not_due"
        return CoverageStatus.NOT_DUE, Concern(rule_id, {"due": str(due), "today": str(today)})
    return _by_portal(agency, portals)


def _by_portal(
    agency: HeldAgency, portals: Mapping[str, tuple[CoverageStatus, Concern]]
) -> tuple[CoverageStatus, Concern]:
    if agency.portal is None:
        return CoverageStatus.NOT_LOOKED, Concern("no_portal", {})
    unknown = CoverageStatus.NOT_LOOKED, Concern("not_crawled", {"portal": agency.portal})
    return portals.get(agency.portal, unknown)


def _portal_status(counts: Counter[str]) -> tuple[CoverageStatus, Concern]:
    """What the home and listing pages of a portal say about a report that none of them names.

    A page that is not there (the next page of a list that has ended) hides nothing, unless no page is there at all. A
    stub in place of a list may hide anything.
    """
    searched = sum(counts[outcome] for outcome in _SEARCHED)
    missed = {outcome: counts[outcome] for outcome in _BY_OUTCOME if counts[outcome]}
    for outcome, number in missed.items():
        if outcome != Outcome.NOT_FOUND or not searched:
            pages = {"number": number, "pages": searched + sum(missed.values())}
            if outcome == OPEN:
                return CoverageStatus.OPEN, Concern("lists_open", pages)
            return _BY_OUTCOME[outcome], Concern("lists_failed", {**pages, "outcome": str(outcome)})
    return CoverageStatus.NOT_FOUND, Concern("lists_read", {"pages": searched})


def _outcome_for_readers(item: KnownUrl) -> str | None:
    """The outcome by which a URL explains a missing report; None where it is no address of a report that is missing."""
    if item.outcome == Outcome.EXCLUDED and (item.reason or "").partition(":")[0] in _NO_REPORT:
        return None
    if item.outcome == Outcome.REDIRECTED and item.reason:
        return Outcome.EXCLUDED  # it led to where nobody is asked: another host, a private address
    return item.outcome


def _strength(told: tuple[int, CoverageStatus, Concern]) -> tuple[int, str, str]:
    rank, status, why = told
    return rank, status, why.text()


class _Looked:
    """What is noted of documents without a place and of URLs, each of which passes once."""

    def __init__(self, agencies: Iterable[HeldAgency]) -> None:
        self._best: dict[tuple[str, int], tuple[int, CoverageStatus, Concern]] = {}
        self._names: dict[str | None, list[tuple[str, str]]] = defaultdict(list)
        for agency in agencies:
            self._names[agency.portal].extend((clean_name(name), agency.id) for name in (agency.name, *agency.aliases))

    def found(self) -> dict[tuple[str, int], tuple[CoverageStatus, Concern]]:
        """What was found of reports that are not held: by title and agency of the link, and why it was not read."""
        return {key: (status, why) for key, (_, status, why) in self._best.items()}

    def note_document(self, document: Unplaced) -> None:
        """Notes a document that is held and could not be read."""
        if document.kind in (UnplacedKind.UNREADABLE, UnplacedKind.UNSOUND):
            capture = document.capture
            why = Concern("found_unread", {"url": capture.url, "why": document.reason})
            told = -1, CoverageStatus.UNREADABLE, why
            self._note(capture.portal, capture.title_hint, capture.agency_hint, told)

    def note(self, item: KnownUrl) -> None:
        """Notes a URL."""
        outcome = _outcome_for_readers(item)
        if item.role in DOCUMENTS and outcome in _RANKS:
            ended = {"url": item.url, "outcome": str(item.outcome)}
            because = {"why": item.reason} if item.reason else {}
            why = Concern("found_ended_because" if because else "found_ended", ended | because)
            self._note(item.portal, item.title, item.agency, (_RANKS[outcome], _BY_OUTCOME[outcome], why))

    def _note(
        self, portal: str | None, title: str | None, hint: str | None, told: tuple[int, CoverageStatus, Concern]
    ) -> None:
        text = clean_name(title)
        year = _YEAR.search(text)
        if year is None or not _REPORT.search(text):
            return
        said = clean_name(hint) + text
        named = [(len(name), agency_id) for name, agency_id in self._names[portal] if name and name in said]
        if named:
            key = max(named)[1], int(year[1])
            self._best[key] = min(self._best.get(key, told), told, key=_strength)
