"""The page of a report: tables as on paper, each number with its state, failures where they fail, nothing made up."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from archive.database import dictionaries
from archive.models import Era, State
from archive.report.form import load_form
from archive.site.pages.report.paper import paper
from archive.site.worker import make_site
from tests.site.conftest import Get

ODD = "u-0000000000-2023"  # era C
PLAIN = "u-0000000000-2020"  # era B
CELLS = {("C", 2): 10, ("C", 3): 175, ("C", 4): 15, ("B", 2): 22, ("B", 3): 161, ("B", 4): 15}


def soup(get: Get, report_id: str, language: str = "zh", query: str = "") -> BeautifulSoup:
    answer = get(f"/report/{report_id}{query}", language=language)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def grid_widths(table: Tag) -> Iterator[int]:
    """How many columns each row of a table covers once row and column spans are laid out."""
    below: list[int] = []
    for row in table.find_all("tr"):
        width = sum(1 for rest in below if rest > 0)
        below = [rest - 1 for rest in below if rest > 1]
        for cell in row.find_all(["td", "th"], recursive=False):
            columns, rows = int(str(cell.get("colspan", 1))), int(str(cell.get("rowspan", 1)))
            width += columns
            below += [rows - 1] * columns if rows > 1 else []
        yield width


@pytest.mark.parametrize("report_id", [ODD, PLAIN])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_tables_are_rectangles_with_every_cell_of_the_form(get: Get, report_id: str, language: str) -> None:
    page = soup(get, report_id, language)
    era = "C" if report_id == ODD else "B"
    for number, columns in ((2, 4), (3, 10), (4, 15)):
        table = page.select_one(f"table.t{number}")
        assert table is not None
        assert set(grid_widths(table)) == {columns}
        assert len(table.select("tbody td")) == CELLS[era, number]
        assert table.caption is not None
        assert all(head.get("scope") for head in table.find_all("th"))


def test_the_numbers_stand_in_the_order_of_the_form(get: Get, site: Any) -> None:
    async def stored() -> list[tuple[str, object]]:
        rows = await site.get_database("archive").execute(
            "select table_id, value from statistics where report_id = ? order by position", [PLAIN]
        )
        return [(row["table_id"], row["value"]) for row in rows.rows]

    page = soup(get, PLAIN)
    values = asyncio.run(stored())
    for number in (2, 3, 4):
        shown = [cell.get_text() for cell in page.select(f"table.t{number} tbody td")]
        assert shown == [str(value) for table, value in values if table.endswith(str(number))]


def test_the_labels_are_those_of_the_form(get: Get) -> None:
    page = soup(get, ODD)
    labels = {head.get_text() for head in page.select("table.paper th > span[lang]")}
    form = load_form().eras[Era.C]
    assert {row.label for row in form.rows} <= labels
    assert {column.label for block in form.blocks for column in block.columns} <= labels
    assert {block.caption for block in form.blocks} <= labels
    assert {part for column in form.outcomes for part in column.path} <= labels
    assert {label for label, _ in load_form().groups} <= labels
    english = soup(get, ODD, "en").get_text()
    assert "Refused: state secret" in english
    assert "Litigation" in english


def cell_of(page: BeautifulSoup, table: int, place: int) -> Tag:
    return page.select(f"table.t{table} tbody td")[place]


def told(cell: Tag) -> str:
    """What hover and keyboard focus tell of a cell: of the link to its own page that is in it."""
    assert cell.a is not None
    return str(cell.a["title"])


def test_what_is_not_a_plain_number_is_shown_as_what_it_is(get: Get) -> None:
    page = soup(get, ODD)
    issued, repealed, in_force, documents = (cell_of(page, 2, place) for place in range(4))
    assert issued.find(string=True) == "/ "
    assert "占位符" in issued.get_text()
    assert repealed.get_text() == "空白"
    assert in_force.get_text() == "1 2<b> 无法读取"
    assert documents.get_text() == "7 “+7”"
    assert cell_of(page, 2, 6).get_text() == "缺"
    assert cell_of(page, 2, 9).get_text() == "0.50"
    for cell, state in (
        (issued, "placeholder"),
        (repealed, "blank"),
        (in_force, "unreadable"),
        (documents, "number"),
        (cell_of(page, 2, 6), "missing"),
    ):
        assert cell["class"] == ["odd", f"s-{state}"]
    assert "原文“/”" in told(issued)


def test_a_plain_number_tells_its_state_and_place(get: Get) -> None:
    cell = cell_of(soup(get, PLAIN, "en"), 3, 0)
    assert "number" in told(cell) or "zero" in told(cell)
    assert f"printed “{cell.get_text()}”" in told(cell)
    assert "unit 件" in told(cell)
    assert "source: table 2, row" in told(cell)


def test_failed_checks_stand_at_their_row_and_column_with_the_difference(get: Get) -> None:
    page = soup(get, ODD)
    flagged = page.select_one("table.t3 th:has(a.flag)")
    assert flagged is not None
    assert flagged.get_text().startswith("（一）予以公开")
    assert "−2" in flagged.get_text()
    foot = page.select("table.t3 tfoot td")
    assert [cell.get_text(strip=True) for cell in foot[:-1]] == [""] * 6
    assert "+1" in foot[-1].get_text()
    assert "fails" in cell_of(page, 4, 0)["class"]
    total = cell_of(page, 4, 4)
    assert "fails" in total["class"]
    assert total.get_text().endswith("≠ +4")
    assert len(page.select("table.t4 a.flag")) == 1
    for flag in page.select("a.flag"):
        assert page.select_one(str(flag["href"])) is not None
    assert len(page.select(".findings li")) == 3
    assert not soup(get, PLAIN).select("a.flag, .findings, tfoot")


def test_what_a_portal_wrote_cannot_act(get: Get) -> None:
    page = soup(get, ODD)
    assert not page.select("script, article img, article b")
    assert "<script>alert" in page.select_one("h1").get_text()  # type: ignore[union-attr]
    assert not [link for link in page.select("a[href]") if str(link["href"]).startswith("javascript")]
    assert "javascript:alert(1)" in page.get_text()


def test_sources_versions_and_the_rest_are_there(get: Get, database: Any) -> None:
    page = soup(get, ODD, "en")
    text = page.get_text(" ")
    capture = page.select_one('a[href^="/capture/"]')
    assert capture is not None
    assert str(capture["href"]).removeprefix("/capture/") in text
    assert "网站公开" in text
    assert "根据条例，特编制本报告。" in text
    assert "This section was not found in the report." in text
    assert "corrected" in text
    assert [link.get_text() for link in page.select(".years a")] == ["2020", "2022", "2023"]


@pytest.mark.parametrize(("language", "word"), [("zh", "推定"), ("en", "inferred")])
def test_inferred_values_beyond_the_form_are_marked_as_cells_are(get: Get, language: str, word: str) -> None:
    heading = soup(get, ODD, language).find(id="extra")
    assert heading is not None
    assert heading.parent is not None
    shown = [[cell.get_text(" ", strip=True) for cell in row("td")] for row in heading.parent("tr")[1:]]
    assert shown == [["条", "138 ·  · 无"], ["次", f"3 · 0 {word}"]]


def test_a_query_is_marked_in_the_text(get: Get) -> None:
    marks = soup(get, ODD, query="?q=%E7%8B%AC%E8%A7%92%E5%85%BD").select("mark")
    assert [mark.get_text() for mark in marks] == ["独角兽"]


@pytest.mark.parametrize("path", ["/report/nope", "/agency/nope", f"/capture/{'0' * 64}", "/no/such/page"])
def test_a_page_that_is_not_there_helps(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 404
    assert 'name="q"' in answer.text
    assert 'href="/archive/reports"' in answer.text


def test_eras_without_the_tables_have_none() -> None:
    assert paper(Era.A1, 3, "zh") is None
    assert paper(Era.C, 3, "zh") is paper(Era.C, 3, "zh")


def test_an_older_form_shows_what_there_is(get: Get, database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "archive.db"
    shutil.copy(database, copy)
    connection = sqlite3.connect(copy)
    connection.execute("update reports set era = 'A2', checks_failed = 0 where version_no = 3")
    connection.execute("update sections set status = 'missing', heading = null where report_id like '%0000-2022'")
    connection.execute("update sections set number = 7 where report_id like '%0000-2022' and number = 6")
    connection.execute("delete from cells where version_no = 3")
    items = dictionaries.item_ids()[Era.A2]
    for key, value, state, raw in (
        ("proactive_total", 812, State.NUMBER, "812条"),
        ("replies_total", None, State.BLANK, ""),
        ("requests_received", None, State.MISSING, None),
    ):
        code = dictionaries.state_codes()[state]
        insert = "insert into cells (version_no, item_id, value, state, raw, unit) values (3, ?, ?, ?, ?, null)"
        connection.execute(insert, (items[key, None], value, code, raw))
    rest = "insert into leftovers values ('u-0000000000-2022', 1, 'body', '一、概述')"
    connection.execute(rest)
    connection.commit()
    connection.close()
    site = make_site(copy)
    try:
        page = BeautifulSoup(get("/report/u-0000000000-2022", datasette=site).text, "lxml")
    finally:
        site.get_database("archive").close()
        site.executor.shutdown()
    assert not page.select("table.t2, table.t3, table.t4")
    annex = page.select_one("section[aria-labelledby=annex]")
    assert annex is not None
    assert [cell.get_text() for cell in annex.select("td")] == ["812 “812条”", "空白"]
    assert "2014年统计表" in page.get_text()
    assert page.select_one("details[open]") is not None
    assert "一、概述" in page.get_text()


def test_an_older_report_shows_all_of_its_parts_and_no_others(get: Get, database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "archive.db"
    shutil.copy(database, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("update reports set era = 'A0' where report_id = 'u-0000000000-2022'")
        connection.execute("update sections set number = 7 where number = 6")
        connection.execute("delete from sections where report_id = 'u-0000000000-2022' and number = 3")
        connection.execute("update sections set heading = null where report_id = 'u-0000000000-2022' and number = 2")
        connection.commit()
    site = make_site(copy)
    try:
        page = BeautifulSoup(get("/report/u-0000000000-2022", datasette=site).text, "lxml")
        found = BeautifulSoup(get("/search?q=信息&section=7", datasette=site).text, "lxml")
    finally:
        site.get_database("archive").close()
        site.executor.shutdown()
    assert [heading["id"] for heading in page.select("h2[id^=s]")] == ["s1", "s2", "s4", "s5", "s7"]
    contents = {line["value"]: line.get_text(strip=True) for line in page.select("ol.contents li")}
    assert (contents["2"], contents["7"]) == ("第 2 部分", "六、其他需要报告的事项")
    assert "第 7 部分" in found.get_text()
