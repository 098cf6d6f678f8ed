"""The unit of work: a stretch of one WARC file, small enough to be done again, large enough to be worth a message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.models import Capture

DOCUMENTS = 32
SIZE = 4 << 20
_ROUNDS = 8
"""How many stretches each worker gets at least, so that none waits long for the last one."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Captures of one WARC file in the order of the ledger; never empty."""

    captures: tuple[Capture, ...]

    def apart(self) -> list[Stretch]:
        """A stretch for each capture."""
        return [Stretch((capture,)) for capture in self.captures]


def cut(captures: Iterable[Capture], *, documents: int = DOCUMENTS, size: int = SIZE) -> Iterator[Stretch]:
    """Cuts captures into stretches of at most so many, and of so many bytes of records unless one alone has more.

    Scans are large and slow: they get stretches of few documents by their size.
    """
    held: list[Capture] = []
    bytes_held = 0
    for capture in captures:
        if held and (capture.warc != held[0].warc or len(held) == documents or bytes_held + capture.length > size):
            yield Stretch(tuple(held))
            held, bytes_held = [], 0
        held.append(capture)
        bytes_held += capture.length
    if held:
        yield Stretch(tuple(held))


def documents_each(total: int, workers: int) -> int:
    """How many documents a stretch should have for so many workers: fewer where there is little to do."""
    return max(1, min(DOCUMENTS, total // (_ROUNDS * max(1, workers))))
