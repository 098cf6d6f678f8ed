"""Four nights over the demo farm, which changes after the first: what each costs, and what it finds of the changes.

The farm's second edition holds two corrected reports, one new and one that is gone, a repaired portal, and on every
page a visitor counter that has moved. Night 2 follows a day after night 1, night 3 a week later, night 4 a day after
that, to prove what night 3 found gone; the ledger is set back by as much in between.

Run: `python -m bench.nights [--all-due]`; `--all-due` asks for every known page on every night.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from archive.holdings import ChangeKind, Holdings
from bench.demo_crawl import QUICK, crawl
from demo.farm import Farm, build_farm
from demo.server import Host, free_port

CLOSED = ("yanhu", "xingwu")
"""Portals that give nothing in either edition."""
INSTANTS = (
    ("runs", "started_at"), ("runs", "ended_at"), ("captures", "fetched_at"), ("urls", "found_at"),
    ("urls", "done_at"), ("fetches", "started_at"), ("parses", "parsed_at"),
)  # fmt: skip


@dataclass(frozen=True)
class Night:
    """One night: requests to pages and files by status, how many were conditional or for lists, and what came of it.

    `rewritten` counts pages that were held and came with other bytes; `holdings` is the archive after the night.
    """

    number: int
    requests: int
    conditional: int
    not_modified: int
    lists: int
    rewritten: int
    repeats: int
    exit_code: int
    holdings: Holdings

    def changes(self, before: Holdings | None) -> dict[str, set[str]]:
        """Ids of the reports that are new, corrected, vanished or returned since an earlier archive."""
        # Not by id, which holds the day: that moves as the ledger is set back.
        known = {(each.kind, each.report_id, each.version_id) for each in (before.changes if before else ())}
        fresh = [each for each in self.holdings.changes if (each.kind, each.report_id, each.version_id) not in known]
        return {kind.value: {c.report_id for c in fresh if c.kind is kind} for kind in ChangeKind}


def age(data: Path, days: float) -> None:
    """Sets everything that the ledger remembers back by so many days, as if that time had passed."""
    with closing(sqlite3.connect(data / "ledger.db")) as ledger, ledger:
        for table, column in INSTANTS:
            moved = f"strftime('%Y-%m-%dT%H:%M:%fZ', {column}, '-{days * 24} hours')"
            ledger.execute(f"UPDATE {table} SET {column} = {moved} WHERE {column} IS NOT NULL")


def run_night(
    number: int, farm: Farm, folder: Path, portals: Sequence[str] = (), settings: Sequence[str] = ()
) -> Night:
    """Serves an edition of the farm, crawls it into `folder`/data, reads what came, and counts."""
    crawled = crawl(farm, folder, portals, (*QUICK, *settings))
    holdings = crawled.read()
    pages = [record for record in crawled.records if record.path != "/robots.txt"]
    with closing(sqlite3.connect(crawled.data / "ledger.db")) as ledger:
        run = ledger.execute("SELECT max(id) FROM runs").fetchone()[0]
        asked = "SELECT u.role, count(*) FROM fetches f JOIN urls u ON u.id = f.url WHERE f.run = ? GROUP BY 1"
        by_role = Counter(dict(ledger.execute(asked, (run,))))
        rewritten, repeats = ledger.execute(
            "SELECT sum(c.refers_to IS NULL), sum(c.refers_to IS NOT NULL) FROM fetches f"
            " JOIN captures c ON c.id = f.capture JOIN urls u ON u.id = f.url"
            " WHERE f.run = ? AND u.found_run < ? AND u.role IN ('article', 'attachment') AND f.outcome IN"
            " ('ok', 'not_modified') AND EXISTS (SELECT 1 FROM captures o WHERE o.url = c.url AND o.id < c.id"
            " AND o.outcome = 'ok')",
            (run, run),
        ).fetchone()
    return Night(
        number=number,
        requests=len(pages),
        conditional=sum(record.conditional for record in pages),
        not_modified=sum(record.status == 304 for record in pages),
        lists=by_role["listing"] + by_role["home"],
        rewritten=rewritten or 0,
        repeats=repeats or 0,
        exit_code=crawled.exit_code,
        holdings=holdings,
    )


def four_nights(
    folder: Path, portals: Sequence[str] = (), settings: Sequence[str] = (), port: int | None = None
) -> list[Night]:
    """Night 1 on edition 1, then edition 2 a day later, a week after that, and on the next day."""
    port = port or free_port(30)
    first, second = build_farm(port), build_farm(port, edition=2)
    nights = [run_night(1, first, folder, portals, settings)]
    for number, days in ((2, 1.0), (3, 7.0), (4, 1.0)):
        age(folder / "data", days)
        nights.append(run_night(number, second, folder, portals, settings))
    return nights


def planted(first: Farm, second: Farm, portals: Sequence[str]) -> dict[str, set[str]]:
    """What changes from one edition of the farm to the next at these portals: ids of reports by kind of change."""
    before, after = (
        {each.id: each for each in farm.reports if each.agency.portal in portals} for farm in (first, second)
    )
    return {
        "new": after.keys() - before.keys(),
        "corrected": {name for name, report in after.items() if name in before and report.version > 1},
        "vanished": before.keys() - after.keys(),
        "returned": set(),
    }


def volatile(first: Farm, second: Farm, urls: Iterable[str]) -> set[str]:
    """Of these addresses those at which the two editions serve different bytes."""
    hosts = [{site.base: Host(site, 0, None) for site in farm.sites} for farm in (first, second)]

    def body(host: Host, path: str) -> bytes:
        page = host.site.pages.get(path)
        return page.body if page else host.find(path).answer.body

    changed = set()
    for url in urls:
        base = "/".join(url.split("/")[:3])
        before, after = (body(known[base], url.removeprefix(base)) for known in hosts)
        changed |= {url} if before != after else set()
    return changed


def asked_again(data: Path) -> dict[str, int]:
    """The report pages and files held since the first run and asked for again, with their number of payloads."""
    with closing(sqlite3.connect(data / "ledger.db")) as ledger:
        query = (
            "SELECT u.url, (SELECT count(DISTINCT sha256) FROM captures c WHERE c.url = u.url AND c.outcome = 'ok')"
            " FROM urls u JOIN fetches f ON f.url = u.id WHERE u.role IN ('article', 'attachment') AND f.outcome IN"
            " ('ok', 'not_modified') GROUP BY u.id HAVING count(DISTINCT f.run) > 1 AND min(f.run) = 1"
        )
        return dict(ledger.execute(query))


def table(nights: Sequence[Night]) -> Iterator[str]:
    """What each night cost, as lines of Markdown."""
    yield "| night | requests | of night 1 | for lists | conditional | 304 | other bytes | new | corrected | vanished |"
    yield "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    before: Holdings | None = None
    for night in nights:
        share, asked = night.requests / nights[0].requests, night.conditional / night.requests
        found = night.changes(before)
        cells = (
            *(night.number, night.requests, f"{share:.0%}", night.lists, f"{night.conditional} ({asked:.0%})"),
            *(night.not_modified, night.rewritten, *(len(found[kind]) for kind in ("new", "corrected", "vanished"))),
        )
        yield f"| {' | '.join(map(str, cells))} |"
        before = night.holdings


def compare(nights: Sequence[Night], truth: dict[str, set[str]]) -> Iterator[str]:
    """Planted against counted by kind of change, as lines of Markdown; what is missing or too much by name."""
    yield "| change | planted | counted | missed | too many |\n|---|--:|--:|--:|--:|"
    for kind, ids in truth.items():
        counted: list[str] = []
        for one, two in pairwise(nights):
            counted += two.changes(one.holdings)[kind]
        missed, more = sorted(ids - {*counted}), sorted((Counter(counted) - Counter(ids)).elements())
        yield f"| {kind} | {len(ids)} | {len(counted)} | {' '.join(missed) or 0} | {' '.join(more) or 0} |"


def main() -> None:
    """Prints each night's cost, and its finds beside what was planted."""
    settings = ("-s", "GONGKAI_RECHECK_DAYS=0") if "--all-due" in sys.argv else ()
    port = free_port(30)
    first, second = build_farm(port), build_farm(port, edition=2)
    portals = [portal.id for portal in first.portals if portal.id not in CLOSED]
    with tempfile.TemporaryDirectory() as folder:
        nights = four_nights(Path(folder), portals, settings, port)
        again = asked_again(Path(folder) / "data")
    truth = planted(first, second, portals)
    print("\n".join(table(nights)), end="\n\n")
    print("\n".join(compare(nights, truth)))
    other = {url for url, payloads in again.items() if payloads > 1}
    should = volatile(first, second, again)
    versions = {report.id for report in nights[-1].holdings.reports if len(report.versions) > 1}
    print(f"| bytes only | {len(should)} | {len(other)} | {len(should - other)} | {len(other - should)} |")
    print(f"\nof {len(again)} pages held since night 1 and asked for again")
    print(f"versions made by a counter or footer: {len(versions - truth['corrected'])}")


if __name__ == "__main__":
    main()
