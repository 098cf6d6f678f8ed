"""What surrounds the marks of a chart: legend, axes with their unit, categories, gaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from archive.site.drawing.model import Chart
from archive.site.drawing.scale import are_whole, place, printed, ticks
from archive.site.drawing.svg import FONT, folded, gap_band, marker, short, width_of, words

WIDTH, HEIGHT = 340.0, 170.0
"""Of a chart in units: fits a phone at full size, three side by side on a desk. The height is that of the plot."""
LINE = 17.0
EDGE = 4.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot within a chart: its edges, the ends of its axis, and all that is drawn around it."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    height: float
    drawn: str
    band: float
    """The width of a category."""

    def x(self, index: int) -> float:
        """The middle of a category."""
        return self.left + (index + 0.5) * self.band

    def y(self, value: float) -> float:
        """The height at which a value stands."""
        return place(value, self.low, self.high, self.bottom, self.top)


def frame(chart: Chart, low: float, high: float, *, right_margin: float = EDGE, bars: bool = False) -> Frame:
    """The frame of a chart whose values lie between `low` and `high`; zero is always on the axis."""
    values = [point.value for series in chart.series for point in series.points]
    marks = ticks(low, high, whole=are_whole(values))
    labels = [printed(mark) for mark in marks]
    left = max(map(width_of, labels)) + 8
    legend, top = _legend(chart, bars)
    top += LINE + 6
    bottom = top + HEIGHT
    right = WIDTH - right_margin
    band = (right - left) / max(1, len(chart.categories))
    made = Frame(left, right, top, bottom, marks[0], marks[-1], bottom + LINE + 4, "", band)
    parts = ['<g class="axis" aria-hidden="true">', legend, words(EDGE, top - 12, chart.words.unit, "unit")]
    for mark, label in zip(marks, labels, strict=True):
        y = short(made.y(mark))
        kind = "zero" if mark == 0 else "grid"
        parts.append(f'<line class="{kind}" x1="{short(left)}" x2="{short(made.right)}" y1="{y}" y2="{y}"/>')
        parts.append(words(left - 5, made.y(mark) + 4, label, anchor="end"))
    parts += _categories(chart, made)
    parts.append("</g>")
    for index, gap in enumerate(chart.gaps):
        if gap:
            parts.append(gap_band(chart, index, made.x(index) - made.band / 2 + 1, top, made.band - 2, HEIGHT))
    return replace(made, drawn="".join(parts))


def _categories(chart: Chart, made: Frame) -> list[str]:
    """Labels of the categories: all that fit, counted from the last, which readers look for."""
    widest = max(map(width_of, chart.categories), default=0.0) + 6
    every = max(1, -int(-widest // made.band)) if made.band else 1
    last = len(chart.categories) - 1
    return [
        words(made.x(index), made.bottom + LINE - 2, label, anchor="middle")
        for index, label in enumerate(chart.categories)
        if (last - index) % every == 0
    ]


def _legend(chart: Chart, bars: bool) -> tuple[str, float]:
    """The names of the series beside their marks, wrapped to the width; and the height that this takes."""
    entries = [(series.name, _key(number, bars)) for number, series in enumerate(chart.series)]
    if len(entries) == 1:
        entries = []
    if any(chart.gaps):
        entries.append((chart.words.gap, _gap_key))
    parts, x, y = [], EDGE, FONT + 1.0
    for name, key in entries:
        first, *rest = folded(name, WIDTH - 2 * EDGE - 16)
        if x > EDGE and (rest or x + 16 + width_of(first) > WIDTH - EDGE):
            x, y = EDGE, y + LINE
        parts += [key(x + 5, y - 4), words(x + 14, y, first)]
        for line in rest:
            y += LINE
            parts.append(words(x + 14, y, line))
        x = WIDTH if rest else x + 14 + width_of(first) + 14
    return "".join(parts), (y + 6 if entries else EDGE)


def _key(number: int, bars: bool) -> Callable[[float, float], str]:
    def block(x: float, y: float) -> str:
        return f'<rect class="b{number} mark" x="{short(x - 5)}" y="{short(y - 5)}" width="10" height="10"/>'

    def mark(x: float, y: float) -> str:
        return marker(number, x, y)

    return block if bars else mark


def _gap_key(x: float, y: float) -> str:
    return (
        f'<rect class="gap" x="{short(x - 5)}" y="{short(y - 6)}" width="11" height="12"/>'
        f"{words(x + 0.5, y + 4, '×', 'none', 'middle')}"
    )
