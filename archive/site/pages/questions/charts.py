"""The picture of an answer: the first of a ranking, shares over the years, or how many there are in each year."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from heapq import nlargest
from typing import Any

from markupsafe import Markup

from archive.models import Era
from archive.site.drawing import Chart, Point, Rank, Series, Words, grouped, lines, ranked, stacked
from archive.site.drawing.model import MOST_SERIES
from archive.site.drawing.scale import printed, rounded
from archive.site.environment import t, term
from archive.site.middleware import VISIT
from archive.site.pages.questions.answers import Answer, Question
from archive.site.pages.report.cells import row_name

RANKED = 10

Row = Mapping[str, Any]


def first_rows(question: Question) -> int | None:
    """How many of the first rows are enough for the picture; None if it needs all."""
    return RANKED if question.chart["kind"] == "rank" and not question.chart.get("reorder") else None


def picture(question: Question, answer: Answer, rows: Iterable[Row], held: Collection[int], link: Any) -> Markup | None:
    """The picture of the rows that a reader chose, as many as `first_rows` says; None where there is nothing to draw.

    `held` has the years of which reports are held: without a row they count zero, other years not at all. The shares of
    a question that has SQL of its own for them are those of all reports, whatever was chosen.
    """
    chart = question.chart
    match chart["kind"]:
        case "rank":
            return _ranking(question, rows, link)
        case "lines":
            return _lines(question, rows)
        case "share":
            return _shares(question, answer)
        case _:
            return _counts(question, rows, held)


def title(question: Question) -> str:
    """What the picture shows."""
    return t(f"chart.{question.id}")


def _ranking(question: Question, rows: Iterable[Row], link: Any) -> Markup | None:
    value, (part, whole) = question.chart["value"], question.chart["parts"]
    unit = question.chart.get("unit", "")
    ranks = []
    known = (row for row in rows if row[value] is not None)
    for row in nlargest(RANKED, known, key=lambda row: row[value]):
        shown = f"{_number(row[value], unit)}{unit}"
        if row[part] is not None and row[whole] is not None:
            ratio = f"{printed(row[part])} / {printed(row[whole])}"
            shown = f"{shown} ({ratio})" if unit else ratio
        ranks.append(Rank(f"{row['agency']} {row['year']}", row[value], shown, link(f"/report/{row['report_id']}")))
    if not ranks:
        return None
    return ranked(f"chart-{question.id}", title(question), t("question.chart_ranks", n=len(ranks)), ranks)


def _named(row: Row, column: str) -> str:
    return str(row[f"{column}_{VISIT.get().language}"])


def _lines(question: Question, rows: Iterable[Row]) -> Markup | None:
    spec = question.chart
    values: dict[str, dict[int, float]] = defaultdict(dict)
    weight: Counter[str] = Counter()
    for row in rows:
        name = _named(row, spec["series"])
        values[name][row["year"]] = row[spec["value"]]
        weight[name] += row["refused"]
    names = sorted(name for name, _ in weight.most_common(MOST_SERIES))
    return _over_years(question, {name: values[name] for name in names}, spec.get("unit", ""), lines)


def _shares(question: Question, answer: Answer) -> Markup | None:
    values: dict[str, dict[int, float]] = defaultdict(dict)
    for year, zh, en, value in answer.shares:
        values[zh if VISIT.get().language == "zh" else en][year] = value
    return _over_years(question, values, question.chart.get("unit", ""), stacked)


def _counts(question: Question, rows: Iterable[Row], held: Collection[int]) -> Markup | None:
    spec = question.chart
    counted: dict[str, Counter[int]] = defaultdict(Counter)
    for row in rows:
        if "least" in spec and not (row[spec["of"]] is not None and abs(row[spec["of"]]) >= spec["least"]):
            continue
        counted[_series_of(spec, row)][row["year"]] += 1
    met = {year for counts in counted.values() for year in counts}
    without = {year for year in held if not spec.get("compares") or year - 1 in held}
    years = [year for year in _span(met) if year in met or year in without]
    whole: dict[str, dict[int, float]] = {
        name: {year: float(counts[year]) for year in years} for name, counts in counted.items()
    }
    most = dict(sorted(whole.items(), key=lambda one: -sum(one[1].values()))[:MOST_SERIES])
    return _over_years(question, most, t("chart.unit"), grouped)


def _series_of(spec: Mapping[str, Any], row: Row) -> str:
    """The name of the series that a row is counted in: the last takes what fits no other."""
    series = next(one for one in spec["series"] if "among" not in one or row[one["column"]] in one["among"])
    return t(series["text"]) if "text" in series else _in_words(series["words"], row[series["column"]])


def _in_words(words: str, code: str) -> str:
    """A code in words: `words` is a prefix of the text table, or `form` for rows of the official form, which have one
    name here whatever the form of their year called them."""
    return row_name(Era.C, code, VISIT.get().language) if words == "form" else term(words, code)


def _over_years(question: Question, values: Mapping[str, Mapping[int, float]], unit: str, draw: Any) -> Markup | None:
    years = _span(year for series in values.values() for year in series)
    if not years:
        return None
    chart = Chart(
        id=f"chart-{question.id}",
        title=title(question),
        description=t("question.chart_years", first=years[0], last=years[-1], names=t("list.comma").join(values)),
        words=Words(unit, t("series.gap")),
        categories=tuple(map(str, years)),
        series=tuple(
            Series(
                name,
                tuple(
                    Point(found.get(year), f"{year} {name}{t('series.colon')}{_told(found.get(year), unit)}")
                    for year in years
                ),
            )
            for name, found in values.items()
        ),
    )
    drawn: Markup = draw(chart)
    return drawn


def _told(value: float | None, unit: str) -> str:
    return "—" if value is None else f"{_number(value, unit)}{unit if unit == '%' else ''}"


def _number(value: float, unit: str) -> str:
    """A percentage with one decimal always, so that numbers under each other compare; others as short as they are."""
    return str(rounded(value, 1)) if unit == "%" else printed(value, 1)


def _span(years: Iterable[int]) -> range:
    """All years from the first to the last, those without a value among them."""
    known = sorted(set(years))
    return range(known[0], known[-1] + 1) if known else range(0)
