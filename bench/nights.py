"""Four nights over the demo farm, which changes after the first: what each costs, and what it finds of the changes.

The farm's second edition holds two corrected reports, one new and one that is gone, a repaired portal, and on every
page a visitor counter that has moved. Night 2 follows a day after night 1, night 3 a week later, night 4 a day after
that, to prove what night 3 found gone; the ledger is set back by as much in between.

Run: `python -m bench.nights [--all-due]`; `--all-due` asks for every known page on every night.
"""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive import route
from archive.holdings import ChangeKind, Holdings
from archive.registry import load_registry
from demo.farm import Farm, build_farm, write_registry
from demo.server import Record, free_port, serving

CLOSED = ("yanhu", "xingwu")
"""Portals that give nothing in either edition."""
INSTANTS = (
    ("runs", "started_at"), ("runs", "ended_at"), ("captures", "fetched_at"), ("urls", "found_at"),
    ("urls", "done_at"), ("fetches", "started_at"), ("parses", "parsed_at"),
)  # fmt: skip
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "GONGKAI_RETRY_DELAY=0.05", "-s", "GONGKAI_FAILURE_LIMIT=1000")


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
        known = {change.id for change in before.changes} if before else set()
        fresh = [change for change in self.holdings.changes if change.id not in known]
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
    data = folder / "data"
    write_registry(farm, folder)
    registry = ["--portals", str(folder / "portals.csv"), "--agencies", str(folder / "agencies.csv")]
    chosen = [word for portal in portals for word in ("--portal", portal)]
    records: list[Record] = []
    with serving(farm, note=records.append):
        command = [
            sys.executable,
            "-m",
            "crawler",
            "--data",
            str(data),
            "--quiet",
            *registry,
            *chosen,
            *QUICK,
            *settings,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(f"the crawl of night {number} failed:\n{done.stdout}{done.stderr}")
    route.read_captures(data)
    holdings = route.holdings_of(data, load_registry(folder / "portals.csv", folder / "agencies.csv"))
    pages = [record for record in records if record.path != "/robots.txt"]
    with closing(sqlite3.connect(data / "ledger.db")) as ledger:
        run = ledger.execute("SELECT max(id) FROM runs").fetchone()[0]
        by_role = Counter(
            dict(
                ledger.execute(
                    "SELECT u.role, count(*) FROM fetches f JOIN urls u ON u.id = f.url WHERE f.run = ? GROUP BY 1",
                    (run,),
                )
            )
        )
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
        exit_code=done.returncode,
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


def main() -> None:
    """Prints each night's cost and finds."""
    settings = ("-s", "GONGKAI_RECHECK_DAYS=0") if "--all-due" in sys.argv else ()
    with tempfile.TemporaryDirectory() as folder:
        with_open = [row["id"] for row in _portals(Path(folder)) if row["id"] not in CLOSED]
        nights = four_nights(Path(folder), with_open, settings)
    before: Holdings | None = None
    for night in nights:
        share = night.requests / nights[0].requests
        print(
            f"night {night.number}: {night.requests} requests ({share:.0%} of night 1), {night.lists} for lists,"
            f" {night.conditional} conditional ({night.conditional / night.requests:.0%}),"
            f" {night.not_modified} times 304;"
            f" {night.rewritten} known pages with other bytes, {night.repeats} unchanged ones kept as revisit"
        )
        counted = {kind: len(ids) for kind, ids in night.changes(before).items()}
        print(f"  reports {len(night.holdings.reports)}; " + ", ".join(f"{n} {kind}" for kind, n in counted.items()))
        if before:
            for kind, ids in night.changes(before).items():
                print(f"    {kind}: {', '.join(sorted(ids)) or 'none'}")
        before = night.holdings


def _portals(folder: Path) -> list[dict[str, str]]:
    write_registry(build_farm(), folder)
    with (folder / "portals.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    main()
