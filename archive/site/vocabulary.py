"""Words of the data that the site explains, as they stand in the database; tests compare them with where they are made.

The site reads archive.db and never the stages that made it, so it has their words here and not their modules.
"""

from __future__ import annotations

from typing import NamedTuple

HELD = ("held", "vanished")
NOT_DUE = "not_due"
COVERAGE = (
    "held", "vanished", "unreadable", "failed", "excluded", "open", "blocked", "unreachable", "not_due", "not_found",
    "not_looked",
)  # fmt: skip
"""What became of the report that a body owes for a year."""
MISSING = tuple(status for status in COVERAGE if status not in HELD and status != NOT_DUE)
"""Those of a report that is due and not held."""
LATE = "late"
TIMELINESS = ("on_time", LATE, "unknown")
UNPLACED = ("no_agency", "no_year", "not_a_report", "unreadable", "unsound")
"""Why a document that is held belongs to no report."""
EXPORTS, MANIFEST = "exports", "manifest.json"
"""The directory beside archive.db with the files for re-users, and the one that lists them."""


class Deadline(NamedTuple):
    """By when a report is due: month and day of the year after, for reports up to `to_year`; `custom` is no law."""

    id: str
    month: int
    day: int
    to_year: int | None
    custom: bool


DEADLINES = (
    Deadline("regulation-2007-art-31", 3, 31, 2018, False),
    Deadline("regulation-2019-art-49-departments", 1, 31, None, False),
    Deadline("regulation-2019-art-49-governments", 3, 31, None, False),
    Deadline("custom-townships", 1, 31, None, True),
)
