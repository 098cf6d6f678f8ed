"""Figures of several reports in words and pictures, a column a report: for agencies and for comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from archive.models import State
from archive.site.drawing import Chart, Point, Series, Words, grouped, lines, stacked
from archive.site.drawing.scale import printed, rounded
from archive.site.environment import t, term
from archive.site.indicators import GROUPS, Figure, Figures, Group, Indicator, reason_labels
from archive.site.middleware import VISIT

DECIMALS = 1
"""Of a percentage: a denominator of twenty, the least for which a rate is given, bears no more."""


@dataclass(frozen=True, slots=True)
class Column:
    """A report among others: its year or its agency as `label`, where it stands, what it holds.

    `figures` is None where no report is held, for the reason in `why` (words, not a code).
    """

    label: str
    href: str
    figures: Figures | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An indicator of one report in words: the number, what it is a ratio of, and what is wrong with it.

    `number` is empty where none may be shown; `value` (percent for ratios) is only there where it may be compared.
    """

    number: str
    parts: str
    why: str
    href: str
    value: float | None

    @property
    def note(self) -> str:
        """All of it in a line, for hover and for those who do not see the picture."""
        return " · ".join(filter(None, (self.number, self.parts, self.why)))


def td(shown: Shown, beside: str = "", *, linked: bool = False) -> str:
    """A table cell as HTML; `beside` is HTML that stands under the number, `linked` makes that a link to its report.

    Not a macro of the templates: a page has some two hundred cells, and there they took most of its time.
    """
    number = _escaped(shown.number)
    if number and shown.value is None:
        number = f'<span class="undrawn">{number}</span>'
    if number and linked and shown.href:
        number = f'<a href="{_escaped(shown.href)}">{number}</a>'
    parts = f'<span class="parts">{_escaped(shown.parts)}</span>' if shown.parts else ""
    why = f'<span class="state">{_escaped(shown.why)}</span>' if shown.why else ""
    return f'<td class="right{" odd" if why else ""}">{number}{beside}{parts}{why}</td>'


@lru_cache(maxsize=4096)
def _escaped(text: str) -> str:
    """Text as HTML; small numbers and reasons come again and again."""
    return str(escape(text))


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: an indicator with what each column has of it."""

    indicator: Indicator
    name: str
    unit: str
    cells: tuple[Shown, ...]

    @property
    def html(self) -> Markup:
        """The cells of the row."""
        return Markup("".join(map(td, self.cells)))


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a group."""

    group: Group
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn group: title, SVG, and why there are gaps in it (the reason with what it holds for)."""

    name: str
    title: str
    svg: Markup
    gaps: tuple[tuple[str, str], ...]


def unit(indicator: Indicator) -> str:
    """The unit of an indicator in words."""
    return "%" if indicator.percent else t("indicator.unit")


def shown(indicator: Indicator, column: Column) -> Shown:
    """An indicator of one report in words."""
    if column.figures is None:
        return Shown("", "", column.why, "", None)
    figure = column.figures.get(indicator.name)
    if figure is None:
        return Shown("", "", t("indicator.not_in_form"), column.href, None)
    value = figure.percent if indicator.percent else figure.value
    number = "" if value is None else str(rounded(value, DECIMALS)) if indicator.percent else printed(value)
    if value is None and figure.printed is not None:
        number = printed(figure.printed)
    parts = ""
    if figure.denominator is not None and figure.numerator is not None:
        parts = f"{printed(figure.numerator)} / {printed(figure.denominator)}"
    return Shown(f"{number}%" if number and indicator.percent else number, parts, _why(figure), column.href, value)


def _why(figure: Figure) -> str:
    if figure.reason is not None:
        labels = reason_labels().get(figure.reason)
        return labels[0 if VISIT.get().language == "zh" else 1] if labels else figure.reason
    if figure.inferred:
        return term("state", State.INFERRED)
    return "" if figure.value is not None else term("state", figure.state or State.MISSING)


def parts(columns: Sequence[Column]) -> tuple[Part, ...]:
    """The table of all indicators, by group; groups of which no column has anything are left out."""
    made = (
        Part(
            group,
            t(f"group.{group.name}"),
            tuple(
                Line(
                    indicator,
                    t(f"indicator.{indicator.name}"),
                    unit(indicator),
                    tuple(shown(indicator, column) for column in columns),
                )
                for indicator in group.indicators
            ),
        )
        for group in GROUPS
    )
    return tuple(part for part in made if any(_has_figure(line, columns) for line in part.lines))


def _has_figure(line: Line, columns: Sequence[Column]) -> bool:
    return any(column.figures is not None and line.indicator.name in column.figures for column in columns)


def pictures(made: Iterable[Part], columns: Sequence[Column], who: str) -> tuple[Picture, ...]:
    """A picture of each group of a table over the years; `who` is named in what is told of it."""
    return tuple(_picture(part, columns, who) for part in made if _drawable(part))


def _drawable(part: Part) -> bool:
    """Whether there is anything to draw: a picture of nothing but gaps tells less than the table does."""
    return any(cell.value is not None for line in part.lines for cell in line.cells)


def _picture(part: Part, columns: Sequence[Column], who: str) -> Picture:
    labels = tuple(column.label for column in columns)
    series = tuple(Series(line.name, _points(line, labels)) for line in part.lines)
    chart = Chart(
        id=f"chart-{part.group.name}",
        title=part.title,
        description=t("series.description", who=who, first=labels[0], last=labels[-1], title=part.title),
        words=Words(part.lines[0].unit, t("series.gap")),
        categories=labels,
        series=series,
    )
    match part.group.name:
        case "results":
            svg = stacked(chart)
        case "disputes":
            svg = grouped(chart)
        case "documents":
            svg = lines(chart, step=True)
        case _:
            svg = lines(chart)
    return Picture(part.group.name, part.title, svg, gap_reasons(part.lines, labels))


def _points(line: Line, labels: Sequence[str]) -> tuple[Point, ...]:
    named = f"{line.name}{t('series.colon')}"
    return tuple(
        Point(
            value=cell.value,
            note=f"{label} {named}{cell.note}",
            href=cell.href,
            unsure=cell.value is not None and bool(cell.why),
        )
        for label, cell in zip(labels, line.cells, strict=True)
    )


def gap_reasons(made: Sequence[Line], labels: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Why values are missing from a picture: each reason with its columns, and its lines where it is not all."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for index, label in enumerate(labels):
        missing: dict[str, list[str]] = {}
        for line in made:
            cell = line.cells[index]
            if cell.value is None:
                missing.setdefault(cell.why, []).append(line.name)
        for why, names in missing.items():
            found.setdefault((why, tuple(names) if len(names) < len(made) else ()), []).append(label)
    return tuple((why, _concerned(where, names, labels)) for (why, names), where in found.items())


def _concerned(where: Sequence[str], names: Sequence[str], labels: Sequence[str]) -> str:
    label = t("series.every") if len(where) == len(labels) > 2 else t("list.comma").join(where)
    return t("series.of", label=label, names=t("list.comma").join(names)) if names else label
