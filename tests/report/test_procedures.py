"""Table 4 in running text, procedure by procedure, and words among its fifteen values."""

from __future__ import annotations

import pytest

from archive.models import Block, Era, Grid, Paragraph, State
from archive.report.tables.cells import read_tables
from archive.report.tables.stream import read_stream
from tests.report.made import Made, Source, make, resolve

REVIEW = "行政复议：结果维持3件，结果纠正0件，其他结果1件，尚未审结0件，总计4件。"
DIRECT = "行政诉讼（未经复议直接起诉）：结果维持1,200件，结果纠正0件，其他结果0件，尚未审结2件，总计1,202件。"
AFTER = "行政诉讼（复议后起诉） 结果维持 结果纠正 其他结果 尚未审结 总计 0 / 0 7 7"
VALUES = [3, 0, 1, 0, 4, 1200, 0, 0, 2, 1202, 0, None, 0, 7, 7]


def outcomes(*blocks: Block) -> list[object]:
    cells = read_tables(blocks, Era.C).cells
    return [cell.value for cell in cells if cell.key.startswith(("review_", "litigation_"))]


def test_each_procedure_is_read_with_its_five_outcomes() -> None:
    heading = Paragraph("四、政府信息公开行政复议、行政诉讼情况")
    assert outcomes(heading, Paragraph(REVIEW), Paragraph(DIRECT), Paragraph(AFTER)) == VALUES
    assert outcomes(heading, Paragraph("\n".join([AFTER, DIRECT, REVIEW]))) == VALUES


@pytest.mark.parametrize(
    "lines",
    [
        (REVIEW, DIRECT),
        (REVIEW, REVIEW, DIRECT, AFTER),
        (REVIEW.replace("总计4", "总计5"), DIRECT, AFTER),
        (REVIEW, DIRECT, AFTER + " 9"),
        (REVIEW, DIRECT, AFTER.replace("7 7", "7")),
        (REVIEW.replace("行政复议：", ""), DIRECT, AFTER),
        (REVIEW.replace("尚未审结0件，", ""), DIRECT, AFTER),
        (REVIEW, "行政复议：结果维持件，结果纠正件，其他结果件，尚未审结件，总计件", DIRECT, AFTER),
    ],
)
def test_nothing_is_taken_unless_all_three_are_whole_and_add_up(lines: tuple[str, ...]) -> None:
    assert outcomes(*map(Paragraph, lines)) == [None] * 15


def with_word(made: Made, at: int, word: str, *, spans_known: bool) -> Grid:
    made.tables[2][3][at].text = word
    return resolve(made.tables[2], spans_known=spans_known)


@pytest.mark.parametrize("at", range(15))
def test_a_word_costs_its_own_cell_only(at: int) -> None:
    made = make(3)
    cells = read_tables([with_word(made, at, "详见附件", spans_known=True)], Era.C).cells[-15:]
    assert [cell.state for cell in cells].count(State.TEXT) == 1
    assert cells[at].raw == "详见附件"
    assert cells[at].state is State.TEXT
    assert all(c.value == made.truth[c.key, None] for i, c in enumerate(cells) if i != at)


def test_a_word_in_the_first_place_of_a_row_without_known_columns_may_be_a_label() -> None:
    made = make(3)
    assert outcomes(with_word(made, 0, "件数", spans_known=False)) == [None] * 15
    made.tables[2][3][:1] = []
    assert outcomes(with_word(made, 0, "件数", spans_known=True)) == [None] * 15


def test_a_label_in_the_first_place_of_a_row_that_lost_a_value_is_no_word_of_its_own() -> None:
    made = make(3)
    del made.tables[2][3][7]
    assert outcomes(with_word(made, 0, "件数", spans_known=True)) == [None] * 15
    made = make(3)
    made.tables[2][3] = [Source("本年数"), *made.tables[2][3][:14]]
    assert not read_stream([resolve(made.tables[2])], Era.C).cells
