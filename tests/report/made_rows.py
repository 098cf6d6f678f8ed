"""Shapes that editors give the rows of the tables, and table 4: each sets a made-up report otherwise, truth kept."""

from __future__ import annotations

import random

from archive.models import Block, Paragraph
from tests.report.made import Made, Source, Table, resolve
from tests.report.made_shapes import COLUMN_SHAPES, HEADS, Shape, blocks_of, with_table

OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
PROCEDURES = ("行政复议", "未经复议直接起诉", "复议后起诉")


def repeated_heading(made: Made, rng: random.Random) -> list[Block]:
    """The heading of table 3 once more in the middle, all three rows."""
    table = made.tables[1]
    again = [[Source(cell.text, cell.rowspan, cell.colspan) for cell in row] for row in table[:HEADS]]
    at = rng.randrange(HEADS + 1, len(table))
    first = table[HEADS + 2][0]
    cover = HEADS + 2
    if cover < at < cover + first.rowspan:  # a page break ends every span and the label is written again
        for row_at in range(cover, at):
            for cell in table[row_at]:
                cell.rowspan = min(cell.rowspan, at - row_at)
        missing = 10 - sum(cell.colspan for cell in table[at])
        for _ in range(missing):
            table[at].insert(0, Source(""))
        for row_at in range(at + 1, len(table)):
            for _ in range(10 - sum(cell.colspan for cell in table[row_at])):
                table[row_at].insert(0, Source(""))
        for row in table[at:]:
            for cell in row:
                cell.rowspan = 1
    table[at:at] = again
    return blocks_of(made)


def units_row(made: Made, rng: random.Random) -> list[Block]:
    """单位：件 over or under the heading of table 3, and over table 4."""
    table = made.tables[1]
    table.insert(rng.choice([0, HEADS]), [Source("单位：件", 1, 10)])
    made.tables[2].insert(0, [Source("单位：件", 1, 15)])
    return blocks_of(made)


def unit_in_each_column(made: Made, rng: random.Random) -> list[Block]:
    """A row of units under the heading of table 3."""
    made.tables[1].insert(HEADS, [Source("单位", 1, 3), *(Source("件") for _ in range(7))])
    return blocks_of(made)


def split_row(made: Made, rng: random.Random) -> list[Block]:
    """The label of one row written in two rows, the values in the first or in the second."""
    table = made.tables[1]
    at = next(i for i, row in enumerate(table) if any("重新出具" in cell.text for cell in row))
    label = next(cell for cell in table[at] if "重新出具" in cell.text)
    cut = label.text.index("或")
    rest = [Source(label.text[cut:]), *(Source("") for _ in range(7))]
    label.text = label.text[:cut]
    for number, row in enumerate(table[: at + 1]):
        for cell in row:
            if number + cell.rowspan > at and cell.rowspan > 1:
                cell.rowspan += 1
    if rng.random() < 0.5:
        rest[1:], table[at][-7:] = table[at][-7:], rest[1:]
    table.insert(at + 1, rest)
    return blocks_of(made)


def other_order(made: Made, rng: random.Random) -> list[Block]:
    """Rows of table 3 in another order, labels written out."""
    table = made.tables[1]
    rows = [[Source(row[-8].text, 1, 3), *row[-7:]] for row in table[HEADS:]]
    rng.shuffle(rows)
    table[HEADS:] = rows
    return blocks_of(made)


def order_of_groups(made: Made, rng: random.Random) -> list[Block]:
    """The rows within one group of table 3 in another order."""
    table = made.tables[1]
    at = next(i for i, row in enumerate(table) if any("国家秘密" in cell.text for cell in row))
    rows = [row[-8:] for row in table[at : at + 8]]
    rng.shuffle(rows)
    for row, cells in zip(table[at : at + 8], rows, strict=True):
        row[-8:] = cells
    return blocks_of(made)


def added_rows(made: Made, rng: random.Random) -> list[Block]:
    """Rows that a province added to tables 2 and 3."""
    table = made.tables[1]
    words = rng.sample(["其中：网络申请数量", "当面申请数量", "信函申请数量", "其中：涉及土地征收"], 2)
    table[4:4] = [[Source(word, 1, 3), *(Source(str(rng.randrange(9))) for _ in range(7))] for word in words]
    return blocks_of(made)


