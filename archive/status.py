"""What a data directory is at now, and how it stands: read from files that others write, with no lock and no change.

Nothing here waits for a night, and no night waits for it. Everything is told as of one moment, `at`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from stat import S_ISREG
from typing import Any, TypeVar

from archive.captures import CAPTURES
from archive.doing import Doing, is_process, read_doing
from archive.generations import current
from archive.ledger import CRAWL_LOCK, LedgerError
from archive.ledger.watch import Failed, PortalNow, Watch, watch
from archive.models import DOCUMENTS
from archive.nightly import LOCK, SUMMARIES
from archive.report.version import PARSER_VERSION
from archive.steps import BUILD_LOCK, LEDGER
from archive.workers.states import FOLDER, read_states

COMMANDS = ("nightly", "parse")
LOCKS = {"night": LOCK, "crawl": CRAWL_LOCK, "build": BUILD_LOCK}
SPEED_OVER = 300.0
"""Seconds that the requests per minute are counted over."""

_LOCKS = Path("/proc/locks")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CrawlNow:
    """The latest run of the crawler: its state and how far it is. `requests_per_minute` is 0 where it is over."""

    run: int
    state: str
    started_at: str
    ended_at: str | None
    shard: str | None
    vantage: str | None
    requests_per_minute: float
    portals: tuple[PortalNow, ...]
    failures: tuple[Failed, ...]

    @property
    def done(self) -> int:
        """URLs that this run is done with."""
        return sum(portal.done for portal in self.portals)

    @property
    def open(self) -> int:
        """URLs that are still to be asked for."""
        return sum(portal.open for portal in self.portals)


@dataclass(frozen=True, slots=True)
class GoodNight:
    """The last night that published: its end, its exit code, its generation, and how many reports that has."""

    ended_at: str
    exit_code: int
    generation: int
    reports: int


@dataclass(frozen=True, slots=True)
class Disk:
    """What DATA takes and what is left, in bytes."""

    captures: int
    ledger: int
    generations: int
    shards: int
    free: int


@dataclass(frozen=True, slots=True)
class Status:
    """How a data directory stands. `unread` are captures that this version of the parser has not read yet.

    `commands` are those at work now, `holders` the processes that hold the locks, `problems` what could not be found
    out, and why. `shards` is what the last crawl on a cluster keeps of its shards.
    """

    at: str
    commands: tuple[Doing, ...]
    holders: Mapping[str, int]
    crawl: CrawlNow | None
    unread: int | None
    last_good_night: GoodNight | None
    generation: int | None
    disk: Disk
    shards: Mapping[str, Any] | None
    problems: tuple[str, ...] = field(default=())


def status_of(data: Path, now: datetime | None = None) -> Status:
    """How a data directory stands now; raises OSError where it cannot be read at all."""
    now = now or datetime.now(UTC)
    problems: list[str] = []
    holders = dict(_holders(data))
    shards = _unless_damaged(problems, lambda: read_states(data))
    # A crawl on a cluster holds the lock of DATA, too, and writes nothing into its ledger until it merges.
    here = "crawl" in holders and not (shards and shards["running"] and shards["pid"] == holders["crawl"])
    found: tuple[CrawlNow | None, int | None] = None, None
    if (data / LEDGER).exists():
        try:
            with watch(data / LEDGER) as ledger:
                unread = ledger.count_unparsed(PARSER_VERSION, roles=DOCUMENTS)
                found = _crawl(ledger, here, now), unread
        except LedgerError as error:
            problems.append(str(error))
    published = current(data)
    doing = [_unless_damaged(problems, partial(read_doing, data, command)) for command in COMMANDS]
    return Status(
        at=now.isoformat(timespec="seconds"),
        commands=tuple(one for one in doing if one is not None and one.is_running),
        holders=holders,
        crawl=found[0],
        unread=found[1],
        last_good_night=_last_good_night(data, problems),
        generation=published.number if published else None,
        disk=_disk(data),
        shards=shards,
        problems=tuple(problems),
    )


def _unless_damaged(problems: list[str], read: Callable[[], T]) -> T | None:
    """What a file says; None where it is damaged, by a loss of power for one, which is then among the problems."""
    try:
        return read()
    except ValueError as error:
        problems.append(str(error))
        return None


def _crawl(ledger: Watch, is_locked: bool, now: datetime) -> CrawlNow | None:
    run = next((run for run in ledger.runs() if run.crawled), None)
    if run is None:
        return None
    # A run that was killed is marked as such only when the next one begins.
    state = "killed" if run.state == "running" and not is_locked else run.state
    speed = ledger.requests_since(now, SPEED_OVER) * 60 / SPEED_OVER if state == "running" else 0.0
    shard, vantage = (str(run.settings[name]) if run.settings.get(name) else None for name in ("shard", "vantage"))
    return CrawlNow(
        *(run.id, state, run.started_at, run.ended_at, shard, vantage, speed),
        *(tuple(ledger.by_portal(run.id)), tuple(ledger.failures(run.id))),
    )


def _holders(data: Path) -> Iterator[tuple[str, int]]:
    """The locks that are held now, with the process that holds each."""
    held = _held_files()
    for name, file in LOCKS.items():
        path = data / file
        try:
            inode, text = path.stat().st_ino, path.read_text("ascii").strip()
        except FileNotFoundError:
            continue
        # Asking for the lock would be the sure way, and would for that moment turn away a night that begins.
        if text.isdecimal() and ((int(text), inode) in held if held is not None else is_process(int(text))):
            yield name, int(text)


def _held_files() -> set[tuple[int, int]] | None:
    """The process and the inode of each lock of a whole file; None where the system does not say (proc(5))."""
    try:
        lines = [line.split() for line in _LOCKS.read_text("ascii").splitlines()]
    except FileNotFoundError:
        return None
    return {(int(line[4]), int(line[5].rpartition(":")[2])) for line in lines if line[1] == "FLOCK"}


def _last_good_night(data: Path, problems: list[str]) -> GoodNight | None:
    for path in sorted((data / SUMMARIES).glob("*.json"), reverse=True):
        try:
            night = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            problems.append(f"{path} is damaged: {error}")
            continue
        if night["generation"] is not None and night["exit_code"] in (0, 3) and night["ended_at"]:
            return GoodNight(night["ended_at"], night["exit_code"], night["generation"], night["reports"])
    return None


def _disk(data: Path) -> Disk:
    ledger = sum(path.stat().st_size for path in data.glob(f"{LEDGER}*"))
    free = shutil.disk_usage(data).free
    return Disk(_size(data / CAPTURES), ledger, _size(data / "generations"), _size(data / FOLDER), free)


def _size(folder: Path) -> int:
    """The bytes of all files below a folder, each once that has several names; what goes meanwhile does not count."""
    sizes: dict[tuple[int, int], int] = {}
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            found = path.lstat()
            if S_ISREG(found.st_mode):
                sizes[found.st_dev, found.st_ino] = found.st_size
    return sum(sizes.values())
