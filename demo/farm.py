"""The farm: every made-up portal at its address, the registry that names them, and what is true of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.models import Level, Portal
from archive.registry import AGENCY_COLUMNS, PORTAL_COLUMNS
from demo.form import DATA
from demo.portals import (
    closed,
    diheng,
    fengtai,
    fengwu,
    huaiyu,
    jiyu,
    liaoting,
    linxi,
    luqi,
    qinghe,
    songlan,
    static_lists,
    tongbu,
    tongmei,
    weitang,
    weiyan,
    yizhu,
)
from demo.reports import SEED, reports_of
from demo.site import Answer, Decoy, Desk, Publication, Site
from demo.truth import Quirk, TrueAgency, TrueReport

PORT = 8702
"""The port of the committed registry."""
OUTSIDE = "outside"
"""A listening host that no registry names: a request to it is a fault of the crawler."""


@dataclass(frozen=True, slots=True)
class Played:
    """A portal of the farm: last number of its loopback address, how it is built, what the registry says of it."""

    id: str
    number: int
    build: Callable[[Desk], None]
    column: str
    platform: str
    notes: str


PORTALS = (
    Played("qinghe", 11, qinghe.build, qinghe.COLUMN, "trs", "year folders, stubs, GBK pages, DOCX attachments"),
    Played("linxi", 12, linxi.build, "", "", "home page only; generic platform"),
    Played("songlan", 13, songlan.build, "", "", "home page only; every report of one bureau under two URLs"),
    Played("yanhu", 14, closed.build_challenge, closed.COLUMN, "", "answers with a script challenge"),
    Played("weitang", 15, weitang.build, weitang.COLUMN, "trs", "breaks half-way"),
    Played("xingwu", 16, closed.build_broken_robots, "", "", "robots.txt answers 503"),
    Played("jiyu", 31, jiyu.build, jiyu.COLUMN, "hanweb", "Hanweb jpage: rows in a data store and from dataproxy.jsp"),
    Played("luqi", 32, luqi.build, "", "", "home page only; Hanweb xxgk: a page for each unit and year"),
    Played("tongmei", 33, tongmei.build, tongmei.COLUMN, "", "Hanweb JPaaS: rows built by a unit of the page"),
    Played("diheng", 34, diheng.build, "", "", "home page only; channel codes, a node for each year"),
    Played("fengtai", 35, fengtai.build, fengtai.COLUMN, "", "VSB: pages count down"),
    Played("yizhu", 36, yizhu.build, yizhu.COLUMN, "", "TRS with a search service behind the list"),
    Played("liaoting", 40, liaoting.build, "", "", "home page only; NFCMS and the catalogue gkmlpt beside it"),
    Played("fengwu", 41, fengwu.build, fengwu.COLUMN, "", "LonSun: rows from a label service"),
    Played(
        "huaiyu",
        42,
        huaiyu.build,
        "",
        "",
        "home page only; openness module, every report also as a picture, one as nothing else",
    ),
    Played("tongbu", 43, tongbu.build, tongbu.COLUMN, "", "Epoint: rows by POST in two shapes"),
    Played("weiyan", 44, weiyan.build, weiyan.COLUMN, "truecms", "rows as JSONP, Referer needed"),
    Played("yimei", 45, static_lists.build_jiangxi, static_lists.JIANGXI, "", "pc/list pages"),
    Played("qingfan", 46, static_lists.build_hebei, "", "", "home page only; columns named by UUIDs"),
    Played("muyan", 47, static_lists.build_zibo, static_lists.ZIBO, "zibo", "a site for each body"),
    Played("wuzhu", 48, static_lists.build_shanghai, static_lists.SHANGHAI, "shanghai", "rows in another folder"),
    Played("qinxiu", 49, static_lists.build_liaoning, "", "", "home page only; years beside each other"),
)


@dataclass(frozen=True, slots=True)
class Farm:
    """Everything that is served and what is true of it.

    `sites` includes the host outside the registry. `publications` holds every report that stands somewhere as text,
    `drawn` those that are pictures in place of text, to be read by the extra `ocr`. `missing` are the reports that
    exist but are not published in this edition. `portals` are what the registry says.
    """

    sites: tuple[Site, ...]
    portals: tuple[Portal, ...]
    agencies: tuple[TrueAgency, ...]
    publications: tuple[Publication, ...]
    decoys: tuple[Decoy, ...]
    missing: tuple[TrueReport, ...]
    drawn: tuple[Publication, ...] = ()

    @property
    def reports(self) -> tuple[TrueReport, ...]:
        """The reports that a polite crawler can get."""
        return tuple(publication.report for publication in self.publications if not publication.lost)

    def site(self, name: str) -> Site:
        """The site of that id. Raises KeyError if there is none."""
        return {site.id: site for site in self.sites}[name]


def build_farm(port: int = PORT, *, host: str | None = None, seed: int = SEED, edition: int = 1) -> Farm:
    """Renders the whole farm; the same arguments give the same bytes.

    By default every portal has an address of its own (127.0.0.11, 127.0.0.12, …) and all share `port`. Where there are
    no such addresses give `host`: then all share it, and the portals listen on `port`, `port` + 1, …. Edition 2 is the
    farm as a later night finds it: corrected, repaired, one report more and one less.
    """
    agencies, places, quirks = read_agencies(), read_places(), read_quirks()
    addresses = {
        name: (host, port + offset) if host else (f"127.0.0.{number}", port)
        for offset, (name, number) in enumerate([*((played.id, played.number) for played in PORTALS), (OUTSIDE, 19)])
    }
    outside = Site(OUTSIDE, "", *addresses[OUTSIDE], elsewhere=lambda _: Answer(b"<html><body>outside</body></html>"))
    sites: list[Site] = []
    portals: list[Portal] = []
    publications: list[Publication] = []
    decoys: list[Decoy] = []
    missing: list[TrueReport] = []
    drawn: list[Publication] = []
    for played in PORTALS:
        own = tuple(agency for agency in agencies if agency.portal == played.id)
        reports = {agency.id: tuple(reports_of(agency, seed, quirks.get(agency.id, {}), edition)) for agency in own}
        site = Site(played.id, places[played.id]["name"] + "人民政府", *addresses[played.id])
        desk = Desk(site, reports, own, outside.base, edition)
        played.build(desk)
        standing = {publication.report.id for publication in (*desk.publications, *desk.drawn)}
        missing += [report for report in desk.in_order() if report.id not in standing]
        sites.append(site)
        portals.append(registered(played, site, places[played.id]))
        publications += desk.publications
        drawn += desk.drawn
        decoys += desk.decoys
    found = tuple(publications), tuple(decoys), tuple(missing), tuple(drawn)
    return Farm((*sites, outside), tuple(portals), agencies, *found)


def registered(played: Played, site: Site, place: dict[str, str]) -> Portal:
    """What the registry says of a portal."""
    return Portal(
        id=site.id,
        name=site.name,
        division=place["division"],
        level=Level(place["level"]),
        home_url=site.base + "/",
        annual_report_url=site.base + played.column if played.column else None,
        platform=played.platform or None,
        notes=played.notes,
    )


def read_places() -> dict[str, dict[str, str]]:
    """The invented places by portal, from `data/places.csv`. Codes from 990000 up are kept for demonstrations."""
    with (DATA / "places.csv").open(encoding="utf-8", newline="") as lines:
        return {line["portal"]: line for line in csv.DictReader(lines)}


def read_agencies() -> tuple[TrueAgency, ...]:
    """The invented agencies, from `data/agencies.csv`."""
    places = read_places()
    with (DATA / "agencies.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            TrueAgency(
                id=f"{line['portal']}-{line['slug']}",
                name=line["name"],
                place=places[line["portal"]]["name"],
                division=places[line["portal"]]["division"],
                level=Level(line["level"]),
                kind=line["kind"],
                portal=line["portal"],
                slug=line["slug"],
                first_year=int(line["first_year"]),
                last_year=int(line["last_year"]),
            )
            for line in csv.DictReader(lines)
        )


def read_quirks() -> dict[str, dict[int, frozenset[Quirk]]]:
    """The faults to plant, by agency and year, from `data/quirks.csv`."""
    found: dict[str, dict[int, frozenset[Quirk]]] = {}
    with (DATA / "quirks.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            years = found.setdefault(line["agency"], {})
            year = int(line["year"])
            years[year] = years.get(year, frozenset()) | {Quirk(line["quirk"])}
    return found


def write_registry(farm: Farm, directory: Path) -> None:
    """Writes `portals.csv` and `agencies.csv` of the farm into the directory, which is made if need be."""
    directory.mkdir(parents=True, exist_ok=True)
    governments = {agency.portal: agency.id for agency in farm.agencies if agency.kind == "government"}
    portals = [
        {
            "id": portal.id,
            "name": portal.name,
            "division": portal.division,
            "level": portal.level,
            "home_url": portal.home_url,
            "annual_report_url": portal.annual_report_url or "",
            "platform": portal.platform or "",
            "notes": portal.notes,
        }
        for portal in farm.portals
    ]
    agencies = [
        {
            "id": agency.id,
            "name": agency.name,
            "division": agency.division,
            "level": agency.level,
            "parent": "" if agency.kind == "government" else governments[agency.portal],
            "portal": agency.portal,
            "valid_from": agency.first_year,
        }
        for agency in farm.agencies
    ]
    for name, columns, lines in (("portals", PORTAL_COLUMNS, portals), ("agencies", AGENCY_COLUMNS, agencies)):
        with (directory / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)


def manifest(farm: Farm) -> Iterator[str]:
    """The truth as JSON lines: reports with URLs and quirks, then what is no report, then what is missing."""
    for publication in (*farm.publications, *farm.drawn):
        report = publication.report
        yield line(
            "report",
            report_id=report.id,
            agency=report.agency.name,
            year=report.year,
            era=report.era,
            title=report.title,
            published=report.published,
            version=report.version,
            portal=publication.portal,
            urls=publication.urls,
            format=publication.format,
            style=publication.style,
            quirks=sorted(report.quirks),
            failures=[[failure.rule, failure.key, failure.applicant] for failure in report.failures],
            lost=publication.lost,
        )
    for decoy in farm.decoys:
        yield line("decoy", url=decoy.url, title=decoy.title, why=decoy.why, forbidden=decoy.forbidden)
    for report in farm.missing:
        yield line("missing", report_id=report.id, agency=report.agency.name, year=report.year)


def line(kind: str, **values: object) -> str:
    """One line of the manifest."""
    return json.dumps({"kind": kind, **values}, ensure_ascii=False)
