"""The list of public bodies: by province, tier and name, in the order of their divisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from archive.models import Level
from archive.search import parse_query
from archive.site.catalogue import Body, Catalogue, catalogue
from archive.site.middleware import VISIT
from archive.site.pages.search.wish import LONGEST_PROVINCE, LONGEST_QUERY
from archive.site.respond import Route, page

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose of the list; what is not understood is left out."""

    query: str = ""
    province: str | None = None
    level: str | None = None
    page: int = 1

    def arguments(self, **changes: object) -> dict[str, str]:
        """The query string of the same choice with changes; any change goes to page one."""
        choice = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        full = {"q": choice.query or None, "province": choice.province, "level": choice.level}
        full |= {"page": str(choice.page) if choice.page != 1 else None}
        return {name: value for name, value in full.items() if value is not None}

    def takes(self, body: Body, *, apart_from: str = "") -> bool:
        """Whether the filters let a body through, one of them left aside."""
        return all(
            name == apart_from or value is None or getattr(body, name) == value
            for name, value in (("province", self.province), ("level", self.level))
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the list: the bodies on it, how many there are in all, and the values of the two filters."""

    bodies: tuple[Body, ...]
    total: int
    last_page: int
    provinces: tuple[tuple[str, int], ...]
    levels: tuple[tuple[str, int], ...]


def read_choice(arguments: Mapping[str, str]) -> Choice:
    """A choice from the arguments of the address; nothing in it can raise an error."""
    number = arguments.get("page", "").strip()
    level = arguments.get("level", "").strip()
    return Choice(
        query=" ".join(arguments.get("q", "").replace("\0", " ").split())[:LONGEST_QUERY],
        province=arguments.get("province", "").strip()[:LONGEST_PROVINCE] or None,
        level=level if level in frozenset(Level) else None,
        page=max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
    )


def choose(known: Catalogue, choice: Choice) -> Listed:
    """One page of the bodies that are chosen; a name that begins with the query stands before one that contains it."""
    query = parse_query(choice.query)
    of_name: Iterable[Body] = known.bodies
    if query.required:
        term = query.required[0][0]
        of_name = sorted(known.bodies_named(query), key=lambda body: not body.folded[0].startswith(term))
    every = list(of_name)
    chosen = [body for body in every if choice.takes(body)]
    provinces = Counter(body.province for body in every if choice.takes(body, apart_from="province"))
    levels = Counter(body.level for body in every if choice.takes(body, apart_from="level"))
    order = dict.fromkeys(body.province for body in known.bodies)  # as their divisions follow one another
    start = (choice.page - 1) * PAGE_SIZE
    return Listed(
        bodies=tuple(chosen[start : start + PAGE_SIZE]),
        total=len(chosen),
        last_page=max(1, -(-len(chosen) // PAGE_SIZE)),
        provinces=tuple((name, provinces[name]) for name in order if name and provinces[name]),
        levels=tuple((str(level), levels[level]) for level in Level if levels[level]),
    )


async def agencies_view(datasette: Any, request: Any) -> Any:
    """`/agencies`."""
    choice = read_choice(dict(VISIT.get().arguments))
    return await page(
        datasette, request, "agencies.html", choice=choice, listed=choose(await catalogue(datasette), choice)
    )


ROUTES: list[Route] = [(r"^/agencies$", agencies_view)]
