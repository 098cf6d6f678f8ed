"""Numbers of the archive as text: every digit that is stored, for the source printed it, and none that it did not."""

from __future__ import annotations

from decimal import Decimal

FINEST = 6
"""Decimals of a difference: amounts are in ten thousand yuan, a cent is a millionth of that, and what is beyond comes
of subtracting binary numbers."""


def plain(value: object) -> str | None:
    """A number with all of its digits, never with an exponent, and without a trailing `.0`; None for none."""
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return None if value is None else str(value)


def signed(value: object) -> str | None:
    """A difference with its sign; None for what is no number."""
    if not isinstance(value, int | float):
        return None
    rounded = round(value, FINEST)
    text = (plain(rounded) or "").replace("-", "−")
    return f"+{text}" if rounded > 0 else text if rounded else "0"
