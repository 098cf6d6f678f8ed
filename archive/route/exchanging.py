"""Captures given to other archive tools and taken from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.captures import captures_of
from archive.ledger import CRAWL_LOCK, Ledger, locked
from archive.registry import keep_registry, registry_of
from archive.route.opening import open_ledger, step
from archive.steps import LEDGER, Progress, UnknownPortal
from archive.webarchives.foreign import files_below
from archive.webarchives.taking import Summary as Taken
from archive.webarchives.taking import holds_answers, take_in
from archive.webarchives.wacz import Written, write_wacz


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
                progress=step(f"writing {portal}", progress),
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

    For files that hold no answer no new DATA is made.
    Raises NotAWebArchive, UnknownPortal for a portal that the registry does not have, LockedError while a crawl is at
    work, RegistryError and OSError.
    """
    registry = registry_of(data, portals)
    if portal is not None and portal not in registry.portals:
        raise UnknownPortal(f"the registry has no portal {portal}; `gongkai portals add URL` writes a row for one")
    files = [file for source in sources for file in files_below(source)]
    if not (data / LEDGER).exists() and not holds_answers(files):
        dry_run = True
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
            ledger, store, registry, files, portal=portal, dry_run=dry_run, progress=step("taking in", progress)
        )
        if not dry_run and store.bucket is not None:
            store.cut_torn_tail(ledger.committed_ends())
        return taken
