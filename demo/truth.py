"""What a generated report really says: the side that tests compare a crawled and parsed report with."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from archive.models import Cell, Era, Level, Number, Section


class Quirk(StrEnum):
    """A fault that was planted on purpose."""

    FAILING_SUM = "failing_sum"
    """One total of table 3 is off by two: the row and the balance of the column 总计 fail."""
    BLANKS = "blanks"
    """Zeros of table 3 outside the totals are left empty."""
    PLACEHOLDERS = "placeholders"
    """Zeros of table 2 are printed as "/"."""
    BROKEN_CHAIN = "broken_chain"
    """The requests brought forward are not those that the year before carried forward."""
    TEXT_DIFFERS = "text_differs"
    """Section 1 gives one request more than table 3."""
    UNIT_IN_CELL = "unit_in_cell"
    """The amount of table 2 is printed together with its unit."""
    LATE = "late"
    """Published months after the day that the law sets."""
    BROKEN_STOCK = "broken_stock"
    """The normative documents in force do not follow from those of the year before, issues and repeals."""
    BROKEN_ITEMS = "broken_items"
    """The licensing items of the year before are not those that its report leads to."""
    BROKEN_DISCLOSED = "broken_disclosed"
    """The normative documents disclosed in all do not follow from the year before."""
    CORRECTED = "corrected"
    """Replaced later, under the same URL, by a version with other figures."""


@dataclass(frozen=True, slots=True)
class TrueAgency:
    """An invented agency. `kind` names its line in `data/kinds.csv`; ids are those of the written registry."""

    id: str
    name: str
    place: str
    division: str
    level: Level
    kind: str
    portal: str
    slug: str
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that has to fail: the rule with the row or the column of table 3 it fails for."""

    rule: str
    key: str | None = None
    applicant: str | None = None


@dataclass(frozen=True, slots=True)
class TrueReport:
    """One report with every cell of its form (198 in B, 200 in C), in the form's order; `place` of the cells is None.

    `published` is an ISO date. `failures` are the checks within the report that have to fail; every other identity
    holds, or is undetermined where cells are blank. `sections` hold the text as paragraphs on lines, tables left out.
    """

    agency: TrueAgency
    year: int
    era: Era
    title: str
    published: str
    period: tuple[str, str]
    preamble: tuple[str, ...]
    sections: tuple[Section, ...]
    cells: tuple[Cell, ...]
    quirks: frozenset[Quirk] = frozenset()
    failures: tuple[Failure, ...] = ()
    version: int = 1
    _index: dict[tuple[str, str | None], Cell] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {(cell.key, cell.applicant): cell for cell in self.cells})

    @property
    def id(self) -> str:
        """The id that the archive gives this report: agency and year."""
        return f"{self.agency.id}-{self.year}"

    def cell(self, key: str, applicant: str | None = None) -> Cell:
        """The cell of a row (and of a column, in table 3). Raises KeyError if the era's form has no such cell."""
        return self._index[key, applicant]

    def value(self, key: str, applicant: str | None = None) -> Number | None:
        """The number that stands in the cell; None where nothing countable is printed."""
        return self.cell(key, applicant).value
