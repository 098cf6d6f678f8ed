"""The tables for spreadsheets: opened right, in Chinese, and numbers that are numbers."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

from archive.exports.wide import SEPARATOR, write_years
from tests.exports.conftest import Exported


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_a_year(exported: Exported) -> None:
    names = {path.name for path in exported.folder.glob("wide-*.csv")}
    assert names == {f"wide-{year}.csv" for year in range(2019, 2024)}
    assert all(len(read(exported.folder / name)) == 4 for name in names)


def test_it_opens_right_in_a_spreadsheet(exported: Exported) -> None:
    data = (exported.folder / "wide-2023.csv").read_bytes()
    assert data.startswith("\ufeff报告编号,机关名称,年份".encode())
    assert b"\r\n" in data


def test_every_cell_of_the_form_has_a_column_of_its_own(exported: Exported) -> None:
    for year, cells in ((2019, 198), (2023, 200)):
        columns = [name for name in read(exported.folder / f"wide-{year}.csv")[0] if SEPARATOR in name]
        assert len(columns) == cells


def test_what_is_not_a_number_says_so(exported: Exported) -> None:
    row = read(exported.folder / "wide-2023.csv")[0]
    cells = [value for name, value in row.items() if SEPARATOR in name]
    words = [value for value in cells if not value.lstrip("-").replace(".", "").isdigit()]
    # One cell in each state was put into each report, and an amount in another unit than that of the form.
    assert sorted(words) == sorted(
        [
            "〔空白〕",
            "〔占位符号〕",
            "〔写法有误〕",
            "〔文字〕",
            "〔缺项〕",
            "〔无法辨读〕",
            "12〔推断〕",
            "160.5〔万元〕",
        ]
    )


def test_numbers_are_those_of_the_database(exported: Exported) -> None:
    row = next(row for row in read(exported.folder / "wide-2023.csv") if row["报告编号"] == "a00000-2023")
    held = exported.rows(
        "select value from statistics where report_id = 'a00000-2023' and state in ('number', 'zero') order by position"
    )
    shown = [value for name, value in row.items() if SEPARATOR in name and value.isdigit()]
    assert shown == [str(value) for (value,) in held if isinstance(value, int)]


def test_no_text_becomes_a_formula(exported: Exported, tmp_path: Path) -> None:
    connection = sqlite3.connect(exported.archive)
    connection.execute("update reports set agency = '=cmd()' where report_id = 'a00000-2023'")
    write_years(connection, tmp_path)
    connection.rollback()
    connection.close()
    assert "'=cmd()" in {row["机关名称"] for row in read(tmp_path / "wide-2023.csv")}
