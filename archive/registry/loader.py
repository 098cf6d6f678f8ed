"""Loads portals and agencies from CSV and answers who is meant by a name, a code or an id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TypeVar

from archive.models import Agency, Portal
from archive.registry import checks
from archive.registry.divisions import Divisions, load_divisions
from archive.registry.tables import Problems, RegistryError, Row, read_table

T = TypeVar("T", Portal, Agency)

PORTAL_COLUMNS = ("id", "name", "division", "level", "home_url", "annual_report_url", "platform", "notes")
PORTAL_OPTIONAL = ("hosts", "tls")
AGENCY_COLUMNS = (
    "id",
    "name",
    "division",
    "level",
    "parent",
    "portal",
    "aliases",
    "credit_code",
    "valid_from",
    "valid_to",
    "successor",
)


@dataclass(frozen=True, slots=True)
class Registry:
    """Portals, agencies and divisions; valid, with unique ids. Iteration is in the order of the files."""

    portals: Mapping[str, Portal]
    agencies: Mapping[str, Agency]
    divisions: Divisions
    _names: Mapping[tuple[str, str], tuple[str, ...]] = field(repr=False)

    def portal(self, portal_id: str) -> Portal:
        """The portal of that id; raises KeyError."""
        return self.portals[portal_id]

    def agency(self, agency_id: str) -> Agency:
        """The agency of that id; raises KeyError."""
        return self.agencies[agency_id]

    def find_agency(self, division: str, name: str, year: int | None = None) -> Agency | None:
        """The agency of that name or alias in a division; None where there is none, or where several could be meant.

        With a year, agencies that did not exist then do not count.
        """
        found = [self.agencies[agency_id] for agency_id in self._names.get((division, name), ())]
        if year is not None:
            found = [a for a in found if (a.valid_from or 0) <= year <= (a.valid_to or 9999)]
        return found[0] if len(found) == 1 else None

    def division_name(self, code: str, year: int | None = None) -> str | None:
        """The name of a division in a year (None = its latest)."""
        return self.divisions.name(code, year)

    def province(self, code: str) -> str | None:
        """The name of the province that a code belongs to."""
        return self.divisions.province(code)


def load_registry(portals: Path | None = None, agencies: Path | None = None) -> Registry:
    """Loads the registry from the files given, or those that come with Gongkai.

    With portals of one's own and no agencies, there are no agencies (those that come with Gongkai belong to its own
    portals); bodies are then known by the names in their reports. Raises RegistryError with everything that is wrong
    in both files.
    """
    divisions = load_divisions()
    problems = Problems()
    with resources.as_file(resources.files(__package__)) as own:
        portal_rows = read_table(portals or own / "portals.csv", PORTAL_COLUMNS, PORTAL_OPTIONAL, problems)
        agency_file = agencies or (None if portals else own / "agencies.csv")
        agency_rows = read_table(agency_file, AGENCY_COLUMNS, (), problems) if agency_file else []
    found_portals = _unique({}, [(row, _portal(row, divisions, problems)) for row in portal_rows], problems)
    # A user-assigned code stands in no list: the first portal under it says what the place is called.
    places = ((portal.division, portal.name.removesuffix("人民政府")) for portal in found_portals.values())
    divisions = divisions.with_user_assigned(places)
    found_agencies = _unique({}, [(row, _agency(row, divisions, problems)) for row in agency_rows], problems)
    _check_references(agency_rows, found_portals, found_agencies, problems)
    problems.raise_if_any()
    return Registry(found_portals, found_agencies, divisions, _by_name(found_agencies))


def _unique(found: dict[str, T], rows: list[tuple[Row, T]], problems: Problems) -> dict[str, T]:
    lines: dict[str, int] = {}
    for row, item in rows:
        if item.id in lines:
            problems.add(row, "id", f"{item.id!r} stands on line {lines[item.id]} already; ids must be unique")
        lines.setdefault(item.id, row.line)
        found.setdefault(item.id, item)
    return found


def _portal(row: Row, divisions: Divisions, problems: Problems) -> Portal:
    return Portal(
        id=checks.identifier(row, "id", problems),
        name=checks.text(row, "name", problems),
        division=checks.division(row, "division", divisions, problems, assigns=True),
        level=checks.level(row, "level", problems),
        home_url=checks.url(row, "home_url", problems, required=True) or "",
        annual_report_url=checks.url(row, "annual_report_url", problems),
        platform=checks.platform(row, "platform", problems),
        notes=row["notes"],
        hosts=checks.hosts(row, "hosts", problems),
        tls=checks.tls(row, "tls", problems),
    )


def _agency(row: Row, divisions: Divisions, problems: Problems) -> Agency:
    first, last = checks.year(row, "valid_from", problems), checks.year(row, "valid_to", problems)
    if first and last and first > last:
        problems.add(row, "valid_to", f"{last} is before valid_from, {first}")
    return Agency(
        id=checks.identifier(row, "id", problems),
        name=checks.text(row, "name", problems),
        division=checks.division(row, "division", divisions, problems),
        level=checks.level(row, "level", problems),
        parent=row["parent"] or None,
        portal=row["portal"] or None,
        aliases=tuple(alias.strip() for alias in row["aliases"].split(";") if alias.strip()),
        credit_code=checks.credit_code(row, "credit_code", problems),
        valid_from=first,
        valid_to=last,
        successor=row["successor"] or None,
    )


def _check_references(
    rows: list[Row], portals: Mapping[str, Portal], agencies: Mapping[str, Agency], problems: Problems
) -> None:
    for row in rows:
        for name, known, what in (
            ("parent", agencies, "agency"),
            ("portal", portals, "portal"),
            ("successor", agencies, "agency"),
        ):
            if row[name] and row[name] not in known:
                problems.add(row, name, f"no {what} has the id {row[name]!r}")
            elif row[name] and known is agencies and row[name] == row["id"]:
                problems.add(row, name, f"{row[name]!r} cannot be its own {name}")
        if row["id"] in agencies and _in_circle(agencies[row["id"]], agencies):
            problems.add(row, "parent", f"{row['parent']!r}: the parents go round in a circle")


def _in_circle(agency: Agency, agencies: Mapping[str, Agency]) -> bool:
    """Whether the chain of parents comes back to the agency (to itself at once is told apart)."""
    seen: set[str] = set()
    above = agency.parent
    while above is not None and above in agencies and above not in seen:
        seen.add(above)
        above = agencies[above].parent
    return agency.id in seen and agency.parent != agency.id


def _by_name(agencies: Mapping[str, Agency]) -> dict[tuple[str, str], tuple[str, ...]]:
    names: dict[tuple[str, str], tuple[str, ...]] = {}
    for agency in agencies.values():
        for name in dict.fromkeys((agency.name, *agency.aliases)):
            key = (agency.division, name)
            names[key] = (*names.get(key, ()), agency.id)
    return names


__all__ = ["Registry", "RegistryError", "load_registry"]
