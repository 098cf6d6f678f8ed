"""Where the rows of a report stand among those of others, so that a report can come in between and none has to move.

The rows of every table stand in the order of reports (`schema.yaml` says why). In all of them the rows of one report
have the row numbers from its place times ROOM on. Places grow with the ids of the reports and are dealt out far apart.
Nobody sees them: two archives with the same rows may have them in other places.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

ROOM = 32
"""Row numbers of one place. A report with more rows in one table takes up the places behind its own."""
APART = 1 << 16
"""Places between two reports that are laid out anew: with ROOM, a row number takes six bytes however many there are."""
NEAR = 64
"""Places between two reports that come in between: most of the gap stays free, for the years of the same body."""


class NoRoom(Exception):
    """Raised where rows do not fit between those that are there; the message says which. Laid out anew, they will."""


def places_for(rows: int) -> int:
    """How many places so many rows of one table take up."""
    return max(1, -(-rows // ROOM))


def spread(first: int, end: int, count: int, near: int = APART) -> list[int]:
    """So many numbers between `first` and `end`, which are not among them, no farther apart than `near`; raises
    NoRoom."""
    step = min(near, (end - first) // (count + 1))
    if step < 1:
        raise NoRoom(f"{count} cannot come between {first} and {end}")
    return [first + step * number for number in range(1, count + 1)]


class Laid:
    """The places of reports that are laid out anew, one after another."""

    def __init__(self) -> None:
        self._next = APART

    def place(self, report: str, taken: int) -> int:
        """The place of the next report, which takes up so many."""
        place = self._next
        self._next += max(APART, 2 * taken)
        return place


class Places:
    """The places of all reports of an archive that is built upon another, which keep theirs."""

    def __init__(self, held: Mapping[str, int], new: Sequence[str], free_from: Callable[[int | None], int]) -> None:
        """`held` are the places of the reports that are there and `new` the ids of those that come, both in order.

        `free_from` gives the first place that is free before a place that is taken (before the end: None). Raises
        NoRoom, naming a report.
        """
        ids, places = list(held), list(held.values())
        self._places = dict(held)
        for at, together in groupby(new, key=lambda report: bisect_left(ids, report)):
            coming = list(together)
            end = places[at] if at < len(places) else None
            first = free_from(end)
            try:
                found = spread(first, first + APART * (len(coming) + 1) if end is None else end, len(coming), NEAR)
            except NoRoom as error:
                raise NoRoom(f"there is no room left before report {coming[0]}") from error
            self._places.update(zip(coming, found, strict=True))
        self._taken = sorted(self._places.values())

    def __getitem__(self, report: str) -> int:
        return self._places[report]

    def end(self, report: str) -> int | None:
        """The place of the next report; None for the last."""
        at = bisect_left(self._taken, self._places[report]) + 1
        return self._taken[at] if at < len(self._taken) else None

    def place(self, report: str, taken: int) -> int:
        """The place of a report that takes up so many; raises NoRoom where another stands there."""
        place, end = self._places[report], self.end(report)
        if end is not None and place + taken > end:
            raise NoRoom(f"report {report} has more rows than there is room for")
        return place
