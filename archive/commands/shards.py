"""`gongkai crawl --scheduler`: the shards of a crawl on a Dask cluster, and what they brought, united in DATA."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from archive import merging
from archive.commands.common import Problem, progress, say
from archive.commands.exits import Exit
from archive.ledger import CRAWL_LOCK, locked
from archive.registry import load_registry
from archive.workers import HOW, WorkersFailed, available
from archive.workers.leases import Terms
from archive.workers.shard import RESOURCE, ShardOrder, disk_of
from archive.workers.shards import Part, Shards, crawlers

FOLDER = "shards"
STATE = "shards.json"
SAID_EVERY = 30.0
_KEPT_EVERY = 2.0


def crawl_in_shards(
    data: Path,
    scheduler: str,
    words: Sequence[str],
    *,
    shards: int | None = None,
    directory: Path | None = None,
    portals: Path | None = None,
    agencies: Path | None = None,
    vantage: str | None = None,
    quiet: bool = False,
    terms: Terms = Terms(),  # noqa: B008 - frozen
) -> Exit:
    """Crawls in so many shards (None: as many as the cluster takes at a time) and merges those that are visible here.

    `words` go to the crawler of each, `directory` is where the workers keep them. Raises Problem, LockedError,
    RegistryError, MergeError and OSError.
    """
    if not available():
        raise Problem(f"a crawl on a cluster needs Dask, which is not installed: {HOW}")
    load_registry(portals, agencies)
    tables = {name: path.read_bytes() for name, path in (("portals", portals), ("agencies", agencies)) if path}
    where = directory or data / FOLDER
    where = where if where.parts[:1] == ("~",) else where.resolve()
    try:
        with locked(data / CRAWL_LOCK):
            parts = _crawl(data, scheduler, shards, where, terms, quiet, [*words, *_contact(words)], tables, vantage)
    except WorkersFailed as error:
        raise Problem(str(error)) from error
    for part in parts:
        _report(part)
    merge_visible(data, parts)
    return _exit(parts)


def _crawl(
    data: Path,
    scheduler: str,
    shards: int | None,
    where: Path,
    terms: Terms,
    quiet: bool,
    words: Sequence[str],
    tables: Mapping[str, bytes],
    vantage: str | None,
) -> list[Part]:
    from archive.workers import cluster

    state = data / FOLDER / STATE
    state.parent.mkdir(exist_ok=True)
    after = terms.lease + terms.margin if _was_cut_off(state) else 0.0
    if after and not quiet:
        say(f"The last crawl on a cluster was cut off; its shards have ended for certain in {after:.0f} s")
    with cluster.existing(scheduler) as client:
        places = crawlers(client)
        if not places:
            raise Problem(
                f"no worker of {scheduler} crawls: start some with `dask worker {scheduler} --resources {RESOURCE}=1`"
            )
        number = shards or sum(places.values())
        name = f"gongkai-crawl-{uuid.uuid4().hex}"
        orders = [
            ShardOrder(
                *(name, f"{one}/{number}", str(where / f"{one}-of-{number}"), tuple(words), tables),
                *(version("gongkai"), vantage, terms),
            )
            for one in range(1, number + 1)
        ]
        parts = [Part(order) for order in orders]
        _before(state, parts)
        keep = _Keeper(state, scheduler, quiet)
        with _terminated_as_interrupted():
            Shards(client, parts, terms, said=say, kept=keep, after=after).crawl()
        keep.end(parts)
    return parts


def _contact(words: Sequence[str]) -> list[str]:
    """The contact of this machine for the crawlers of others, where it has one and the command names none."""
    contact = os.environ.get("GONGKAI_CONTACT")
    named = any(word.startswith("GONGKAI_CONTACT=") for word in words)
    return ["-s", f"GONGKAI_CONTACT={contact}"] if contact and not named else []


class _Keeper:
    """Keeps how the shards stand in a file, for `gongkai status`, and says it now and then."""

    def __init__(self, state: Path, scheduler: str, quiet: bool) -> None:
        self._state, self._scheduler, self._quiet = state, scheduler, quiet
        self._started_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._kept, self._said = 0.0, time.monotonic()
        self._before: list[str] = []

    def __call__(self, parts: Sequence[Part]) -> None:
        now, states = time.monotonic(), [f"{part.state} {part.host}" for part in parts]
        if states != self._before or now - self._kept >= _KEPT_EVERY:
            self._before, self._kept = states, now
            self._write(parts, running=True)
        if not self._quiet and now - self._said >= SAID_EVERY:
            self._said = now
            crawling = sum(part.state == "crawling" for part in parts)
            requests, still = sum(part.requests for part in parts), sum(part.open for part in parts)
            say(f"{crawling} of {len(parts)} shards are crawled: {requests} requests in all, {still} URLs open")

    def end(self, parts: Sequence[Part]) -> None:
        """Notes that no shard is crawled any more."""
        self._write(parts, running=False)

    def _write(self, parts: Sequence[Part], *, running: bool) -> None:
        shown = {
            "running": running,
            "pid": os.getpid(),
            "scheduler": self._scheduler,
            "started_at": self._started_at,
            "shards": [_shown(part) for part in parts],
        }
        part_of = self._state.with_name(f"{STATE}.part")
        part_of.write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", "utf-8")
        part_of.replace(self._state)


def _shown(part: Part) -> dict[str, Any]:
    since = datetime.fromtimestamp(part.since, UTC).isoformat(timespec="seconds") if part.since else None
    return {
        "shard": part.order.shard,
        "state": part.state,
        "host": part.host,
        "disk": part.disk,
        "directory": part.order.directory,
        "since": since,
        "requests": part.requests,
        "open": part.open,
        "places": part.places,
        "exit_code": part.end.code if part.end else None,
        "problem": part.problem,
    }


def _was_cut_off(state: Path) -> bool:
    return state.is_file() and bool(json.loads(state.read_text("utf-8"))["running"])


def _before(state: Path, parts: Sequence[Part]) -> None:
    """Lets shards begin where they were crawled last: there the pages are that need not be fetched again."""
    if not state.is_file():
        return
    known = {one["directory"]: one for one in json.loads(state.read_text("utf-8"))["shards"]}
    for part in parts:
        if before := known.get(part.order.directory):
            part.host, part.disk = before["host"], before["disk"]


def _report(part: Part) -> None:
    """Says what a shard came to, as its crawler said it."""
    if part.end is not None:
        click.echo(part.end.out, nl=False)
        if part.end.code not in (Exit.DONE, None):
            click.echo(part.end.err, nl=False, err=True)


def merge_visible(data: Path, parts: Sequence[Part]) -> None:
    """Unites the shards whose directories this machine sees in DATA; says where the others are."""
    ended = [part for part in parts if part.end is not None]
    here = {part.order.shard: Path(part.order.directory).expanduser() for part in ended}
    seen = [here[part.order.shard] for part in ended if disk_of(here[part.order.shard]) == part.disk]
    if seen:
        with progress() as report:
            step: Callable[[int, int], None] | None = None
            if report is not None:
                step = lambda done, total: report("merging the shards", done, total)  # noqa: E731
            merging.merge(seen, data, progress=step)
        say(f"{len(seen)} of {len(parts)} shards are merged into {data}")
    for part in ended:
        if here[part.order.shard] not in seen:
            say(
                f"shard {part.order.shard} is on {part.host}, in {part.order.directory}: copy that directory here, "
                f"and run `gongkai merge --to {data}` with the copy"
            )


def _exit(parts: Sequence[Part]) -> Exit:
    codes = {part.end.code if part.end else Exit.FAILED for part in parts}
    if codes <= {Exit.DONE, Exit.WITH_FAILURES}:
        return Exit.WITH_FAILURES if Exit.WITH_FAILURES in codes else Exit.DONE
    return Exit.WRONG_USE if Exit.WRONG_USE in codes else Exit.FAILED


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Lets SIGTERM end a crawl as Ctrl-C does; outside the main thread Python allows no handlers."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
