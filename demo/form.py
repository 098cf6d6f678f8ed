"""The official form of eras B and C as the generator needs it: read from `data/form.csv`, not from the parser's data.

Two independent copies of the form on purpose: what the generator prints and what the parser expects can only agree by
being right.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archive.models import Era

DATA = Path(__file__).parent / "data"

APPLICANTS = (
    "natural_person",
    "business_enterprise",
    "research_institution",
    "social_welfare_org",
    "legal_service_org",
    "other_org",
)
"""The six kinds of applicant of table 3; the seventh column is `TOTAL`."""
TOTAL = "total"
COLUMNS = (*APPLICANTS, TOTAL)

CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
RESULTS = "三、本年度办理结果"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of `form.csv`: `table` 2, 3 or 4, the labels as printed; `unit` is empty if the form states none."""

    table: int
    block: str
    row: str
    column: str
    key: str
    unit: str


@cache
def items(era: Era) -> tuple[Item, ...]:
    """The items of an era in the order of the form: 22 + 23 + 15 in B, 10 + 25 + 15 in C."""
    with (DATA / "form.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Item(int(line["table"]), line["block"], line["row"], line["column"], line["key"], line["unit"])
            for line in csv.DictReader(lines)
            if era.value in line["eras"].split()
        )


@cache
def table(era: Era, number: int) -> tuple[Item, ...]:
    """The items of one of the tables 2, 3 and 4."""
    return tuple(item for item in items(era) if item.table == number)


@cache
def places(era: Era) -> tuple[tuple[str, str | None], ...]:
    """Every cell of an era as (key, applicant), in the order of the form: 198 in B, 200 in C."""
    return tuple(
        (item.key, applicant) for item in items(era) for applicant in (COLUMNS if item.table == 3 else (None,))
    )


@cache
def leaf_results(era: Era) -> tuple[str, ...]:
    """The rows of table 3 that add up to （七）总计: 19 in B, 21 in C."""
    keys = [item.key for item in table(era, 3)]
    return tuple(keys[2:-2])


def era_of(year: int) -> Era:
    """The era whose form a report of `year` uses: B for 2019 and 2020, C from 2021.

    Raises ValueError for earlier years, which had no national form of this kind.
    """
    if year < 2019:
        raise ValueError(f"no form for {year}: the generator knows the reports for 2019 and later")
    return Era.B if year <= 2020 else Era.C
