"""Made-up reports with known truth: tables as their source cells (text, spans), before any grid is resolved.

Tests damage the source cells and resolve them again, as a browser would: a removed cell shifts its row.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from archive.models import Block, Document, Era, Grid, GridCell, Heading, Paragraph
from archive.report.form import load_form

APPLICANTS = tuple(applicant.key for applicant in load_form().applicants)
GROUP = "法人或其他组织"
CellKey = tuple[str, str | None]
HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
"""Those of the form of 2021, as printed."""


@dataclass(slots=True)
class Source:
    """A cell as the source writes it."""

    text: str
    rowspan: int = 1
    colspan: int = 1


Table = list[list[Source]]


@dataclass(slots=True)
class Made:
    """Three tables and the value of every cell of the form."""

    era: Era
    tables: list[Table]
    truth: dict[CellKey, int]
    title: str = "青石县河东镇人民政府2022年政府信息公开工作年度报告"
    narrative: list[str] = field(default_factory=list)


def resolve(table: Table, *, spans_known: bool = True) -> Grid:
    """The grid of a table: each cell takes the first free column of its row; spans are clamped to the table."""
    taken: set[tuple[int, int]] = set()
    rows: list[tuple[GridCell, ...]] = []
    for r, source in enumerate(table):
        column, cells = 0, []
        for cell in source:
            while (r, column) in taken:
                column += 1
            rowspan = min(cell.rowspan, len(table) - r)
            for i in range(rowspan):
                for j in range(cell.colspan):
                    taken.add((r + i, column + j))
            cells.append(GridCell(cell.text, r, column, rowspan, cell.colspan))
            column += cell.colspan
        rows.append(tuple(cells))
    return Grid(tuple(rows), "table", spans_known)


def few_numbers(rng: random.Random, era: Era, share: float) -> dict[CellKey, int]:
    """Values that keep all identities, mostly zeros as in the reports of small bodies; `share` of the cells is more."""
    form = load_form().eras[era]
    top = rng.choice([1, 3, 40])
    values: dict[CellKey, int] = dict.fromkeys(form.cells, 0)

    def some() -> int:
        return rng.randint(1, top) if rng.random() < share else 0

    leaves = [row.key for row in form.rows if row.leaf_result]
    for who in APPLICANTS[:-1]:
        for key in leaves:
            values[key, who] = some()
        results = values["results_total", who] = sum(values[key, who] for key in leaves)
        carried, brought = some(), min(some(), results)
        values["requests_received", who] = results + carried - brought
        values["requests_brought_forward", who] = brought
        values["requests_carried_forward", who] = carried
    for row in form.rows:
        values[row.key, "total"] = sum(values[row.key, who] for who in APPLICANTS[:-1])
    for cell in form.cells:
        if cell[1] is None:
            values[cell] = some()
    for start in (0, 5, 10):
        keys = [column.key for column in form.outcomes[start : start + 5]]
        values[keys[4], None] = sum(values[key, None] for key in keys[:4])
    return values


def numbers(rng: random.Random, era: Era) -> dict[CellKey, int]:
    """Values for every cell of the form that keep all identities."""
    form = load_form().eras[era]
    top = rng.choice([3, 40, 900])
    values: dict[CellKey, int] = {}
    leaves = [row.key for row in form.rows if row.leaf_result]
    for applicant in APPLICANTS[:-1]:
        for key in leaves:
            values[key, applicant] = rng.randint(1, top) if rng.random() < 0.7 else 0
        values["results_total", applicant] = sum(values[key, applicant] for key in leaves)
        carried, brought = rng.randint(0, top), rng.randint(0, 2)
        received = max(0, values["results_total", applicant] + carried - brought)
        values["requests_received", applicant] = received
        values["requests_brought_forward", applicant] = brought
        values["requests_carried_forward", applicant] = received + brought - values["results_total", applicant]
    for row in form.rows:
        values[row.key, "total"] = sum(values[row.key, applicant] for applicant in APPLICANTS[:-1])
    for block in form.blocks:
        for row in block.rows:
            for column in block.columns:
                values[f"{row.key}_{column.key}", None] = rng.randint(0, 5000)
    for start in (0, 5, 10):
        keys = [column.key for column in form.outcomes[start : start + 5]]
        for key in keys[:4]:
            values[key, None] = rng.randint(0, 60)
        values[keys[4], None] = sum(values[key, None] for key in keys[:4])
    return values


def table_2(era: Era, texts: Mapping[CellKey, str]) -> Table:
    """Table 2 with its blocks below each other, spans as in the official file."""
    blocks = load_form().eras[era].blocks
    width = 3
    table: Table = []
    for block in blocks:
        table.append([Source(block.caption, 1, width + 1)])
        last = width - len(block.columns) + 1
        spans = [1] * (len(block.columns) - 1) + [last]
        heads = [Source(column.label, 1, span) for column, span in zip(block.columns, spans, strict=True)]
        table.append([Source("信息内容"), *heads])
        for row in block.rows:
            cells = [
                Source(texts[f"{row.key}_{column.key}", None], 1, span)
                for column, span in zip(block.columns, spans, strict=True)
            ]
            table.append([Source(row.label), *cells])
    return table


def table_3(era: Era, texts: Mapping[CellKey, str], order: Sequence[str] = APPLICANTS) -> Table:
    """Table 3; `order` permutes the value columns, kinds of organisation staying together."""
    form = load_form()
    labels = {applicant.key: applicant.label for applicant in form.applicants}
    kinds = [name for name in order if name not in ("natural_person", "total")]
    top: list[Source] = []
    for name in order:
        if name not in kinds:
            top.append(Source(labels[name], 2))
        elif name == kinds[0]:
            top.append(Source(GROUP, 1, 5))
    note = "（本列数据的勾稽关系为：第一项加第二项之和，\n等于第三项加第四项之和）"
    table: Table = [
        [Source(note, 3, 3), Source("申请人情况", 1, 7)],
        top,
        [Source(labels[name]) for name in kinds],
    ]
    rows = form.eras[era].rows
    groups: dict[str, int] = {}
    for row in rows:
        if row.group:
            groups[row.group] = groups.get(row.group, 0) + 1
    results = sum(groups.values())
    met: set[str] = set()
    for row in rows:
        cells: list[Source] = []
        if row.group is None:
            cells.append(Source(row.label, 1, 3))
        else:
            if "results" not in met:
                cells.append(Source("三、本年度办理结果", results))
                met.add("results")
            if row.group.startswith("三、"):
                cells.append(Source(row.label, 1, 2))
            else:
                if row.group not in met:
                    cells.append(Source(row.group, groups[row.group]))
                    met.add(row.group)
                cells.append(Source(row.label))
        table.append([*cells, *(Source(texts[row.key, name]) for name in order)])
    return table


def table_4(era: Era, texts: Mapping[CellKey, str]) -> Table:
    """Table 4 with its three heading rows."""
    outcomes = load_form().eras[era].outcomes
    leaves = ["结果\n维持", "结果\n纠正", "其他\n结果", "尚未\n审结", "总计"]
    return [
        [Source("行政复议", 1, 5), Source("行政诉讼", 1, 10)],
        [*(Source(leaf, 2) for leaf in leaves), Source("未经复议直接起诉", 1, 5), Source("复议后起诉", 1, 5)],
        [Source(leaf) for leaf in leaves * 2],
        [Source(texts[column.key, None]) for column in outcomes],
    ]


def make(seed: int, era: Era = Era.C, order: Sequence[str] = APPLICANTS, blank: float = 0.0) -> Made:
    """A report; `blank` is the share of zero cells that the source leaves empty."""
    rng = random.Random(seed)
    truth = numbers(rng, era)
    texts = {key: "" if value == 0 and rng.random() < blank else str(value) for key, value in truth.items()}
    tables = [table_2(era, texts), table_3(era, texts, order), table_4(era, texts)]
    return Made(era, tables, truth)


def document(made: Made, tables: Sequence[Block | None] | None = None) -> Document:
    """The report as a document: six headings, a sentence each, the three tables in their places."""
    grids = list(tables) if tables is not None else [resolve(table) for table in made.tables]
    sections = [section.label for section in load_form().sections]
    blocks: list[Block] = [Heading(made.title, 1), Paragraph("统计期限自2022年1月1日起至2022年12月31日止。")]
    for number, heading in enumerate(sections):
        blocks.append(Paragraph(heading))
        if 1 <= number <= 3:
            grid = grids[number - 1]
            blocks += [grid] if grid is not None else []
        else:
            blocks.append(Paragraph("2022年，本镇认真做好政府信息公开工作，全年收到申请3件。"))
    return Document(made.title, tuple(blocks))


def as_lines(table: Table, joint: str = " ") -> list[Paragraph]:
    """A table as bare paragraphs, one for each row, blank cells lost."""
    return [Paragraph(joint.join(c.text.replace("\n", "") for c in row if c.text)) for row in table]


def as_cells(table: Table) -> list[Paragraph]:
    """A table as bare paragraphs, one for each cell, blank cells lost."""
    return [Paragraph(cell.text) for row in table for cell in row if cell.text]
