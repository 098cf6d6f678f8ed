"""Puts captures, parses and registry together: who reported what and when, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from sys import intern

from archive.days import day_in_china
from archive.holdings.agencies import AgencyFinder
from archive.holdings.coverage import OPEN, HeldRows, KnownUrl, Search, coverage
from archive.holdings.facts import Facts, KnownFacts, facts_of
from archive.holdings.model import Coverage, HeldAgency, Packed, PortalNight, StoredReport, Unplaced, UnplacedKind
from archive.holdings.nights import portal_nights
from archive.holdings.reports import Reading, UrlHistory, assemble_report, group, in_time
from archive.holdings.shelf import Reports, Shelf
from archive.holdings.whole import Holdings
from archive.ledger import FrontierUrl, Ledger, Results
from archive.models import Capture, Role
from archive.registry import Registry

KEPT_AT_ONCE = 1_000
"""Facts of parses that are written together."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser version made of one capture: `facts` of the report in `packed`, or `why` there is none."""

    capture: Capture
    status: str
    facts: Facts | None = None
    packed: Packed | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What of the ledger holdings are made of; `sightings` are captures of documents beside those that were parsed.

    Parses, sightings and the URLs of `search` are gone through once each. `history` is asked for single addresses.
    """

    parser_version: str
    parses: Iterable[Parsed]
    sightings: Iterable[Capture]
    history: Callable[[str], UrlHistory]
    search: Search
    nights: tuple[PortalNight, ...] = ()


def build_holdings(
    ledger: Ledger, registry: Registry, parser_version: str, known: KnownFacts | None = None
) -> Holdings:
    """The holdings of a ledger, as this parser version reads its captures; the same for the same ledger.

    The reports stay in the file of the ledger until one is looked at. `known` facts are not worked out again, and those
    that were worked out are kept there.
    """
    return assemble(gather(ledger, parser_version, known), registry)


def gather(ledger: Ledger, parser_version: str, known: KnownFacts | None = None) -> Evidence:
    """Reads the evidence from the ledger; most of it while it is used, so that the ledger is to stay open till then."""
    last = ledger.last_started()
    return Evidence(
        parser_version=parser_version,
        parses=_parses(ledger, parser_version, known),
        sightings=ledger.unreported(parser_version),
        history=lambda url: UrlHistory(tuple(ledger.looks(url))),
        search=Search(
            outcomes=ledger.outcomes(),
            missing=map(_known, ledger.missing()),
            last_modified=ledger.last_modified,
            today=day_in_china(datetime.fromisoformat(last)) if last is not None else None,
        ),
        nights=tuple(portal_nights(ledger)),
    )


def _parses(ledger: Ledger, parser_version: str, known: KnownFacts | None) -> Iterator[Parsed]:
    read = Results(ledger.path, parser_version)
    parses = ledger.parses(parser_version, results=False)
    found: list[tuple[int, str, Facts]] = []
    for parse, facts in known.beside(parses) if known is not None else ((parse, None) for parse in parses):
        if parse.status != "ok":
            yield Parsed(parse.capture, parse.status, why=parse.why)
            continue
        if facts is None:
            facts = facts_of(read(parse.number))
            found.append((parse.number, parse.parsed_at, facts))
            if known is not None and len(found) == KEPT_AT_ONCE:
                known.keep(found)
                found = []
        yield Parsed(parse.capture, parse.status, facts, StoredReport(facts.content, parse.number, read))
    if known is not None:
        known.keep(found)


def _known(url: FrontierUrl) -> KnownUrl:
    # A row that was left out has no title of an entry, but the words of its link.
    title = url.title_hint or url.link_text
    return KnownUrl(url.url, url.portal, url.role, url.outcome or OPEN, url.reason, title, url.agency_hint)


def assemble(evidence: Evidence, registry: Registry) -> Holdings:
    """The holdings of some evidence; pure, and the same whatever the order of the evidence."""
    placed, documents = _place(evidence, AgencyFinder(registry))
    covers, unplaced = _covers(placed, documents)
    agencies = {agency.id: agency for _, agency in placed}
    groups = group(reading for reading, _ in placed)
    del placed  # what was read is let go of, report by report
    reports, held, first = Reports(), HeldRows(evidence.search.last_modified), FirstCaptures()
    for key in list(groups):
        report = assemble_report(groups.pop(key), evidence.history, covers.get(key, ()))
        agency = agencies[report.agency_id]
        if agency.portal != report.portal:  # that of the latest report counts
            agencies[agency.id] = replace(agency, portal=report.portal)
        reports.add(report)
        held.add(report, agency)
        first.add(sighting.capture for sighting in report.sightings)
    first.add(item.capture for item in unplaced)
    finder = AgencyFinder(registry)
    registered = {agency.id: finder.held(agency) for agency in registry.agencies.values()}
    everyone = tuple(sorted({**agencies, **registered}.values(), key=lambda item: item.id))
    # A document is told once for each address, as it was met last.
    once = {(item.capture.sha256, item.capture.url): item for item in sorted(unplaced, key=_document_order)}
    ordered = sorted(once.values(), key=_document_order)
    return Holdings(
        registry=registry,
        parser_version=evidence.parser_version,
        agencies=everyone,
        reports=reports,
        coverage=Shelf(Coverage, coverage(everyone, held, ordered, evidence.search)),
        unplaced=Shelf(Unplaced, ordered),
        captures=Shelf(Capture, first.captures()),
        outcomes=evidence.search.outcomes,
        portals=frozenset(first.portals),
        nights=evidence.nights,
    )


class FirstCaptures:
    """Each document once, as the first capture of its bytes, and the `portals` of all captures."""

    def __init__(self) -> None:
        self.portals: set[str] = set()
        self._first: dict[str, Capture] = {}

    def add(self, captures: Iterable[Capture]) -> None:
        """Looks at some captures."""
        for capture in captures:
            held = self._first.setdefault(capture.sha256, capture)
            if in_time(capture) < in_time(held):
                self._first[capture.sha256] = capture
            if capture.portal:
                self.portals.add(capture.portal)

    def captures(self) -> Iterator[Capture]:
        """The first captures, by digest."""
        return (self._first[sha256] for sha256 in sorted(self._first))


def _document_order(item: Unplaced) -> tuple[str, str, str, int]:
    return in_time(item.capture)


# --------------------------------------------------------------------------- placing


def _place(evidence: Evidence, finder: AgencyFinder) -> tuple[list[tuple[Reading, HeldAgency]], list[Unplaced]]:
    placed: list[tuple[Reading, HeldAgency, bool]] = []
    unplaced: list[Unplaced] = []
    for parsed in evidence.parses:
        if parsed.facts is not None and parsed.packed is not None:
            item = _read(parsed.capture, parsed.facts, parsed.packed, finder)
            if isinstance(item, Unplaced):
                unplaced.append(item)
            else:
                placed.append(item)
        else:
            kind = UnplacedKind(parsed.status)
            unplaced.append(Unplaced(parsed.capture, kind, parsed.why or "", parsed.capture.title_hint))
    kept = list(_without_guesses(placed, unplaced))
    sightings = chain(evidence.sightings, (item.capture for item in unplaced))
    return kept + list(_repeats(kept, sightings)), unplaced


def _read(
    capture: Capture, facts: Facts, packed: Packed, finder: AgencyFinder
) -> tuple[Reading, HeldAgency, bool] | Unplaced:
    if facts.unsound is not None:
        return Unplaced(capture, UnplacedKind.UNSOUND, facts.unsound, capture.title_hint)
    title, printed, year = facts.title, facts.agency, facts.year
    if year is None:
        reason = "the report names no year, and neither does the listing"
        return Unplaced(capture, UnplacedKind.NO_YEAR, reason, title, printed)
    found = finder.find(printed, capture.agency_hint, capture.portal, year)
    if found is None:
        reason = "the report names no agency, and neither does the listing"
        return Unplaced(capture, UnplacedKind.NO_AGENCY, reason, title, printed, year)
    reading = Reading(
        capture=capture,
        agency_id=found.agency.id,
        year=year,
        fingerprint=facts.fingerprint,
        fullness=facts.fullness,
        title=capture.title_hint if title == capture.title_hint else title,  # one text and not two
        era=intern(facts.era),
        published=facts.published,
        packed=packed,
        warnings=(*found.warnings, *_capture_warnings(capture)),
    )
    return reading, found.agency, found.by_portal


def _capture_warnings(capture: Capture) -> Iterator[str]:
    if capture.truncated:
        yield f"capture: the answer of {capture.url} was cut short ({capture.truncated})"
    if capture.problem:
        yield f"capture: {capture.url}: {capture.problem}"


def _without_guesses(
    placed: Iterable[tuple[Reading, HeldAgency, bool]], unplaced: list[Unplaced]
) -> Iterator[tuple[Reading, HeldAgency]]:
    """Keeps a report that was given to the portal's agency only where nothing else claims that agency and year.

    A portal carries the reports of many bodies. Two nameless ones with different content cannot both be of the
    portal's own agency, and one beside a report that names it is more likely of someone else.
    """
    placed = list(placed)
    guessed = {(reading.agency_id, reading.year) for reading, _, by_portal in placed if by_portal}
    named: set[tuple[str, int]] = set()
    contents: dict[tuple[str, int], set[str]] = defaultdict(set)
    for reading, _, by_portal in placed:
        if (key := (reading.agency_id, reading.year)) in guessed:
            contents[key].add(reading.fingerprint)
            named |= set() if by_portal else {key}
    for reading, agency, by_portal in placed:
        key = reading.agency_id, reading.year
        if by_portal and (key in named or len(contents[key]) > 1):
            reason = "the report names no agency, and more than one report could be that of the portal's own"
            unplaced.append(
                Unplaced(reading.capture, UnplacedKind.NO_AGENCY, reason, reading.title, None, reading.year)
            )
        else:
            yield reading, agency


def _covers(
    placed: Iterable[tuple[Reading, HeldAgency]], documents: Iterable[Unplaced]
) -> tuple[dict[tuple[str, int], list[Capture]], list[Unplaced]]:
    """Pages that are no report but link the attachment that is one, by (agency, year), and the other documents."""
    linked: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for reading, _ in placed:
        if reading.capture.role is Role.ATTACHMENT and reading.capture.referrer:
            linked[reading.capture.referrer].add((reading.agency_id, reading.year))
    covers: dict[tuple[str, int], list[Capture]] = defaultdict(list)
    others: list[Unplaced] = []
    for item in documents:
        keys = linked.get(item.capture.url, set()) if item.kind is UnplacedKind.NOT_A_REPORT else set()
        for key in keys:
            covers[key].append(item.capture)
        if not keys:
            others.append(item)
    return covers, others


def _repeats(
    placed: list[tuple[Reading, HeldAgency]], sightings: Iterable[Capture]
) -> Iterator[tuple[Reading, HeldAgency]]:
    """A reading for each capture that only repeats bytes already read: it is a sighting too."""
    captures = {(capture.warc, capture.offset): capture for capture in sightings}
    pages = {(capture.url, capture.sha256) for capture in captures.values()}
    read: dict[tuple[str, str], list[tuple[Reading, HeldAgency]]] = defaultdict(list)
    for reading, agency in placed:
        page = reading.capture.url, reading.capture.sha256
        if page in pages:
            read[page].append((reading, agency))
            captures.pop((reading.capture.warc, reading.capture.offset), None)
    for known in read.values():
        known.sort(key=lambda one: in_time(one[0].capture))
    for capture in captures.values():
        if known := read.get((capture.url, capture.sha256), []):
            # The same page may have been read more than once, with other pictures: the last time before counts.
            before = [one for one in known if one[0].capture.fetched_at <= capture.fetched_at]
            reading, agency = (before or known[:1])[-1]
            yield replace(reading, capture=capture, warnings=()), agency
