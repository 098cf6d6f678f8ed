"""A DATA directory of any size, written as a crawl leaves it: captures, ledger and registry, in bounded memory.

A portal for each city and county with its bodies, which are registered. `night` is what another night brings: a share
of the reports is new or corrected, and all others were there unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path

from archive.models import Cell, Level, Portal, Role, State
from archive.parsing.results import as_stored
from archive.registry import Registry, load_registry
from archive.report.version import PARSER_VERSION
from bench.made_archive import parsed
from demo.farm import Farm, write_registry
from demo.render import html
from demo.reports import many
from demo.truth import TrueAgency, TrueReport
from tests.route.crawled import Crawled, crawled

AGENCIES = "agencies.csv"
PORTALS = "portals.csv"


def bodies(reports: Iterable[TrueReport]) -> Iterator[tuple[TrueAgency, list[TrueReport]]]:
    """Each body with its reports, on the portal of its place, with an id that its name gives."""
    for _, own in groupby(reports, key=lambda report: report.agency.id):
        chain = list(own)
        agency = replace(chain[0].agency, portal=_portal(chain[0]), division="110101")
        yield agency, [replace(report, agency=agency) for report in chain]


def _portal(report: TrueReport) -> str:
    return "-".join(report.agency.id.split("-")[:2])


def fill(data: Path, count: int, *, read: bool = False, more: int = 0) -> None:
    """Writes DATA with so many captured reports; with `read` also what the parser made of them, without reading them.

    The registry has the bodies of `more` reports too, for the nights to come.
    """
    data.mkdir(parents=True, exist_ok=True)
    agencies: list[TrueAgency] = []
    portals: dict[str, Portal] = {}
    with crawled(data) as crawl:
        left = count
        for agency, own in bodies(many(count + more)):
            agencies.append(agency)
            home = f"http://{agency.portal}.example/"
            portals.setdefault(agency.portal, Portal(agency.portal, agency.place, "110101", Level.COUNTY, home))
            for report in own[:left]:
                put(crawl, report, moment(crawl.run), read=read)
            left -= min(left, len(own))
    write_registry(Farm((), tuple(portals.values()), tuple(agencies), (), (), ()), data)


def registry(data: Path) -> Registry:
    """The registry of a DATA directory that was filled."""
    return load_registry(data / PORTALS, data / AGENCIES)


def night(data: Path, count: int, share: float) -> tuple[int, int]:
    """Another night over `count` reports; returns how many were corrected, and how many are new (half of each)."""
    changed = max(2, round(count * share))
    new, every = changed // 2, count // (changed - changed // 2)
    with crawled(data) as crawl:
        reports = (report for _, own in bodies(many(count + new)) for report in own)
        corrected = 0
        for number, report in enumerate(islice(reports, count)):
            if number % every == every // 2 and corrected < changed - new:
                put(crawl, correct(report, crawl.run), moment(crawl.run), read=True)
                corrected += 1
        for report in reports:
            put(crawl, report, moment(crawl.run), read=True)
    return corrected, new


def moment(run: int) -> str:
    """When a run takes place: a month after the one before."""
    return f"{2026 + run // 12}-{1 + run % 12:02}-01T00:00:00.000Z"


def correct(report: TrueReport, edition: int) -> TrueReport:
    """The report with another number in its first cell and another sentence in its first section."""
    first = report.cells[0]
    value = edition + int(first.value or 0)
    cell = Cell(first.key, first.applicant, value, State.NUMBER, str(value), first.unit, first.place)
    text = report.sections[0].text + f"\n本报告于{report.year + edition}年更正了规章数量，原数有误。"
    sections = (replace(report.sections[0], text=text), *report.sections[1:])
    return replace(report, cells=(cell, *report.cells[1:]), sections=sections)


def put(crawl: Crawled, report: TrueReport, at: str, *, read: bool) -> None:
    """Captures one report, and records what the parser made of it."""
    capture = crawl.fetch(
        f"{report.agency.portal}/{report.id}.html",
        html.page(report),
        at=at,
        role=Role.ARTICLE,
        portal=report.agency.portal,
        title=report.title,
        agency=report.agency.name,
    )
    assert capture is not None
    if read:
        made = as_stored(replace(parsed(report), parser_version=PARSER_VERSION), capture.url)
        crawl.ledger.record_parse(capture, PARSER_VERSION, made.status, result=made.result, why=made.why)
