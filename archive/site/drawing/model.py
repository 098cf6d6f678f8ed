"""What a chart is made of, before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

MOST_SERIES = 6
"""As many colours and marks as a reader can tell apart, colour-blind readers and grey print included."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series. None is a gap: no number that may be drawn, for the reason in `note`.

    `note` is shown on hover and read to those who do not see the picture; `href` is where the number comes from;
    `unsure` values (inferred, not read) are drawn hollow.
    """

    value: float | None
    note: str = ""
    href: str = ""
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of values, one for each category of its chart."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The words on a chart that are not data: the unit of the values, and what a gap is called."""

    unit: str
    gap: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of values by category (usually a year).

    `id` is unique on the page; `title` and `description` are for readers who do not see the picture. Raises ValueError
    where a series does not have one value for each category, or where there are more series than can be told apart.
    """

    id: str
    title: str
    description: str
    words: Words
    categories: tuple[str, ...]
    series: tuple[Series, ...]

    def __post_init__(self) -> None:
        if len(self.series) > MOST_SERIES:
            raise ValueError(f"chart {self.id}: {len(self.series)} series, at most {MOST_SERIES} can be told apart")
        for series in self.series:
            if len(series.points) != len(self.categories):
                values, categories = len(series.points), len(self.categories)
                raise ValueError(f"chart {self.id}: {series.name} has {values} values for {categories} categories")

    @property
    def gaps(self) -> tuple[bool, ...]:
        """For each category, whether no series has a value there."""
        return tuple(
            all(series.points[index].value is None for series in self.series) for index in range(len(self.categories))
        )


@dataclass(frozen=True, slots=True)
class Rank:
    """One line of a ranking: `shown` is the value in words, such as `12.5% (3/24)`."""

    name: str
    value: float | None
    shown: str
    href: str = ""
