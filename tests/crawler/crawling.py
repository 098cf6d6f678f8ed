"""Runs the crawler as users run it, as a process of its own, and reads the ledger afterwards."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.captures import captures_of
from archive.ledger import FrontierUrl, Ledger
from archive.models import Outcome, Portal

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ["id", "name", "division", "level", "home_url", "annual_report_url", "platform", "notes", "hosts", "tls"]
FAST = {
    "DOWNLOAD_DELAY": "0",
    "GONGKAI_RETRY_DELAY": "0.05",
    "GONGKAI_FAILURE_LIMIT": "1000",
    "DOWNLOAD_TIMEOUT": "10",
}


@dataclass
class Ended:
    """A crawl that ended: its exit code and what it said."""

    code: int
    out: str
    err: str


def write_portals(path: Path, portals: Iterable[Portal]) -> Path:
    """Writes a registry of portals."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for one in portals:
            column, platform, hosts = one.annual_report_url or "", one.platform or "", ";".join(one.hosts)
            row = [one.id, one.name, one.division, "", one.home_url, column, platform, "made up", hosts]
            writer.writerow([*row, " ".join(one.tls)])
    return path


def command(data: Path, portals: Iterable[Portal], settings: Mapping[str, str], *arguments: str) -> list[str]:
    """The command line of a crawl with short delays."""
    data.mkdir(exist_ok=True, parents=True)
    registry = write_portals(data.parent / f"{data.name}-portals.csv", portals)
    pairs = [part for name, value in {**FAST, **settings}.items() for part in ("-s", f"{name}={value}")]
    return [sys.executable, "-m", "crawler", "--data", str(data), "--portals", str(registry), *pairs, *arguments]


def crawl(data: Path, portals: Iterable[Portal], *arguments: str, **settings: str) -> Ended:
    """Crawls to the end; settings are given by name."""
    done = subprocess.run(command(data, portals, settings, *arguments), capture_output=True, cwd=ROOT, timeout=120)
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def ledger_of(data: Path) -> Ledger:
    return Ledger(data / "ledger.db", create=False)


def by_path(data: Path) -> dict[str, FrontierUrl]:
    """The URLs of the ledger by their path and query, for crawls of one host."""
    with ledger_of(data) as ledger:
        return {"/" + url.url.split("/", 3)[3] if url.url.count("/") > 2 else url.url: url for url in ledger.urls()}


def outcomes(data: Path) -> dict[str, tuple[Outcome | None, str | None]]:
    """What each path came to, and the reason."""
    return {path: (url.outcome, url.reason) for path, url in by_path(data).items()}


def check_books(data: Path) -> None:
    """Every URL has an outcome, the books balance, and every capture reads back with the digest of the ledger."""
    store = captures_of(data)
    with ledger_of(data) as ledger:
        balance = ledger.completeness()
        assert balance.open == 0, [url.url for url in ledger.urls(open_only=True)]
        assert balance.balanced, balance
        for capture in ledger.captures(outcomes=(), repeats=True):
            stored = store.read(capture.warc, capture.offset)
            if stored.revisit is None:
                assert hashlib.sha256(stored.payload).hexdigest() == capture.sha256
        ends = ledger.committed_ends()
    reports = list(store.verify(ends))
    assert not [damage for one in reports for damage in one.damage]
    assert {one.warc: one.size for one in reports} == ends
