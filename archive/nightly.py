"""The night in order: lock, crawl, parse, build, verify, publish or keep, and a summary that a person can act on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.concerns import read_concern
from archive.doing import doing
from archive.generations import GenerationError, VerificationFailed, current
from archive.ledger import FAILURES, LockedError, locked
from archive.registry import Registry, RegistryError
from archive.route import building, opening, reading
from archive.steps import NothingToDo, Progress
from archive.storage import StorageError
from archive.workers import WorkersFailed

LOCK = "night.lock"
SUMMARIES = "nights"
COMMAND = "nightly"
CRAWLING = "crawling"

CRAWL_DONE, CRAWL_WITH_FAILURES = 0, 3
"""Exit codes of the crawler after which there is something to read."""

_EXIT_CODES = {RegistryError: 2, LockedError: 4}
"""Those of a night that is cut short by an error; by any other it is 1."""

Crawl = Callable[[], int]
"""Runs the crawl to its end and returns its exit code."""


@dataclass(slots=True)
class Night:
    """What became of one night. `exit_code` is one of those that `gongkai --help` lists.

    `warnings` are those of the crawl's monitors by portal: rule, values, and the sentence in Chinese and English.
    `notes` say what was built anew that is mostly taken over from the last archive, and why.
    """

    started_at: str
    ended_at: str = ""
    exit_code: int = 1
    crawl_exit_code: int | None = None
    failed_urls: dict[str, dict[str, int]] = field(default_factory=dict)
    warnings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    documents_read: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    unsound: list[tuple[str, str]] = field(default_factory=list)
    reports: int | None = None
    generation: int | None = None
    kept_generation: int | None = None
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def lines(self) -> Sequence[str]:
        """The summary for a person: what was published, and what needs somebody to look at it."""
        if self.generation is not None:
            yes = f"Published generation {self.generation} with {self.reports} reports."
        elif self.kept_generation is not None:
            yes = f"Nothing was published; the site stays on generation {self.kept_generation}."
        else:
            yes = "Nothing was published, and there is no earlier archive."
        lines = [f"Night of {self.started_at} to {self.ended_at}: exit code {self.exit_code}.", yes]
        lines += [f"Problem: {problem}" for problem in self.problems]
        lines += [f"Note: {note}" for note in self.notes]
        for portal, outcomes in sorted(self.failed_urls.items()):
            lines.append(f"Portal {portal}: " + ", ".join(f"{n} {outcome}" for outcome, n in sorted(outcomes.items())))
        for portal, warnings in sorted(self.warnings.items()):
            lines += [f"Warning: {portal}: {warning['en']}（{warning['zh']}）" for warning in warnings]
        lines += [f"Unreadable: {address}: {why}" for address, why in self.unreadable]
        lines += [f"Left out as unsound: {address}: {why}" for address, why in self.unsound]
        return lines


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads the captures of a night: this process, so many `workers` of this machine, or those of a `scheduler`.

    `said` is told what happens to workers.
    """

    workers: int | None = None
    scheduler: str | None = None
    said: Callable[[str], None] = lambda _: None


def run_night(
    data: Path,
    registry: Callable[[], Registry],
    crawl: Crawl,
    *,
    readers: Readers = Readers(),
    progress: Progress | None = None,
) -> Night:
    """Walks the route once and returns what became of it; the summary is also written below DATA/nights.

    `registry` is asked after the crawl, which may have added to it. A failed crawl, workers that fail or a refused
    archive leave the published generation as it is. Raises LockedError while another night is at work, RegistryError,
    and OSError.
    """
    with locked(data / LOCK), doing(data, COMMAND, progress) as tell:
        night = Night(started_at=_now())
        if published := current(data):
            night.kept_generation = published.number
        try:
            _walk(night, data, registry, crawl, readers, tell)
        except BaseException as error:  # said to whoever is there, and in the summary to whoever comes in the morning
            night.exit_code = next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), 1)
            night.problems.append(f"the night was cut short: {str(error) or type(error).__name__}")
            raise
        finally:
            night.ended_at = _now()
            _write(night, data)
    return night


def _walk(
    night: Night,
    data: Path,
    registry: Callable[[], Registry],
    crawl: Crawl,
    readers: Readers,
    tell: Progress,
) -> None:
    tell(CRAWLING, 0, 0)
    night.crawl_exit_code = crawl()
    if night.crawl_exit_code not in (CRAWL_DONE, CRAWL_WITH_FAILURES):
        night.exit_code = night.crawl_exit_code
        night.problems.append(f"the crawl ended with exit code {night.crawl_exit_code}; its own messages say why")
        return
    try:
        summary = reading.read_captures(
            data, workers=readers.workers, scheduler=readers.scheduler, progress=tell, said=readers.said
        )
    except (WorkersFailed, StorageError) as error:
        night.problems.append(f"the captures could not be read: {error}")
        return
    night.documents_read, night.unreadable = summary.total, summary.unreadable
    night.failed_urls, night.warnings = _failures(data), _warnings(data)
    try:
        published = building.build(data, registry(), progress=tell, said=night.notes.append)
    except VerificationFailed as error:
        night.exit_code = 5
        night.problems.append(str(error))
        return
    except (NothingToDo, GenerationError) as error:
        night.problems.append(str(error))
        return
    night.generation, night.reports = published.generation.number, len(published.holdings.reports)
    night.unsound = [(item.capture.url, item.reason) for item in published.holdings.unsound]
    failed = night.crawl_exit_code == CRAWL_WITH_FAILURES or night.unreadable or night.unsound
    night.exit_code = 3 if failed else 0


def _failures(data: Path) -> dict[str, dict[str, int]]:
    """The failed URLs of each portal by outcome, portals without any left out."""
    with opening.open_ledger(data) as ledger:
        ended = ledger.outcomes()
    failed: dict[str, dict[str, int]] = {}
    for (portal, _, outcome), number in ended.items():
        if outcome in FAILURES:
            of_portal = failed.setdefault(portal, {})
            of_portal[outcome] = of_portal.get(outcome, 0) + number
    return failed


def _warnings(data: Path) -> dict[str, list[dict[str, Any]]]:
    """What the monitors of the latest run had to say, portals with nothing wrong left out."""
    with opening.open_ledger(data) as ledger:
        latest = next(ledger.runs(), None)
    portals = (latest.summary or {}).get("portals") if latest else None
    told = portals if isinstance(portals, dict) else {}
    return {
        portal: [read_concern(one).as_json() for one in end["warnings"]]
        for portal, end in told.items()
        if end.get("warnings")
    }


def _write(night: Night, data: Path) -> None:
    folder = data / SUMMARIES
    folder.mkdir(parents=True, exist_ok=True)
    name = night.started_at.replace(":", "").replace("+0000", "Z")
    texts = {"json": json.dumps(asdict(night), ensure_ascii=False, indent=1), "txt": "\n".join(night.lines())}
    for suffix, text in texts.items():
        part = folder / f"{name}.{suffix}.part"
        part.write_text(f"{text}\n", "utf-8")
        part.replace(folder / f"{name}.{suffix}")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
