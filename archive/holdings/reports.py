"""From readings to reports: which captures show the same report, which of them make a new version, what changed.

The rule of the leading address. All captures of one (agency, year) belong to one report. Among the addresses at which
it was first seen within a day, the one whose content is the fullest leads: most cells with a number, then most
sections, then most text, then the article page before the attachment, then the earlier one. Another content at the
leading address is a new version. An address that shows up later and is at least as full takes over the lead, since
sites are rebuilt and reports are put up again; so does any address once the leading one is gone. All other addresses
are copies: each capture of them is a sighting of the version it equals or, where it differs, of the current one, with
a warning that says how.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from archive.days import day_in_china
from archive.holdings.content import Body, Fullness, differences
from archive.holdings.model import Change, ChangeKind, Copy, Packed, Report, Sighting, Version
from archive.models import Capture, Role

SAME_TIME = timedelta(days=1)
ANOTHER_NIGHT = timedelta(hours=12)
"""How long after the first time that an address was found gone the second must come, to prove that it is."""
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """One capture of a report and what was read from it."""

    capture: Capture
    agency_id: str
    year: int
    fingerprint: str
    fullness: Fullness
    title: str | None
    era: str
    published: str | None
    packed: Packed
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UrlHistory:
    """When an address was there and when it was gone: times (ISO 8601, UTC) in order, each with True = there.

    Gone means that it answered so and that its list, read in the same run, did not name it any more. An address has
    vanished when it was found gone on two nights, without being there in between.
    """

    events: tuple[tuple[str, bool], ...] = ()

    def last_there(self, before: str | None = None) -> str | None:
        """The last time it was there (before a time)."""
        there = [at for at, present in self.events if present and (before is None or at < before)]
        return there[-1] if there else None

    def turns(self) -> tuple[tuple[str, bool], ...]:
        """The times at which it was proved gone, and found there again; what was never there cannot vanish."""
        return tuple((at, present) for at, present, _ in self._turns())

    def gone_since(self, at: str) -> str | None:
        """The time at which it was first found gone, of its last vanishing that was proved by then."""
        sinces = [since for proved, present, since in self._turns() if not present and proved <= at]
        return sinces[-1] if sinces else None

    def _turns(self) -> Iterator[tuple[str, bool, str]]:
        state: bool | None = None
        since: str | None = None
        for at, present in self.events:
            if present:
                if state is False:
                    yield at, True, at
                state, since = True, None
            elif state:
                since = since or at
                if _time(at) - _time(since) >= ANOTHER_NIGHT:
                    yield at, False, since
                    state = False

    def gone(self, at: str | None = None) -> bool:
        """Whether it is gone (at a time, or at last)."""
        turns = [present for when, present in self.turns() if at is None or when <= at]
        return bool(turns) and not turns[-1]


@dataclass(slots=True)
class _Line:
    """The versions of one report while they are put in order."""

    report_id: str
    leader: str
    fullness: Fullness
    versions: list[Version] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)
    copies: list[Copy] = field(default_factory=list)

    def add_version(self, reading: Reading) -> None:
        self.fullness = reading.fullness
        self.versions.append(
            Version(
                report_id=self.report_id,
                number=len(self.versions) + 1,
                capture=reading.capture,
                first_seen=reading.capture.fetched_at,
                last_seen=reading.capture.fetched_at,
                fingerprint=reading.fingerprint,
                title=reading.title,
                era=reading.era,
                published=reading.published,
                packed=reading.packed,
            )
        )

    def see(self, reading: Reading, index: int) -> None:
        """Notes a sighting of a version, whose first and last time may widen."""
        version, at = self.versions[index], reading.capture.fetched_at
        if not version.first_seen <= at <= version.last_seen:
            first, last = min(version.first_seen, at), max(version.last_seen, at)
            self.versions[index] = replace(version, first_seen=first, last_seen=last)
        self.sightings.append(Sighting(version.id, reading.capture))


def assemble_report(
    readings: Sequence[Reading], history_of: Callable[[str], UrlHistory], covers: Sequence[Capture] = ()
) -> Report:
    """One report from all its readings (of one agency and year), with everything that happened to it.

    `covers` are captures of pages that hold nothing but the link to an attachment that is the report.
    """
    addresses = {*(reading.capture.url for reading in readings), *(cover.url for cover in covers)}
    history = {url: history_of(url) for url in addresses}
    ordered = sorted(readings, key=lambda reading: in_time(reading.capture))
    first = {reading.capture.url: reading for reading in reversed(ordered)}
    started = _time(ordered[0].capture.fetched_at)
    together = {url: r for url, r in first.items() if _time(r.capture.fetched_at) - started < SAME_TIME}
    leading = min(together.values(), key=_leads)
    line = _Line(report_id(leading.agency_id, leading.year), leading.capture.url, leading.fullness)
    line.add_version(leading)
    for reading in ordered:
        _place(line, reading, first, together, history)
    for version in line.versions:
        _tell_copies(line, version, ordered)
    for cover in covers:
        shown = [version for version in line.versions if version.first_seen <= cover.fetched_at] or line.versions[:1]
        line.sightings.append(Sighting(shown[-1].id, cover))
    versions = tuple(_still_there(line, history))
    events = (*_corrections(versions), *_comings_and_goings(line, history))
    changes = tuple(sorted(events, key=lambda change: change.changed_at))
    return Report(
        id=line.report_id,
        agency_id=leading.agency_id,
        year=leading.year,
        portal=line.versions[-1].capture.portal,
        versions=versions,
        sightings=tuple(sorted(line.sightings, key=lambda sighting: in_time(sighting.capture))),
        vanished_on=_vanished_on(line, changes, history),
        warnings=tuple(dict.fromkeys((*(w for r in ordered for w in r.warnings), *line.warnings))),
        copies=tuple(line.copies),
        changes=changes,
    )


def _place(
    line: _Line,
    reading: Reading,
    first: Mapping[str, Reading],
    together: Mapping[str, Reading],
    history: Mapping[str, UrlHistory],
) -> None:
    url, at = reading.capture.url, reading.capture.fetched_at
    current = line.versions[-1]
    if reading.fingerprint == current.fingerprint:
        line.see(reading, -1)
        return
    known = [index for index, version in enumerate(line.versions) if version.fingerprint == reading.fingerprint]
    late = first[url] is reading and url not in together and not known and reading.fullness >= line.fullness
    leader_gone = history[line.leader].gone(at)
    before_lead = at < line.versions[0].capture.fetched_at
    if not before_lead and (url == line.leader or late or leader_gone):
        line.leader = url
        line.add_version(reading)
        line.see(reading, -1)
        return
    line.see(reading, known[-1] if known else len(line.versions) - 1)


def _tell_copies(line: _Line, version: Version, readings: Iterable[Reading]) -> None:
    """Warns of copies whose content is not that of the version they were seen as, once for each address."""
    known = {v.fingerprint for v in line.versions}
    by_capture = {id(sighting.capture) for sighting in line.sightings if sighting.version_id == version.id}
    body: Body | None = None
    told: set[tuple[str, bool]] = set()
    for reading in readings:
        url, differs = reading.capture.url, reading.fingerprint not in known
        if id(reading.capture) not in by_capture or (url, differs) in told:
            continue
        told.add((url, differs))
        if differs or url != version.capture.url:
            line.copies.append(Copy(version.id, reading.capture, reading.packed))
        if not differs:
            continue
        body = body or version.packed.json()
        found = list(differences(body, reading.packed.json()))
        more = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
        text = "; ".join(str(item) for item in found[:_TOLD])
        line.warnings[f"copy: {url} differs from version {version.number} in {text}{more}"] = None


def _still_there(line: _Line, history: Mapping[str, UrlHistory]) -> list[Version]:
    """The versions, the last one seen as late as any address that last showed it was there without being sent again."""
    current = line.versions[-1]
    latest: dict[str, Sighting] = {sighting.url: sighting for sighting in line.sightings}
    times = [
        there
        for url, sighting in latest.items()
        if sighting.version_id == current.id and (there := history[url].last_there())
    ]
    if times and max(times) > current.last_seen:
        line.versions[-1] = replace(current, last_seen=max(times))
    return line.versions


def _corrections(versions: Sequence[Version]) -> Iterable[Change]:
    new = versions[0]
    yield Change(f"{new.id}-new", new.report_id, new.first_seen, ChangeKind.NEW, new.id)
    for before, after in pairwise(versions):
        for number, item in enumerate(differences(before.packed.json(), after.packed.json()), 1):
            yield Change(
                id=f"{after.id}-{number}",
                report_id=after.report_id,
                changed_at=after.first_seen,
                kind=ChangeKind.CORRECTED,
                version_id=after.id,
                key=item.key,
                applicant=item.applicant,
                section=item.section,
                before=item.before,
                after=item.after,
            )


def _comings_and_goings(line: _Line, history: Mapping[str, UrlHistory]) -> Iterable[Change]:
    """A report has vanished when the last of its addresses has, and is back when one of them is."""
    there = {sighting.url: True for sighting in line.sightings}
    turns = sorted((at, url, present) for url in there for at, present in history[url].turns())
    present_before = True
    for at, url, present in turns:
        there[url] = present
        if any(there.values()) != present_before:
            present_before = not present_before
            kind = ChangeKind.RETURNED if present_before else ChangeKind.VANISHED
            yield Change(f"{line.report_id}-{kind}-{at}", line.report_id, at, kind, None)


def _vanished_on(line: _Line, changes: Iterable[Change], history: Mapping[str, UrlHistory]) -> str | None:
    """The day in China on which the last of its addresses was first found gone, if the report is gone and not back."""
    turns = [change for change in changes if change.kind in {ChangeKind.VANISHED, ChangeKind.RETURNED}]
    if not turns or turns[-1].kind is ChangeKind.RETURNED:
        return None
    since = (history[sighting.url].gone_since(turns[-1].changed_at) for sighting in line.sightings)
    return day_in_china(_time(max(filter(None, since)))).isoformat()


def in_time(capture: Capture) -> tuple[str, str, str, int]:
    """The order of captures: by time, then the same on every machine."""
    return capture.fetched_at, capture.url, capture.warc, capture.offset


def _leads(reading: Reading) -> tuple[int, int, int, bool, str, str]:
    full = reading.fullness
    capture = reading.capture
    return (
        -full.cells,
        -full.sections,
        -full.text,
        capture.role is Role.ATTACHMENT,
        capture.fetched_at,
        capture.url,
    )


def _time(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def group(readings: Iterable[Reading]) -> dict[tuple[str, int], list[Reading]]:
    """The readings of each (agency, year), in the order of the ids of their reports."""
    groups: dict[tuple[str, int], list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[reading.agency_id, reading.year].append(reading)
    return dict(sorted(groups.items(), key=lambda item: report_id(*item[0])))


def report_id(agency_id: str, year: int) -> str:
    """The id of the report of an agency for a year."""
    return f"{agency_id}-{year}"
