"""Bars from a zero line: side by side, on top of one another, or lying in a ranking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from archive.site.drawing.frame import EDGE, LINE, WIDTH, frame
from archive.site.drawing.model import Chart, Point, Rank
from archive.site.drawing.scale import printed
from archive.site.drawing.svg import cut, linked, picture, short, width_of, words

BAR = 26.0
"""Widest bar in units; with few categories bars would look like blocks."""


def _bar(kind: str, x: float, top: float, width: float, height: float) -> str:
    return f'<rect class="{kind}" x="{short(x)}" y="{short(top)}" width="{short(width)}" height="{short(height)}"/>'


def grouped(chart: Chart) -> Markup:
    """Bars of all series side by side in each category."""
    known = [point.value for series in chart.series for point in series.points if point.value is not None]
    made = frame(chart, min(known, default=0.0), max(known, default=0.0), bars=True)
    width = min(BAR, made.band * 0.8 / max(1, len(chart.series)))
    parts = [made.drawn]
    for number, series in enumerate(chart.series):
        for index, point in enumerate(series.points):
            if point.value is None:
                continue
            x = made.x(index) + (number - len(chart.series) / 2) * width
            top, bottom = sorted((made.y(point.value), made.y(0)))
            kind = f"b{number} {'hollow' if point.unsure else 'mark'}"
            drawn = _bar(kind, x, top, width, bottom - top)
            if not point.value:  # a bar of no height would look like a gap
                drawn = words(x + width / 2, bottom - 4, "0", "value", "middle")
            parts.append(linked(point, drawn))
    return picture(chart.id, chart.title, chart.description, WIDTH, made.height, "".join(parts))


def stacked(chart: Chart) -> Markup:
    """Bars of all series on top of one another, the first at the bottom, with the sum above.

    A category in which one part is not known is a gap as a whole: the rest would look like a smaller sum. Raises
    ValueError for a negative part.
    """
    chart = _whole_stacks(chart)
    sums = [_sum(series.points[index] for series in chart.series) for index in range(len(chart.categories))]
    made = frame(chart, 0.0, max((value for value in sums if value is not None), default=0.0), bars=True)
    width = min(BAR, made.band * 0.72)
    parts = [made.drawn]
    for index, total in enumerate(sums):
        if total is None:
            continue
        x, reached = made.x(index) - width / 2, 0.0
        for number, series in enumerate(chart.series):
            point = series.points[index]
            value = point.value or 0.0
            if value < 0:
                raise ValueError(f"chart {chart.id}: {series.name} is negative and cannot be stacked")
            top, bottom = made.y(reached + value), made.y(reached)
            kind = f"b{number} {'hollow' if point.unsure else 'mark'}"
            if value:
                parts.append(linked(point, _bar(kind, x, top, width, bottom - top)))
            reached += value
        if width_of(printed(total)) <= made.band:
            parts.append(words(made.x(index), made.y(total) - 4, printed(total), "value", "middle"))
    return picture(chart.id, chart.title, chart.description, WIDTH, made.height, "".join(parts))


def _sum(points: Iterable[Point]) -> float | None:
    values = [point.value for point in points]
    return sum(value for value in values if value is not None) if None not in values else None


def _whole_stacks(chart: Chart) -> Chart:
    """The chart with every category emptied in which one part is not known."""
    broken = [any(series.points[index].value is None for series in chart.series) for index in range(len(chart.gaps))]
    if not any(broken):
        return chart
    series = tuple(
        type(one)(
            one.name,
            tuple(
                point if not broken[index] or point.value is None else Point(None)
                for index, point in enumerate(one.points)
            ),
        )
        for one in chart.series
    )
    return type(chart)(chart.id, chart.title, chart.description, chart.words, chart.categories, series)


def ranked(chart_id: str, title: str, description: str, ranks: Sequence[Rank]) -> Markup:
    """Lying bars in the order given, the name above each and the value behind it; without a value, its words alone."""
    most = max((rank.value for rank in ranks if rank.value is not None), default=0.0)
    room = max((width_of(rank.shown) for rank in ranks if rank.value is not None), default=0.0) + 12
    parts, y = [], EDGE
    for rank in ranks:
        length = (WIDTH - 2 * EDGE - room) * (max(0.0, rank.value) / most if rank.value and most > 0 else 0.0)
        parts.append(words(EDGE, y + LINE - 4, cut(rank.name, WIDTH - 2 * EDGE)))
        bar = _bar("b0 mark", EDGE, y + LINE + 2, length, 12) if rank.value else ""
        kind = "value" if rank.value is not None else "none"
        drawn = bar + words(
            EDGE + length + (6 if length else 0), y + LINE + 12, cut(rank.shown, WIDTH - 2 * EDGE - length), kind
        )
        parts.append(linked(Point(rank.value, f"{rank.name}: {rank.shown}", rank.href), drawn))
        y += 2 * LINE + 4
    return picture(chart_id, title, description, WIDTH, y + EDGE, "".join(parts))
