"""Whose turn it is: hosts that wait, each for one moment, in the order of their turns. Pure; moments are monotonic."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from archive.ledger import FrontierUrl


@dataclass(slots=True)
class HostSlot:
    """What the scheduler knows of a host: its request in flight, and the earliest start of the next (monotonic)."""

    host: str
    in_flight: FrontierUrl | None = None
    not_before: float = 0.0
    pause: float = 0.0
    """The delay drawn for the request in flight, in seconds."""
    answered: float | None = None
    """When the answer to the request in flight began to come (monotonic)."""
    answers: int = 0
    quickest: float = math.inf
    """The shortest time from a request to the beginning of its answer, in seconds."""
    ended: float = 0.0
    """When the last answer was there (monotonic)."""
    crawl_delay: float = 0.0
    failures: int = 0
    due: float | None = None
    """When its turn comes; None while it waits for nothing."""


class Turns:
    """The turns of all hosts; equals in the order in which they were given.

    A host has one turn at most. Where it is given an earlier one the later entry stays in the heap, and is known to be
    stale by its time.
    """

    def __init__(self) -> None:
        self._slots: dict[str, HostSlot] = {}
        self._heap: list[tuple[float, int, HostSlot]] = []
        self._order = count()

    def __getitem__(self, host: str) -> HostSlot:
        return self._slots[host]

    def __iter__(self) -> Iterator[HostSlot]:
        return iter(self._slots.values())

    def slot(self, host: str, not_before: float) -> HostSlot:
        """The slot of a host; a host that was not known may be asked from `not_before` on."""
        return self._slots.setdefault(host, HostSlot(host, not_before=not_before))

    def give(self, slot: HostSlot, when: float) -> None:
        """Gives a host its turn at `when`, unless it has an earlier one."""
        if slot.due is None or when < slot.due:
            slot.due = when
            heapq.heappush(self._heap, (when, next(self._order), slot))

    def put_off(self, slot: HostSlot, when: float) -> None:
        """Gives a host its turn at `when` in place of an earlier one."""
        slot.due = None
        self.give(slot, when)

    def first(self) -> float | None:
        """When the first turn comes, or None where nobody waits; for a stale entry too early, never too late."""
        return self._heap[0][0] if self._heap else None

    def take(self, now: float) -> HostSlot | None:
        """Ends the first turn that has come by `now` and returns its host, or None; a host under way has no turn."""
        while self._heap and self._heap[0][0] <= now:
            when, _, slot = heapq.heappop(self._heap)
            if slot.due == when and slot.in_flight is None:
                slot.due = None
                return slot
        return None

    def forget(self) -> None:
        """Takes every turn away."""
        for slot in self:
            slot.due = None
        self._heap.clear()