def sub_rows(made: Made, rng: random.Random) -> list[Block]:
    """A group of table 3 with a row of its own for its sum."""
    table = made.tables[1]
    at = next(i for i, row in enumerate(table) if any("不予公开" in cell.text for cell in row))
    group = next(cell for cell in table[at] if "不予公开" in cell.text)
    group.rowspan += 1
    table[HEADS + 2][0].rowspan += 1
    rows = [row[-7:] for row in table[at : at + 8]]
    sums = [Source(str(sum(int(row[i].text or 0) for row in rows))) for i in range(7)]
    first = table[at][: table[at].index(group) + 1]
    table[at] = table[at][len(first) :]
    table.insert(at, [*first, Source(rng.choice(["小计", "合计"])), *sums])
    return blocks_of(made)


TYPOS = (
    ("其他法律行政法规", ("其它法律行政法规", "其他法律、行政法规", "其他行政法规法律")),
    ("1.属于国家秘密", ("１．属于国家秘密", "1、属于国家秘密", "①属于国家秘密", "属国家秘密")),
    ("“三安全一稳定”", ("三安全一稳定", "‘三安全一稳定’", "“三安全、一稳定”")),
    ("保护第三方合法权益", ("保护第三人合法权益", "保护第三方合法权益信息")),
    ("（六）其他处理", ("（六）其它处理", "(六）其他处理")),
    ("予以公开", ("予以公开", "给予公开")),
    ("四、结转下年度继续办理", ("四、结转下年度继续办理数量", "四、结转下年继续办理", "四、结转下一年度继续办理")),
    ("一、本年新收政府信息公开申请数量", ("一、本年新收政府信息公开申请数", "一、本年度新收政府信息公开申请数量")),
    ("（七）总计", ("（七）总计", "（七）合计", "(七)总  计")),
    ("信访举报投诉类申请", ("信访、举报、投诉类申请", "信访举报投诉申请")),
    ("补正后申请内容仍不明确", ("补正后申请内容仍不明确", "补正申请内容仍不明确")),
    ("本机关不掌握相关政府信息", ("本机关不掌握相关政府信息", "本机关不掌握相关信息")),
)


def typos(made: Made, rng: random.Random) -> list[Block]:
    """Labels shortened, with other marks and other words."""
    for row in made.tables[1]:
        for cell in row:
            for word, others in TYPOS:
                if word in cell.text and rng.random() < 0.4:
                    cell.text = cell.text.replace(word, rng.choice(others))
    return blocks_of(made)


# --------------------------------------------------------------------------- table 4


def three_tables(made: Made, rng: random.Random) -> list[Block]:
    """Table 4 as three tables, each with its caption."""
    values = made.tables[2][3]
    blocks: list[Block] = []
    inside = rng.random() < 0.5
    for number, name in enumerate(("行政复议", "行政诉讼（未经复议直接起诉）", "行政诉讼（复议后起诉）")):
        rows = [[Source(text) for text in OUTCOMES], values[5 * number : 5 * number + 5]]
        blocks += [resolve([[Source(name, 1, 5)], *rows])] if inside else [Paragraph(name), resolve(rows)]
    return with_table(made, 2, blocks)


def procedures_as_rows(made: Made, rng: random.Random) -> list[Block]:
    """Table 4 with a row for each procedure."""
    values = made.tables[2][3]
    table: Table = [[Source(rng.choice(["", "类别", "项目"])), *(Source(text) for text in OUTCOMES)]]
    for number, name in enumerate(PROCEDURES):
        table.append([Source(name), *values[5 * number : 5 * number + 5]])
    if rng.random() < 0.5:
        table[0][0].colspan = 2
        table[1][0].colspan = 2
        table[2].insert(0, Source("行政诉讼", 2))
    return with_table(made, 2, [resolve(table)])


def procedures_as_columns(made: Made, rng: random.Random) -> list[Block]:
    """Table 4 with a column for each procedure and a row for each outcome."""
    values = made.tables[2][3]
    table: Table = [[Source("", 2), Source("行政复议", 2), Source("行政诉讼", 1, 2)]]
    table.append([Source("未经复议直接起诉"), Source("复议后起诉")])
    for number, name in enumerate(OUTCOMES):
        table.append([Source(name), *(values[5 * group + number] for group in range(3))])
    return with_table(made, 2, [resolve(table)])


