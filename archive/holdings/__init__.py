"""What the archive holds: captures, parses and registry put together to agencies, reports, versions and coverage."""

from __future__ import annotations

from archive.holdings.build import assemble, build_holdings, gather
from archive.holdings.model import (
    Change,
    ChangeKind,
    Copy,
    Coverage,
    CoverageStatus,
    HeldAgency,
    Holdings,
    Packed,
    PackedReport,
    PortalNight,
    ReadAnew,
    Report,
    Sighting,
    Timeliness,
    Unplaced,
    UnplacedKind,
    Version,
)

__all__ = [
    "Change",
    "ChangeKind",
    "Copy",
    "Coverage",
    "CoverageStatus",
    "HeldAgency",
    "Holdings",
    "Packed",
    "PackedReport",
    "PortalNight",
    "ReadAnew",
    "Report",
    "Sighting",
    "Timeliness",
    "Unplaced",
    "UnplacedKind",
    "Version",
    "assemble",
    "build_holdings",
    "gather",
]
