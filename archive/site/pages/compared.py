"""Bodies and years side by side, as rows and pictures: what is shown of a comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from archive.site.drawing import Chart, Point, Rank, Series, Words, lines, ranked
from archive.site.drawing.scale import printed, rounded
from archive.site.environment import t
from archive.site.indicators import Figure
from archive.site.pages import series

DRAWN = ("requests_received", "disclosure_rate", "refusal_rate", "not_held_share")
"""Figures of which several bodies are drawn over the years, a picture each."""


@dataclass(frozen=True, slots=True)
class Held:
    """A body that is compared, with the figures of its reports by year; `reports` has their ids."""

    agency_id: str
    name: str
    reports: Mapping[int, str]
    figures: Mapping[int, Mapping[str, Figure]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The bodies that were found, the ids that were not, and the years that are set side by side."""

    bodies: tuple[Held, ...]
    unknown: tuple[str, ...]
    years: tuple[int, ...]

    @property
    def known_years(self) -> tuple[int, ...]:
        """Every year of which one of the bodies has a report in the national form."""
        return tuple(sorted({year for body in self.bodies for year in body.reports}))


@dataclass(frozen=True, slots=True)
class Compared:
    """A cell of the comparison: the figure, its change from the column before, its share of the largest in the row."""

    shown: series.Shown
    change: str
    part: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the comparison; `lang` is that of its name."""

    name: str
    unit: str
    cells: tuple[Compared, ...]
    href: str = ""
    lang: str = ""

    @property
    def html(self) -> Markup:
        """The cells of the row; in the row of a body each number leads to its own report."""
        return Markup(
            "".join(
                series.td(cell.shown, _bar(cell.part) + _changed(cell), linked=bool(self.href)) for cell in self.cells
            )
        )


def _bar(part: float | None) -> str:
    if part is None:
        return ""
    bar = f'<rect width="{100 * part:.1f}" height="5"/>'
    return f'<svg class="mini" viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">{bar}</svg>'


def _changed(cell: Compared) -> str:
    return f'<span class="change">{escape(cell.change)}</span>' if cell.change else ""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]


def column(body: Held, year: int, label: str, link: Callable[[str], str]) -> series.Column:
    """One body in one year."""
    report = body.reports.get(year)
    if report is None:
        return series.Column(label, "", None, t("compare.not_held"))
    return series.Column(label, link(f"/report/{report}"), body.figures[year])


def side_by_side(columns: Sequence[series.Column], *, over_years: bool) -> tuple[Block, ...]:
    """Every figure in a row, a column each; over years with the change from the column before."""
    return tuple(
        Block(part.title, tuple(Row(line.name, line.unit, _compared(line, over_years)) for line in part.lines))
        for part in series.parts(columns)
    )


def _compared(line: series.Line, over_years: bool) -> tuple[Compared, ...]:
    most = max((cell.value for cell in line.cells if cell.value is not None), default=0.0)
    befores = (None, *(cell.value for cell in line.cells[:-1]))
    return tuple(
        Compared(
            cell,
            _change(before, cell.value, line.indicator.percent) if over_years else "",
            None if cell.value is None or most <= 0 else max(0.0, cell.value / most),
        )
        for before, cell in zip(befores, line.cells, strict=True)
    )


def _change(before: float | None, after: float | None, percent: bool) -> str:
    """The difference between neighbouring years; nothing where one of them has no number."""
    if before is None or after is None:
        return ""
    if percent:
        after, before = (float(rounded(value, series.DECIMALS)) for value in (after, before))
    difference = after - before
    shown = printed(abs(difference), series.DECIMALS)
    if shown == "0":
        return "±0"
    return f"{'+' if difference > 0 else '−'}{shown}{t('compare.points') if percent else ''}"


def over_years(found: Comparison, link: Callable[[str], str]) -> tuple[Block, ...]:
    """Every figure as a block: a row for each body, a column for each year."""
    tables = [series.parts([column(body, year, str(year), link) for year in found.years]) for body in found.bodies]
    lines_of = [{line.indicator.name: (part.title, line) for part in table for line in part.lines} for table in tables]
    names = dict.fromkeys(name for table in lines_of for name in table)
    blocks = []
    for name in names:
        title, first = next(table[name] for table in lines_of if name in table)
        made = []
        for body, table in zip(found.bodies, lines_of, strict=True):
            if name in table:
                cells = _compared(table[name][1], True)
            else:
                none = series.Shown("", "", t("compare.not_held"), "", None)
                cells = tuple(Compared(none, "", None) for _ in found.years)
            made.append(Row(body.name, first.unit, cells, link(f"/agency/{body.agency_id}"), "zh-CN"))
        blocks.append(Block(f"{title}{t('series.colon')}{first.name}", tuple(made)))
    return tuple(blocks)


def drawn(found: Comparison, link: Callable[[str], str]) -> tuple[series.Picture, ...]:
    """A picture of each of a few figures over the years, a line for each body."""
    labels = tuple(str(year) for year in found.years)
    tables = [series.parts([column(body, year, str(year), link) for year in found.years]) for body in found.bodies]
    pictures = []
    for name in DRAWN:
        rows_of = [
            next((line for part in table for line in part.lines if line.indicator.name == name), None)
            for table in tables
        ]
        shown = [(body, line) for body, line in zip(found.bodies, rows_of, strict=True) if line is not None]
        if not any(cell.value is not None for _, line in shown for cell in line.cells):
            continue
        first = shown[0][1]
        chart = Chart(
            id=f"chart-{name}",
            title=first.name,
            description=t(
                "series.description",
                who=t("list.comma").join(body.name for body, _ in shown),
                first=labels[0],
                last=labels[-1],
                title=first.name,
            ),
            words=Words(first.unit, t("series.gap")),
            categories=labels,
            series=tuple(
                Series(
                    body.name,
                    tuple(
                        Point(cell.value, f"{body.name} {label}{t('series.colon')}{cell.note}", cell.href)
                        for label, cell in zip(labels, line.cells, strict=True)
                    ),
                )
                for body, line in shown
            ),
        )
        pictures.append(series.Picture(name, first.name, lines(chart), ()))
    return tuple(pictures)


def rankings(found: Comparison, link: Callable[[str], str]) -> tuple[series.Picture, ...]:
    """A picture of each of a few figures in one year, the largest first, bodies without a number last."""
    columns = [column(body, found.years[0], body.name, link) for body in found.bodies]
    made = {line.indicator.name: line for part in series.parts(columns) for line in part.lines}
    pictures = []
    for line in (made[name] for name in DRAWN if name in made):
        cells = sorted(zip(columns, line.cells, strict=True), key=lambda one: -_size(one[1]))
        if all(cell.value is None for _, cell in cells):
            continue
        ranks = [Rank(one.label, cell.value, _said(cell), cell.href) for one, cell in cells]
        who = t("list.comma").join(one.label for one, _ in cells)
        told = t("compare.ranking", who=who, year=found.years[0], title=line.name)
        svg = ranked(f"chart-{line.indicator.name}", line.name, told, ranks)
        pictures.append(series.Picture(line.indicator.name, f"{line.name} ({line.unit})", svg, ()))
    return tuple(pictures)


def _size(cell: series.Shown) -> float:
    return -1.0 if cell.value is None else cell.value


def _said(cell: series.Shown) -> str:
    """A figure behind its bar: with what it is a ratio of, or why there is none."""
    if cell.value is None:
        return cell.why
    return f"{cell.number} ({cell.parts})" if cell.parts and cell.number.endswith("%") else cell.number
