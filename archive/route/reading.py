"""The captures read, here, by many processes or on a cluster; and put into the bucket where they are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive.captures import captures_of
from archive.ledger import CRAWL_LOCK, locked
from archive.parsing import ParsingSummary, parse_captures
from archive.route.opening import open_ledger, step
from archive.steps import Progress
from archive.workers.parsing import parse_captures_by_workers


def read_captures(
    data: Path,
    *,
    again: bool = False,
    ocr: bool = True,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    said: Callable[[str], None] = lambda _: None,
) -> ParsingSummary:
    """Reads every capture that this parser version has not read yet, or all of them again; `ocr` False skips scans.

    With `workers` as many processes of this machine read, with `scheduler` a Dask cluster does; `said` is told what
    happens to them. Raises NothingToDo, WorkersFailed where they cannot go on, and StorageError where a bucket fails.
    """
    tell = step("reading captures", progress)
    with open_ledger(data) as ledger:
        store = captures_of(data)
        if workers is None and scheduler is None:
            return parse_captures(ledger, store, again=again, ocr=ocr, progress=tell)
        if store.bucket is not None and store.here():
            upload_captures(data)  # workers read what lies there, wherever they are
        return parse_captures_by_workers(
            ledger, store, workers=workers, scheduler=scheduler, again=again, ocr=ocr, progress=tell, said=said
        )


def upload_captures(data: Path) -> tuple[int, int]:
    """Puts every WARC file that is still here into the bucket of a DATA directory; returns how many, and their bytes.

    Does nothing where DATA has none. Raises NothingToDo, LockedError while captures are being added, StorageError, and
    the errors of `CaptureStore.cut_torn_tail`.
    """
    with locked(data / CRAWL_LOCK), open_ledger(data) as ledger, captures_of(data) as store:
        if store.bucket is None:
            return 0, 0
        waiting = [store.size(name) for name in store.here()]
        store.cut_torn_tail(ledger.committed_ends())
        return len(waiting), sum(waiting)
