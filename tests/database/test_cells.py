"""The compact storage of cells: what goes in comes out of the view, digit by digit and letter by letter."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.database.cells import PRINTED, UnsoundReport, cell_rows
from archive.database.dictionaries import item_rows, state_rows
from archive.database.schema import create_tables
from archive.models import Cell, Era, ParsedReport, State
from archive.report.form import load_form
from archive.report.soundness import WITH_VALUE
from tests.made_holdings import made_report

NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6),
    st.integers(-(2**63), 2**63 - 1),
    st.decimals(-(10**9), 10**9, places=4),
    st.decimals(0, 10**6, places=2),
)
RAWS = st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["", "0", "12", "1,234", "012", "件", "--3"]))
PLACES = st.one_of(
    st.none(),
    st.just(""),
    st.builds("table {}, row {}, column {}".format, *[st.integers(0, 20_000)] * 3),
    st.sampled_from(["123", "table 01, row 2, column 3", "paragraph 4", "table 1, row 2, column 3 "]),
    st.text(max_size=12),
)


@st.composite
def cells(draw: st.DrawFn, key: str, applicant: str | None) -> Cell:
    state = draw(st.sampled_from(State))
    value = draw(NUMBERS) if state in WITH_VALUE else None
    raw = draw(RAWS) if state not in PRINTED or draw(st.booleans()) else str(value)
    if state in PRINTED and raw == "":
        raw = None  # a printed number has a print
    unit = draw(st.sampled_from([None, "件", "元", "万元"]))
    return Cell(key, applicant, value, state, raw, unit, draw(PLACES))


@pytest.fixture(scope="module")
def view() -> Iterator[sqlite3.Connection]:
    db = sqlite_utils.Database(memory=True)
    create_tables(db)
    db.table("states").insert_all(state_rows())
    db.table("items").insert_all(item_rows())
    columns = dict.fromkeys(db.table("reports").columns_dict, "x")
    db.table("reports").insert(columns | {"report_id": "r", "version_no": 1, "year": 2022, "warnings": "[]"})
    yield db.conn
    db.close()


def through(view: sqlite3.Connection, report: ParsedReport) -> list[Cell]:
    view.execute("delete from cells")
    view.executemany("insert into cells values (?, ?, ?, ?, ?, ?, ?)", cell_rows(1, report))
    rows = view.execute("select key, applicant, value, state, raw, unit, place from statistics order by position")
    return [
        Cell(key, applicant, None if value is None else Decimal(str(value)), State(state), raw, unit, place)
        for key, applicant, value, state, raw, unit, place in rows
    ]


def compared(cell: Cell) -> Cell:
    return replace(cell, value=None if cell.value is None else Decimal(str(cell.value)))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost(view: sqlite3.Connection, data: st.DataObject) -> None:
    report = made_report("云溪市教育局", 2022, 1)
    kept = list(report.cells)
    for position in data.draw(st.lists(st.integers(0, len(kept) - 1), max_size=5, unique=True)):
        kept[position] = data.draw(cells(kept[position].key, kept[position].applicant))
    report = replace(report, cells=tuple(kept))
    assert through(view, report) == [compared(cell) for cell in kept]


def test_usual_cells_are_small(view: sqlite3.Connection) -> None:
    report = made_report("云溪市教育局", 2022, 1)
    rows = list(cell_rows(1, report))
    plain = [row for row in rows if row[4] is None and row[5] is None and isinstance(row[6], int)]
    assert len(plain) > 180
    assert max(row[6] for row in plain if isinstance(row[6], int)) < 2**40


def test_a_number_too_long_for_sqlite_stands_beside_its_print(view: sqlite3.Connection) -> None:
    report = made_report("云溪市教育局", 2022, 1)
    long = Cell(report.cells[0].key, None, 10**30 + 1, State.NUMBER, str(10**30 + 1), "件", None)
    read = through(view, replace(report, cells=(long, *report.cells[1:])))[0]
    assert read.raw == "1000000000000000000000000000001"
    assert read.value is not None
    assert float(read.value) == 1e30


@pytest.mark.parametrize("era", [Era.B, Era.C])
def test_order_and_units_are_those_of_the_form(view: sqlite3.Connection, era: Era) -> None:
    form = load_form().eras[era]
    report = made_report("云溪市教育局", 2022 if era is Era.C else 2019, 4)
    read = through(view, report)
    assert [(cell.key, cell.applicant) for cell in read] == list(form.cells)
    assert read[0].unit == form.item(form.cells[0][0]).unit


def replaced(report: ParsedReport, **changes: object) -> ParsedReport:
    return replace(report, cells=(replace(report.cells[0], **changes), *report.cells[1:]))


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (lambda r: replaced(r, key="no_such_key"), "has no cell no_such_key"),
        (lambda r: replaced(r, applicant="total"), "has no cell rules_issued/total"),
        (lambda r: replaced(r, value=None, state=State.NUMBER), "is number and has the value None"),
        (lambda r: replaced(r, value=3, state=State.BLANK), "is blank and has the value 3"),
        (lambda r: replace(r, cells=r.cells[1:]), "1 cells of the form of era C are left out"),
        (lambda r: replace(r, cells=()), "200 cells of the form of era C are left out"),
        (lambda r: replace(r, cells=(*r.cells, r.cells[0])), "occurs twice"),
        (lambda r: replace(r, era=Era.B), "the form of era B has no cell"),
    ],
)
def test_a_report_that_breaks_its_contract_is_refused(broken, message: str) -> None:
    with pytest.raises(UnsoundReport, match=message):
        list(cell_rows(1, broken(made_report("云溪市教育局", 2022, 1))))


def test_a_report_without_tables_has_no_cells() -> None:
    assert list(cell_rows(1, replace(made_report("云溪市教育局", 2022, 1), era=Era.A0, cells=()))) == []
