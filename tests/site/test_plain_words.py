"""Readers are told in words, not in codes of the program; and what was not counted is not told as a count."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from archive.site.worker import make_site
from tests.site.conftest import Get

ODD, PLAIN, SCANNED = "u-0000000000-2023", "u-0000000000-2020", "u-0000000000-2022"
MEETING = "row result_granted_full and column total differ by the same amount: their cell is the suspect"
BY_PORTAL = "agency: not named in the report; taken to be 云溪县人民政府, the only one of portal yunxi"


@pytest.fixture(scope="module")
def changed(get: Get, database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Get]:
    """Asks the site of an archive in which one report has no table, another a change and an open check."""
    copy = tmp_path_factory.mktemp("words") / "archive.db"
    shutil.copy(database, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("update reports set era = 'A0', cells_total = 0 where report_id = ?", (PLAIN,))
        connection.execute("delete from portal_nights")
        connection.execute("update checks set note = ? where check_no = 2", (MEETING,))
        connection.execute("update reports set warnings = json_array(?) where report_id = ?", (BY_PORTAL, ODD))
        connection.execute(
            "update checks set status = (select code from statuses where status = 'undetermined') where status ="
            " (select code from statuses where status = 'pass')"
        )
        connection.execute(
            "insert into changes (change_id, report_id, changed_at, kind, key, applicant, before, after)"
            " values ('c2', ?, '2026-01-02T00:00:00Z', 'cell', 'requests_received', 'total', '1', ''),"
            " ('c3', ?, '2026-01-02T00:00:00Z', 'cell', 'requests_received', 'other_org', null, '2')",
            (ODD, ODD),
        )
        connection.execute("update reports set read_by = 'ocr' where report_id = ?", (SCANNED,))
        connection.commit()
    site = make_site(copy)
    yield lambda path, language="zh-CN": get(path, language, datasette=site)
    site.get_database("archive").close()
    site.executor.shutdown()


def told(get: Get, path: str, selector: str, language: str = "zh-CN") -> list[str]:
    page = BeautifulSoup(get(path, language).text, "lxml")
    return [found.get_text(" ", strip=True) for found in page.select(selector)]


def test_a_warning_is_told_in_the_language_of_the_page(changed: Get) -> None:
    (chinese,) = told(changed, f"/report/{ODD}", "div.notice li")
    (english,) = told(changed, f"/report/{ODD}", "div.notice li", "en")
    assert "没有写明是哪个机关的" in chinese
    assert "does not say whose it is" in english


def test_a_change_names_the_number_and_not_its_key(changed: Get) -> None:
    changes = [line for line in told(changed, f"/report/{ODD}", "#versions ~ details li") if " → " in line]
    assert any("一、本年新收政府信息公开申请数量 · 总计 · 1 → 空白" in change for change in changes)
    assert any("一、本年新收政府信息公开申请数量 · 其他 · – → 2" in change for change in changes)


def test_a_cell_where_a_row_and_a_column_fail_alike_is_named(changed: Get) -> None:
    (failure,) = [line for line in told(changed, f"/report/{ODD}", ".findings li") if "疑点" in line]
    assert "（一）予以公开 · 总计" in failure


def test_of_a_scan_it_is_not_said_what_the_source_prints(changed: Get) -> None:
    number = f"/report/{SCANNED}/cell/requests_received/total"
    for path in (f"/report/{SCANNED}", number):
        text = changed(path).text
        assert "图像上识别出" in text
        assert "原件印着的数字。" not in text
    assert "识别出的文字" in told(changed, number, "dt")


def test_checks_that_could_not_be_decided_are_not_among_those_applied(changed: Get) -> None:
    assert told(changed, f"/report/{ODD}", ".source dd")[0] == "3 项校验中 3 项不成立 · 1 项因缺数无法判断"


def test_a_report_without_tables_has_no_counts_and_no_links_to_empty_tables(changed: Get) -> None:
    links = BeautifulSoup(changed(f"/report/{PLAIN}").text, "lxml").select("ul.actions a")
    assert not [link for link in links if "statistics" in str(link["href"])]
    (row,) = [row for row in told(changed, "/agency/u-0000000000", "table tr") if "无表格" in row]
    assert "无表格 — 1" in row


def test_units_are_told_in_english(get: Get) -> None:
    path = f"/report/{PLAIN}/cell/requests_received/total"
    assert told(get, path, ".figure .soft", "en") == ["件 (items)"]
    assert told(get, path, ".figure .soft") == ["件"]
    assert "unit 件 (items)" in told(get, f"/report/{PLAIN}", "table.t3 caption", "en")[0]


def test_a_rule_to_filter_by_says_what_should_hold(get: Get) -> None:
    rules = told(get, "/findings", ".filters-side .says")
    assert "各类申请人之和等于总计" in rules


def test_a_query_that_is_refused_may_be_corrected_where_it_is(get: Get) -> None:
    path = "/archive?sql=selec+1"
    assert told(get, path, "form[action='/archive'] textarea#sql") == ["selec 1"]
    assert "缩小范围" not in get(path).text
    endless = "with recursive c(x) as (select 1 union all select x%2b1 from c) select count(*) from c"
    assert "缩小范围" in get(f"/archive?sql={endless}").text


def test_an_empty_table_has_no_rows_and_is_not_left_without_a_number(get: Get) -> None:
    (empty,) = [line for line in told(get, "/archive", "ul.items li") if " text_changes " in line]
    assert " 0 行 " in empty


def test_a_portal_that_nobody_crawled_is_not_said_to_have_had_no_good_night(changed: Get) -> None:
    assert "近六十次抓取中没有" not in changed("/portals").text
    assert told(changed, "/portal/yunxi", ".facts dd")[-1] == "尚未抓取此网站。"


def test_all_that_were_late_leads_to_those_only(get: Get) -> None:
    page = BeautifulSoup(get("/").text, "lxml")
    (late,) = [str(link["href"]) for link in page.select("a") if link.get_text() == "全部逾期"]
    assert "timeliness=late" in late
