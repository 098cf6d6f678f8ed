"""Shapes that editors give the columns of the tables: each sets a made-up report otherwise, with its truth kept."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from archive.models import Block, Paragraph
from tests.report.made import Made, Source, Table, make, resolve

Shape = Callable[[Made, random.Random], list[Block]]
HEADS = 3  # heading rows of table 3 and of table 4


def blocks_of(made: Made) -> list[Block]:
    return [resolve(table) for table in made.tables if table]


def with_table(made: Made, number: int, instead: Sequence[Block]) -> list[Block]:
    """The tables of a report with others in the place of table `number` (0, 1, 2)."""
    before, after = made.tables[:number], made.tables[number + 1 :]
    return [*map(resolve, before), *instead, *map(resolve, after)]


def _last_year(made: Made, rng: random.Random) -> Made:
    return make(rng.randrange(10**6), made.era)


def transposed(table: Table) -> Table:
    """Rows as columns, spans turned with them."""
    grid = resolve(table)
    columns: dict[int, list[Source]] = {}
    for row in grid.rows:
        for cell in row:
            columns.setdefault(cell.column, []).append(Source(cell.text, cell.colspan, cell.rowspan))
    width = max(cell.column + cell.colspan for row in grid.rows for cell in row)
    return [columns.get(column, []) for column in range(width)]


# --------------------------------------------------------------------------- years side by side


def years_under_each_column(made: Made, rng: random.Random) -> list[Block]:
    """Table 3 with 上年 and 本年 under every applicant."""
    before, table = _last_year(made, rng).tables[1], made.tables[1]
    pair = rng.choice([("上年", "本年"), ("2021年", "2022年"), ("2021年度", "2022年度")])
    for head in table[0][1:] + table[1] + table[2]:
        head.colspan *= 2
    table[0][0].rowspan += 1
    table.insert(HEADS, [Source(text) for _ in range(7) for text in pair])
    for row, old in zip(table[HEADS + 1 :], before[HEADS:], strict=True):
        row[-7:] = [cell for two in zip(old[-7:], row[-7:], strict=True) for cell in two]
    return blocks_of(made)


def years_as_two_halves(made: Made, rng: random.Random) -> list[Block]:
    """Table 3 with seven columns for one year and seven for the other."""
    before, table = _last_year(made, rng).tables[1], made.tables[1]
    old_first = rng.random() < 0.5
    years = ("2021年", "2022年") if old_first else ("2022年", "2021年")
    table[0][1:] = [Source(year, 1, 7) for year in years]
    for row, old in zip(table[1:], before[1:], strict=True):
        count = 7 if row is not table[1] and row is not table[2] else len(row)
        row[-count:] = [*old[-count:], *row[-count:]] if old_first else [*row[-count:], *old[-count:]]
    return blocks_of(made)


def years_as_rows_of_table_4(made: Made, rng: random.Random) -> list[Block]:
    """Table 4 with a row for each of two years."""
    before, table = _last_year(made, rng).tables[2], made.tables[2]
    table[0].insert(0, Source("年度", 3))
    table[3].insert(0, Source("2022年"))
    table.insert(rng.choice([3, 4]), [Source("2021年"), *before[3]])
    return blocks_of(made)


def years_in_table_2(made: Made, rng: random.Random) -> list[Block]:
    """Table 2 with two years under every column."""
    before, table = _last_year(made, rng).tables[0], made.tables[0]
    new: Table = []
    for row, old in zip(table, before, strict=True):
        if len(row) == 1:
            new.append([Source(row[0].text, 1, 7)])
            continue
        for cell in row[1:]:
            cell.colspan *= 2
        if row[0].text == "信息内容":
            row[0].rowspan = 2
            new += [row, [Source(y, 1, c.colspan // 2) for c in row[1:] for y in ("2021年", "2022年")]]
        else:
            pairs = zip(old[1:], row[1:], strict=True)
            cells = [Source(c.text, 1, b.colspan // 2) for a, b in pairs for c in (a, b)]
            new.append([row[0], *cells])
    made.tables[0] = new
    return blocks_of(made)


def another_table_3(made: Made, rng: random.Random) -> list[Block]:
    """Last year's table 3 beside the own one, each under its caption."""
    old = _last_year(made, rng).tables[1]
    own = [Paragraph("2022年收到和处理政府信息公开申请情况"), resolve(made.tables[1])]
    other = [Paragraph("2021年收到和处理政府信息公开申请情况"), resolve(old)]
    return with_table(made, 1, [*own, *other] if rng.random() < 0.5 else [*other, *own])


def another_table_3_of_a_subordinate(made: Made, rng: random.Random) -> list[Block]:
    """A second table 3 that nothing tells apart but the words of an unknown body."""
    old = _last_year(made, rng).tables[1]
    other = [Paragraph("附：下属单位收到和处理政府信息公开申请情况"), resolve(old)]
    return with_table(made, 1, [resolve(made.tables[1]), *other])


# --------------------------------------------------------------------------- transposed


def transposed_table_3(made: Made, rng: random.Random) -> list[Block]:
    """Applicants as rows, items as columns."""
    return with_table(made, 1, [resolve(transposed(made.tables[1]))])


def transposed_table_4(made: Made, rng: random.Random) -> list[Block]:
    """Fifteen rows with one value."""
    return with_table(made, 2, [resolve(transposed(made.tables[2]))])


# --------------------------------------------------------------------------- columns too many, too few


def _column(made: Made, head: str, text: Callable[[list[Source]], str], at: int = 7) -> list[Block]:
    table = made.tables[1]
    end = len(table[0]) if at == 7 else 1
    if at == 7:
        table[0].insert(end, Source(head, HEADS))
    else:
        table[0][1].colspan += 1
        table[1].insert(len(table[1]) - 1, Source(head, 2))
    for row in table[HEADS:]:
        value = Source(text(row[-7:]))
        row.insert(len(row) - (7 - at), value)
    return blocks_of(made)


