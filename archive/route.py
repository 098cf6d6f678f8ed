"""The steps after the crawl, each from one part of DATA to the next: read the captures, build and publish, export."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.captures import captures_of
from archive.database.build import build_database
from archive.database.inputs import made_by, report_digests
from archive.exports.files import whole
from archive.exports.names import MANIFEST_FILE
from archive.exports.previous import Before
from archive.exports.proof import damaged
from archive.exports.write import export_all
from archive.generations import Generation, GenerationError, current, publish
from archive.generations.base import Start, forget, start_from
from archive.generations.digests import write_digests
from archive.holdings import Holdings, ReadAnew, build_holdings
from archive.holdings.facts import KnownFacts
from archive.ledger import CRAWL_LOCK, Ledger, locked
from archive.parsing import ParsingSummary, parse_captures
from archive.registry import Registry, keep_registry, registry_of
from archive.report.parser import PARSER_VERSION
from archive.steps import BUILD_LOCK, EXPORTS, FACTS, LEDGER, NothingToDo, Progress, UnknownPortal
from archive.storage import Bucket, Stored
from archive.webarchives.foreign import files_below
from archive.webarchives.taking import Summary as Taken
from archive.webarchives.taking import take_in
from archive.webarchives.wacz import Written, write_wacz
from archive.workers.parsing import parse_captures_by_workers

_PUT_AT_ONCE = 8
"""Most exports are small: the time goes into waiting for answers."""


@dataclass(frozen=True, slots=True)
class Published:
    """A generation that was just published, the holdings it was built from, and what its build started from."""

    generation: Generation
    holdings: Holdings
    start: Start


def open_ledger(data: Path) -> Ledger:
    """The ledger of a data directory; raises NothingToDo where nothing was crawled yet."""
    path = data / LEDGER
    if not path.exists():
        raise NothingToDo(f"there is no ledger in {data} yet: run `gongkai crawl --data {data}` first")
    return Ledger(path, create=False)


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
    step = _step("reading captures", progress)
    with open_ledger(data) as ledger:
        store = captures_of(data)
        if workers is None and scheduler is None:
            return parse_captures(ledger, store, again=again, ocr=ocr, progress=step)
        if store.bucket is not None and store.here():
            upload_captures(data)  # workers read what lies there, wherever they are
        return parse_captures_by_workers(
            ledger, store, workers=workers, scheduler=scheduler, again=again, ocr=ocr, progress=step, said=said
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


def holdings_of(data: Path, registry: Registry, known: KnownFacts | None = None) -> Holdings:
    """What DATA holds, as this parser version reads it; raises NothingToDo where no capture has been read yet.

    `known` facts of the reports are not worked out again.
    """
    with open_ledger(data) as ledger:
        if next(iter(ledger.parses(PARSER_VERSION, results=False)), None) is None:
            raise NothingToDo(
                f"no capture in {data} has been read by this version of the parser yet: "
                f"run `gongkai parse --data {data}` first"
            )
        return build_holdings(ledger, registry, PARSER_VERSION, known)


def build(
    data: Path,
    registry: Registry,
    *,
    full: bool = False,
    progress: Progress | None = None,
    said: Callable[[str], None] = lambda _: None,
) -> Published:
    """Builds archive.db and the exports from the parsed captures, verifies them and publishes them.

    What is said of reports that are as they were is taken over from the published generation, unless `full`; archive
    and exports are the same either way. `said` is told where that could not be done, and why. Raises NothingToDo,
    LockedError while another build is at work, and the errors of `archive.generations`.
    """
    open_ledger(data).close()  # a lock would make the directory that was misspelt
    with locked(data / BUILD_LOCK):
        try:
            return _build(data, registry, full, progress, said)
        except ReadAnew as error:  # by a `gongkai parse` meanwhile; or the ledger is no longer what was known of it
            said(f"begun again: {error}")
            (data / FACTS).unlink(missing_ok=True)
            return _build(data, registry, full, progress, said)


def _build(
    data: Path, registry: Registry, full: bool, progress: Progress | None, said: Callable[[str], None]
) -> Published:
    with closing(KnownFacts(data / FACTS, PARSER_VERSION)) as known:
        holdings = holdings_of(data, registry, known)
    built_at = datetime.now(UTC).isoformat(timespec="seconds")
    digests, made = dict(report_digests(holdings)), made_by(holdings.parser_version)
    start = start_from(current(data), digests, made, full=full)
    if start.why is not None:
        said(f"built anew: {start.why}" if start.base is None else start.why)

    def fill(directory: Path, number: int) -> None:
        base = start.base
        write_digests(directory, digests, made)
        build_database(
            directory / "archive.db",
            holdings,
            built_at=built_at,
            generation=number,
            base=base,
            numbers=start.numbers,
            remember=directory,
            progress=_step("building the archive", progress),
            said=said,
        )
        before = None if base is None else Before(base.archive.parent / EXPORTS, base.kept)
        export_all(holdings, directory / "archive.db", directory / EXPORTS, before=before, progress=progress, said=said)

    published = publish(data, fill)
    forget(data)
    return Published(published, holdings, start)


def export(data: Path, to: Path, *, progress: Progress | None = None) -> tuple[Path, ...]:
    """Copies archive.db and the exports of the published generation to a directory and returns the files.

    The manifest comes last: a directory with it is complete. Raises NothingToDo and OSError.
    """
    _, sources = _exported(data)
    copied = []
    for number, (source, name) in enumerate(sources.items(), 1):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        with whole(to / name) as part:
            shutil.copyfile(source, part)
        copied.append(to / name)
        if progress:
            progress("copying the exports", number, len(sources))
    return tuple(copied)


def export_to_bucket(data: Path, to: Bucket, *, progress: Progress | None = None) -> tuple[str, tuple[Stored, ...]]:
    """Puts archive.db and the exports of the published generation below its number at an address.

    Returns where that is, and what lies there. Nothing is ever replaced, what is there already is not put again, and
    the manifest comes last. Raises NothingToDo, StorageError and OSError.
    """
    generation, sources = _exported(data)
    home = to.below(str(generation.number))
    *before, (last, last_name) = sources.items()
    put: list[Stored] = []
    with ThreadPoolExecutor(_PUT_AT_ONCE) as threads:
        sent = [threads.submit(home.put, source, name.as_posix()) for source, name in before]
        try:
            for number, one in enumerate(sent, 1):
                put.append(one.result())
                if progress:
                    progress("putting the exports", number, len(sources))
        finally:
            threads.shutdown(cancel_futures=True)
    put.append(home.put(last, last_name.as_posix()))
    if progress:
        progress("putting the exports", len(sources), len(sources))
    return str(home), tuple(put)


def _exported(data: Path) -> tuple[Generation, dict[Path, Path]]:
    """The published generation, and its files with their names for re-users, the manifest last.

    Raises GenerationError where one of them is not what it was when it was made: a damaged number must go nowhere.
    """
    generation = current(data)
    if generation is None:
        raise NothingToDo(f"there is no archive in {data} yet: run `gongkai build --data {data}` first")
    exports = generation.path / EXPORTS
    sources = {path: path.relative_to(exports) for path in sorted(exports.rglob("*")) if path.is_file()}
    sources[generation.archive] = Path(generation.archive.name)
    manifest = exports / MANIFEST_FILE
    if manifest in sources:
        sources[manifest] = sources.pop(manifest)
        try:
            wrong = next(damaged(exports, generation.archive), None)
        except ValueError as error:
            wrong = str(error)
        if wrong:
            raise GenerationError(
                f"generation {generation.number} is damaged, and nothing was exported: {wrong}; "
                f"`gongkai build --full --data {data}` makes archive and exports anew"
            )
    return generation, sources


def export_wacz(
    data: Path, to: Path, portals: Collection[str] = (), *, progress: Progress | None = None
) -> Iterator[Written]:
    """Writes the captures of each portal (of all that were crawled, or those named) as a WACZ file and yields it.

    Raises NothingToDo, and UnknownPortal for a portal of which nothing was captured.
    """
    with open_ledger(data) as ledger:
        store = captures_of(data)
        names = {id: portal.name for id, portal in registry_of(data).portals.items()}
        crawled = ledger.captured_portals()
        for portal in portals or crawled:
            if portal not in crawled:
                raise UnknownPortal(
                    f"nothing was captured of portal {portal}; there are captures of {', '.join(crawled)}"
                )
            to.mkdir(parents=True, exist_ok=True)
            yield write_wacz(
                ledger,
                store,
                portal,
                to / f"{portal}.wacz",
                title=names.get(portal, portal),
                progress=_step(f"writing {portal}", progress),
            )


def import_captures(
    data: Path,
    sources: Sequence[Path],
    *,
    portals: Path | None = None,
    portal: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Taken:
    """Takes the documents of WARC and WACZ files (or of all below a directory) into DATA; see `webarchives.taking`.

    Raises NotAWebArchive, UnknownPortal for a portal that the registry does not have, LockedError while a crawl is at
    work, RegistryError and OSError.
    """
    registry = registry_of(data, portals)
    if portal is not None and portal not in registry.portals:
        raise UnknownPortal(f"the registry has no portal {portal}; `gongkai portals add URL` writes a row for one")
    files = [file for source in sources for file in files_below(source)]
    with ExitStack() as stack:
        if dry_run and not (data / LEDGER).exists():
            ledger = stack.enter_context(Ledger(Path(stack.enter_context(TemporaryDirectory())) / LEDGER))
        else:
            stack.enter_context(locked(data / CRAWL_LOCK))
            ledger = stack.enter_context(Ledger(data / LEDGER))
            if not dry_run:
                keep_registry(data, registry, own=portals is not None)
        store = stack.enter_context(captures_of(data))
        if not dry_run:
            store.cut_torn_tail(ledger.committed_ends())
        taken = take_in(
            ledger, store, registry, files, portal=portal, dry_run=dry_run, progress=_step("taking in", progress)
        )
        if not dry_run and store.bucket is not None:
            store.cut_torn_tail(ledger.committed_ends())
        return taken


def _step(name: str, progress: Progress | None) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, total: progress(name, done, total)
