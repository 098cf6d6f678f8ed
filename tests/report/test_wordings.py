"""Tables as editors leave them whose words, edges or stacking are not those of the official file, read whole."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from archive.models import Block, Era
from archive.report.tables.cells import read_tables
from tests.report.made import Made, Source, Table, make, resolve

COUNTED = "区分处理的，只计这一情形，不计其他情形"
WORDS: list[tuple[Era, dict[str, str]]] = [
    (Era.C, {"法人或其他组织": "法人或者其他组织", "其他": "其它", "总计": "合计"}),
    (Era.C, {"法人或其他组织": "法人/其他组织"}),
    (Era.B, {"商业企业": "企业", "社会公益组织": "公益组织", "科研机构": "科研院所"}),
    (Era.C, {f"（二）部分公开（{COUNTED}）": f"（二）部分公开：{COUNTED}"}),
    (Era.C, {"5.要求行政机关确认或重新出具已获取信息": "5.要求确认或重新出具"}),
    (Era.C, {"信息内容": "信息类别"}),
    (Era.B, {"信息内容": "项目"}),
    (Era.B, {"本年增/减": "本年增（减）", "行政事业性收费": "行政事业性收费项目"}),
    (Era.C, {"本年收费金额（单位：万元）": "本年收费总金额（单位：万元）"}),
]  # fmt: skip


def read_whole(blocks: list[Block], made: Made) -> bool:
    cells = read_tables(blocks, made.era).cells
    return {(cell.key, cell.applicant): cell.value for cell in cells} == made.truth


@pytest.mark.parametrize(("era", "words"), WORDS, ids=[next(iter(words.values())) for _, words in WORDS])
def test_the_words_of_a_table_may_be_others(era: Era, words: dict[str, str]) -> None:
    made = make(5, era)
    met = 0
    for cell in (cell for table in made.tables for row in table for cell in row):
        if cell.text.replace("\n", "") in words:
            cell.text = words[cell.text.replace("\n", "")]
            met += 1
    assert met
    assert read_whole([resolve(table) for table in made.tables], made)


def with_hairs(table: Table, labels: int, rng: random.Random) -> Table:
    """The table on a grid three times as fine; in rows of values some edges behind labels lie one column further."""
    out: Table = []
    for number, cells in enumerate(resolve(table).rows):
        end = max(cell.column + cell.colspan for cell in cells)
        moved = range(labels + 1, end) if number >= 3 else ()
        edges = [3 * i + (rng.choice([0, 0, 1]) if i in moved else 0) for i in range(end + 1)]
        out.append([Source(c.text, c.rowspan, edges[c.column + c.colspan] - edges[c.column]) for c in cells])
    return out


def outcomes(made: Made) -> list[Source]:
    return made.tables[2][-1]


LEAVES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


def stacked(made: Made) -> Table:
    """One table: each procedure with its own headings below the one before."""
    values = outcomes(made)
    table: Table = []
    for number, name in enumerate(("行政复议", "未经复议直接起诉", "复议后起诉")):
        table += [[Source(name, 1, 5)], [Source(leaf) for leaf in LEAVES], values[5 * number : 5 * number + 5]]
    return table


def wide_above_narrow(made: Made) -> Table:
    """One table: the review over ten columns, both kinds of litigation below it."""
    values = outcomes(made)
    wide = [[Source(cell, 1, 2) for cell in texts] for texts in (LEAVES, [cell.text for cell in values[:5]])]
    below = [[Source("未经复议直接起诉", 1, 5), Source("复议后起诉", 1, 5)], [Source(leaf) for leaf in LEAVES * 2]]
    return [[Source("行政复议", 1, 10)], *wide, [Source("行政诉讼", 1, 10)], *below, values[5:]]


@pytest.mark.parametrize("shape", [stacked, wide_above_narrow])
def test_procedures_may_stand_below_each_other_in_one_table(shape: Callable[[Made], Table]) -> None:
    made = make(6)
    assert read_whole([*map(resolve, made.tables[:2]), resolve(shape(made))], made)


def test_edges_that_differ_by_a_hair_from_row_to_row_part_no_cell_from_its_heading() -> None:
    for seed in range(4):
        made = make(seed)
        rng = random.Random(seed)
        tables = [made.tables[0], with_hairs(made.tables[1], 3, rng), with_hairs(made.tables[2], 0, rng)]
        assert read_whole([resolve(table) for table in tables], made)


def test_a_cell_as_much_under_one_heading_as_under_the_next_leaves_its_row_unread() -> None:
    made = make(2)
    row = next(row for row in made.tables[1] if "2.重复申请" in row[0].text)
    row[-4].text += row.pop(-3).text
    row[-3].colspan, row[-2].colspan = 2, 1
    cells = read_tables([resolve(table) for table in made.tables], made.era).cells
    assert {cell.value for cell in cells if cell.key == "not_processed_repeat"} == {None}


@pytest.mark.parametrize("era", [Era.B, Era.C])
def test_the_head_of_table_3_may_be_a_table_of_its_own(era: Era) -> None:
    made = make(6, era)
    disclosed, requests, remedies = made.tables
    head, rows = resolve(requests[:3]), resolve(requests[3:])
    assert read_whole([resolve(disclosed), head, rows, resolve(remedies)], made)
    cells = {cell.key: cell for cell in read_tables([head, rows], era).cells}
    assert cells["requests_received"].place == "table, row 1, column 10"
    narrow = [[*row[:-2], row[-1]] for row in requests[3:]]  # a column is lost: which one nobody knows
    assert all(cell.value is None for cell in read_tables([head, resolve(narrow)], era).cells)
