"""The shade of a cell in a heat table: five steps, told by class and always beside the number itself."""

from __future__ import annotations

SHADES = 5


def heat_class(part: float | None, whole: float) -> str:
    """The class of a cell that holds `part` of `whole`: heat-none without a whole or a value, heat-0 to heat-5.

    heat-0 is exactly nothing and heat-5 exactly all, so that neither can be taken for nearly so.
    """
    if part is None or whole <= 0:
        return "heat-none"
    if part <= 0:
        return "heat-0"
    if part >= whole:
        return f"heat-{SHADES}"
    return f"heat-{1 + min(SHADES - 2, int(part / whole * (SHADES - 1)))}"
