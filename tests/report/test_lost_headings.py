"""Headings of a block whose rows were lost do not lend their order to the next block."""

from __future__ import annotations

from archive.models import Era, Paragraph
from archive.report.tables.cells import read_tables

LINES = (
    "第二十条第（一）项",
    "信息内容 本年新制作数量 本年新公开数量 对外公开总数量",
    "规章 949 3438 3505",
    "规范性文件 4964 3854 2130",
    "第二十条第（五）项",
    "信息内容 本年增/减 处理决定数量",
    "其他对外管理服务事项 2200 4790 4695",
    "第二十条第（六）项",
    "信息内容 上一年项目数量 本年增/减 处理决定数量",
    "行政处罚 951 507 2211",
    "行政强制 3557 2350 187",
)
PRINTED = {
    "penalty_items_prev_year": 951,
    "penalty_items_change": 507,
    "penalty_decisions": 2211,
    "coercion_items_prev_year": 3557,
    "coercion_items_change": 2350,
    "coercion_decisions": 187,
}


def test_a_block_without_its_first_row_does_not_turn_the_next_one_round() -> None:
    tables = read_tables([Paragraph(line) for line in LINES], Era.B)
    found = {cell.key: cell.value for cell in tables.cells if cell.key in PRINTED and cell.value is not None}
    assert found.items() <= PRINTED.items()
    assert found
