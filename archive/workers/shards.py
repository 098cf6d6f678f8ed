"""A crawl whose shards are tasks of a Dask cluster: one process hands them out, gives leases, and looks after them.

A shard whose worker dies is given to another one, or to the same when it is back. Where the disk of the first can be
reached (it is shared, or its machine has a worker again), the shard goes on there, in the same DATA; otherwise it
begins anew. In either case only when nobody can be crawling it any more: see `archive.workers.leases`.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.workers import WorkersFailed
from archive.workers.leases import Leases, Terms
from archive.workers.shard import GO, LEAVE, RESOURCE, STOP, WAIT, ShardEnd, ShardOrder, crawl_shard

if TYPE_CHECKING:
    from distributed import Client, Future

TRIES = 3
"""Places that may give up a shard one after the other without a single request made, before it counts as failed."""

_LIVE_SECONDS = 5.0


@dataclass(slots=True)
class Part:
    """How a shard stands: `state` is waiting, crawling, ended or failed; `host` and `disk` are where it was last.

    `since` is when that began, in seconds since 1970. `places` counts those that were given it in this crawl, `lost`
    those that gave it up since its last request. `pinned` is the only host that may take it.
    """

    order: ShardOrder
    state: str = "waiting"
    since: float = 0.0
    host: str | None = None
    disk: str | None = None
    requests: int = 0
    open: int = 0
    places: int = 0
    lost: int = 0
    pinned: str | None = None
    end: ShardEnd | None = None
    problem: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it in this crawl."""
        return self.state in ("ended", "failed")