def one_outcome_a_row(made: Made, rng: random.Random) -> list[Block]:
    """Table 4 with fifteen rows of one value under 数量."""
    values = made.tables[2][3]
    table: Table = [[Source("项目", 1, 2), Source("数量")]]
    for number, name in enumerate(PROCEDURES):
        for at, outcome in enumerate(OUTCOMES):
            table.append([*([Source(name, 5)] if at == 0 else []), Source(outcome), values[5 * number + at]])
    return with_table(made, 2, [resolve(table)])


def remark_on_outcomes(made: Made, rng: random.Random) -> list[Block]:
    """Table 4 with 备注 behind."""
    made.tables[2][0].append(Source("备注", HEADS))
    made.tables[2][3].append(Source(rng.choice(["", "无", "含上年"])))
    return blocks_of(made)


def sum_of_outcomes(made: Made, rng: random.Random) -> list[Block]:
    """Table 4 with 合计 behind the fifteen columns."""
    table = made.tables[2]
    table[0].append(Source(rng.choice(["合计", "总计", "总合计"]), 3))
    table[3].append(Source(str(sum(int(table[3][i].text or 0) for i in (4, 9, 14)))))
    return blocks_of(made)


def word_in_table_4(made: Made, rng: random.Random) -> list[Block]:
    """One cell of table 4 with a word in it."""
    rng.choice(made.tables[2][3]).text = rng.choice(["无", "—", "详见附件", "暂无", "/"])
    return blocks_of(made)


def cut_table_4(made: Made, rng: random.Random) -> list[Block]:
    """Table 4 cut in two before its values."""
    table = made.tables[2]
    return with_table(made, 2, [resolve(table[:HEADS]), resolve(table[HEADS:])])


# --------------------------------------------------------------------------- table 3 cut, table 2 hybrid


def cut_in_a_span(made: Made, rng: random.Random) -> list[Block]:
    """Table 3 cut in two within 三、本年度办理结果, the label written again or not, the heading again or not."""
    table = made.tables[1]
    at = rng.randrange(HEADS + 3, len(table) - 2)
    first, second = table[:at], table[at:]
    for number, row in enumerate(second):
        if rng.random() < 0.5 or number == 0:
            row[:-8] = [Source("", 1, 2)]
        else:
            for _ in range(10 - sum(cell.colspan for cell in row)):
                row.insert(0, Source(""))
        for cell in row:
            cell.rowspan = 1
    for row in second:
        row[:] = [Source(row[-8].text, 1, 3), *row[-7:]]
    heads = [[Source(cell.text, cell.rowspan, cell.colspan) for cell in row] for row in table[:HEADS]]
    return with_table(made, 1, [resolve(first), resolve([*heads, *second] if rng.random() < 0.5 else second)])


def old_columns(made: Made, rng: random.Random) -> list[Block]:
    """Table 2 of 2021 with the columns of 2019 in its second and third blocks."""
    new: Table = []
    licence = False
    for row in made.tables[0]:
        texts = [cell.text for cell in row]
        if "本年处理决定数量" in texts[-1]:
            new.append([Source(text) for text in ("信息内容", "上一年项目数量", "本年增/减", "处理决定数量")])
            licence = True
        elif licence and texts[0] in ("行政许可", "行政处罚", "行政强制"):
            change = rng.choice(["0", "-3", "+4"])
            new.append([Source(text) for text in (texts[0], str(rng.randrange(90)), change, texts[1])])
        else:
            licence = False
            new.append(row)
    made.tables[0] = new
    return blocks_of(made)


SHAPES: tuple[Shape, ...] = (
    *COLUMN_SHAPES,
    repeated_heading,
    units_row,
    unit_in_each_column,
    split_row,
    other_order,
    order_of_groups,
    added_rows,
    sub_rows,
    typos,
    three_tables,
    procedures_as_rows,
    procedures_as_columns,
    one_outcome_a_row,
    remark_on_outcomes,
    sum_of_outcomes,
    word_in_table_4,
    cut_table_4,
    cut_in_a_span,
    old_columns,
)
