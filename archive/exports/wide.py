"""One table a year for a spreadsheet: a report a row, a cell of the form a column, headers in Chinese.

The file begins with a byte order mark and lines end in CR LF, so that a double click opens it right. What is not a
number says what it is in words: a column of numbers then adds up to what was printed, and nothing else.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.database.schema import load_schema
from archive.exports.files import whole

HEAD = {
    "report_id": "报告编号",
    "agency": "机关名称",
    "year": "年份",
    "province": "省级行政区",
    "division": "行政区划代码",
    "level": "层级",
    "era": "格式时期",
    "published": "写明的发布日期",
    "confidence": "可信度",
    "checks_failed": "不成立的勾稽关系数",
    "cells_total": "应有单元格数",
    "cells_read": "有数值的单元格数",
    "read_by": "文字来源",
    "url": "网址",
}
"""Columns of `reports` that come first, with their headers."""
STATE_BEFORE_VALUE = frozenset({"inferred"})
"""States whose value is shown with its state, as text: a sum over the column must not take it for one that was read."""
SEPARATOR = "｜"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters for which a spreadsheet takes text for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    header: str
    unit: str | None


def write_years(connection: sqlite3.Connection, to: Path) -> Mapping[Path, int]:
    """Writes `wide-YEAR.csv` for every year with a report, and returns each path with its number of rows.

    Columns are the cells of every form that a report of that year follows, in the order of the forms; a cell that the
    report's own form does not have is empty. Raises OSError.
    """
    years = [year for (year,) in connection.execute("select distinct year from reports order by year")]
    return dict(_write_year(connection, year, to) for year in years)


def _write_year(connection: sqlite3.Connection, year: int, to: Path) -> tuple[Path, int]:
    path = to / f"wide-{year}.csv"
    items = _items(connection, year)
    headers = [*HEAD.values(), *dict.fromkeys(item.header for item in items)]
    places = {item.number: headers.index(item.header) for item in items}
    rows = 0
    with whole(path) as part, part.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(headers)
        for row in _rows(connection, year, items, places, len(headers)):
            writer.writerow(row)
            rows += 1
    return path, rows


def _items(connection: sqlite3.Connection, year: int) -> list[_Item]:
    found = connection.execute(
        "select item_id, table_id, headings, label_zh, applicant_zh, unit from items"
        " where era in (select era from reports where year = ?) order by item_id",
        (year,),
    )
    return [
        _Item(
            number,
            SEPARATOR.join(part for part in (table, *headings.split(" / "), label, applicant) if part)
            + (f"（{unit}）" if unit else ""),
            unit,
        )
        for number, table, headings, label, applicant, unit in found
    ]


def _rows(
    connection: sqlite3.Connection, year: int, items: list[_Item], places: Mapping[int, int], width: int
) -> Iterator[list[object]]:
    units = {item.number: item.unit for item in items}
    names = ", ".join(HEAD)
    reports = connection.execute(f"select version_no, {names} from reports where year = ? order by report_id", (year,))
    words = {name: label.zh for name, label in ((word.name, word.label) for word in load_schema().states)}
    states = dict(connection.execute("select code, state from states"))
    for version, *head in reports:
        row: list[object] = [_plain(value) for value in head] + [None] * (width - len(HEAD))
        cells = connection.execute("select item_id, value, state, unit from cells where version_no = ?", (version,))
        for item, value, code, unit in cells:
            row[places[item]] = _shown(value, words[states[code]], states[code], unit, units[item])
        yield row


def _shown(value: float | None, word: str, state: str, unit: str | None, form_unit: str | None) -> object:
    """A number where one was read in the unit of the header; otherwise words. `unit` None = that of the header."""
    if value is None:
        return f"〔{word}〕"
    if unit:  # printed, and another than the header says
        return f"{value}〔{unit}〕"
    if unit == "" and "元" in (
        form_unit or ""
    ):  # none printed: a count stays a count, but an amount may be of 元 or 万元
        return f"{value}〔未注明单位〕"
    return f"{value}〔{word}〕" if state in STATE_BEFORE_VALUE else value


def _plain(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
