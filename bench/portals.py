"""The demo farm, from home pages alone and with columns given: what is found of what exists, and how much of it right.

Each way goes the whole route: `python -m crawler` over loopback, reading, building the archive's holdings. From home
pages alone the registry holds one line a portal and no agencies, as when an operator adds a portal; with columns given
it names column, platform and agencies. Then the holdings are compared with what the farm knows to be true, and every
report that is not held, not right, or held although it is none is named.

Run: `python -m bench.portals [home|columns]`.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from archive.holdings import Holdings, Report
from bench.demo_crawl import crawl
from demo.farm import OUTSIDE, Farm, build_farm, read_places
from demo.server import Record, free_port
from demo.site import Publication

WAYS = {"home": "from home pages alone", "columns": "with columns given"}
PARTS = ("agency", "year", "date", "title")


@dataclass(frozen=True, slots=True)
class Score:
    """What one portal came to. `right` counts the reports that are held and right by part of them; `faults` say more.

    `existing` are the reports that a polite crawler can get; `requests` is what the server saw, robots.txt included.
    """

    portal: str
    platform: str
    existing: int
    found: int
    wrong: int
    right: Mapping[str, int]
    requests: int
    faults: tuple[str, ...]


def home_only(farm: Farm) -> Farm:
    """The farm with a registry of home pages and nothing else."""
    portals = (replace(portal, annual_report_url=None, platform=None) for portal in farm.portals)
    return replace(farm, portals=tuple(portals), agencies=())


def with_columns(farm: Farm) -> Farm:
    """The farm with a registry that names every column and platform."""
    truth = read_places()
    portals = (
        replace(
            portal,
            annual_report_url=farm.site(portal.id).base + truth[portal.id]["column"],
            platform=truth[portal.id]["system"],
        )
        for portal in farm.portals
    )
    return replace(farm, portals=tuple(portals))


def judge(farm: Farm, holdings: Holdings, records: Iterable[Record]) -> list[Score]:
    """The score of each portal of the farm."""
    seen: dict[str, list[Report]] = defaultdict(list)
    for report in holdings.reports:
        for url in report.urls:
            seen[url].append(report)
    known = {url for each in (*farm.publications, *farm.drawn) for url in each.urls}
    asked = Counter(record.site for record in records)
    names = {agency.id: agency.name for agency in holdings.agencies}
    scores = []
    for portal in farm.portals:
        base = farm.site(portal.id).base + "/"
        true = [each for each in farm.publications if each.portal == portal.id and not each.lost]
        held = {each.report.id: _held(each, seen) for each in true}
        faults = [f"not held: {each.report.id} {each.urls}" for each in true if not held[each.report.id]]
        right: Counter[str] = Counter()
        for each in true:
            for report in held[each.report.id][:1]:
                verdicts = _compare(each, report, names)
                right.update(part for part, (got, wanted) in verdicts.items() if got == wanted)
                wrong = ((part, got, wanted) for part, (got, wanted) in verdicts.items() if got != wanted)
                faults += [f"{each.report.id}: {part} {got!r}, not {wanted!r}" for part, got, wanted in wrong]
            if len(held[each.report.id]) > 1:
                faults.append(f"{each.report.id} is held as {[report.id for report in held[each.report.id]]}")
        taken = [one for one in holdings.reports if one.url.startswith(base) and not known & {*one.urls}]
        faults += [f"wrongly taken: {one.id} {one.urls} {one.current.title}" for one in taken]
        found = sum(bool(reports) for reports in held.values())
        platform = read_places()[portal.id]["system"]
        scores.append(Score(portal.id, platform, len(true), found, len(taken), right, asked[portal.id], tuple(faults)))
    return scores


def _held(publication: Publication, seen: Mapping[str, Sequence[Report]]) -> list[Report]:
    """The reports of the archive that were seen at an address of this publication, each once."""
    return list({report.id: report for url in publication.urls for report in seen.get(url, ())}.values())


def _compare(publication: Publication, report: Report, names: Mapping[str, str]) -> dict[str, tuple[object, object]]:
    true = publication.report
    return {
        "agency": (names[report.agency_id], true.agency.name),
        "year": (report.year, true.year),
        "date": (report.current.published, true.published),
        "title": (report.current.title, true.title),
    }


def table(scores: Sequence[Score]) -> Iterator[str]:
    """The scores by platform, as lines of Markdown."""
    yield "| platform | portals | found / existing | wrongly taken | agency | year | date | title | requests a report |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    names = sorted({one.platform for one in scores})
    rows = [(name, [one for one in scores if one.platform == name]) for name in names]
    for name, those in [*rows, ("all", list(scores))]:
        existing, found = sum(one.existing for one in those), sum(one.found for one in those)
        right = " | ".join(str(sum(one.right[part] for one in those)) for part in PARTS)
        share = sum(one.requests for one in those if one.existing) / found if found else 0
        wrong = sum(one.wrong for one in those)
        yield f"| {name} | {len(those)} | {found} / {existing} | {wrong} | {right} | {share:.1f} |"


def main(given: Sequence[str]) -> None:
    """Prints a table for each way, and below it what is wrong."""
    for way in given or WAYS:
        if way not in WAYS:
            raise SystemExit(f"bench.portals takes {' or '.join(WAYS)}, not {way!r}")
        whole = build_farm(free_port(30))
        farm = home_only(whole) if way == "home" else with_columns(whole)
        with tempfile.TemporaryDirectory() as folder:
            crawled = crawl(farm, Path(folder))
            scores = judge(farm, crawled.read(), crawled.records)
        closed = ", ".join(one.portal for one in scores if not one.existing)
        outside = sum(record.site == OUTSIDE for record in crawled.records)
        print(f"\n{WAYS[way]}: {len(scores)} portals, closed: {closed}; {outside} requests to a foreign host\n")
        print("\n".join(table(scores)))
        for score in scores:
            for fault in score.faults:
                print(f"  {score.portal}: {fault}")


if __name__ == "__main__":
    main(sys.argv[1:])
