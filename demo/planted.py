"""Sentences planted in certain reports (`data/planted.csv`): true or false beside the tables, or copied.

`says` names each statement of the sentence and what a check of it has to come to: pass, question or undetermined.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from demo.figures import Figures
from demo.form import DATA, TOTAL

WRONG = 9
"""How much more a false statement says."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One sentence: where it stands, and by statement what a check of it has to find."""

    agency: str
    year: int
    section: int
    says: Mapping[str, str]
    text: str


@cache
def read_planted() -> tuple[Planted, ...]:
    """Every planted sentence in the order of the file."""
    with (DATA / "planted.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Planted(
                line["agency"],
                int(line["year"]),
                int(line["section"]),
                {claim: found for claim, _, found in (each.partition(":") for each in line["says"].split())},
                line["text"],
            )
            for line in csv.DictReader(lines)
        )


def planted_in(agency: str, year: int) -> tuple[Planted, ...]:
    """The sentences planted in one report."""
    return tuple(each for each in read_planted() if (each.agency, each.year) == (agency, year))


def told(facts: Mapping[str, object], figures: Figures, before: Figures | None) -> dict[str, object]:
    """What planted sentences may name: the report's facts, more of them, and each number once more as `…_wrong`."""
    numbers: dict[str, Decimal] = {name: Decimal(value) for name, value in facts.items() if isinstance(value, int)}
    handled = handled_of(figures)
    numbers |= {
        "handled": handled,
        "refused": group(figures, "refused_"),
        "unable": group(figures, "unable_"),
        "unprocessed": group(figures, "not_processed_"),
        "others": group(figures, "other_"),
        "part1": handled // 3,
        "part2": handled // 4,
        "part3": handled - handled // 3 - handled // 4,
        "n1": handled % 40 + 3,
        "n2": handled % 50 + 5,
    }
    if results := figures["results_total", TOTAL]:
        numbers["granted_percent"] = rounded(Decimal(figures["result_granted_full", TOTAL]) / Decimal(results) * 100)
    for name, key in (("documents", "normative_docs_issued"), ("in_force", "normative_docs_in_force")):
        if (key, None) in figures:
            numbers[name] = Decimal(figures[key, None])
    words: dict[str, object] = {
        **facts,
        **numbers,
        **{f"{name}_wrong": value + WRONG for name, value in numbers.items()},
    }
    if before is not None and (then := handled_of(before)):
        grown = rounded((handled / then - 1) * 100)
        words["growth"] = f"{'增长' if grown >= 0 else '下降'}{abs(grown)}"
    return words


def handled_of(figures: Figures) -> Decimal:
    """Requests received with those brought forward."""
    return Decimal(figures["requests_received", TOTAL]) + Decimal(figures["requests_brought_forward", TOTAL])


def group(figures: Figures, prefix: str) -> Decimal:
    """The sum of a group of results."""
    return sum(
        (Decimal(value) for (key, who), value in figures.items() if key.startswith(prefix) and who == TOTAL), Decimal()
    )


def rounded(value: Decimal) -> Decimal:
    """Two decimals, as reports print percentages."""
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
