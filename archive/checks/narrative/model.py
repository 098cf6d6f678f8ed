"""What is said of one statement of the text: the sentence and the cells side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from archive.checks.cells import Cells, Reason, difference, get, total
from archive.models import Cell, CellRef, Number


class TextStatus(StrEnum):
    """The three results: a difference is a question to put to the agency, not an error."""

    PASS = "pass"
    QUESTION = "question"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Told:
    """What the tables tell in one reading of the words: None with the reason where a cell does not say."""

    reading: str
    value: Number | None
    cells: tuple[Cell, ...]
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class TextCheck:
    """One statement: where it stands, what it says, what the tables say in each reading, and which reading fits.

    `section` is its number, `place` the character of the section's text. `computed` is the value in the reading that
    fits, else in the first one. `reason` says why it could not be compared.
    """

    rule: str
    claim: str
    section: int
    place: int
    sentence: str
    stated: str
    value: Number | None
    status: TextStatus
    readings: tuple[Told, ...] = ()
    reading: str | None = None
    computed: Number | None = None
    delta: Number | None = None
    reason: Reason | None = None

    def judged(self, status: TextStatus, told: Told | None, reason: Reason | None) -> TextCheck:
        """This statement with its result; `told` is the reading that its value is shown beside."""
        computed = told.value if told is not None else None
        return replace(
            self,
            status=status,
            reading=told.reading if told is not None and status is TextStatus.PASS else None,
            computed=computed,
            delta=difference(self.value, computed) if self.value is not None and computed is not None else None,
            reason=reason,
        )


def tell(reading: str, refs: Iterable[CellRef], cells: Cells) -> Told:
    """What the cells say in one reading: their sum, by the null policy of all checks."""
    concerned = tuple(get(cells, ref) for ref in refs)
    summed = total(concerned)
    return Told(reading, summed.value, concerned, summed.reason)
