"""Which division is meant by the words of somebody's list: a code, a path from the province down, or a bare name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from archive.models import Division, Level
from archive.registry.divisions import CENTRAL, USER_ASSIGNED, Divisions
from archive.registry.proposals import level_of

_CODE = re.compile(r"([0-9]{6})(?:0{6}|[0-9]{3}|[0-9]{6})?(?![0-9])")
_BETWEEN = re.compile(r"[\s/\\>＞›»|,，、;；·-]+")
_HEADINGS = re.compile(r"(?:市辖区|县|直辖|(?:省|自治区)?直辖县级行政(?:单位|区划))")
_CENTRAL = frozenset({"中央", "国家", "国务院", "全国"})


@dataclass(frozen=True, slots=True)
class Place:
    """A division that was found, or the reason why none was (`code` None). `how` is worth a note unless it is empty."""

    code: str | None
    how: str = ""


@dataclass(frozen=True)
class Places:
    """The divisions by their names; codes in use are asked before those that were given up."""

    divisions: Divisions

    def find(self, words: str, level: Level | None = None) -> Place:
        """The division that the words mean; never a guess between several, of which the level may single one out."""
        text = words.strip()
        if not text:
            return Place(None, "no division is given")
        if match := _CODE.match(text):
            known = match[1] in self.divisions or match[1].startswith(USER_ASSIGNED)
            return Place(match[1]) if known else Place(None, f"{match[1]} is not a division code of any year")
        if text in _CENTRAL:
            return Place(CENTRAL)
        parts = [part for part in _BETWEEN.split(text) if part] or [text]
        parts = [part for part in parts[:-1] if not _HEADINGS.fullmatch(part)] + parts[-1:]
        path = "".join(parts)
        steps = (
            (self._paths_now.get(path, set()), ""),
            (self._within(parts[0], parts[-1]) if len(parts) > 1 else set(), f"the only {parts[-1]} of {parts[0]}"),
            (self._paths_ever.get(path, set()), "a former name or code"),
            (self._names_now.get(path, set()), "by its name alone, which no other place has"),
        )
        for found, how in steps:
            codes = found
            if len(found) > 1:
                codes = {code for code in found if level_of(code) is level} or found
            if len(codes) == 1:
                return Place(next(iter(codes)), how)
            if len(codes) > 5:
                return Place(None, f"{len(codes)} places are called {text!r}; give the code or the path to it")
            if codes:
                return Place(None, f"{text!r} may be any of {', '.join(sorted(codes))}; give the code")
        return Place(None, f"no division is called {text!r}; give its six-digit code")

    def _within(self, province: str, name: str) -> set[str]:
        """The places of a name in a province: lists differ on what lies between after a place was moved."""
        top = self._paths_now.get(province, set())
        return {code for code in self._names_now.get(name, ()) if f"{code[:2]}0000" in top}

    @cached_property
    def _now(self) -> tuple[Division, ...]:
        latest = (entries[-1] for entries in self.divisions.by_code.values() if entries)
        return tuple(entry for entry in latest if entry.valid_to is None and entry.code != CENTRAL)

    @cached_property
    def _paths_now(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for entry in self._now:
            found.setdefault(self.divisions.path(entry.code), set()).add(entry.code)
        return found

    @cached_property
    def _paths_ever(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for entry in self.divisions:
            if entry.code != CENTRAL:
                above = "".join(
                    self.divisions.name(code) or "" for code in reversed(self.divisions.parents(entry.code))
                )
                found.setdefault(above + entry.name, set()).add(entry.code)
        return found

    @cached_property
    def _names_now(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for entry in self._now:
            found.setdefault(entry.name, set()).add(entry.code)
        return found
