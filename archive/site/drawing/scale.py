"""Round numbers for an axis, and how they print."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

STEPS = (1, 2, 5, 10)
INTERVALS = 4
"""About so many steps on an axis."""
LEAST_SPAN = 1e-9
"""Values that differ by less are drawn as one."""
EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
"""More digits than the largest float has."""


def ticks(low: float, high: float, *, whole: bool = False) -> tuple[float, ...]:
    """Round numbers from at or below `low` to at or above `high`, zero always among them; whole ones on demand.

    Steps are 1, 2 or 5 times a power of ten, so that a reader can halve them in the head.
    """
    low, high = min(low, 0.0), max(high, 0.0)
    if high - low < LEAST_SPAN:
        high = low + 1
    rough = (high - low) / INTERVALS
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(magnitude * factor for factor in STEPS if magnitude * factor >= rough * (1 - 1e-9))
    if whole:
        step = max(1.0, step)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(float(f"{number * step:.12g}") for number in range(first, last + 1))


def are_whole(values: Iterable[float | None]) -> bool:
    """Whether all values that are known are whole numbers."""
    return all(value is None or float(value).is_integer() for value in values)


def rounded(value: float, decimals: int) -> Decimal:
    """A number with so many decimals, halves away from zero: as newspapers and SQL round, where Python prefers even."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), context=EXACT)


@lru_cache(maxsize=8192)
def printed(value: float, decimals: int = 2) -> str:
    """A number with thousands marked and no more decimals than it needs."""
    text = f"{rounded(value, decimals):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def place(value: float, low: float, high: float, start: float, end: float) -> float:
    """Where a value between `low` and `high` stands between `start` and `end`."""
    return start + (value - low) / (high - low) * (end - start)
