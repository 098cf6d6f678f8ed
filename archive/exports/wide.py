"""One table a year for a spreadsheet: a report a row, a cell of the form a column, headers in Chinese.

The file begins with a byte order mark and lines end in CR LF, so that a double click opens it right. What is not a
number says what it is in words: a column of numbers then adds up to what was printed, and nothing else.
"""

from __future__ import annotations

import codecs
import csv
import io
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archive.database.schema import load_schema
from archive.exports.files import Written, sink
from archive.exports.previous import NotUsable, Previous

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
NEWLINE = b"\r\n"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters for which a spreadsheet takes text for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    header: str
    unit: str | None


def write_years(connection: sqlite3.Connection, to: Path, previous: Previous | None = None) -> tuple[Written, ...]:
    """Writes `wide-YEAR.csv` for every year with a report, and describes each file.

    Columns are the cells of every form that a report of that year follows, in the order of the forms; a cell that the
    report's own form does not have is empty. The lines of reports that are as they were are those of the file before.
    Raises OSError, and NotUsable where lines cannot be taken over from `previous`.
    """
    years = [year for (year,) in connection.execute("select distinct year from reports order by year")]
    return tuple(_write_year(connection, year, to, previous) for year in years)


def _write_year(connection: sqlite3.Connection, year: int, to: Path, previous: Previous | None) -> Written:
    name = f"wide-{year}.csv"
    found = _items(connection, year)
    headers = [*HEAD.values(), *dict.fromkeys(item.header for item in found)]
    places = {item.number: headers.index(item.header) for item in found}
    items = {item.number: item for item in found}
    head = codecs.BOM_UTF8 + _line(headers)
    rows = 0
    kept = _kept(previous, name, head) if previous and name in previous.files else {}
    with sink(to / name) as out:
        out.write(head)
        for report, version, *about in connection.execute(
            f"select report_id, version_no, {', '.join(HEAD)} from reports where year = ? order by report_id", (year,)
        ):
            line = kept.get(report)
            if line is None or (previous and report in previous.sample):
                made = _line(_row(connection, version, about, items, places, len(headers)))
                if line not in (None, made):
                    raise NotUsable(f"{name} has another line of {report}, which is said to be unchanged")
                line = made
            out.write(line)
            rows += 1
        return out.described(name, rows)


def _kept(previous: Previous, name: str, head: bytes) -> dict[str, bytes]:
    """The lines of the file before, by report; none where the columns are others, or where a line breaks within a
    cell."""
    with previous.proven(name) as file:
        before = file.read()
    lines = before.removeprefix(head).split(NEWLINE)[:-1]
    if not before.startswith(head) or len(lines) != previous.files[name]["rows"]:
        return {}
    found = ((line.partition(b",")[0].decode(), line + NEWLINE) for line in lines)
    return {id: line for id, line in found if id in previous.kept}


def _line(values: Iterable[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue().encode()


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


def _row(
    connection: sqlite3.Connection,
    version: int,
    about: Iterable[object],
    items: Mapping[int, _Item],
    places: Mapping[int, int],
    width: int,
) -> list[object]:
    row: list[object] = [_plain(value) for value in about] + [None] * (width - len(HEAD))
    states, words = _states()
    cells = connection.execute("select item_id, value, state, unit from cells where version_no = ?", (version,))
    for item, value, code, unit in cells:
        row[places[item]] = _shown(value, words[code], states[code], unit, items[item].unit)
    return row


@cache
def _states() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The states of a cell and the Chinese words for them, by code."""
    words = load_schema().states
    return tuple(word.name for word in words), tuple(word.label.zh for word in words)


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
