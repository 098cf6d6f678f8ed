"""The farm of `bench.farm` as a process of its own, and a crawl of it by the crawler as users run it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.farm import write_registry
from bench.measure import Cost, run


@contextmanager
def served(port: int, hosts: int, articles: int, latency: float = 0.0) -> Iterator[None]:
    """Serves the farm while the block runs, every answer after `latency` seconds; raises SystemExit where it cannot."""
    command = [sys.executable, "-m", "bench.farm", "--port", str(port), "--hosts", str(hosts)]
    command += ["--articles", str(articles), "--latency", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            if server.stdout.readline() != "ready\n":
                raise SystemExit(f"the farm does not serve on port {port}")
            yield
        finally:
            server.terminate()


def crawl(folder: Path, port: int, hosts: int, *, delay: float, connections: int) -> tuple[int, Cost]:
    """Crawls the farm into DATA in `folder`: how many pages, and what it took. Raises SystemExit where it fails."""
    registry = folder / "portals.csv"
    write_registry(registry, port, hosts)
    settings = (f"DOWNLOAD_DELAY={delay}", "DOWNLOAD_DELAY_JITTER=0", f"CONCURRENT_REQUESTS={connections}")
    words = ["crawler", "--portals", str(registry), "--data", str(folder / "data"), "--quiet"]
    cost, said = run([*words, *(word for setting in settings for word in ("-s", setting))])
    return sum(int(line.split(" URLs = ")[1].split()[0]) for line in said.splitlines() if " URLs = " in line), cost
