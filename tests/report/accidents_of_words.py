"""Accidents in the words of a report: labels, figures written otherwise, columns and tables beside its own."""

from __future__ import annotations

import random

from archive.models import Block, Era, Grid, Heading, Paragraph
from archive.report.form import load_form
from tests.report import accidents as of_cells
from tests.report import accidents_of_heads as of_heads
from tests.report.accidents import Accident, Report, cells, is_printed, report_of, tables_of
from tests.report.layouts import LAYOUTS
from tests.report.made import Source, Table, resolve

TITLE = "青石县河东镇人民政府2022年政府信息公开工作年度报告"


# --------------------------------------------------------------------------- labels


def label_typo(report: Report, rng: random.Random) -> None:
    """A character of a label is another one, is lost or stands twice."""
    labels = [c for c in cells(report) if not is_printed(c) and len(c.text) > 3]
    for cell in rng.sample(labels, min(len(labels), rng.randint(1, 3))):
        at = rng.randrange(len(cell.text))
        middle = rng.choice(["", cell.text[at] * 2, rng.choice("的公开政数申请其他一二三")])
        cell.text = cell.text[:at] + middle + cell.text[at + 1 :]


def label_wrapped(report: Report, rng: random.Random) -> None:
    """Labels are broken over lines or have blanks in them."""
    for cell in cells(report):
        if not is_printed(cell) and len(cell.text) > 2 and rng.random() < 0.4:
            at = rng.randrange(1, len(cell.text))
            cell.text = cell.text[:at] + rng.choice(["\n", " ", "\u3000"]) + cell.text[at:]


def label_number_lost(report: Report, rng: random.Random) -> None:
    """Labels lose their numbers, or have those of other rows."""
    for cell in cells(report):
        if not is_printed(cell) and cell.text[:1].isdigit() and not cell.text.isascii() and rng.random() < 0.5:
            cell.text = rng.choice(["", "1.", "2.", "3."]) + cell.text[2:]


# --------------------------------------------------------------------------- figures


def _figures(report: Report, rng: random.Random, most: int = 3) -> list[Source]:
    found = [c for c in cells(report) if is_printed(c) and c.text.isdigit()]
    some = [c for c in found if c.text != "0"]
    found = some if some and rng.random() < 0.7 else found
    return rng.sample(found, min(len(found), rng.randint(1, most)))


def mark_behind(report: Report, rng: random.Random) -> None:
    """Figures carry the mark of a footnote."""
    for cell in _figures(report, rng):
        report.reprint(cell, cell.text + rng.choice(["①", "²", "*", "[1]", "（注）", "（注1）", "#", "†"]))


def unit_in_cell(report: Report, rng: random.Random) -> None:
    """Figures are followed by their unit."""
    for cell in _figures(report, rng, 9):
        cell.text += rng.choice(["件", " 件"])


def full_width(report: Report, rng: random.Random) -> None:
    """Figures are written in full width."""
    for cell in _figures(report, rng, 9):
        cell.text = cell.text.translate({ord("0") + i: "０１２３４５６７８９"[i] for i in range(10)})


def taken_for_letters(report: Report, rng: random.Random) -> None:
    """Figures have letters that look like digits, as recognition and careless typing make them."""
    for cell in _figures(report, rng):
        for digit, letters in (("0", "OoQD〇"), ("1", "lIi"), ("5", "S"), ("8", "B"), ("2", "Z")):
            if digit in cell.text:
                report.reprint(cell, cell.text.replace(digit, rng.choice(letters), 1))
                break


def other_digits(report: Report, rng: random.Random) -> None:
    """Figures are written with digits of other scripts, or as Chinese numerals."""
    for cell in _figures(report, rng):
        script = rng.choice(["٠١٢٣٤٥٦٧٨٩", "০১২৩৪৫৬৭৮৯", "〇一二三四五六七八九", "⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹"])
        report.reprint(cell, cell.text.translate({ord("0") + i: script[i] for i in range(10)}))


def words_for_figures(report: Report, rng: random.Random) -> None:
    """Words stand where a figure should."""
    for cell in _figures(report, rng):
        words = ["零", "三", "见附件", "约3", "3-5", "1/2", "12.", ".5", "1e3", "3人次（含上年2）", "2022年", "5%"]
        report.reprint(cell, rng.choice(words))


