"""All that is held, as one record; what there is much of stays in temporary files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.holdings.model import Change, Coverage, HeldAgency, PortalNight, Unplaced, UnplacedKind
from archive.holdings.shelf import Reports
from archive.models import Capture
from archive.registry import Registry


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that an archive is built from, ordered: agencies and reports by id, coverage by (agency, year).

    `captures` has each document once (the first capture of its bytes), by its digest, `outcomes` the number of URLs
    by (portal, role, outcome), with outcome `open` for those not yet fetched, `portals` those that anything is held of.
    """

    registry: Registry
    parser_version: str
    agencies: tuple[HeldAgency, ...]
    reports: Reports
    coverage: Sequence[Coverage]
    unplaced: Sequence[Unplaced]
    captures: Sequence[Capture]
    outcomes: Mapping[tuple[str, str, str], int]
    portals: frozenset[str] = frozenset()
    nights: tuple[PortalNight, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that happened to any report, in the order of time."""
        every = (change for report in self.reports for change in report.changes)
        return tuple(sorted(every, key=lambda change: (change.changed_at, change.report_id)))

    @property
    def unsound(self) -> tuple[Unplaced, ...]:
        """The documents whose parse no archive can hold."""
        return tuple(item for item in self.unplaced if item.kind is UnplacedKind.UNSOUND)

    def agencies_by_id(self) -> dict[str, HeldAgency]:
        """All agencies by id."""
        return {agency.id: agency for agency in self.agencies}
