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
from archive.holdings.reports import report_id
from archive.holdings.shelf import Reports, Shelf
from archive.holdings.whole import Holdings

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
    "Reports",
    "Shelf",
    "Sighting",
    "Timeliness",
    "Unplaced",
    "UnplacedKind",
    "Version",
    "assemble",
    "build_holdings",
    "gather",
    "report_id",
]
