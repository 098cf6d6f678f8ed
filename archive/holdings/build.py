"""Puts captures, parses and registry together: who reported what and when, and what is missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from sys import intern

from archive.holdings.agencies import AgencyFinder
from archive.holdings.coverage import OPEN, KnownUrl, coverage
from archive.holdings.facts import Facts, KnownFacts, facts_of
from archive.holdings.model import (
    Change,
    HeldAgency,
    Holdings,
    Packed,
    PortalNight,
    Report,
    StoredReport,
    Unplaced,
    UnplacedKind,
)
from archive.holdings.nights import portal_nights
from archive.holdings.reports import Reading, UrlHistory, assemble_report, group, in_time
from archive.ledger import Fetch, FrontierUrl, Ledger, Results
from archive.models import Capture, Outcome, Role
from archive.registry import Registry

DOCUMENTS = (Role.ARTICLE, Role.ATTACHMENT)
_THERE = frozenset({Outcome.OK, Outcome.NOT_MODIFIED})
_GONE = frozenset({Outcome.NOT_FOUND, Outcome.SOFT_404})


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
    """What of the ledger holdings are made of; `sightings` are all captures of documents, repeats included.

    Parses, sightings and URLs are gone through once each. `today` is the day of the last run, None if there was none.
    """

    parser_version: str
    parses: Iterable[Parsed]
    sightings: Iterable[Capture]
    history: Mapping[str, UrlHistory]
    urls: Iterable[KnownUrl]
    today: date | None = None
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
    """Reads the evidence from the ledger; parses, sightings and URLs are read while they are used."""
    return Evidence(
        parser_version=parser_version,
        parses=_parses(ledger, parser_version, known),
        sightings=ledger.captures(roles=DOCUMENTS, outcomes=(*_THERE,), repeats=True),
        history=histories(ledger.fetches),
        urls=(
            KnownUrl(u.url, u.portal, u.role, u.outcome or OPEN, u.reason, _called(u), u.agency_hint, u.last_modified)
            for u in ledger.urls()
        ),
        today=max((date.fromisoformat(run.started_at[:10]) for run in ledger.runs()), default=None),
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
        yield Parsed(parse.capture, parse.status, facts, StoredReport(facts.content, parse.number, read))
    if known is not None:
        known.keep(found)


def _called(url: FrontierUrl) -> str | None:
    """What a list calls a URL; a row that was left out has no title of an entry, but the words of its link."""
    return url.title_hint or url.link_text


def histories(fetches: Callable[[], Iterable[Fetch]]) -> dict[str, UrlHistory]:
    """When each address was there or gone, from all fetches, which are gone through twice.

    Of an address that was never gone, as nearly all are, the last time that it was there says all.
    """
    missed = {fetch.url for fetch, there in _looks(fetches()) if not there}
    events: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    last: dict[str, str] = {}
    for fetch, there in _looks(fetches()):
        if fetch.url in missed:
            events[fetch.url].append((fetch.started_at, there))
        else:
            last[fetch.url] = max(last.get(fetch.url, ""), fetch.started_at)
    return {url: UrlHistory(((at, True),)) for url, at in last.items()} | {
        url: UrlHistory(tuple(sorted(items))) for url, items in events.items()
    }


def _looks(fetches: Iterable[Fetch]) -> Iterator[tuple[Fetch, bool]]:
    """Each time that the address of a document was seen to be there (True) or gone."""
    for fetch in fetches:
        there, gone = fetch.outcome in _THERE, fetch.outcome in _GONE and fetch.named is False
        if fetch.role in DOCUMENTS and fetch.final and (there or gone):
            yield fetch, there


def assemble(evidence: Evidence, registry: Registry) -> Holdings:
    """The holdings of some evidence; pure, and the same whatever the order of the evidence."""
    placed, documents = _place(evidence, AgencyFinder(registry))
    covers, unplaced = _covers(placed, documents)
    reports: list[Report] = []
    changes: list[Change] = []
    agencies = {agency.id: agency for _, agency in placed}
    groups = group(reading for reading, _ in placed)
    del placed  # what was read is let go of, report by report
    for key in list(groups):
        report, happened = assemble_report(groups.pop(key), evidence.history, covers.get(key, ()))
        reports.append(report)
        changes.extend(happened)
    finder = AgencyFinder(registry)
    registered = {agency.id: finder.held(agency) for agency in registry.agencies.values()}
    everyone = tuple(sorted({**_on_portals(agencies, reports), **registered}.values(), key=lambda item: item.id))
    # A document is told once for each address, as it was met last.
    once = {(item.capture.sha256, item.capture.url): item for item in sorted(unplaced, key=_document_order)}
    ordered = tuple(sorted(once.values(), key=_document_order))
    outcomes: Counter[tuple[str, str, str]] = Counter()
    return Holdings(
        registry=registry,
        parser_version=evidence.parser_version,
        agencies=everyone,
        reports=tuple(reports),
        changes=tuple(sorted(changes, key=lambda change: (change.changed_at, change.report_id))),
        coverage=coverage(everyone, reports, ordered, _counted(evidence.urls, outcomes), evidence.today),
        unplaced=ordered,
        captures=_documents(reports, ordered),
        outcomes=dict(sorted(outcomes.items())),
        nights=evidence.nights,
    )


def _counted(urls: Iterable[KnownUrl], outcomes: Counter[tuple[str, str, str]]) -> Iterator[KnownUrl]:
    """The same URLs, counted on the way: there are many more of them than reports."""
    for url in urls:
        outcomes[url.portal, str(url.role), str(url.outcome)] += 1
        yield url


def _on_portals(agencies: Mapping[str, HeldAgency], reports: Iterable[Report]) -> dict[str, HeldAgency]:
    """Agencies that are not registered, with the portal of their latest report."""
    latest = {report.agency_id: report.portal for report in reports}  # by year within an agency
    return {agency_id: replace(agency, portal=latest[agency_id]) for agency_id, agency in agencies.items()}


def _documents(reports: Iterable[Report], unplaced: Iterable[Unplaced]) -> tuple[Capture, ...]:
    """Each document once: the first capture of its bytes."""
    captures = [sighting.capture for report in reports for sighting in report.sightings]
    captures += [item.capture for item in unplaced]
    first: dict[str, Capture] = {}
    for capture in sorted(captures, key=in_time):
        first.setdefault(capture.sha256, capture)
    return tuple(first.values())


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
    return _with_repeats(kept, evidence.sightings), unplaced


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
    named = {(reading.agency_id, reading.year) for reading, _, by_portal in placed if not by_portal}
    contents: dict[tuple[str, int], set[str]] = defaultdict(set)
    for reading, _, _ in placed:
        contents[reading.agency_id, reading.year].add(reading.fingerprint)
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


def _with_repeats(
    placed: list[tuple[Reading, HeldAgency]], sightings: Iterable[Capture]
) -> list[tuple[Reading, HeldAgency]]:
    """Adds a reading for each capture that only repeats bytes already read: it is a sighting too."""
    read = {(reading.capture.warc, reading.capture.offset) for reading, _ in placed}
    by_page: dict[tuple[str, str], list[tuple[Reading, HeldAgency]]] = defaultdict(list)
    for reading, agency in sorted(placed, key=lambda one: in_time(one[0].capture)):
        by_page[reading.capture.url, reading.capture.sha256].append((reading, agency))
    repeats = []
    for capture in sightings:
        known = by_page.get((capture.url, capture.sha256))
        if known and (capture.warc, capture.offset) not in read:
            # The same page may have been read more than once, with other pictures: the last time before counts.
            before = [one for one in known if one[0].capture.fetched_at <= capture.fetched_at]
            reading, agency = (before or known[:1])[-1]
            repeats.append((replace(reading, capture=capture, warnings=()), agency))
    return placed + repeats
