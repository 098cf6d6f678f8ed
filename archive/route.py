"""The steps after the crawl, each from one part of DATA to the next: read the captures, build and publish, export."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.captures import CaptureStore
from archive.database.build import build_database
from archive.exports.files import whole
from archive.exports.write import MANIFEST_FILE, export_all
from archive.generations import Generation, current, publish
from archive.holdings import Holdings, build_holdings
from archive.ledger import Ledger, locked
from archive.parsing import ParsingSummary, parse_captures
from archive.registry import Registry
from archive.report.parser import PARSER_VERSION

LEDGER = "ledger.db"
CAPTURES = "warc"
BUILD_LOCK = "build.lock"
EXPORTS = "exports"

Progress = Callable[[str, int, int], None]
"""Is told the name of a step, how much of it is done and how much there is."""


class NothingToDo(Exception):
    """Raised when a step finds nothing to work on; the message says which command comes first."""


@dataclass(frozen=True, slots=True)
class Published:
    """A generation that was just published, and the holdings it was built from."""

    generation: Generation
    holdings: Holdings


def open_ledger(data: Path) -> Ledger:
    """The ledger of a data directory; raises NothingToDo where nothing was crawled yet."""
    path = data / LEDGER
    if not path.exists():
        raise NothingToDo(f"there is no ledger in {data} yet: run `gongkai crawl --data {data}` first")
    return Ledger(path, create=False)


def read_captures(
    data: Path, *, again: bool = False, ocr: bool = True, progress: Progress | None = None
) -> ParsingSummary:
    """Reads every capture that this parser version has not read yet, or all of them again; `ocr` False skips scans."""
    with open_ledger(data) as ledger:
        return parse_captures(
            ledger, CaptureStore(data / CAPTURES), again=again, ocr=ocr, progress=_step("reading captures", progress)
        )


def holdings_of(data: Path, registry: Registry) -> Holdings:
    """What DATA holds, as this parser version reads it; raises NothingToDo where no capture has been read yet."""
    with open_ledger(data) as ledger:
        if next(iter(ledger.parses(PARSER_VERSION)), None) is None:
            raise NothingToDo(
                f"no capture in {data} has been read by this version of the parser yet: "
                f"run `gongkai parse --data {data}` first"
            )
        return build_holdings(ledger, registry, PARSER_VERSION)


def build(data: Path, registry: Registry, *, progress: Progress | None = None) -> Published:
    """Builds archive.db and the exports from the parsed captures, verifies them and publishes them.

    Raises NothingToDo, LockedError while another build is at work, and the errors of `archive.generations`.
    """
    with locked(data / BUILD_LOCK):
        holdings = holdings_of(data, registry)
        built_at = datetime.now(UTC).isoformat(timespec="seconds")

        def fill(directory: Path, number: int) -> None:
            build_database(
                directory / "archive.db",
                holdings,
                built_at=built_at,
                generation=number,
                progress=_step("building the archive", progress),
            )
            export_all(holdings, directory / "archive.db", directory / EXPORTS, progress=progress)

        return Published(publish(data, fill), holdings)


def export(data: Path, to: Path, *, progress: Progress | None = None) -> tuple[Path, ...]:
    """Copies archive.db and the exports of the published generation to a directory and returns the files.

    The manifest comes last: a directory with it is complete. Raises NothingToDo and OSError.
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
    copied = []
    for number, (source, name) in enumerate(sources.items(), 1):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        with whole(to / name) as part:
            shutil.copyfile(source, part)
        copied.append(to / name)
        if progress:
            progress("copying the exports", number, len(sources))
    return tuple(copied)


def _step(name: str, progress: Progress | None) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, total: progress(name, done, total)