class Shards:
    """A crawl in shards on a cluster; `said` is told what an operator should know, `kept` all parts when they change.

    `after` is how long no lease is given at first, in seconds: one of an earlier crawl may still hold.
    """

    def __init__(
        self,
        client: Client,
        parts: Sequence[Part],
        terms: Terms,
        *,
        said: Callable[[str], None],
        kept: Callable[[Sequence[Part]], None],
        after: float = 0.0,
    ) -> None:
        self._client = client
        self._parts = {part.order.shard: part for part in parts}
        self._terms = terms
        self._said = said
        self._kept = kept
        self._leases = Leases(terms, time.monotonic() + after)
        self._questions: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._tasks: dict[Future[Any], Part] = {}
        self._stopping = False
        self._live: frozenset[str] = frozenset()
        self._looked = 0.0
        self._numbers = 0

    def crawl(self) -> None:
        """Stays until every shard is over; raises WorkersFailed where the scheduler is gone.

        Ctrl-C ends all shards in an orderly way, and a second one leaves them: without leases they end by themselves.
        """
        topic = next(iter(self._parts.values())).order.crawl
        self._client.subscribe_topic(topic, lambda event: self._questions.put(event[1]))
        try:
            for part in self._parts.values():
                self._submit(part)
            while not all(part.is_over for part in self._parts.values()):
                try:
                    self._turn()
                except KeyboardInterrupt:
                    if self._stopping:
                        raise
                    self._stop()
        except (OSError, CancelledError) as error:
            raise WorkersFailed(
                "the Dask scheduler is gone; the shards end by themselves, and the same command goes on"
            ) from error
        finally:
            self._client.unsubscribe_topic(topic)

    def _turn(self) -> None:
        for question in self._heard():
            self._answer(question)
        for task in [task for task in self._tasks if task.done()]:
            self._landed(task, self._tasks.pop(task))
        self._look_for_the_stuck()
        self._kept(list(self._parts.values()))

    def _heard(self) -> Iterator[dict[str, Any]]:
        """What was asked, waiting a moment for the first question."""
        wait: float | None = self._terms.look
        try:
            while True:
                yield self._questions.get(timeout=wait) if wait else self._questions.get_nowait()
                wait = None
        except queue.Empty:
            return

    # ------------------------------------------------------------------ leases

    def _answer(self, question: dict[str, Any]) -> None:
        from distributed import Variable

        part, holder = self._parts[question["shard"]], question["holder"]
        answer = {"word": self._word(part, question), "moment": question["moment"]}
        Variable(f"{part.order.crawl}-{holder}", client=self._client).set(answer)

    def _word(self, part: Part, question: dict[str, Any]) -> str:
        holder, host, now = question["holder"], _host(question["address"]), time.monotonic()
        if part.is_over or (self._stopping and self._leases.holder(part.order.shard) != holder):
            return LEAVE
        if self._leases.holder(part.order.shard) != holder:
            if not self._leases.is_free(part.order.shard, now):
                return WAIT
            if part.disk and question["disk"] != part.disk and host != part.host and part.host in self._hosts():
                part.pinned = part.host
                return LEAVE
            self._began(part, question["disk"], host)
        self._leases.give(part.order.shard, holder, now)
        self._advanced(part, question)
        return STOP if self._stopping else GO

    @staticmethod
    def _advanced(part: Part, progress: Mapping[str, Any]) -> None:
        if progress["requests"] > part.requests:
            part.lost = 0
        part.disk, part.requests, part.open = progress["disk"] or part.disk, progress["requests"], progress["open"]

    def _began(self, part: Part, disk: str | None, host: str) -> None:
        if part.disk and disk != part.disk:
            self._said(
                f"shard {part.order.shard} begins anew on {host}; what {part.host} had of it is there, "
                f"in {part.order.directory}, for `gongkai merge`"
            )
            part.disk, part.requests = None, 0
        elif part.places:
            self._said(f"shard {part.order.shard} goes on, on {host}")
        part.state, part.since, part.host = "crawling", time.time(), host
        part.places += 1

    # ------------------------------------------------------------------ tasks

    def _submit(self, part: Part) -> None:
        self._numbers += 1
        name = f"{part.order.crawl}-{part.order.shard.replace('/', '-of-')}-{self._numbers}"
        task = self._client.submit(
            crawl_shard,
            part.order,
            key=name,
            pure=False,
            resources={RESOURCE: 1},
            workers=[part.pinned] if part.pinned else None,
        )
        self._tasks[task] = part

    def _landed(self, task: Future[Any], part: Part) -> None:
        from distributed import KilledWorker, Variable

        error = task.exception()
        if error is not None and not isinstance(error, KilledWorker):
            part.state, part.problem = "failed", f"{type(error).__name__}: {error}"
            self._said(f"shard {part.order.shard} failed: {part.problem}")
            return
        end: ShardEnd | None = None if error is not None else task.result()
        if end is not None:
            self._leases.give_back(part.order.shard, end.holder)
            Variable(f"{part.order.crawl}-{end.holder}", client=self._client).delete()
        if end is not None and end.code is not None:
            self._advanced(part, end.progress)
            part.state, part.end = "ended", end
            return
        if self._stopping:
            part.state, part.problem = "failed", "it was given up when the crawl was stopped"
            return
        if part.pinned is None:
            part.lost += 1
        part.state = "waiting"
        if part.lost >= TRIES:
            part.state, part.problem = "failed", f"{part.lost} places gave it up, one after the other"
            self._said(f"shard {part.order.shard} failed: {part.problem}")
            return
        self._submit(part)

    def _look_for_the_stuck(self) -> None:
        """A shard that waits for a machine which is not coming back goes to any other."""
        now = time.monotonic()
        for task, part in [*self._tasks.items()]:
            if part.pinned and part.pinned not in self._hosts() and self._leases.is_free(part.order.shard, now):
                part.pinned = None
                del self._tasks[task]
                task.cancel()
                self._submit(part)

    def _hosts(self) -> frozenset[str]:
        """The hosts with workers that crawl."""
        if time.monotonic() - self._looked > _LIVE_SECONDS:
            self._looked = time.monotonic()
            self._live = frozenset(_host(address) for address in crawlers(self._client))
        return self._live

    def _stop(self) -> None:
        self._stopping = True
        self._said("Stopping: requests on their way are finished first. Again to leave the shards to themselves.")
        for task, part in [*self._tasks.items()]:
            if part.state == "waiting":
                part.state, part.problem = "failed", "it had not begun when the crawl was stopped"
                task.cancel()
                del self._tasks[task]


def crawlers(client: Client) -> dict[str, int]:
    """The workers that crawl, by address, and how many shards each takes at a time."""
    workers = client.scheduler_info()["workers"]
    return {
        address: int(one["resources"][RESOURCE]) for address, one in workers.items() if RESOURCE in one["resources"]
    }


def _host(address: str) -> str:
    from distributed.comm import get_address_host

    host: str = get_address_host(address)
    return host
