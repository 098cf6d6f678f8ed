"""Tables whose columns are set apart by blanks, as a page printed to text has them."""

from __future__ import annotations

import pytest

from archive.models import Cell, Era, ParsedReport, State
from archive.readers.text import read_text
from archive.reading import read_report
from archive.report.tables.cells import read_tables
from tests.report.layouts import made_of, printed
from tests.report.made import CellKey

LAYOUTS = ("columns of a page, characters", "columns of a page, widths")


def cells_of(text: str) -> dict[CellKey, Cell]:
    tables = read_tables(read_text(text.encode()).blocks, Era.C)
    return {(cell.key, cell.applicant): cell for cell in tables.cells}


def values_of(text: str) -> dict[CellKey, object]:
    return {key: cell.value for key, cell in cells_of(text).items() if cell.value is not None}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("scale", [1, 137])
def test_broken_labels_and_headings_are_put_together(layout: str, scale: int) -> None:
    made, _ = made_of(2, Era.C, scale=scale)
    assert values_of(printed(made, layout)) == made.truth


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_empty_cell_is_told_by_its_place(layout: str) -> None:
    made, texts = made_of(4, Era.C, blank=0.4)
    found = cells_of(printed(made, layout))
    blank = {key for key, text in texts.items() if not text and key[1]}
    assert {key for key, cell in found.items() if cell.state is State.BLANK and key[1]} == blank
    assert blank
    assert all(found[key].value == made.truth[key] for key in texts if key[1] and key not in blank)


def edited(old: str, new: str) -> dict[CellKey, object]:
    made, _ = made_of(2, Era.C)
    text = printed(made, LAYOUTS[0])
    assert text.count(old) == 1, old
    return {key: value for key, value in values_of(text.replace(old, new)).items() if key[1]}


def rows_of(values: dict[CellKey, object]) -> set[str]:
    return {key for key, _ in values}


def broken_row(text: str) -> str:
    """The line that begins the label of 要求行政机关确认或重新出具, with its figures."""
    return next(line for line in text.splitlines() if "5.要求行政机关" in line)


def test_a_broken_row_that_does_not_add_up_is_refused() -> None:
    made, texts = made_of(2, Era.C)
    line = broken_row(printed(made, LAYOUTS[0]))
    total = texts["not_processed_confirm_reissue", "total"]
    changed = line[: line.rindex(total)] + str(int(total) + 1)
    values = edited(line, changed)
    assert "not_processed_confirm_reissue" not in rows_of(values)
    assert all(values[key] == made.truth[key] for key in values)


def test_figures_that_stand_between_two_labels_belong_to_none_if_another_row_has_lost_its_own() -> None:
    made, _ = made_of(2, Era.C)
    text = printed(made, LAYOUTS[0])
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if "1.申请人无正当理由" in line)
    assert lines[at + 1].split()[-1].isdigit(), "the figures stand beside the middle of the label"
    petition = next(i for i, line in enumerate(lines) if "1.信访举报" in line)
    lines[petition] = lines[petition].split("类申请")[0] + "类申请"
    values = {key: value for key, value in values_of("\n".join(lines)).items() if key[1]}
    assert "other_not_corrected" not in rows_of(values)
    assert "not_processed_petition" not in rows_of(values)
    assert all(values[key] == made.truth[key] for key in values)


def test_headings_in_another_order_are_not_taken_for_the_printed_one() -> None:
    assert edited("商业企业   科研机构", "科研机构   商业企业") == {}


def test_the_tables_of_another_year_are_left_out() -> None:
    made, _ = made_of(2, Era.C)
    other, _ = made_of(5, Era.C)
    text = printed(made, LAYOUTS[0])
    table = printed(other, LAYOUTS[0]).split("行政诉讼情况\n")[1].split("\n\n五、")[0]
    both = text.replace("五、存在的主要问题", f"2021年报告\n{table}\n\n五、存在的主要问题")
    report = read_report(both.encode())
    assert isinstance(report, ParsedReport)
    assert {(c.key, c.applicant): c.value for c in report.cells} == made.truth
    unlabelled = read_report(both.replace("2021年报告\n", "").encode())
    assert isinstance(unlabelled, ParsedReport)
    assert all(c.value in (None, made.truth[c.key, c.applicant]) for c in unlabelled.cells)


def test_headings_of_table_2_that_lines_set_in_another_order_are_not_believed() -> None:
    made, _ = made_of(2, Era.C)
    text = printed(made, LAYOUTS[0])
    heading = next(line for line in text.splitlines() if line.startswith("信息内容") and "现行有效件数" in line)
    broken = heading.replace("本年废止件数", "本年    ") + "\n" + " " * heading.index("本年废止") + "废止件数"
    values = values_of(text.replace(heading, broken))
    assert {key: values[key] for key in values if key[0].startswith(("rules_", "normative_"))} == {}
