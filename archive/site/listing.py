"""Long lists with filters: counts beside every filter, pages, and the same rows as JSON and as CSV.

The lines of such a list are gathered once a generation and held in memory, each with no more than its filters need;
what a page shows of a line is read when it is shown. Lines that no filter can tell apart are of one kind, and there are
few kinds: filtering and counting a hundred thousand lines is counting numbers in an array.
"""

from __future__ import annotations

import csv
import io
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar, overload

from datasette.utils.asgi import AsgiStream, Response

T = TypeVar("T")

SIZE = 30
"""Lines a page."""
BATCH = 300
"""Lines of a CSV that are read and sent at a time."""
LAST_PAGE = 100_000
NONE = "-"
"""The value of a filter for lines that have none (a body whose province is not known)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asks of a list: a value for some of its filters, other choices, and a page, from 1."""

    filters: Mapping[str, str]
    page: int = 1

    def arguments(self, **changes: str | int | None) -> dict[str, str]:
        """The query string of this wish with changes (None removes one); another filter leads to the first page."""
        wanted: dict[str, str | int | None] = {**self.filters}
        if not changes:
            wanted["page"] = self.page
        wanted |= changes
        if wanted.get("page") == 1:
            del wanted["page"]
        return {name: str(value) for name, value in wanted.items() if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, and how many lines there are if it is chosen beside the other filters."""

    value: str
    n: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with its values: the latest year first, everything else by number of lines."""

    name: str
    choices: tuple[Choice, ...]


class Shelf(Generic[T]):
    """Lines in order with the kind of each: the values, as filters name them, of the attributes `names`."""

    def __init__(self, names: Sequence[str], lines: Sequence[T] = ()) -> None:
        self.names = tuple(names)
        self.kinds: list[tuple[str, ...]] = []
        self.kind_of = array("I")
        self.lines = lines
        self._numbers: dict[tuple[Any, ...], int] = {}
        values = attrgetter(*names) if len(names) > 1 else lambda line: (getattr(line, names[0]),)
        for line in lines:
            self.put(values(line))

    def put(self, values: tuple[Any, ...]) -> None:
        """Notes the kind of one more line."""
        number = self._numbers.get(values)
        if number is None:
            number = self._numbers[values] = len(self.kinds)
            self.kinds.append(tuple(NONE if value is None else str(value) for value in values))
        self.kind_of.append(number)

    def __len__(self) -> int:
        return len(self.kind_of)

    def line(self, place: int) -> T:
        """The line at a place, from 0."""
        return self.lines[place]


class Selected(Sequence[T]):
    """Some lines of a shelf by their places, or all of them (None), in order."""

    def __init__(self, shelf: Shelf[T], places: array[int] | None = None) -> None:
        self.shelf = shelf
        self.places = places

    def __len__(self) -> int:
        return len(self.shelf) if self.places is None else len(self.places)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        places = range(len(self.shelf)) if self.places is None else self.places
        if isinstance(index, slice):
            return [self.shelf.line(place) for place in places[index]]
        return self.shelf.line(places[index])


@dataclass(frozen=True, slots=True)
class Sifted(Generic[T]):
    """The lines that fit all filters, in their order, and what each filter would give."""

    lines: Sequence[T]
    facets: tuple[Facet, ...]

    @property
    def count(self) -> int:
        """How many lines fit."""
        return len(self.lines)

    @property
    def pages(self) -> int:
        """How many pages they fill, at least one."""
        return max(1, -(-len(self.lines) // SIZE))

    def page(self, number: int) -> Sequence[T]:
        """The lines of a page, from 1; none beyond the last."""
        return self.lines[(number - 1) * SIZE : number * SIZE]


def read_wish(arguments: Any, names: Iterable[str]) -> Wish:
    """The wish of a query string; arguments that are no filter are left alone, an absurd page is the first."""
    filters = {name: value[:80] for name in names if (value := (arguments.get(name) or "").strip())}
    page = arguments.get("page") or ""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    return Wish(filters, min(max(1, number), LAST_PAGE))


def sift(shelf: Shelf[T], filters: Mapping[str, str]) -> Sifted[T]:
    """The lines of a shelf that fit all filters, and how many lines every other choice of a filter would give.

    A value is counted over the lines that fit all other filters, so that each number is that of the list behind its
    link.
    """
    wanted = [(place, value) for place, name in enumerate(shelf.names) if (value := filters.get(name))]
    counted: list[Counter[str]] = [Counter() for _ in shelf.names]
    fits = bytearray(len(shelf.kinds))
    for number, lines in Counter(shelf.kind_of).items():
        kind = shelf.kinds[number]
        failing = [place for place, value in wanted if kind[place] != value]
        if not failing:
            fits[number] = True
            for counter, value in zip(counted, kind, strict=True):
                counter[value] += lines
        elif len(failing) == 1:
            counted[failing[0]][kind[failing[0]]] += lines
    facets = tuple(
        Facet(name, _choices(name, counter, filters.get(name)))
        for name, counter in zip(shelf.names, counted, strict=True)
    )
    places = array("I", [place for place, number in enumerate(shelf.kind_of) if fits[number]]) if wanted else None
    return Sifted(Selected(shelf, places), facets)


def _choices(name: str, counted: Counter[str], chosen: str | None) -> tuple[Choice, ...]:
    if chosen and chosen not in counted:
        counted[chosen] = 0
    by_year = sorted(counted, reverse=True)
    ordered = by_year if name == "year" else sorted(sorted(counted), key=lambda value: -counted[value])
    return tuple(Choice(value, counted[value], value == chosen) for value in ordered)


def json_of(sifted: Sifted[Any], wish: Wish, rows: Sequence[Mapping[str, Any]], **more: object) -> Response:
    """A page of a list as JSON, with its count and filters."""
    return Response.json(
        {
            **more,
            "filters": dict(wish.filters),
            "count": sifted.count,
            "page": wish.page,
            "pages": sifted.pages,
            "facets": {facet.name: {choice.value: choice.n for choice in facet.choices} for facet in sifted.facets},
            "rows": list(rows),
        },
        default=str,
    )


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, head: bool = False) -> str:
    """Rows as CSV (RFC 4180); what is not there is an empty field."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="raise")
    if head:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def csv_of(
    name: str, columns: Sequence[str], batches: AsyncIterator[Iterable[Mapping[str, Any]]], total: int
) -> AsgiStream:
    """A whole list as CSV, sent as it is read; it opens right in a spreadsheet (byte order mark)."""

    async def send(writer: Any) -> None:
        await writer.write("\ufeff" + csv_lines(columns, (), head=True))
        async for rows in batches:
            await writer.write(csv_lines(columns, rows))

    headers = {"content-disposition": f'attachment; filename="{name}"', "x-total-count": str(total)}
    return AsgiStream(send, headers=headers, content_type="text/csv; charset=utf-8")
