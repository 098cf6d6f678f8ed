"""Codes and names of administrative divisions by year (GB/T 2260), as python-stdnum carries them.

The source is `stdnum/cn/loc.dat`, taken from the code lists of Wikipedia: per code one or more names, each with the
years in which it was valid. A range that ends before it begins (there are a few) is an error of that list and is left
out; so is nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from archive.models import Division

CENTRAL = "000000"
"""The code of central bodies (ministries and the like): no code of GB/T 2260, but used for the whole country."""

USER_ASSIGNED = "99"
"""Codes that begin so belong to no province: they are free for made-up places, in demonstrations and tests."""

# In use since the change of Hangzhou's districts in April 2021, and not in the list of python-stdnum 2.2.
_ADDED = (Division("330113", "临平区", 2021), Division("330114", "钱塘区", 2021))

_LINE = re.compile(r'(?P<indent> *)(?P<digits>\d+) (?:province|county)="(?P<names>[^"]*)"')
_NAME = re.compile(r"(?:\[(?P<first>\d*)-(?P<last>\d*)\])?(?P<name>[^\[\],]+)")


# Headings of the list that are no places: 110100 市辖区, 500200 县, 429000 省直辖县级行政单位.
_NO_PLACE = re.compile(r"市辖区|县|(?:省|自治区)直辖(?:县级)?行政(?:单位|区划)")


class DivisionDataError(Exception):
    """The division list of the installed python-stdnum is not in the form that this module reads."""


@dataclass(frozen=True, slots=True)
class Divisions:
    """All divisions by code; the entries of one code are in the order of their years."""

    by_code: Mapping[str, tuple[Division, ...]]

    def __contains__(self, code: str) -> bool:
        return code in self.by_code

    def __iter__(self) -> Iterator[Division]:
        """All entries, by code and year."""
        return (division for code in sorted(self.by_code) for division in self.by_code[code])

    def name(self, code: str, year: int | None = None) -> str | None:
        """The name of a code in a year (None = its latest name); None where the code was not valid then."""
        entries = self.by_code.get(code, ())
        if year is None:
            return entries[-1].name if entries else None
        for entry in reversed(entries):  # in a year of change both names are right; the later one is meant
            if (entry.valid_from or 0) <= year <= (entry.valid_to or 9999):
                return entry.name
        return None

    def with_user_assigned(self, named: Iterable[tuple[str, str]]) -> Divisions:
        """These divisions and those of the (code, name) pairs whose code is user-assigned; the first name counts."""
        added = {code: (Division(code, name),) for code, name in reversed(list(named)) if code[:2] == USER_ASSIGNED}
        return Divisions({**self.by_code, **added}) if added else self

    def province(self, code: str) -> str | None:
        """The name of the province that a code belongs to; None for central bodies and unknown codes."""
        return None if code == CENTRAL else self.name(code[:2] + "0000")

    def parents(self, code: str) -> tuple[str, ...]:
        """The codes of the divisions above, the nearest first; a place directly under its province has no other.

        Headings of the list that are no places (110100 市辖区) are left out.
        """
        above = dict.fromkeys((code[:4] + "00", code[:2] + "0000"))
        return tuple(
            parent
            for parent in above
            if parent != code and parent in self.by_code and not _NO_PLACE.fullmatch(self.by_code[parent][-1].name)
        )

    def path(self, code: str, year: int | None = None) -> str:
        """The full name, from the province down: 山东省枣庄市滕州市."""
        names = [self.name(parent, year) or self.name(parent) for parent in reversed(self.parents(code))]
        own = self.name(code, year) or self.name(code)
        return "".join(name for name in (*names, own) if name)


def parse_divisions(text: str) -> Divisions:
    """Reads the text of `loc.dat`; raises DivisionDataError naming the line that is not of its form."""
    found: dict[str, tuple[Division, ...]] = {CENTRAL: (Division(CENTRAL, "中央"),)}
    prefix = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            raise DivisionDataError(f"stdnum/cn/loc.dat, line {number}: not a division: {line.strip()[:60]!r}")
        if not match["indent"]:
            prefix = match["digits"]
            continue
        code = prefix + match["digits"]
        if len(code) != 6:
            raise DivisionDataError(f"stdnum/cn/loc.dat, line {number}: {code} is not a six-digit code")
        entries = [
            Division(code, name["name"], _year(name["first"]), _year(name["last"]))
            for name in _NAME.finditer(match["names"])
        ]
        valid = [entry for entry in entries if (entry.valid_from or 0) <= (entry.valid_to or 9999)]
        found[code] = tuple(sorted(valid, key=lambda entry: entry.valid_to or 9999))
    return Divisions(found)


def _year(text: str | None) -> int | None:
    return int(text) if text else None


@cache
def load_divisions() -> Divisions:
    """The divisions of the installed python-stdnum, read once."""
    divisions = parse_divisions(resources.files("stdnum.cn").joinpath("loc.dat").read_text("utf-8"))
    added = {entry.code: (entry,) for entry in _ADDED}
    return Divisions({**added, **divisions.by_code})
