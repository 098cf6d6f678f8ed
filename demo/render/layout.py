"""The order of a report on paper, for every renderer: lines of text and the three tables with their merged cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from demo.form import COLUMNS, CORNER, RESULTS, Item, table
from demo.truth import TrueReport

APPLICANT_LABELS = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")


class Kind(Enum):
    """What a line of text is."""

    TITLE = "title"
    SECTION = "section"
    SUBHEADING = "subheading"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of its kind."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of a table with its spans; `header` is True for labels, False for figures."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    header: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table: origin cells row by row, `width` columns in all."""

    rows: tuple[tuple[Box, ...], ...]
    width: int


Block = Line | Table


def blocks(report: TrueReport) -> Iterator[Block]:
    """The whole report in reading order."""
    yield Line(Kind.TITLE, report.title)
    for text in report.preamble:
        yield Line(Kind.TEXT, text)
    for section in report.sections:
        yield Line(Kind.SECTION, section.heading or "")
        for text in section.text.splitlines():
            yield Line(Kind.SUBHEADING if text.startswith("（") and len(text) < 20 else Kind.TEXT, text)
        match section.number:
            case 2:
                yield disclosure(report)
            case 3:
                yield requests(report)
            case 4:
                yield remedies(report)


def raw(report: TrueReport, key: str, applicant: str | None = None) -> Box:
    """The figure of a cell as it is printed."""
    return Box(report.cell(key, applicant).raw or "", header=False)


def disclosure(report: TrueReport) -> Table:
    """Table 2: a caption row, a header row and the rows of each block; the last column takes what is left of four."""
    rows: list[tuple[Box, ...]] = []
    for caption, members in groupby(table(report.era, 2), key=lambda item: item.block):
        lines = [tuple(line) for _, line in groupby(members, key=lambda item: item.row)]
        rows.append((Box(caption, colspan=4),))
        rows.append((Box("信息内容"), *stretched([Box(item.column) for item in lines[0]])))
        for line in lines:
            rows.append((Box(line[0].row), *stretched([raw(report, item.key) for item in line])))
    return Table(tuple(rows), 4)


def stretched(boxes: list[Box]) -> list[Box]:
    """The boxes over three columns: one takes all, the second of two takes the rest."""
    last = boxes[-1]
    return [*boxes[:-1], Box(last.text, colspan=4 - len(boxes), header=last.header)]


def requests(report: TrueReport) -> Table:
    """Table 3: three columns of labels, seven of figures; the results stand beside one tall cell."""
    rows: list[tuple[Box, ...]] = [
        (Box(CORNER, colspan=3, rowspan=3), Box("申请人情况", colspan=7)),
        (Box("自然人", rowspan=2), Box("法人或其他组织", colspan=5), Box("总计", rowspan=2)),
        tuple(Box(label) for label in APPLICANT_LABELS),
    ]
    results = [item for item in table(report.era, 3) if item.row[1] != "、"]
    for item in table(report.era, 3):
        labels = [*result_labels(item, results)] if item in results else [Box(item.row, colspan=3)]
        rows.append((*labels, *(raw(report, item.key, column) for column in COLUMNS)))
    return Table(tuple(rows), 10)


def result_labels(item: Item, results: list[Item]) -> Iterator[Box]:
    """The labels before a result: the tall cell before the first, the group before the first of a group."""
    if item is results[0]:
        yield Box(RESULTS, rowspan=len(results))
    if not item.block:
        yield Box(item.row, colspan=2)
        return
    group = [other for other in results if other.block == item.block]
    if item is group[0]:
        yield Box(item.block, rowspan=len(group))
    yield Box(item.row)


def remedies(report: TrueReport) -> Table:
    """Table 4: three header rows above fifteen figures."""
    review, direct, after = (
        tuple(members) for _, members in groupby(table(report.era, 4), key=lambda item: item.block)
    )
    return Table(
        (
            (Box("行政复议", colspan=5), Box("行政诉讼", colspan=10)),
            (
                *(Box(item.column, rowspan=2) for item in review),
                Box(direct[0].block, colspan=5),
                Box(after[0].block, colspan=5),
            ),
            tuple(Box(item.column) for item in (*direct, *after)),
            tuple(raw(report, item.key) for item in (*review, *direct, *after)),
        ),
        15,
    )


def split_label(text: str) -> tuple[str, str] | None:
    """Where an editor breaks a narrow header into two lines, or None where it does not: labels of 4–7 characters."""
    return (text[:-2], text[-2:]) if 4 <= len(text) <= 7 and "、" not in text and "." not in text else None
