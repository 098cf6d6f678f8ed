"""What the captures say as archive.db and its exports: built, verified and published."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.database.build import build_database
from archive.database.inputs import made_by, report_digests
from archive.exports.previous import Before
from archive.exports.write import export_all
from archive.generations import Generation, current, publish
from archive.generations.base import Start, forget, start_from
from archive.generations.digests import write_digests
from archive.holdings import Holdings, ReadAnew, build_holdings
from archive.holdings.facts import KnownFacts
from archive.ledger import Ledger, locked
from archive.models import DOCUMENTS
from archive.registry import Registry
from archive.report.version import PARSER_VERSION
from archive.route.opening import open_ledger, step
from archive.steps import BUILD_LOCK, EXPORTS, FACTS, NothingToDo, Progress

OBJECTS_AT_ONCE = 100_000
"""New objects after which Python looks for cycles among them: a build makes millions, and hardly a cycle."""


@dataclass(frozen=True, slots=True)
class Published:
    """A generation that was just published, the holdings it was built from, and what its build started from."""

    generation: Generation
    holdings: Holdings
    start: Start


def holdings_of(data: Path, registry: Registry, known: KnownFacts | None = None) -> Holdings:
    """What DATA holds, as this parser version reads it; raises NothingToDo where nothing has been read.

    `known` facts of the reports are not worked out again.
    """
    with open_ledger(data) as ledger:
        if next(iter(ledger.parses(PARSER_VERSION, results=False)), None) is None:
            raise NothingToDo(_nothing_read(data, ledger))
        return build_holdings(ledger, registry, PARSER_VERSION, known)


def _nothing_read(data: Path, ledger: Ledger) -> str:
    """Why no capture has been read by this parser, and what to do."""
    if ledger.count_unparsed(PARSER_VERSION, roles=DOCUMENTS):
        return (
            f"no capture in {data} has been read by this version of the parser yet: "
            f"run `gongkai parse --data {data}` first"
        )
    return (
        f"nothing captured in {data} can be an annual report, so there is nothing to build: "
        f"`gongkai status --data {data}` says how its portals stand, `gongkai crawl` asks them again"
    )


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
    with locked(data / BUILD_LOCK), _looking_for_cycles_rarely():
        try:
            return _build(data, registry, full, progress, said)
        except ReadAnew as error:  # by a `gongkai parse` meanwhile; or the ledger is no longer what was known of it
            said(f"begun again: {error}")
            (data / FACTS).unlink(missing_ok=True)
            return _build(data, registry, full, progress, said)


@contextmanager
def _looking_for_cycles_rarely() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS_AT_ONCE)
    try:
        yield
    finally:
        gc.set_threshold(*before)


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

    def fill(directory: Path, number: int) -> bool:
        write_digests(directory, digests, made)
        return build_database(
            directory / "archive.db",
            holdings,
            built_at=built_at,
            generation=number,
            base=start.base,
            numbers=start.numbers,
            remember=directory,
            progress=step("building the archive", progress),
            said=said,
        )

    def finish(directory: Path, digest: str) -> None:
        before = None if start.base is None else Before(start.base.archive.parent / EXPORTS, start.base.kept)
        export_all(
            holdings,
            directory / "archive.db",
            directory / EXPORTS,
            digest=digest,
            before=before,
            progress=progress,
            said=said,
        )

    published = publish(data, fill, finish)
    forget(data)
    return Published(published, holdings, start)
