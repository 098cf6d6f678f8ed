"""What there is to read in a ledger, and how it is recorded: whoever reads, one process writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from archive.ledger import Ledger
from archive.models import DOCUMENTS, Capture
from archive.parsing.results import Parsed
from archive.parsing.shown import digest, pictured
from archive.report.version import PARSER_VERSION

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class ParsingSummary:
    """What a pass over the captures came to; `unreadable` are (address, why) of documents that could not be read."""

    ok: int = 0
    not_a_report: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All captures that were read in this pass."""
        return self.ok + self.not_a_report + len(self.unreadable)


class Work:
    """The captures of a pass, `total` of them, and what was made of them so far, `summary`.

    They are those without a result of this parser version, or with one of other pictures than are held; with `again`
    all. `portals` limits them to some portals.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        parser_version: str = PARSER_VERSION,
        again: bool = False,
        portals: Collection[str] | None = None,
    ) -> None:
        self._ledger = ledger
        self._parser_version = parser_version
        self._read_by = None if again else parser_version
        self._portals = portals
        self._pictured = pictured(ledger, parser_version, again=again, roles=DOCUMENTS, portals=portals)
        unparsed = ledger.count_unparsed(self._read_by, roles=DOCUMENTS, portals=portals)
        self.total = unparsed + len(self._pictured.stale)
        self.summary = ParsingSummary()

    def captures(self) -> Iterator[Capture]:
        """The captures in the order of the ledger, then those whose pictures changed; each with what it showed.

        Results may be recorded meanwhile.
        """
        for capture in self._ledger.unparsed(self._read_by, roles=DOCUMENTS, portals=self._portals):
            yield self._pictured.with_pictures(capture)
        yield from self._pictured.stale

    def record(self, results: Sequence[tuple[Capture, Parsed]]) -> None:
        """Records some results in one short transaction, which keeps a crawl at the same time waiting for no reader."""
        with self._ledger.transaction():
            for capture, parsed in results:
                made_of = digest(capture.pictures)
                self._ledger.record_parse(
                    capture,
                    self._parser_version,
                    parsed.status,
                    result=parsed.result,
                    why=parsed.why,
                    pictures=made_of,
                )
        for capture, parsed in results:
            self._count(capture, parsed)

    def _count(self, capture: Capture, parsed: Parsed) -> None:
        match parsed.status:
            case "ok":
                self.summary.ok += 1
            case "not_a_report":
                self.summary.not_a_report += 1
            case "unreadable":
                self.summary.unreadable.append((capture.url, parsed.why or ""))
