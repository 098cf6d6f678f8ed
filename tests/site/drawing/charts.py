"""Charts to draw and ways to read them back from the SVG."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree
from markupsafe import Markup

from archive.site.drawing import Chart, Point, Series, Words
from archive.site.drawing.svg import width_of

SVG = "{http://www.w3.org/2000/svg}"
WORDS = Words(unit="件", gap="无数字")


def chart(*rows: Sequence[float | None], first: int = 2019, name: str = "甲") -> Chart:
    """A chart of some rows of values, a year each from `first`."""
    years = tuple(str(first + index) for index in range(len(rows[0])))
    series = tuple(
        Series(
            f"{name}{number}",
            tuple(
                Point(value, f"{year}: {value}", f"/report/{number}-{year}")
                for value, year in zip(row, years, strict=True)
            ),
        )
        for number, row in enumerate(rows)
    )
    return Chart("c", "标题", "说明", WORDS, years, series)


def tree(drawn: Markup) -> etree._Element:
    """The SVG as a tree; raises where it is not well-formed."""
    return etree.fromstring(str(drawn))


def all_of(drawn: Markup, name: str, kind: str = "") -> list[etree._Element]:
    """All elements of a name, those with a class if one is given."""
    found = tree(drawn).iter(SVG + name)
    return [element for element in found if not kind or kind in (element.get("class") or "").split()]


def values_of(drawn: Markup, name: str, kind: str) -> list[etree._Element]:
    """The elements that stand for a value or a gap: unlike those of the legend, each has its note beside it."""
    return [one for one in all_of(drawn, name, kind) if beside(one).tag == f"{SVG}title"]


def beside(element: etree._Element) -> etree._Element:
    """The first of the elements that an element stands among."""
    parent = element.getparent()
    assert parent is not None
    return parent[0]


def number(element: etree._Element, name: str) -> float:
    """An attribute as a number."""
    return float(element.get(name) or "nan")


def outside(drawn: Markup) -> list[str]:
    """Texts that reach beyond the picture, by their estimated width."""
    width, height = map(float, (tree(drawn).get("viewBox") or "").split()[2:])
    found = []
    for element in all_of(drawn, "text"):
        text, x, y = element.text or "", number(element, "x"), number(element, "y")
        length = width_of(text)
        start = {"end": x - length, "middle": x - length / 2}.get(element.get("text-anchor") or "", x)
        if start < -1 or start + length > width + 1 or not 0 < y <= height:
            found.append(text)
    return found
