"""Home, search, agency and capture pages."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from archive.search import brute_force
from archive.site import database as site_database
from archive.site.pages import search
from archive.site.pages.capture import warc_directory
from archive.site.pages.search import LAST_PAGE, LONGEST_QUERY, read_wish
from archive.site.worker import make_site
from tests.site.conftest import REPORTS, Get

ODD = "u-0000000000-2023"


def soup(get: Get, path: str, language: str = "zh") -> BeautifulSoup:
    answer = get(path, language=language)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def stored(database: Path, sql: str) -> list[sqlite3.Row]:
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


# ------------------------------------------------------------------ home


def test_home_says_what_is_held_and_what_is_wrong(get: Get) -> None:
    page = soup(get, "/", "en")
    figures = [figure.get_text() for figure in page.select(".figures dd")]
    assert figures[0] == str(REPORTS)
    assert figures[3] == "2020–2023"
    assert "2025-02-02 03:04" in figures[5]
    assert "Generation 1" in page.get_text()
    coverage = [[cell.get_text() for cell in row.select("th, td")][:3] for row in page.select("section table tbody tr")]
    assert coverage == [["2023", "8", "0"], ["2022", "8", "0"], ["2021", "0", "1"], ["2020", "8", "0"]]
    trouble = page.select_one("section[aria-labelledby=troubled]")
    assert trouble is not None
    assert "寒山县人民政府" in trouble.get_text()
    assert "blocked 1" in trouble.get_text()
    assert "云溪市人民政府" not in trouble.get_text()  # two missing pages are no trouble
    changed = page.select_one("section[aria-labelledby=changed]")
    assert changed is not None
    assert changed.select_one("a")["href"] == f"/report/{ODD}#versions"  # type: ignore[index]


# ------------------------------------------------------------------ search


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("公开", ""),
        ("公開", "&year=2020"),
        ("土地征收", "&section=3"),
        ("公开", "&year=2022&section=1&level=county"),
        ("公开", "&level=province"),
        ("独角兽", ""),
        ("信访 -土地", "&sort=new"),
    ],
)
def test_search_counts_what_a_scan_counts(get: Get, database: Path, query: str, filters: str) -> None:
    wanted = dict(part.split("=") for part in filters.split("&") if part)
    rows = stored(database, "select * from sections")
    expected = sum(
        brute_force(row["text"], query)
        and all(
            str(row["number" if name == "section" else name]) == value
            for name, value in wanted.items()
            if name != "sort"
        )
        for row in rows
    )
    page = soup(get, f"/search?q={quote(query)}{filters}", "en")
    said = page.select_one(".toolbar strong")
    assert said is not None
    assert said.get_text().split()[0].replace(",", "") == str(expected)
    assert len(page.select(".hits > li")) == min(20, expected)
    table = page.select_one(".toolbar a[href*='sections.json']")
    assert table is not None
    assert get(str(table["href"])).json()["filtered_table_rows_count"] == expected
    if expected:
        assert page.select(".hits mark")


def test_filters_are_links_with_the_counts_they_lead_to(get: Get) -> None:
    page = soup(get, "/search?q=%E5%85%AC%E5%BC%80&year=2020", "en")
    links = page.select(".filters-side li")
    assert links
    for item in links:
        link = item.select_one("a")
        assert link is not None
        if link.get("aria-current"):
            continue
        target = soup(get, str(link["href"]), "en").select_one(".toolbar strong")
        assert target is not None
        assert target.get_text().split()[0] == item.select_one(".number").get_text()  # type: ignore[union-attr]


def test_pages_of_results_follow_one_another(get: Get, database: Path) -> None:
    expected = sum(brute_force(row["text"], "公开") for row in stored(database, "select text from sections"))
    path: str | None = "/search?q=%E5%85%AC%E5%BC%80&sort=new"
    seen: list[str] = []
    years: list[int] = []
    while path:
        page = soup(get, path)
        seen += [str(link["href"]) for link in page.select(".hits h3 a")]
        years += [int(link.get_text()[-4:]) for link in page.select(".hits h3 a")]
        following = page.select_one(".pager a[rel=next]")
        path = str(following["href"]) if following else None
    assert len(seen) == len(set(seen)) == expected
    assert years == sorted(years, reverse=True)


def test_an_agency_of_that_name_is_offered(get: Get) -> None:
    assert soup(get, f"/search?q={quote('粮食局')}").select_one('a[href="/agency/u-0000000000"]')


@pytest.mark.parametrize("path", ["/search", "/search?q=", "/search?q=+&sort=new"])
def test_a_blank_search_explains_how_to_search(get: Get, path: str) -> None:
    assert soup(get, path).select(".help li")


def test_absurd_wishes_become_sensible() -> None:
    wish = read_wish(
        {"q": " 公  开\0" * 200, "year": "二〇二〇", "section": "7", "level": "galaxy", "page": "9" * 30, "sort": "x"}
    )
    assert len(wish.query) == LONGEST_QUERY
    assert wish.shortened
    assert set(wish.ignored) == {"year", "section", "level", "page"}
    assert (wish.year, wish.section, wish.level, wish.sort, wish.page) == (None, None, None, "rank", 1)
    assert read_wish({"page": "99999"}).page == LAST_PAGE


def test_nothing_found_and_pages_beyond_the_last_are_answered_kindly(get: Get) -> None:
    assert "没有章节含有这些字" in soup(get, f"/search?q={quote('没有的词')}").get_text()
    assert "没有这么多页" in soup(get, f"/search?q={quote('独角兽')}&page=40").get_text()
    hostile = get(f"/search?q={quote('<script>alert(1)</script>')}").text
    assert "<script>" not in hostile


# ------------------------------------------------------------------ agency


def test_an_agency_lists_its_reports_and_its_gaps(get: Get) -> None:
    page = soup(get, "/agency/u-0000000000", "en")
    assert [link.get_text() for link in page.select("tbody th a")] == ["2023", "2022", "2020"]
    assert "市粮食局" in page.get_text()
    assert "looked for, not on the portal" in page.get_text()


def test_an_agency_and_the_one_that_took_over_from_it_name_each_other(get: Get) -> None:
    old, new = soup(get, "/agency/u-0000000001", "en"), soup(get, "/agency/u-0000000000", "en")
    (link,) = old.select('dl.facts a[href="/agency/u-0000000000"]')
    assert "Succeeded by" in old.get_text()
    (back,) = new.select('dl.facts a[href="/agency/u-0000000001"]')
    assert "Took over from" in new.get_text()
    assert (link.get_text(), back.get_text()) == (new.h1.get_text(), old.h1.get_text())  # type: ignore[union-attr]


# ------------------------------------------------------------------ capture


def capture_path(database: Path) -> str:
    return f"/capture/{stored(database, f'select sha256 from reports where report_id = {ODD!r}')[0]['sha256']}"


def test_a_capture_is_handed_out_byte_by_byte_and_harmless(get: Get, database: Path) -> None:
    path = capture_path(database)
    answer = get(path)
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == path.rpartition("/")[2]
    assert b"<script>" in answer.content
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith("text/html")


def test_what_is_known_of_a_capture_has_a_page(get: Get, database: Path) -> None:
    page = get(f"{capture_path(database)}?_about=1")
    assert page.status_code == 200
    assert "gongkai-000001" in page.text
    other = get(f"/capture/{hashlib.sha256(b'2').hexdigest()}")  # its record is not where the archive says
    assert other.status_code in (200, 500)
    assert "attachment" not in other.headers.get("content-disposition", "")


def test_without_the_store_a_capture_page_says_where_the_bytes_stand(get: Get, database: Path, tmp_path: Path) -> None:
    shutil.copy(database, tmp_path / "archive.db")
    lonely = make_site(tmp_path / "archive.db")
    try:
        answer = get(capture_path(database), datasette=lonely)
        assert answer.status_code == 200
        assert "gongkai-000001" in answer.text
        assert "alert(3)" not in answer.text
    finally:
        lonely.get_database("archive").close()
        lonely.executor.shutdown()


def test_bytes_that_are_not_what_they_should_be_are_not_handed_out(
    get: Get, data: Path, database: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "generations" / "1" / "archive.db"
    copy.parent.mkdir(parents=True)
    shutil.copy(database, copy)
    shutil.copytree(data / "warc", tmp_path / "warc")
    [warc] = (tmp_path / "warc").glob("*.warc.gz")
    damaged = bytearray(warc.read_bytes())
    damaged[len(damaged) * 3 // 4] ^= 0xFF
    warc.write_bytes(damaged)
    site = make_site(copy)
    try:
        answer = get(capture_path(database), datasette=site)
        assert answer.status_code == 500
        assert "alert(3)" not in answer.text
    finally:
        site.get_database("archive").close()
        site.executor.shutdown()


def test_the_store_may_be_named_in_the_configuration(
    data: Path, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(database, tmp_path / "archive.db")
    plain = Datasette([str(tmp_path / "archive.db")])
    configured = Datasette([str(tmp_path / "archive.db")], metadata={"plugins": {"gongkai": {"data_dir": str(data)}}})
    try:
        assert warc_directory(plain) is None
        assert warc_directory(configured) == data / "warc"
        monkeypatch.setenv("GONGKAI_DATA", str(data))
        assert warc_directory(plain) == data / "warc"
    finally:
        plain.executor.shutdown()
        configured.executor.shutdown()


# ------------------------------------------------------------------ time


def test_results_that_cannot_be_counted_in_time_are_shown_without_counts(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "COUNT_MILLISECONDS", 0)
    page = soup(get, f"/search?q={quote('队伍建设')}", "en")
    assert page.select(".hits > li")
    assert "Too many to count in time" in page.get_text()


@pytest.mark.parametrize("path", [f"/search?q={quote('健全')}", f"/report/{ODD}", "/agency/u-0000000000"])
def test_a_page_that_takes_too_long_says_so(get: Get, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(site_database, "PAGE_MILLISECONDS", 0)
    answer = get(path, language="en")
    assert answer.status_code == 503
    assert "too long" in answer.text
