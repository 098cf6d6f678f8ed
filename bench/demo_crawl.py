"""One crawl of the demo farm as users run it, `python -m crawler` over loopback, and the server's own log of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.holdings import Holdings
from archive.registry import load_registry
from archive.route import building, reading
from demo.farm import Farm, write_registry
from demo.server import Record, serving

QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "GONGKAI_RETRY_DELAY=0.05", "-s", "GONGKAI_FAILURE_LIMIT=1000")
"""Settings for benchmarks that count requests and do not look at the clock."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """A crawl that ended: its folder, what the server logged, its exit code (0 or 3), and its peak memory in MB."""

    folder: Path
    records: tuple[Record, ...]
    exit_code: int
    peak: float

    @property
    def data(self) -> Path:
        """The data directory of the crawl."""
        return self.folder / "data"

    def read(self) -> Holdings:
        """Reads all that was captured and returns what the archive holds now."""
        reading.read_captures(self.data)
        return building.holdings_of(self.data, load_registry(*registry_files(self.folder)))


def registry_files(folder: Path) -> tuple[Path, Path]:
    """Where `crawl` writes the registry of the farm: portals and agencies."""
    return folder / "portals.csv", folder / "agencies.csv"


def crawl(
    farm: Farm, folder: Path, portals: Sequence[str] = (), settings: Sequence[str] = QUICK, *, delay: float = 0
) -> Crawled:
    """Serves the farm and crawls these portals of it (or all) into `folder`/data; raises SystemExit where that fails.

    `settings` are words of the crawler's command line, `delay` is what the server waits before each answer (seconds).
    """
    write_registry(farm, folder)
    table, agencies = registry_files(folder)
    command = [sys.executable, "-m", "crawler", "--data", str(folder / "data"), "--quiet"]
    command += ["--portals", str(table), "--agencies", str(agencies)]
    command += [word for portal in portals for word in ("--portal", portal)]
    records: list[Record] = []
    with serving(farm, delay=delay, note=records.append), (folder / "crawl.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen([*command, *settings], stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        raise SystemExit(f"the crawl failed:\n{(folder / 'crawl.log').read_text('utf-8')[-4000:]}")
    return Crawled(folder, tuple(records), process.returncode, usage.ru_maxrss / 1024)
