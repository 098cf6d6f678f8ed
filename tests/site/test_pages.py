"""Agency and capture pages."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from archive.captures import StoredResponse
from archive.site import database as site_database
from archive.site.pages.capture import Unavailable, load, warc_directory
from archive.site.worker import make_site
from tests.site.conftest import Get

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


# ------------------------------------------------------------------ agency


def test_an_agency_lists_its_reports_and_its_gaps(get: Get) -> None:
    page = soup(get, "/agency/u-0000000000", "en")
    assert [link.get_text() for link in page.select("#reports ~ .scroll tbody th a")][:3] == ["2023", "2022", "2020"]
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
    other = get(f"/capture/{hashlib.sha256(b'2').hexdigest()}")  # its file is not beside the archive
    assert other.status_code == 200
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


@pytest.mark.parametrize("named", ["text/html\r\nSet-Cookie: a=b", "html", "", '"'])
def test_a_type_that_is_none_is_plain_text(
    get: Get, data: Path, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("GONGKAI_DATA", str(data))
    path, copy = capture_path(database), tmp_path / "archive.db"
    shutil.copy(database, copy)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("update captures set media_type = ? where sha256 = ?", (named, path.rpartition("/")[2]))
    site = make_site(copy)
    try:
        answer = get(path, datasette=site)
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == "text/plain"
        assert "set-cookie" not in answer.headers
    finally:
        site.get_database("archive").close()
        site.executor.shutdown()


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


def test_a_record_is_read_under_its_own_name_and_digest_only(data: Path, database: Path) -> None:
    (row,) = stored(database, f"select c.* from captures c join reports r using (sha256) where report_id = {ODD!r}")
    whole = load(data / "warc", row["warc"], row["offset"], row["sha256"])
    assert isinstance(whole, StoredResponse)
    assert hashlib.sha256(whole.payload).hexdigest() == row["sha256"]
    upwards = f"../warc/{row['warc']}"
    for name, digest, detail in ((row["warc"], "0" * 64, "SHA-256"), (upwards, row["sha256"], upwards)):
        refused = load(data / "warc", name, row["offset"], digest)
        assert refused == Unavailable("capture.damaged", expected=False, detail=detail)


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


@pytest.mark.parametrize("path", [f"/report/{ODD}?asked=once", "/agency/u-0000000000?asked=once"])
def test_a_page_that_takes_too_long_says_so(get: Get, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(site_database, "PAGE_MILLISECONDS", 0)
    answer = get(path, language="en")
    assert answer.status_code == 503
    assert "too long" in answer.text
