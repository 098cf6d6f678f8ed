"""A farm of any size for benchmarks: plain TRS portals on 127.0.1.1, 127.0.1.2, …, each with so many reports."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from archive.models import Level, Portal
from demo.farm import PORT, Farm
from demo.portals import trs
from demo.portals.trs import Listing
from demo.reports import SEED, many
from demo.site import Desk, Site
from demo.truth import TrueReport

COLUMN = "/zwgk/zfxxgknb/"
HOSTS_A_NET = 250


def build_bulk(hosts: int, reports: int, port: int = PORT, *, style: str = "clean", seed: int = SEED) -> Farm:
    """`hosts` portals with `reports` reports each, all in one style (8 kB a page in `clean`, 60 kB in `word`).

    The agencies are not registered: the archive knows them by the names in their reports. Raises ValueError if that is
    more reports than `demo.reports.many` can make.
    """
    source = many(hosts * reports, seed)
    desks = [desk(number, port, source, reports, style) for number in range(hosts)]
    return Farm(
        sites=tuple(each.site for each in desks),
        portals=tuple(registered(number, each.site) for number, each in enumerate(desks)),
        agencies=(),
        publications=tuple(publication for each in desks for publication in each.publications),
        decoys=(),
        missing=(),
    )


def desk(number: int, port: int, source: Iterator[TrueReport], reports: int, style: str) -> Desk:
    """One portal with the next `reports` reports of the source."""
    host = f"127.0.{1 + number // HOSTS_A_NET}.{1 + number % HOSTS_A_NET}"
    own = tuple(islice(source, reports))
    made = Desk(Site(f"bulk-{number}", f"演示{number}号人民政府", host, port), {}, (own[0].agency,), "")
    trs.robots(made, "User-agent: *\nAllow: /\n")
    trs.home(made, [(COLUMN, "政府信息公开年报")])
    rows = [trs.publish(made, COLUMN, report, style) for report in own]
    trs.listed(made, Listing(COLUMN, "政府信息公开年报", size=20), rows)
    return made


def registered(number: int, site: Site) -> Portal:
    """What the registry says of a portal."""
    return Portal(
        id=site.id,
        name=site.name,
        division=f"99{number:04d}",
        level=Level.COUNTY,
        home_url=site.base + "/",
        annual_report_url=site.base + COLUMN,
        platform="trs",
        notes="for benchmarks",
    )
