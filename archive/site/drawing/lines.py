"""Lines over the years: broken where a year has no number, never drawn across."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from archive.site.drawing.frame import EDGE, WIDTH, Frame, frame
from archive.site.drawing.model import Chart, Series
from archive.site.drawing.scale import printed
from archive.site.drawing.svg import FONT, linked, marker, picture, short, width_of, words

DECIMALS = 1
"""Of the values beside the ends of lines; the table beneath has all that is known."""


def lines(chart: Chart, *, step: bool = False) -> Markup:
    """A line for each series, with a mark at each value and the last value beside it.

    `step` draws what holds until it changes (documents in force) as steps. A value beside gaps is a mark alone.
    """
    known = [point.value for series in chart.series for point in series.points if point.value is not None]
    ends = [_end(series) for series in chart.series]
    margin = max((width_of(printed(end, DECIMALS)) for end in ends if end is not None), default=0.0) + 12
    made = frame(chart, min(known, default=0.0), max(known, default=0.0), right_margin=margin)
    parts = [made.drawn]
    for number, series in enumerate(chart.series):
        for run in runs(series):
            if len(run) > 1:
                places = [(made.x(index), made.y(value)) for index, value in run]
                parts.append(f'<path class="s{number} line d{number}" d="{_path(places, step)}"/>')
    for number, series in enumerate(chart.series):
        for index, point in enumerate(series.points):
            if point.value is not None:
                parts.append(linked(point, marker(number, made.x(index), made.y(point.value), point.unsure)))
    parts.append(_ends(chart, made))
    return picture(chart.id, chart.title, chart.description, WIDTH, made.height, "".join(parts))


def runs(series: Series) -> Iterator[list[tuple[int, float]]]:
    """The stretches of a series without a gap in them, as (category, value)."""
    run: list[tuple[int, float]] = []
    for index, point in enumerate(series.points):
        if point.value is not None:
            run.append((index, point.value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _path(places: list[tuple[float, float]], step: bool) -> str:
    (x, y), *rest = places
    drawn = [f"M{short(x)},{short(y)}"]
    for across, down in rest:
        drawn.append(f"H{short(across)}V{short(down)}" if step else f"L{short(across)},{short(down)}")
    return "".join(drawn)


def _end(series: Series) -> float | None:
    """The value of the last category; an earlier one would be taken for it."""
    return series.points[-1].value if series.points else None


def _ends(chart: Chart, made: Frame) -> str:
    """The last values beside their marks, moved apart where they would cover one another."""
    found = sorted(
        (made.y(end), number, end) for number, series in enumerate(chart.series) if (end := _end(series)) is not None
    )
    x = made.x(len(chart.categories) - 1) + 8
    parts, floor = ['<g aria-hidden="true">'], EDGE
    lowest = made.bottom - FONT * (len(found) - 1)
    for order, (y, number, end) in enumerate(found):
        y = min(max(y, floor), lowest + FONT * order) if len(found) > 1 else y
        parts.append(words(x, y + 4, printed(end, DECIMALS), f"value s{number}"))
        floor = y + FONT
    return "".join([*parts, "</g>"])
