"""`gongkai crawl --scheduler`: the shards of a crawl on a Dask cluster, and what they brought, united in DATA."""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

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
from archive.workers.states import FOLDER, States, read_states, take_up

SAID_EVERY = 30.0


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

    before = read_states(data)
    after = terms.lease + terms.margin if before and before["running"] else 0.0
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
        if before:
            take_up(before, parts)
        states, saying = States(data, scheduler), _saying()

        def keep(parts: Sequence[Part]) -> None:
            states(parts)
            if not quiet:
                saying(parts)

        states(parts)  # before any lease is given: whoever comes after a kill must know that there may be some
        with _terminated_as_interrupted():
            Shards(client, parts, terms, said=say, kept=keep, after=after).crawl()
        states.end(parts)
    return parts


def _contact(words: Sequence[str]) -> list[str]:
    """The contact of this machine for the crawlers of others, where it has one and the command names none."""
    contact = os.environ.get("GONGKAI_CONTACT")
    named = any(word.startswith("GONGKAI_CONTACT=") for word in words)
    return ["-s", f"GONGKAI_CONTACT={contact}"] if contact and not named else []


def _saying() -> Callable[[Sequence[Part]], None]:
    """Says on stderr how far the shards are, at most twice a minute."""
    said = time.monotonic()

    def say_now(parts: Sequence[Part]) -> None:
        nonlocal said
        if (now := time.monotonic()) - said >= SAID_EVERY:
            said = now
            crawling = sum(part.state == "crawling" for part in parts)
            requests, still = sum(part.requests for part in parts), sum(part.open for part in parts)
            say(f"{crawling} of {len(parts)} shards are crawled: {requests} requests in all, {still} URLs open")

    return say_now


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
