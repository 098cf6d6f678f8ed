"""Which body a report is of: a name and a portal in, an agency out, registered or with an id made of its name."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.holdings.model import HeldAgency
from archive.models import Agency, Division, Level, Portal
from archive.registry import CENTRAL, Registry

_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_BRACKETS = str.maketrans("()", "（）")
_TOWNSHIP = re.compile(r"(?:镇|乡|苏木|街道)(?:人民政府|办事处)?(?:办公室)?$")


@dataclass(frozen=True, slots=True)
class Found:
    """The agency that a document names, how it was named, and what does not agree."""

    agency: HeldAgency
    by_portal: bool = False
    warnings: tuple[str, ...] = ()


def clean_name(name: str | None) -> str:
    """A name without blanks, in full-width brackets and one width of letters."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", name or "")).translate(_BRACKETS)


def minted_id(division: str, name: str) -> str:
    """The id of an agency that is not registered: the same on any machine and after any rebuild."""
    return "u-" + hashlib.sha256(f"{division}\t{name}".encode()).hexdigest()[:10]


@dataclass(slots=True)
class AgencyFinder:
    """Answers which agency is meant, with the registry and the divisions around a portal."""

    registry: Registry
    _inside: dict[str, tuple[Division, ...]] = field(default_factory=dict)
    _places: dict[tuple[str, int | None], tuple[tuple[str, str], ...]] = field(default_factory=dict)
    _parents: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, printed: str | None, hint: str | None, portal_id: str | None, year: int | None) -> Found | None:
        """The agency named in the report, else by the listing, else the only agency of the portal; None if nobody is.

        A name in the report that contradicts the listing is believed, with a warning.
        """
        portal = self.registry.portals.get(portal_id) if portal_id else None
        printed, hint = clean_name(printed), clean_name(hint)
        warnings = []
        if printed and hint and printed not in hint and hint not in printed:
            warnings.append(f"agency: the report names {printed!r}, the listing {hint!r}")
        # 科学技术局 in the report and 滕州市科学技术局 in the listing: the listing says it in full.
        name = hint if printed and hint.endswith(printed) else printed or hint
        if name:
            return Found(self._named(name, portal, year), warnings=tuple(warnings))
        if portal is None:
            return None
        own = [agency for agency in self.registry.agencies.values() if agency.portal == portal.id]
        if len(own) != 1:
            return None
        text = f"agency: not named in the report; taken to be {own[0].name}, the only one of portal {portal.id}"
        return Found(self.held(own[0]), by_portal=True, warnings=(text,))

    def _named(self, name: str, portal: Portal | None, year: int | None) -> HeldAgency:
        around = portal.division if portal else ""
        division, name = self._locate(name, around, year)
        for code in dict.fromkeys((division, around)):
            known = self.registry.find_agency(code, name, year) or self.registry.find_agency(code, name)
            if known is not None:
                return self.held(known)
        return HeldAgency(
            id=minted_id(division, name),
            name=name,
            division=division,
            province=self.registry.province(division),
            level=_level(division, name, portal),
            registered=False,
            portal=portal.id if portal else None,
        )

    def held(self, agency: Agency) -> HeldAgency:
        """A registered agency, as the archive holds it."""
        return HeldAgency(
            id=agency.id,
            name=agency.name,
            division=agency.division,
            province=self.registry.province(agency.division),
            level=agency.level,
            registered=True,
            parent=agency.parent,
            portal=agency.portal,
            aliases=agency.aliases,
            credit_code=agency.credit_code,
            valid_from=agency.valid_from,
            valid_to=agency.valid_to,
            successor=agency.successor,
        )

    def _locate(self, name: str, around: str, year: int | None) -> tuple[str, str]:
        """The division that the name begins with in a year, at or below the portal's, and the name without those above.

        枣庄市滕州市科学技术局 on a portal of 枣庄市 is 滕州市科学技术局 of 370481, as on the portal of 滕州市 itself.
        """
        if not around or around == CENTRAL:
            return around, name
        parents = self._parents.get(around)
        if parents is None:
            parents = self._parents[around] = self.registry.divisions.parents(around)
        for parent in reversed(parents):
            rest = name.removeprefix(self.registry.division_name(parent) or "")
            if rest != name and self._place_at_start(rest, (*parents, around)):
                name = rest
        division = around
        while step := self._step(name, division, year):
            division, rest = step
            below = self._step(rest, division, year)
            if below is None or below[0] == division:
                break
            name = rest
        return division, name

    def _place_at_start(self, name: str, codes: Iterable[str]) -> bool:
        return any(name.startswith(self.registry.division_name(code) or "\0") for code in codes)

    def _step(self, name: str, division: str, year: int | None) -> tuple[str, str] | None:
        """The division at or below another that a name begins with, and the rest of the name."""
        places = self._places.get((division, year))
        if places is None:
            places = self._places[division, year] = self._places_in(division, year)
        for place, code in places:
            rest = name.removeprefix(place)
            if rest and rest != name:
                return code, rest
        return None

    def _places_in(self, division: str, year: int | None) -> tuple[tuple[str, str], ...]:
        """(name, code) of the divisions at or below one, longest name first; names that two share are left out.

        Of two districts of one name neither is meant for sure; where the city stands before it, it is. Besides those in
        use they are those of the year and of the one after it, in which its report was written: 沾化县 until 2014, when
        it became 沾化区 under another code. A name that is in use means the place that has it now.
        """
        if division not in self._inside:
            stem = _stem(division)
            all_codes = (entry for entry in self.registry.divisions if entry.code.startswith(stem))
            self._inside[division] = tuple(entry for entry in all_codes if len(entry.name) > 1)
        inside = self._inside[division]
        names = [(entry.name, entry.code) for entry in inside if entry.valid_to is None]
        if year is not None:
            now = {name for name, _ in names}
            then = (entry for entry in inside if (entry.valid_from or 0) <= year + 1 and year <= (entry.valid_to or 0))
            names += dict.fromkeys((entry.name, entry.code) for entry in then if entry.name not in now)
        counts = Counter(name for name, _ in names)
        return tuple(sorted((item for item in names if counts[item[0]] == 1), key=lambda item: (-len(item[0]), item)))


def _stem(code: str) -> str:
    """The digits that all codes below a division share."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def _level(division: str, name: str, portal: Portal | None) -> Level | None:
    if _TOWNSHIP.search(name):
        return Level.TOWNSHIP
    if not division:
        return portal.level if portal else None
    if division == CENTRAL:
        return Level.MINISTRY
    if division.endswith("0000"):
        return Level.PROVINCE
    return Level.PREFECTURE if division.endswith("00") else Level.COUNTY
