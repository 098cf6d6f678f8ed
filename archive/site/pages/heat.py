"""Coverage by province and year as a table with colours: how many of the reports that were owed are held."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass

from archive.models import Level
from archive.site.database import rows
from archive.site.drawing import heat_class
from archive.site.drawing.scale import rounded

NO_PROVINCE, MINISTRIES = "-", "ministry"
"""What stands for the province of bodies whose place is not known, and for that of the ministries."""
HELD = ("held", "vanished")


@dataclass(frozen=True, slots=True)
class Field:
    """One province in one year; `owed` counts the reports that were due or are held."""

    year: int
    held: int
    owed: int

    @property
    def shade(self) -> str:
        """The class of its cell."""
        return heat_class(self.held, self.owed)

    @property
    def percent(self) -> int:
        """The share in whole per cent, 100 only where nothing is missing and 0 only where nothing is held."""
        if not 0 < self.held < self.owed:
            return 100 if self.held else 0
        return min(99, max(1, int(rounded(100 * self.held / self.owed, 0))))


@dataclass(frozen=True, slots=True)
class Line:
    """One province over the years; a year in which nothing was owed is None."""

    province: str
    fields: tuple[Field | None, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """The whole table: years from first to last, all provinces together, and each in the order of its divisions."""

    years: tuple[int, ...]
    whole: Line
    provinces: tuple[Line, ...]


def heat(connection: sqlite3.Connection) -> Heat:
    """Coverage by province and year; years before anything was owed or held are left out."""
    held: Counter[tuple[str, int]] = Counter()
    owed: Counter[tuple[str, int]] = Counter()
    first: dict[str, str] = {}
    for line in rows(
        connection,
        "select coalesce(a.province, case when a.level = ? then ? else ? end) as province, c.year, c.status,"
        " count(*) as n, min(a.division) as division from coverage c join agencies a using (agency_id)"
        " where c.status != 'not_due' group by 1, 2, 3",
        Level.MINISTRY,
        MINISTRIES,
        NO_PROVINCE,
    ):
        place = (line["province"], line["year"])
        owed[place] += line["n"]
        first[line["province"]] = min(first.get(line["province"], line["division"]), line["division"])
        if line["status"] in HELD:
            held[place] += line["n"]
    years = tuple(range(min((year for _, year in owed), default=0), max((year for _, year in owed), default=-1) + 1))

    def fields(*provinces: str) -> tuple[Field | None, ...]:
        made = []
        for year in years:
            due = sum(owed[province, year] for province in provinces)
            made.append(Field(year, sum(held[province, year] for province in provinces), due) if due else None)
        return tuple(made)

    ends = {MINISTRIES: 0, NO_PROVINCE: 2}
    order = sorted(first, key=lambda province: (ends.get(province, 1), first[province], province))
    return Heat(years, Line("", fields(*order)), tuple(Line(province, fields(province)) for province in order))
