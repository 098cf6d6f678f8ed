"""Dask: a cluster, made here or found, and stretches handed out to it until each is answered.

A worker that dies is replaced by its nanny (or by Kubernetes) and Dask gives its stretches to another one. A stretch
that was there when three workers died is taken apart; a document that was there when three more died is tried with
nothing beside it on the cluster; and if workers die again, it is this document that kills them.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, Status, WorkerPlugin, wait

from archive.workers import WorkersFailed
from archive.workers.answers import Answer, Job
from archive.workers.stretches import Stretch

DEATHS = 3
JOIN_SECONDS = 60.0
_AHEAD = 3
"""Stretches on their way for each thread: one that is read, one that waits there, one that comes back."""

_LOOK_SECONDS = 5.0
_LOCAL = {
    "distributed.scheduler.allowed-failures": DEATHS - 1,
    # What a document may take is bounded by the sandbox; a worker itself does nothing but wait for its reader.
    "distributed.worker.profile.enabled": False,
    # Dask watches its own event loops fifty times a second, which costs some percent of a core in each process.
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "30s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.scheduler.work-stealing-interval": "1s",
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
}

Read = Callable[[Job], list[Answer]]


@contextmanager
def local(workers: int) -> Iterator[Client]:
    """A cluster of processes on this machine, under keys of its own: Dask runs whatever is sent to its ports.

    Raises WorkersFailed if no worker is there in a minute.
    """
    with (
        dask.config.set(_LOCAL),
        LocalCluster(
            n_workers=0,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # it cannot be done without; None is port 8787, which may be taken
            security=True,
            memory_limit=0,
            silence_logs=logging.ERROR,
        ) as cluster,
        Client(cluster) as client,
    ):
        client.register_plugin(_Undisturbed())
        _start(cluster, workers)
        _await_worker(client, "no worker process could be started in a minute; their own messages say why")
        yield client


@contextmanager
def existing(address: str) -> Iterator[Client]:
    """The cluster of a scheduler; raises WorkersFailed if it does not answer or no worker joins it in a minute."""
    try:
        client = Client(address, timeout=JOIN_SECONDS, name="gongkai")
    except (OSError, ValueError) as error:
        raise WorkersFailed(f"there is no Dask scheduler at {address}: {error}") from error
    with client:
        _await_worker(client, f"the scheduler at {address} has no worker: start some with `dask worker {address}`")
        yield client


def _await_worker(client: Client, otherwise: str) -> None:
    deadline = time.monotonic() + JOIN_SECONDS
    while not client.nthreads():
        if time.monotonic() >= deadline:
            raise WorkersFailed(otherwise)
        _mend(client)
        with suppress(TimeoutError):
            client.wait_for_workers(1, timeout=min(_LOOK_SECONDS, JOIN_SECONDS))


def _mend(client: Client) -> None:
    """Starts workers of this machine anew that died before they had begun: Dask replaces only those that had."""
    if client.cluster is not None:
        _start(client.cluster, len(client.cluster.worker_spec))


def _start(cluster: LocalCluster, workers: int) -> None:
    """Starts what is not there of so many workers."""

    async def start() -> None:
        while len(cluster.worker_spec) < workers:
            cluster.worker_spec.update(cluster.new_worker_spec())
        for name in [name for name, one in cluster.workers.items() if one.status in (Status.closed, Status.failed)]:
            del cluster.workers[name]
        if cluster.workers.keys() != cluster.worker_spec.keys():
            with suppress(RuntimeError):  # one died again; there is a next time
                await cluster

    cluster.sync(start)


class _Undisturbed(WorkerPlugin):  # type: ignore[misc]  # seen by mypy as Any
    """Ctrl-C in the terminal goes to every process; the pass alone hears it, and ends its workers."""

    def setup(self, worker: object) -> None:
        """Runs in the main thread of each worker that joins."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)


class Handed:
    """Stretches on a cluster: `answers` yields each with what its captures came to, in the order in which it is known.

    `job` makes what is sent of a stretch, `read` is what a worker does with it. A document that kills workers is
    answered with None. `said` is told, in a sentence, what an operator should know.
    """

    def __init__(self, client: Client, job: Callable[[Stretch], Job], read: Read, said: Callable[[str], None]) -> None:
        self._client = client
        self._job = job
        self._read = read
        self._said = said
        self._flying: dict[Future, Stretch] = {}
        self._accused: list[Stretch] = []
        self._threads = 0
        self._looked = 0.0

    def answers(self, stretches: Iterable[Stretch]) -> Iterator[tuple[Stretch, list[Answer] | None]]:
        """Raises WorkersFailed where the cluster is gone or a worker cannot read at all."""
        remaining = iter(stretches)
        while self._fill(remaining):
            for future in self._landed():
                stretch = self._flying.pop(future)
                answers = self._result(future)
                if answers is not None:
                    yield stretch, answers
                elif len(stretch.captures) > 1:
                    self._said(f"workers died over {len(stretch.captures)} documents, which are now read one by one")
                    for each in stretch.apart():
                        self._send(each)
                else:
                    self._accused.append(stretch)
        for stretch in self._accused:
            self._send(stretch)
            while not (landed := self._landed()):
                self._now_threads()  # starts anew what died meanwhile, and says so where nobody is left
            self._flying.clear()
            yield stretch, self._result(landed[0])

    def _fill(self, remaining: Iterator[Stretch]) -> bool:
        """Sends what the cluster has room for, and says whether anything is on its way."""
        while len(self._flying) < _AHEAD * self._now_threads():
            stretch = next(remaining, None)
            if stretch is None:
                break
            self._send(stretch)
        return bool(self._flying)

    def _send(self, stretch: Stretch) -> None:
        # Twice more: a machine that is out of memory or of processes for a moment must not end the pass.
        future = self._client.submit(self._read, self._job(stretch), pure=False, retries=2)
        self._flying[future] = stretch

    def _landed(self) -> list[Future]:
        """What has come to an end; nothing after some seconds, in which a cluster without workers is told of."""
        try:
            return list(wait(list(self._flying), timeout=_LOOK_SECONDS, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            return []
        except CancelledError as error:
            raise _gone() from error

    def _result(self, future: Future) -> list[Answer] | None:
        """The answers of a stretch, or None if it was there whenever a worker died."""
        try:
            error = future.exception()
            if error is None:
                answers: list[Answer] = future.result()  # if it went with its worker meanwhile, it is made again
                return answers
        except KilledWorker:
            return None
        except CancelledError as lost:
            raise _gone() from lost
        if isinstance(error, KilledWorker):
            return None
        if isinstance(error, WorkersFailed):
            raise error
        raise WorkersFailed(
            f"a worker failed with {type(error).__name__}: {error}; is the same Gongkai installed there?"
        ) from error

    def _now_threads(self) -> int:
        """How many documents the cluster reads at a time, at least one: workers come and go."""
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            try:
                before, self._threads = self._threads, sum(self._client.nthreads().values())
            except (OSError, CancelledError) as error:
                raise _gone() from error
            self._looked = time.monotonic()
            _mend(self._client)
            if before and not self._threads:
                self._said("there is no worker left; waiting for one to join")
        return max(1, self._threads)


def _gone() -> WorkersFailed:
    return WorkersFailed("the Dask scheduler is gone; what was read is recorded, and the same command goes on")
