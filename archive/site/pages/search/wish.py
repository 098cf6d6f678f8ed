"""What a reader asks of the search, read from the address; nothing in it can raise an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from archive.checks.confidence import ConfidenceStatus
from archive.models import Level

PAGE_SIZE = 20
LARGEST_PAGE = 200
LONGEST_QUERY = 200
LONGEST_PROVINCE = 20
MOST_SECTIONS = 20
"""Reports before 2019 have as many parts as they like."""
SORTS = ("rank", "new", "seen")
"""By relevance, by the year reported on, by the time at which the report was first seen; the latest first."""
SCOPES = ("text", "title")
"""What is searched: the text of the sections, or the titles of the reports."""
FILTERS = ("year", "section", "level", "province", "status")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asked for, made sensible: what is not understood is dropped and named in `ignored`."""

    query: str = ""
    scope: str = "text"
    year: int | None = None
    level: str | None = None
    province: str | None = None
    section: int | None = None
    status: str | None = None
    sort: str = "rank"
    page: int = 1
    size: int = PAGE_SIZE
    shortened: bool = False
    ignored: tuple[str, ...] = ()

    def filters(self) -> dict[str, int | str]:
        """The filters that are set, by name."""
        every = {name: getattr(self, name) for name in FILTERS}
        return {name: value for name, value in every.items() if value is not None}

    def asks(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.query or self.filters())

    def arguments(self, **changes: object) -> dict[str, str]:
        """The query string of the same wish with changes; defaults are left out, and any change goes to page one."""
        wish = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        full = {
            "q": wish.query,
            "in": wish.scope if wish.scope != SCOPES[0] else None,
            **wish.filters(),
            "sort": wish.sort if wish.sort != SORTS[0] else None,
            "size": wish.size if wish.size != PAGE_SIZE else None,
            "page": wish.page if wish.page != 1 else None,
        }
        return {name: str(value) for name, value in full.items() if value is not None}

    def table_arguments(self) -> dict[str, str]:
        """The same wish in the words of Datasette's table of sections, which knows no status."""
        columns = {"section": "number"}
        kept = {columns.get(name, name): str(value) for name, value in self.filters().items() if name != "status"}
        return {"_search": self.query, **kept}


def read_wish(arguments: Mapping[str, str]) -> Wish:
    """A wish from the arguments of the address."""
    ignored: list[str] = []

    def whole(name: str, low: int, high: int) -> int | None:
        text = arguments.get(name, "").strip()
        if text.isascii() and text.isdigit() and len(text) <= 9 and low <= int(text) <= high:
            return int(text)
        if text:
            ignored.append(name)
        return None

    def one_of(name: str, known: frozenset[str]) -> str | None:
        text = arguments.get(name, "").strip()
        if text in known:
            return text
        if text:
            ignored.append(name)
        return None

    raw = " ".join(arguments.get("q", "").replace("\0", " ").split())
    scope = one_of("in", frozenset(SCOPES)) or SCOPES[0]
    section = whole("section", 1, MOST_SECTIONS)
    if section is not None and scope != "text":  # a title belongs to no section
        ignored.append("section")
        section = None
    return Wish(
        query=raw[:LONGEST_QUERY],
        scope=scope,
        year=whole("year", 1900, 2999),
        level=one_of("level", frozenset(Level)),
        province=arguments.get("province", "").replace("\0", " ").strip()[:LONGEST_PROVINCE] or None,
        section=section,
        status=one_of("status", frozenset(ConfidenceStatus)),
        sort=one_of("sort", frozenset(SORTS)) or SORTS[0],
        page=whole("page", 1, 999_999_999) or 1,
        size=whole("size", 1, LARGEST_PAGE) or PAGE_SIZE,
        shortened=len(raw) > LONGEST_QUERY,
        ignored=tuple(ignored),
    )