def remark_behind(made: Made, rng: random.Random) -> list[Block]:
    """备注 behind 总计, with words in it here and there."""
    return _column(made, "备注", lambda row: rng.choice(["", "", "含上年", "无"]))


def share_behind(made: Made, rng: random.Random) -> list[Block]:
    """占比 behind 总计."""
    head = rng.choice(["占比", "占比（%）", "所占比例"])
    return _column(made, head, lambda row: f"{rng.randrange(100)}.{rng.randrange(100):02}" + rng.choice(["", "%"]))


def growth_behind(made: Made, rng: random.Random) -> list[Block]:
    """同比 behind 总计."""
    head = rng.choice(["同比", "同比增长", "比上年增减"])
    return _column(made, head, lambda row: rng.choice(["-3", "5", "0", "12.5%", "—"]))


def last_total_behind(made: Made, rng: random.Random) -> list[Block]:
    """上年总计 behind 总计."""
    return _column(made, "上年总计", lambda row: str(rng.randrange(50)))


def total_again(made: Made, rng: random.Random) -> list[Block]:
    """合计 once more behind 总计."""
    return _column(made, "合计", lambda row: row[-1].text)


def remark_before_total(made: Made, rng: random.Random) -> list[Block]:
    """备注 between 其他 and 总计."""
    return _column(made, "备注", lambda row: rng.choice(["", "无", "3"]), 6)


def no_total(made: Made, rng: random.Random) -> list[Block]:
    """Table 3 without 总计."""
    table = made.tables[1]
    table[0][1].colspan = 6
    table[1].pop()
    for row in table[HEADS:]:
        row.pop()
    return blocks_of(made)


def split_digits(made: Made, rng: random.Random) -> list[Block]:
    """Each value column of table 3 split in three, a digit in each."""
    table = made.tables[1]
    for head in table[0][1:] + table[1] + table[2]:
        head.colspan *= 6
    for row in table[HEADS:]:
        row[-7:] = [Source(digit.strip()) for cell in row[-7:] for digit in f"{cell.text:>6}"]
    return blocks_of(made)


def row_numbers(made: Made, rng: random.Random) -> list[Block]:
    """A column of row numbers in front of tables 2 and 3."""
    for table in made.tables[:2]:
        heads = HEADS if table is made.tables[1] else 0
        if heads:
            table[0].insert(0, Source("序号", heads))
        for number, row in enumerate(table[heads:], 1):
            row.insert(0, Source(str(number)))
    return blocks_of(made)


def row_numbers_behind_labels(made: Made, rng: random.Random) -> list[Block]:
    """A column of row numbers between the labels and the values of table 3."""
    table = made.tables[1]
    table[0].insert(1, Source("行次", HEADS))
    for number, row in enumerate(table[HEADS:], 1):
        row.insert(len(row) - 7, Source(str(number)))
    return blocks_of(made)


def column_in_table_2(made: Made, rng: random.Random) -> list[Block]:
    """A column of remarks behind, or of units within, table 2."""
    head, at = rng.choice([("备注", 9), ("说明", 9), ("单位", 1)])
    for row in made.tables[0]:
        if len(row) == 1:
            row[0].colspan += 1
        elif row[0].text == "信息内容":
            row.insert(at, Source(head))
        else:
            row.insert(at, Source("件" if head == "单位" else rng.choice(["", "", "含所属部门"])))
    return blocks_of(made)


def captions_in_a_column(made: Made, rng: random.Random) -> list[Block]:
    """Table 2 with the captions of its blocks in a first column, each beside its rows."""
    new: Table = []
    caption = Source("")
    for row in made.tables[0]:
        if len(row) == 1:
            caption = Source(row[0].text, 0)
            row = []
        elif caption.rowspan == 0:
            row.insert(0, caption)
        caption.rowspan += 1 if row else 0
        new += [row] if row else []
    made.tables[0] = new
    return blocks_of(made)


def subtotal(made: Made, rng: random.Random) -> list[Block]:
    """A sum of the organisations behind them."""
    table = made.tables[1]
    table[0][1].colspan, table[1][1].colspan = 8, 6
    table[2].append(Source(rng.choice(["小计", "合计"])))
    for row in table[HEADS:]:
        row.insert(len(row) - 1, Source(str(sum(int(cell.text or 0) for cell in row[-6:-1]))))
    return blocks_of(made)


def years_as_rows_of_table_3(made: Made, rng: random.Random) -> list[Block]:
    """Table 3 with two rows for every item, one for each year."""
    before, table = _last_year(made, rng).tables[1], made.tables[1]
    table[0][0].colspan += 1
    rows: Table = []
    for row, old in zip(table[HEADS:], before[HEADS:], strict=True):
        for cell in row[:-7]:
            cell.rowspan *= 2
        rows += [[*row[:-7], Source("2022年"), *row[-7:]], [Source("2021年"), *old[-7:]]]
    table[HEADS:] = rows
    return blocks_of(made)


COLUMN_SHAPES: tuple[Shape, ...] = (
    years_under_each_column,
    years_as_two_halves,
    years_as_rows_of_table_4,
    years_in_table_2,
    another_table_3,
    another_table_3_of_a_subordinate,
    transposed_table_3,
    transposed_table_4,
    remark_behind,
    share_behind,
    growth_behind,
    last_total_behind,
    total_again,
    remark_before_total,
    no_total,
    split_digits,
    row_numbers,
    row_numbers_behind_labels,
    column_in_table_2,
    captions_in_a_column,
    subtotal,
    years_as_rows_of_table_3,
)
