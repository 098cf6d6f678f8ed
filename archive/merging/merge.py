"""`gongkai merge`: the DATA of several crawls, united in one. The bytes go first, then the ledger, in one transaction.

Killed at any moment it leaves the target as it was, with bytes behind what its ledger acknowledges at the most; the
next merge writes them again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.captures import CaptureStore
from archive.ledger import CRAWL_LOCK, Ledger, locked
from archive.merging.sources import LEDGER, MergeError, Source, check_crawled, no_crawl, open_source, open_target
from archive.merging.unite import unite
from archive.registry import keep_registry, registry_of
from archive.registry.kept import FOLDER

SCRATCH = "merging"
_COMPARED = 4096
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a merge brought: rows added by table, bytes of captures copied, whether anything changed."""

    rows: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    changed: bool = False


def merge(
    directories: Sequence[Path], data: Path, *, dry_run: bool = False, progress: Progress | None = None
) -> Summary:
    """Unites the crawls in `directories` with what `data` holds; in which order they are named makes no difference.

    The directories are only read. WARC files are copied, never linked: the originals grow, and what a ledger does not
    acknowledge is cut off. `dry_run` says what would be added and writes nothing. `progress` is told (bytes copied,
    bytes in all). Raises MergeError, LockedError where a crawl is at work, LedgerError, RegistryError and OSError.
    """
    _check(directories, data)
    with _scratch(data, dry_run) as scratch:
        target = open_target(data, scratch / "target.db")
        sources = [open_source(one, scratch / f"{number}.db", target.tag) for number, one in enumerate(directories)]
        _check_histories((target, *sources))
        added = unite(target, sources, scratch / "united.db")
        missing = _missing(target, sources)
        size = sum(one.end - one.start for one in missing)
        if dry_run:
            return Summary(added.rows, size, added.changed or bool(size))
        done = 0
        for one in missing:
            for copied in _copy(one, target.store):
                done += copied
                if progress:
                    progress(done, size)
        _unite_registries(target, sources)
        if added.changed:
            _replace(data / LEDGER, scratch / "united.db")
        if target.store.bucket is not None:
            _take_to_bucket(target)
        return Summary(added.rows, size, added.changed)


def _check(directories: Sequence[Path], data: Path) -> None:
    places = [path.resolve() for path in directories]
    if data.resolve() in places:
        raise MergeError(f"{data} cannot be merged into itself")
    if len(set(places)) < len(places):
        raise MergeError("a directory is named twice")
    for path in directories:
        check_crawled(path)


def _check_histories(everyone: Sequence[Source]) -> None:
    """Raises MergeError where two directories go on differently with one WARC file.

    Every record holds random identifiers, so files that parted anywhere differ in the last bytes that both have.
    """
    seen: dict[str, tuple[Source, str, int]] = {}
    for source in everyone:
        for name, end in source.ends.items():
            here = source.name(name)
            other, other_name, other_end = seen.setdefault(here, (source, name, end))
            both = min(end, other_end)
            if other is not source and _before(source, name, both) != _before(other, other_name, both):
                raise MergeError(
                    f"{name} of {source.data} and {other_name} of {other.data} began as one file and went on "
                    "differently: one directory was put back from an older copy, and crawled on from there. Nothing "
                    "was changed; take in the captures of one of them with `gongkai import`"
                )
            if end > other_end:
                seen[here] = (source, name, end)


def _before(source: Source, name: str, end: int) -> bytes:
    return b"".join(source.store.bytes_of(name, max(0, end - _COMPARED), end))


@contextmanager
def _scratch(data: Path, dry_run: bool) -> Iterator[Path]:
    """A directory for the ledgers while they are united; no crawl goes on in the target meanwhile."""
    if dry_run:
        with no_crawl(data), TemporaryDirectory() as folder:
            yield Path(folder)
        return
    with locked(data / CRAWL_LOCK):
        scratch = data / SCRATCH
        # What a merge left that was killed.
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch)


@dataclass(frozen=True, slots=True)
class Missing:
    """Bytes that the target does not have: of file `warc` in `source`, from `start` to `end`, for its file `name`."""

    source: Source
    warc: str
    name: str
    start: int
    end: int


def _missing(target: Source, sources: Sequence[Source]) -> list[Missing]:
    longest: dict[str, Missing] = {}
    for source in sources:
        for warc, end in source.ends.items():
            name = source.name(warc)
            if name not in longest or end > longest[name].end:
                longest[name] = Missing(source, warc, name, target.ends.get(name, 0), end)
    return [one for _, one in sorted(longest.items()) if one.end > one.start]


def _copy(missing: Missing, store: CaptureStore) -> Iterator[int]:
    """Writes bytes to their place in the file of the target; what stood behind their beginning goes."""
    store.directory.mkdir(exist_ok=True)
    copy = store.brought_here(missing.name) if missing.start else store.directory / missing.name
    copy.touch()
    left = missing.end - missing.start
    with copy.open("r+b") as out:
        out.truncate(missing.start)
        out.seek(missing.start)
        for piece in missing.source.store.bytes_of(missing.warc, missing.start, missing.end):
            out.write(piece)
            left -= len(piece)
            yield len(piece)
        if left:
            raise MergeError(f"{missing.warc} of {missing.source.data} became shorter while it was read; merge again")
        out.flush()
        os.fsync(out.fileno())


def _take_to_bucket(target: Source) -> None:
    """Puts what was copied where the target keeps its captures."""
    with target.store as store, Ledger(target.data / LEDGER, create=False) as ledger:
        store.cut_torn_tail(ledger.committed_ends())


def _replace(ledger: Path, united: Path) -> None:
    """Puts the rows of the united ledger in the place of those of the target, in one transaction of SQLite's."""
    Ledger(ledger).close()
    with closing(sqlite3.connect(united)) as new, closing(sqlite3.connect(ledger, timeout=30)) as old:
        new.backup(old)


def _unite_registries(target: Source, sources: Sequence[Source]) -> None:
    """Keeps the registries of all crawls: of a row that several have, that of the directory that crawled last."""
    crawled = sorted((when, str(one.data.resolve()), one.data) for one in (target, *sources) if (when := _latest(one)))
    if not any((data / FOLDER).is_dir() for _, _, data in crawled):
        return
    registries = [registry_of(data) for _, _, data in crawled]
    portals = {name: portal for one in registries for name, portal in one.portals.items()}
    agencies = {name: agency for one in registries for name, agency in one.agencies.items()}
    keep_registry(target.data, replace(registries[-1], portals=portals, agencies=agencies), own=True)


def _latest(source: Source) -> str:
    """When the last run of a directory began; empty where there was none."""
    with Ledger(source.ledger, create=False) as ledger:
        return ledger.last_started() or ""
