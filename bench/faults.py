"""What servers do wrong, each beside the outcome it ends in: crawls that meet every fault of the tests' tables.

Run: `python -m bench.faults`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.crawler.faults.cases import placed
from tests.crawler.faults.running import suffer
from tests.crawler.faults.test_faults_over_the_wire import TABLES


def main() -> None:
    """Prints the faults with their outcomes as a table, and the peak memory of each crawl."""
    print("| fault | outcome | reason |\n|---|---|---|")
    peaks = {}
    for table, (faults, settings) in TABLES.items():
        with tempfile.TemporaryDirectory() as folder:
            came = suffer(Path(folder) / "data", placed(faults, table), **settings)
        for name, (outcome, reason) in came.ends.items():
            as_it_should = (outcome, reason) == (faults[name].outcome, faults[name].reason)
            print(f"| {name} | {outcome}{'' if as_it_should else ' (WRONG)'} | {reason or ''} |")
        peaks[table] = f"{table} {came.peak:.0f} MiB"
    print(f"\nno URL without an outcome, no capture unreadable; peak memory: {', '.join(peaks.values())}")


if __name__ == "__main__":
    main()
