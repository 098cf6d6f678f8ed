"""A pass over the captures by workers: they read, this process alone writes into the ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from archive.captures import CaptureStore, DamagedRecord, address_of
from archive.ledger import Ledger
from archive.models import Capture
from archive.parsing import Parsed, ParsingSummary, Progress, Work, as_stored, bytes_of
from archive.parsing.alone import damaged
from archive.workers import HOW, WorkersFailed, available
from archive.workers.answers import Answer, Job, Order
from archive.workers.setup import setup_here
from archive.workers.stretches import Stretch, cut, documents_each
from archive.workers.tasks import killed, read_stretch

if TYPE_CHECKING:
    from distributed import Client

    from archive.workers.cluster import Read


def parse_captures_by_workers(
    ledger: Ledger,
    store: CaptureStore,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    again: bool = False,
    portals: Collection[str] | None = None,
    ocr: bool = True,
    progress: Progress | None = None,
    said: Callable[[str], None] = lambda _: None,
    read: Read = read_stretch,
) -> ParsingSummary:
    """Does what `archive.parsing.parse_captures` does, by `workers` processes here or by the cluster of a `scheduler`.

    The results are the same, byte for byte. They are recorded by the stretch, as they come in. A document over which
    workers died again and again, with nothing else beside it at the last, is `unreadable`. `said` is told what an
    operator should know. Raises WorkersFailed: the extra is missing, the cluster is, or a worker would not read as this
    machine does.
    """
    if not available():
        raise WorkersFailed(f"reading by several workers needs Dask, which is not installed: {HOW}")
    from archive.workers import cluster

    work = Work(ledger, again=again, portals=portals)
    total = work.total
    if progress:
        progress(0, total)
    if not total:
        return work.summary
    order, setup = Order(address_of(store), ocr), setup_here(ocr=ocr)
    with _cluster(workers, scheduler) as client:
        handed = cluster.Handed(client, lambda stretch: Job(stretch.captures, order, setup), read, said)
        stretches = cut(work.captures(), documents=documents_each(total, workers or len(client.nthreads())))
        for stretch, answers in handed.answers(stretches):
            work.record(_results(store, stretch, answers))
            if progress:
                progress(work.summary.total, total)
    return work.summary


def _cluster(workers: int | None, scheduler: str | None) -> AbstractContextManager[Client]:
    from archive.workers import cluster

    if scheduler is not None:
        return cluster.existing(scheduler)
    return cluster.local(workers or 1)


def _results(store: CaptureStore, stretch: Stretch, answers: list[Answer] | None) -> list[tuple[Capture, Parsed]]:
    if answers is None:
        (capture,) = stretch.captures
        return [(capture, killed("worker"))]
    return [
        (capture, answer.parsed or _damaged(store, capture, answer))
        for capture, answer in zip(stretch.captures, answers, strict=True)
    ]


def _damaged(store: CaptureStore, capture: Capture, answer: Answer) -> Parsed:
    """The result of a capture that a worker found damaged: of this machine's copy, which alone says whether it is."""
    try:
        bytes_of(store, capture)
    except DamagedRecord as error:
        return as_stored(damaged(error), capture.url)
    raise WorkersFailed(
        f"a worker sees other captures than this machine: {answer.damage}, which is whole here. "
        "DATA must be the same directory, at the same path, on every worker"
    )
