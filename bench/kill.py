"""Kills a crawl of the demo farm with `kill -9` at random moments, resumes it each time, and counts what was lost.

Then the same crawl with a torn tail, and with a disk that is full half-way. The truth is a crawl that nobody disturbed.

Run: `python -m bench.kill --kills 50`. Exit code 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from archive.captures import CaptureStore
from archive.ledger import Ledger
from archive.models import Outcome
from demo.farm import build_farm, write_registry
from demo.server import free_port, serving

ANSWERED = (Outcome.OK, Outcome.NOT_MODIFIED, Outcome.REDIRECTED)
Acknowledged = set[tuple[str, str, int, str]]


def command(data: Path, registry: Path, delay: float) -> list[str]:
    """A crawl that waits little, so that a kill can fall anywhere."""
    quick = [f"DOWNLOAD_DELAY={delay}", "GONGKAI_RETRY_DELAY=0.2", "DOWNLOAD_TIMEOUT=3", "GONGKAI_HOST_PAGES=0"]
    line = [sys.executable, "-m", "crawler", "--data", str(data), "--portals", str(registry), "--quiet"]
    return [*line, *(part for setting in quick for part in ("-s", setting))]


def to_the_end(data: Path, registry: Path) -> None:
    """Crawls until nothing is open; raises SystemExit where the crawl fails."""
    done = subprocess.run(command(data, registry, 0.0), capture_output=True, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(f"the crawl into {data} failed:\n{done.stderr[-4000:]}")


def acknowledged(data: Path) -> Acknowledged:
    """The captures of which the ledger says that they are safe."""
    if not (data / "ledger.db").exists():
        return set()
    with Ledger(data / "ledger.db") as ledger:
        return {(one.url, one.warc, one.offset, one.sha256) for one in ledger.captures(outcomes=(), repeats=True)}


def answered(data: Path) -> set[str]:
    """The URLs that were answered at least once; one portal of the farm breaks half-way, so later rounds may fail."""
    with Ledger(data / "ledger.db") as ledger:
        return {one.url for one in ledger.captures(outcomes=ANSWERED, repeats=True)}


def unreadable(data: Path, captures: Acknowledged) -> int:
    """How many acknowledged captures do not read back with their digest."""
    store = CaptureStore(data / "warc")
    bad = 0
    for _, warc, offset, sha256 in captures:
        stored = store.read(warc, offset)
        if stored.revisit is None or stored.revisit.profile == "identical-payload-digest":
            bad += hashlib.sha256(stored.payload).hexdigest() != sha256
    return bad


def second_opinions(data: Path) -> dict[str, int]:
    """What warcio and FastWARC say of every file: exit codes other than 0."""
    files = sorted(str(path) for path in (data / "warc").glob("*.warc.gz"))
    tools = {"warcio check": ["warcio", "check"], "fastwarc check": ["fastwarc", "check"]}
    folder = Path(sys.executable).parent
    return {
        name: sum(subprocess.run([folder / tool, *rest, one], capture_output=True).returncode != 0 for one in files)
        for name, (tool, *rest) in tools.items()
    }


def judge(name: str, data: Path, lost: int, truth: set[str]) -> bool:
    """Prints one line on a finished crawl and says whether nothing is wrong."""
    captures = acknowledged(data)
    with Ledger(data / "ledger.db") as ledger:
        balance = ledger.completeness()
        ends = ledger.committed_ends()
    damage = [one for report in CaptureStore(data / "warc").verify(ends) for one in report.damage]
    missing, bad = len(truth - answered(data)), unreadable(data, captures)
    opinions = second_opinions(data)
    print(
        f"{name}: {len(captures)} captures; {lost} acknowledged captures lost, {bad} unreadable, "
        f"{balance.open} URLs without outcome, balance {'holds' if balance.balanced else 'BROKEN'}, "
        f"{missing} of {len(truth)} URLs of the undisturbed crawl missing, damage {len(damage)}, "
        + ", ".join(f"{tool}: {number} files refused" for tool, number in opinions.items())
    )
    return not (lost or bad or balance.open or missing or damage or any(opinions.values())) and balance.balanced


def killed(data: Path, registry: Path, kills: int, chance: random.Random) -> tuple[int, Counter[str]]:
    """Kills the crawl again and again; returns how many acknowledged captures were gone afterwards, and what it cut."""
    lost = 0
    notes: Counter[str] = Counter()
    before: Acknowledged = set()
    for _ in range(kills):
        process = subprocess.Popen(command(data, registry, 0.3), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        # About a second is spent on starting; the kill falls into the start too, now and then.
        time.sleep(chance.uniform(0.6, 2.2))
        process.kill()
        _, err = process.communicate()
        notes["tails cut"] += b"unacknowledged bytes are cut off" in err
        notes["killed at work"] += process.returncode == -9
        now = acknowledged(data)
        lost += len(before - now)
        before = now
    to_the_end(data, registry)
    return lost + len(before - acknowledged(data)), notes


def torn(data: Path, registry: Path) -> int:
    """Tears the tail of the last file and crawls on."""
    before = acknowledged(data)
    last = sorted((data / "warc").glob("*.warc.gz"))[-1]
    whole = last.read_bytes()
    last.write_bytes(whole + whole[: len(whole) // 3])
    to_the_end(data, registry)
    return len(before - acknowledged(data))


def full(data: Path, registry: Path, undisturbed: Path) -> int:
    """Crawls on a disk that is full half-way, then on one that has room again.

    No file may grow beyond half of the largest one of the undisturbed crawl, which is what a full disk looks like to a
    writer: part of the bytes are taken, then none.
    """
    room = max(path.stat().st_size for path in undisturbed.rglob("*") if path.is_file()) // 2
    limit: Callable[[], None] = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))  # noqa: E731
    code = subprocess.run(command(data, registry, 0.0), capture_output=True, preexec_fn=limit).returncode
    before = acknowledged(data)
    print(f"full disk: the crawl ended with exit code {code} and {len(before)} captures acknowledged")
    to_the_end(data, registry)
    return len(before - acknowledged(data)) + (code != 1)


def main() -> int:
    """Runs the bench and returns 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        farm = build_farm(free_port())
        write_registry(farm, base)
        registry = base / "portals.csv"
        with serving(farm):
            to_the_end(base / "truth", registry)
            truth = answered(base / "truth")
            lost, notes = killed(base / "killed", registry, options.kills, random.Random(options.seed))
            name = f"{options.kills} x kill -9 ({', '.join(f'{number} {what}' for what, number in notes.items())})"
            good = judge(name, base / "killed", lost, truth)
            good &= judge("torn tail", base / "killed", torn(base / "killed", registry), truth)
            good &= judge("full disk", base / "full", full(base / "full", registry, base / "truth"), truth)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