def minus_signs(report: Report, rng: random.Random) -> None:
    """A sign stands before a figure."""
    for cell in _figures(report, rng):
        report.reprint(cell, rng.choice("-－−–—+") + cell.text)


def emptied(report: Report, rng: random.Random) -> None:
    """Cells are empty."""
    for cell in _figures(report, rng):
        report.reprint(cell, "")


# --------------------------------------------------------------------------- columns beside


def column_beside(report: Report, rng: random.Random) -> None:
    """A column of remarks, numbers, shares or of last year stands in a table, with or without a heading."""
    number = rng.choice([0, 1, 1, 2])
    table = report.tables[number]
    head = rng.choice(["备注", "序号", "占比", "上年总计", "上年", "增长率", "合计", "", "其中：线上", "2021年"])
    figures = {"备注": [""], "占比": ["50%", "0"], "增长率": ["-3%", "0"]}.get(head, ["0", "1", "4", ""])
    front = rng.random() < (0.8 if head == "序号" else 0.2)
    rows = [row for row in table if any(map(is_printed, row))]
    count = 0
    for index, row in enumerate(table):
        if row in rows or number == 0:
            count += 1
            text = str(count) if head == "序号" else rng.choice(figures)
            here = (0 if front else len(row)) if row in rows else len(row)
            row.insert(here, Source(text if row in rows else head if index < 2 else ""))
        elif index == 0 and head is not None and rng.random() < 0.9:
            row.insert(0 if front else len(row), Source(head, 3))


def column_in_the_middle(report: Report, rng: random.Random) -> None:
    """A subtotal or a column of last year stands among the seven of table 3, with or without a heading."""
    table = report.tables[1]
    at = rng.randint(1, 6)
    head = rng.choice(["小计", "上年", "其中：个体", ""])
    for row in (row for row in table if any(map(is_printed, row))):
        row.insert(max(0, len(row) - at), Source(rng.choice(["0", "0", "2", ""])))
    if len(table) > 2 and len(table[2]) == 5 and rng.random() < 0.8:
        table[2].insert(max(0, 6 - at), Source(head))
        table[0][-1].colspan += 1


# --------------------------------------------------------------------------- tables beside


def _another(report: Report, rng: random.Random) -> list[Table]:
    other = report_of(
        rng.randrange(10**6), rng.choice([report.era, report.era, Era.B, Era.C]), rng.choice(["sparse", "dense"])
    )
    return tables_of(other.era, other.texts)


def another_report(report: Report, rng: random.Random) -> None:
    """Tables of another year or body stand before or behind the report's own, with or without a caption."""
    others = _another(report, rng)
    captions = ["", "2021年情况", "2021年", "上年度情况", "下属单位情况", "附：县教育局", "2020年情况", "合计"]
    for number in rng.sample(range(3), rng.randint(1, 3)):
        place = report.before if rng.random() < 0.5 else report.behind
        place.setdefault(number, []).append((rng.choice(captions), others[number]))


def part_of_another(report: Report, rng: random.Random) -> None:
    """Some rows of the tables of another year stand nearby, with heads or without."""
    number = rng.randrange(3)
    other = _another(report, rng)[number]
    heads = other[:3] if rng.random() < 0.6 or number == 2 else []  # figures right below headings are theirs to anybody
    count = rng.randint(1, 6)
    start = rng.randrange(3, max(4, len(other) - count + 1))
    rows = [*heads, *other[start : start + count]] if number else other[rng.randrange(2) : rng.randint(3, 8)]
    place = report.before if rng.random() < 0.5 else report.behind
    place.setdefault(number, []).append((rng.choice(["", "2021年", "其中", "对比表"]), rows))


def own_table_lost(report: Report, rng: random.Random) -> None:
    """A table of another year stands where the report's own is lost, under a caption that says so."""
    number = rng.randrange(3)
    report.before.setdefault(number, []).append(("2021年情况", _another(report, rng)[number]))
    report.tables[number] = []


