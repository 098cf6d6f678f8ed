"""One crawl over a server that gives every fault of a table: outcomes by name, and the peak memory of the crawler."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from archive.models import Outcome
from crawler.pages import resolve
from tests.crawler.crawling import ROOT, check_books, command, outcomes
from tests.crawler.fault_server import FaultServer, answer, listing, titles
from tests.crawler.faults.cases import Fault


@dataclass(frozen=True)
class Suffered:
    """What a crawl of faults came to: outcome and reason by the name of the fault, exit code, peak memory in MiB."""

    ends: Mapping[str, tuple[Outcome | None, str | None]]
    code: int
    said: str
    peak: float


def suffer(data: Path, faults: Mapping[str, Fault], **settings: str) -> Suffered:
    """Crawls a column of these faults in one run; raises AssertionError where the books do not balance after it."""
    links = {name: fault.link or "" for name, fault in faults.items()}
    with FaultServer() as server:
        paths = {name: urlsplit(resolve(server.url, link) or "").path for name, link in links.items()}
        server.routes |= {paths[name]: fault.what for name, fault in faults.items()}
        rows = dict(zip(links.values(), titles(list(links)).values(), strict=True))
        server.routes["/nb/"] = answer(listing(rows))
        log = data.parent / f"{data.name}.log"
        with log.open("w", encoding="utf-8") as out:
            started = subprocess.Popen(command(data, [server.portal()], settings), stdout=out, stderr=out, cwd=ROOT)
            peak = 0.0
            while started.poll() is None:
                peak = max(peak, high_water(started.pid))
                time.sleep(0.02)
    check_books(data)
    came = outcomes(data)
    ends = {name: came.get(path, (None, "never found")) for name, path in paths.items()}
    return Suffered(ends, started.returncode, log.read_text("utf-8"), peak)


def high_water(pid: int) -> float:
    """The most memory that a process has had so far, in MiB; 0 once it has ended.

    `ru_maxrss` would not do: a child begins with that of the process that made it, and the bombs are made in this one.
    """
    try:
        match = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("ascii"))
    except FileNotFoundError:
        return 0.0
    return int(match[1]) / 1024 if match else 0.0
