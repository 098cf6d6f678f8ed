"""From a number to its place in the original: marked where it was read; a kind answer where it cannot be shown."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from archive.models import Grid, GridCell, Paragraph
from archive.originals.seen import Seen
from archive.site.pages import originals
from archive.site.pages.report.original import Number, shown
from archive.site.pages.report.places import place_text, place_words
from archive.site.worker import make_site
from tests.site.conftest import Get

REPORT = "/report/u-0000000000-2023"
SOURCE = f"{REPORT}/cell/review_upheld/source"


def soup(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "lxml")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_number_leads_to_its_place_in_the_original(get: Get, language: str) -> None:
    report = soup(get(REPORT, language=language))
    links = [str(link["href"]) for link in report.select("table.paper td > a:not(.flag)")]
    assert len(links) == 200
    assert len([link for link in links if link.endswith("/source#here")]) == 199  # one is missing: it has no place
    page = soup(get(SOURCE, language=language))
    [here] = page.select("#here")
    assert here.get_text() == "4"
    assert here.name == "td"
    table = here.find_parent("table")
    assert table is not None
    lit = [head.get_text() for head in table.select("th.along")]
    place = page.select_one("dl.facts").get_text(" ")
    assert len(lit) == 2
    assert all(number in place for number in lit)
    assert not page.select(".notice.bad")


def test_other_numbers_of_the_original_lead_to_their_own_place(get: Get) -> None:
    page = soup(get(SOURCE))
    links = page.select(".as-read td > a")
    assert len({str(link["href"]) for link in links}) == len(links) > 150
    assert SOURCE not in {str(link["href"]).partition("#")[0] for link in links}
    for link in links[::60]:
        [there] = soup(get(str(link["href"]).partition("#")[0])).select("#here")
        assert there.get_text() == link.get_text()


def test_nothing_that_the_original_says_acts(get: Get) -> None:
    answer = get(SOURCE)
    assert "<img" not in answer.text
    assert "&lt;img src=x onerror=alert(4)&gt;" in answer.text
    assert "<script" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]


@contextmanager
def changed(database: Path, folder: Path, sql: str) -> Iterator[Any]:
    """A site on a copy of the archive that was changed, beside the captures."""
    copy = folder / "generations" / "1" / "archive.db"
    copy.parent.mkdir(parents=True)
    shutil.copy(database, copy)
    shutil.copytree(database.parents[2] / "warc", folder / "warc")
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(sql)
        connection.commit()
    site = make_site(copy)
    try:
        yield site
    finally:
        site.get_database("archive").close()
        site.executor.shutdown()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("update cells set raw = '5' where raw = '4' and version_no = 1", "记录的不同"),
        ("update cells set place = 900010001 where value = 4 and version_no = 1", "没有找到记录的位置"),
        ("update reports set read_by = 'ocr'", "字符识别"),
        ("update captures set offset = offset + 7", "存放的字节与记录不符"),
        ("update captures set warc = 'gone.warc.gz'", "没有存放这份原件的 WARC 文件"),
    ],
)
def test_what_cannot_be_shown_or_is_not_so_is_named(
    get: Get, database: Path, tmp_path: Path, sql: str, said: str
) -> None:
    with changed(database, tmp_path, sql) as site:
        answer = get(SOURCE, datasette=site)
    page = soup(answer)
    assert answer.status_code == (500 if "字节" in said else 200)
    [notice] = [one.get_text() for one in page.select(".original .notice")]
    assert said in notice
    assert page.select_one(".figure").get_text().split()[0] == "4"  # what is known of the number is told all the same


def test_who_cannot_be_served_now_is_told_to_come_again(
    get: Get, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with changed(database, tmp_path, "select 1") as site:
        monkeypatch.setattr(originals.Desk, "waiting", originals.READERS + originals.MOST_WAITING)
        assert get(SOURCE, datasette=site).status_code == 503
        monkeypatch.setattr(originals.Desk, "waiting", 0)
        monkeypatch.setattr(originals, "SECONDS", 0.001)
        late = get(SOURCE, datasette=site)
        assert late.status_code == 503
        assert "超过了本页允许的时间" in late.text
        monkeypatch.setattr(originals, "SECONDS", 20.0)
        assert get(SOURCE, datasette=site).status_code == 200
        assert originals.Desk.waiting == 0


def test_an_original_is_read_once(get: Get, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with changed(database, tmp_path, "select 1") as site:
        assert get(SOURCE, datasette=site).status_code == 200
        refuse: Callable[..., Any] = lambda *_, **__: pytest.fail("read again")  # noqa: E731
        monkeypatch.setattr(originals, "_read", refuse)
        assert get(f"{REPORT}/cell/rules_issued/source", datasette=site).status_code == 200


def test_a_number_that_is_not_there_has_no_source(get: Get) -> None:
    assert get(f"{REPORT}/cell/no_such_key/source").status_code == 404
    assert get("/report/nobody-2023/cell/rules_issued/source").status_code == 404
    assert "Disallow: /report/*/source" in get("/robots.txt").text


def test_a_place_is_said_in_the_language_of_the_page() -> None:
    assert place_words(200_040_010) == "table 2, row 4, column 10"
    assert place_text(200_040_010, "zh") == place_text("table 2, row 4, column 10", "zh")
    assert place_text("page 3, table 1, row 2, column 5", "zh") == "原件第 3 页，第 1 个表格，第 2 行，第 5 列"
    assert place_text("sheet 表一, 二, row 9, column 2", "en") == "source: sheet “表一, 二”, row 9, column 2"
    assert place_text("line 12", "zh") == "原件第 12 行文字"
    assert place_text(None, "zh") == ""


def test_a_number_in_a_line_of_text_is_marked_in_it() -> None:
    seen = Seen("text", "utf-8", (Paragraph("收到 <'申请'> 12 件，办结 3 件", "line 3"), Paragraph("12", "line 4")))
    drawn = shown(seen, "line 3", "12", {}, "zh")
    page = BeautifulSoup(drawn.html, "lxml")
    assert (drawn.found, drawn.same) == (True, True)
    assert [mark.get_text() for mark in page.select("mark#here")] == ["12"]
    assert page.p.get_text() == "收到 <'申请'> 12 件，办结 3 件"
    other = BeautifulSoup(shown(seen, "line 3", "3", {}, "zh").html, "lxml")
    assert (other.mark.get_text(), other.p.get_text()) == ("3", page.p.get_text())
    assert not shown(seen, "line 3", "13", {}, "zh").same
    assert not shown(seen, "", "", {}, "zh").found


def test_rows_of_a_sheet_have_the_numbers_of_the_sheet() -> None:
    rows = tuple(
        (GridCell("a", at, 0, 1, 1, f"sheet 表, row {number}, column 2"), GridCell("7", at, 1, 1, 1, ""))
        for at, number in enumerate((4, 9))
    )
    seen = Seen("sheet", None, (Grid(rows, "sheet 表, table 1"),))
    numbers = {"sheet 表, row 9, column 2": Number("名", "/x?a=1&b=2#here")}
    page = BeautifulSoup(shown(seen, "sheet 表, row 4, column 2", "a", numbers, "zh").html, "lxml")
    assert [head.get_text() for head in page.select("th[scope=row]")] == ["4", "9"]
    assert [head.get_text() for head in page.select("thead th")] == ["2", ""]
    assert [head.get_text() for head in page.select("th.along")] == ["2", "4"]
    assert [str(link["href"]) for link in page.select("td > a")] == ["/x?a=1&b=2#here"]
    assert page.caption is not None
    assert page.caption.get_text() == "工作表“表”，第 1 个表格"