def figures_in_sentences(report: Report, rng: random.Random) -> None:
    """A sentence before a table speaks of its rows with figures of last year."""
    number = rng.randrange(3)
    text = rng.choice(
        [
            "2021年本年新收政府信息公开申请数量 5 0 0 0 0 0 5，结转下年度继续办理 1 0 0 0 0 0 1。",
            "上年行政许可处理决定数量12，行政处罚7，行政强制3，行政事业性收费 0.5 万元。",
            "行政复议 结果维持1 结果纠正0 其他结果0 尚未审结0 总计1。",
            "规章 0 0 3；行政规范性文件 1 0 9。",
        ]
    )
    report.before.setdefault(number, []).append((text, []))


GROUPS: tuple[tuple[str, tuple[Accident, ...]], ...] = (
    (
        "cells",
        (
            of_cells.lost_cell,
            of_cells.lost_cell_padded,
            of_cells.cell_twice,
            of_cells.empty_cell_added,
            of_cells.cells_merged,
            of_cells.number_split,
            of_cells.column_lost,
            of_cells.row_moved,
            of_cells.label_lost,
            of_cells.value_in_label,
        ),
    ),
    (
        "rows",
        (
            of_cells.row_lost,
            of_cells.row_twice,
            of_cells.rows_swapped,
            of_cells.empty_rows,
            of_cells.footnote_row,
            of_cells.rows_merged,
            of_cells.total_row_lost,
        ),
    ),
    (
        "heads and spans",
        (
            of_heads.spans_lost,
            of_heads.spans_written_out,
            of_heads.wrong_span,
            of_heads.heads_again,
            of_heads.heads_lost,
            of_heads.heads_swapped,
            of_heads.page_break,
            of_heads.glued_tables,
        ),
    ),
    ("labels", (label_typo, label_wrapped, label_number_lost)),
    (
        "figures",
        (
            mark_behind,
            unit_in_cell,
            full_width,
            taken_for_letters,
            other_digits,
            words_for_figures,
            minus_signs,
            emptied,
        ),
    ),
    (
        "beside",
        (
            column_beside,
            column_in_the_middle,
            another_report,
            part_of_another,
            own_table_lost,
            figures_in_sentences,
        ),
    ),
)
PRINTING: tuple[Accident, ...] = (of_cells.total_row_lost, *dict(GROUPS)["figures"])
"""Accidents that print cells otherwise, before any converter meets with them."""
ACCIDENTS: tuple[Accident, ...] = tuple(accident for _, accidents in GROUPS for accident in accidents)


# --------------------------------------------------------------------------- the report as it arrives


def blocks_of(report: Report, *, spans_known: bool = True) -> list[Block]:
    """The report as a reader delivers it from a file with tables."""
    blocks: list[Block] = [Heading(TITLE, 1), Paragraph("统计期限自2022年1月1日起至2022年12月31日止。")]
    for number, section in enumerate(load_form().sections):
        blocks.append(Paragraph(section.label))
        for caption, table in _tables(report, number - 1):
            blocks += [Paragraph(caption)] if caption else []
            if grid := _grid(table, spans_known):
                blocks.append(grid)
    return blocks


def text_of(report: Report, layout: str) -> str:
    """The report printed as plain text."""
    write = LAYOUTS[layout]
    parts = [TITLE, "", "统计期限自2022年1月1日起至2022年12月31日止。", ""]
    for number, section in enumerate(load_form().sections):
        parts.append(section.label)
        for caption, table in _tables(report, number - 1):
            parts += [caption] if caption else []
            if any(table):
                parts.append(write([row for row in table if row]))
        parts.append("")
    if layout.startswith("one line"):
        joint = " " if layout == "one line" else ""
        return joint.join(part.replace("\n", joint) for part in parts if part)
    return "\n".join(parts)


def _tables(report: Report, number: int) -> list[tuple[str, Table]]:
    if not 0 <= number <= 2:
        return []
    return [*report.before.get(number, []), ("", report.tables[number]), *report.behind.get(number, [])]


def _grid(table: Table, spans_known: bool) -> Grid | None:
    rows = [row for row in table if row]
    return resolve(rows, spans_known=spans_known) if rows else None
