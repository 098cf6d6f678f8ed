"""Pieces of SVG text: escaped words, short numbers, widths of text without a font at hand."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import east_asian_width

from markupsafe import Markup, escape

from archive.site.drawing.model import Chart, Point

HAN = re.compile("[\u4e00-\u9fff]")
FONT = 12
"""Units of the view box. A chart is drawn 340 units wide and shown no narrower than 310 px on a phone."""
WIDE, NARROW = 1.0, 0.58
"""Width of a Chinese character and of any other, in parts of the font size; the latter on the safe side."""


@lru_cache(maxsize=8192)
def short(value: float) -> str:
    """A coordinate with one decimal."""
    return f"{value:.1f}"


@lru_cache(maxsize=4096)
def width_of(text: str) -> float:
    """About how wide a line of text is, in units of the view box."""
    return FONT * sum(WIDE if east_asian_width(character) in "WF" else NARROW for character in text)


@lru_cache(maxsize=4096)
def cut(text: str, width: float) -> str:
    """The text, or as much of it as fits with an ellipsis behind."""
    if width_of(text) <= width:
        return text
    kept = text
    while kept and width_of(kept + "…") > width:
        kept = kept[:-1]
    return kept + "…"


def folded(text: str, width: float) -> tuple[str, ...]:
    """The text as one line, or broken at a blank as two, of which the second is cut where it is too wide as well."""
    if width_of(text) <= width:
        return (text,)
    first, blank, _ = cut(text, width).rpartition(" ")
    return (first, cut(text[len(first) + 1 :], width)) if blank else (cut(text, width),)


def tongue(text: str) -> str:
    """The `lang` of a piece of text that has Chinese characters, also on an English page: names stand as printed."""
    return ' lang="zh-CN"' if HAN.search(text) else ""


@lru_cache(maxsize=8192)
def _written(text: str) -> tuple[str, str]:
    """The `lang` of a piece of text and the text as HTML: most are labels that many charts have."""
    return tongue(text), str(escape(text))


def words(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    """A line of text; `anchor` is start, middle or end."""
    classes = f' class="{kind}"' if kind else ""
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    lang, written = _written(text)
    return f'<text{classes}{lang} x="{short(x)}" y="{short(y)}"{anchored}>{written}</text>'


def linked(point: Point, drawn: str) -> str:
    """A mark with its note; as a link where it has a source. No tab stop: the table beneath has the same links."""
    lang, note = _written(point.note)
    title = f"<title{lang}>{note}</title>" if note else ""
    if not point.href:
        return f"<g>{title}{drawn}</g>"
    return f'<a href="{_written(point.href)[1]}" tabindex="-1">{title}{drawn}</a>'


def marker(series: int, x: float, y: float, unsure: bool = False) -> str:
    """The mark of a series: each has a shape of its own, so that none is told by colour alone."""
    kind = f"s{series} {'hollow' if unsure else 'mark'}"
    shape: tuple[tuple[float, float], ...]
    match series % 6:
        case 0:
            return f'<circle class="{kind}" cx="{short(x)}" cy="{short(y)}" r="3.5"/>'
        case 1:
            return f'<rect class="{kind}" x="{short(x - 3.2)}" y="{short(y - 3.2)}" width="6.4" height="6.4"/>'
        case 2:
            shape = ((0, -4.4), (4.2, 3.2), (-4.2, 3.2))
        case 3:
            shape = ((0, -4.6), (4.6, 0), (0, 4.6), (-4.6, 0))
        case 4:
            shape = ((0, 4.4), (4.2, -3.2), (-4.2, -3.2))
        case _:
            shape = ((-4.6, -1.6), (4.6, -1.6), (4.6, 1.6), (-4.6, 1.6))
    points = " ".join(f"{short(x + dx)},{short(y + dy)}" for dx, dy in shape)
    return f'<polygon class="{kind}" points="{points}"/>'


def picture(chart_id: str, title: str, description: str, width: float, height: float, drawn: str) -> Markup:
    """The whole SVG element with its title and description.

    A group and not an image, because the marks in it are links (https://www.w3.org/TR/wai-aria-1.2/#img: the children
    of an image are presentational).
    """
    name = escape(chart_id)
    return Markup(
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {short(width)} {short(height)}"'
        f' role="group" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t"{tongue(title)}>{escape(title)}</title>'
        f'<desc id="{name}-d"{tongue(description)}>{escape(description)}</desc>{drawn}</svg>'
    )


def gap_band(chart: Chart, index: int, x: float, y: float, width: float, height: float) -> str:
    """A band over a category without a value, with the reason; a gap must be seen as one and not as a zero."""
    notes = dict.fromkeys(series.points[index].note for series in chart.series if series.points[index].note)
    band = f'<rect class="gap" x="{short(x)}" y="{short(y)}" width="{short(width)}" height="{short(height)}"/>'
    cross = words(x + width / 2, y + height - 5, "×", "none", "middle")
    return linked(Point(None, " · ".join(notes)), band + cross)
