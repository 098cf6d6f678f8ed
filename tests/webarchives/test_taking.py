"""Captures of other tools: taken once, with their dates and bytes, and everything passed over has a reason."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.captures import CaptureStore
from archive.ledger import Ledger
from archive.models import Level, Outcome, Portal, Role
from archive.parsing import Work, bytes_of
from archive.registry import Registry, load_divisions
from archive.route import exchanging
from archive.webarchives.foreign import NotAWebArchive, files_below
from archive.webarchives.taking import Summary, take_in
from archive.webarchives.wacz import write_wacz
from tests.readers.test_picture_size import jpeg
from tests.route.crawled import HOST, crawled

PAGE = "<html><body>滕州市水务局2021年政府信息公开工作年度报告</body></html>".encode()


def registry_with(*hosts: str) -> Registry:
    portals = {
        f"p{number}": Portal(f"p{number}", "滕州市人民政府", "370481", Level.COUNTY, f"http://{host}/")
        for number, host in enumerate(hosts)
    }
    return Registry(portals, {}, load_divisions(), {})


def warc(path: Path, *answers: tuple[str, bytes, list[tuple[str, str]], str]) -> Path:
    """A WARC file as another library writes it: (path or URL, body, headers, status)."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "another tool"}))
        for place, body, headers, status in answers:
            url = place if "://" in place or place.startswith("dns:") else f"http://{HOST}/{place}"
            http = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
            dated = {"WARC-Date": "2023-04-05T06:07:08Z"}
            record = writer.create_warc_record(
                url, "response", BytesIO(body), http_headers=http, warc_headers_dict=dated
            )
            writer.write_record(record)
            record.raw_stream.close()
    return path


HTML = [("Content-Type", "text/html; charset=utf-8")]


def taken(tmp_path: Path, *files: Path, hosts: tuple[str, ...] = (HOST,)) -> Summary:
    with Ledger(tmp_path / "ledger.db") as ledger, CaptureStore(tmp_path / "warc") as store:
        return take_in(ledger, store, registry_with(*hosts), files)


def held(tmp_path: Path) -> dict[str, bytes]:
    """The documents in DATA by address."""
    with Ledger(tmp_path / "ledger.db") as ledger:
        store = CaptureStore(tmp_path / "warc")
        return {
            capture.url.rpartition("/")[2]: store.read(capture.warc, capture.offset).payload
            for capture in ledger.captures()
        }


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:])) + b"0\r\n\r\n"


def test_every_coding_comes_out_as_the_document(tmp_path: Path) -> None:
    file = warc(
        tmp_path / "foreign.warc.gz",
        ("plain", PAGE, HTML, "200 OK"),
        ("chunked", chunked(PAGE), [*HTML, ("Transfer-Encoding", "chunked")], "200 OK"),
        ("unchunked", PAGE, [*HTML, ("Transfer-Encoding", "chunked")], "200 OK"),
        ("gzip", gzip.compress(PAGE), [*HTML, ("Content-Encoding", "gzip")], "200 OK"),
        ("unpacked", PAGE, [*HTML, ("Content-Encoding", "gzip")], "200 OK"),
        (
            "both",
            chunked(gzip.compress(PAGE)),
            [*HTML, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")],
            "200 OK",
        ),
        ("a.doc", b"\xd0\xcf\x11\xe0", [("Content-Type", "application/msword")], "200 OK"),
    )
    summary = taken(tmp_path, file)
    assert (summary.taken, dict(summary.passed)) == (7, {})
    documents = held(tmp_path)
    assert documents.pop("a.doc") == b"\xd0\xcf\x11\xe0"
    assert set(documents.values()) == {PAGE}


def test_what_is_passed_over_has_a_reason(tmp_path: Path) -> None:
    file = warc(
        tmp_path / "foreign.warc.gz",
        ("gone", b"", HTML, "404 Not Found"),
        ("moved", b"", [("Location", "/a")], "301 Moved"),
        ("style.css", b"a{}", [("Content-Type", "text/css")], "200 OK"),
        ("nothing", b"", HTML, "200 OK"),
        ("robots.txt", b"User-agent: *", [("Content-Type", "text/plain")], "200 OK"),
        ("http://clone.example/a", PAGE, HTML, "200 OK"),
    )
    summary = taken(tmp_path, file)
    assert summary.taken == 0
    assert dict(summary.passed) == {
        "status 404": 1,
        "status 301": 1,
        "no document": 2,
        "empty": 1,
        "host of no portal": 1,
    }
    assert dict(summary.hosts) == {"clone.example": 1}
    assert held(tmp_path) == {}


def test_dates_and_roles_are_those_of_the_archive(tmp_path: Path) -> None:
    taken(
        tmp_path,
        warc(
            tmp_path / "foreign.warc.gz",
            ("a", PAGE, HTML, "200 OK"),
            ("b.pdf", b"%PDF", [("Content-Type", "application/pdf")], "200 OK"),
        ),
    )
    with Ledger(tmp_path / "ledger.db") as ledger:
        captures = list(ledger.captures())
        assert {capture.fetched_at for capture in captures} == {"2023-04-05T06:07:08.000Z"}
        assert [capture.role for capture in captures] == [Role.ARTICLE, Role.ATTACHMENT]
        assert {capture.portal for capture in captures} == {"p0"}
        assert [url.outcome for url in ledger.urls()] == [Outcome.OK, Outcome.OK]
        assert [run.crawled for run in ledger.runs()] == [False]


def test_taking_twice_takes_once(tmp_path: Path) -> None:
    file = warc(tmp_path / "foreign.warc.gz", ("a", PAGE, HTML, "200 OK"), ("b", PAGE, HTML, "200 OK"))
    assert taken(tmp_path, file).taken == 2
    again = taken(tmp_path, file)
    assert (again.taken, dict(again.passed)) == (0, {"held already": 2})


def test_a_page_that_the_crawler_knows_keeps_its_standing(tmp_path: Path) -> None:
    file = warc(tmp_path / "foreign.warc.gz", ("a", b"<p>of 2023</p>", HTML, "200 OK"))
    with crawled(tmp_path) as data:
        later = data.fetch("a", b"<p>of 2026</p>")
        before = data.ledger.url(f"http://{HOST}/a")
    taken(tmp_path, file)
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.url(f"http://{HOST}/a") == before
        assert len(list(ledger.captures(url=f"http://{HOST}/a"))) == 2
        latest = ledger.last_capture(f"http://{HOST}/a")
        assert latest is not None
        assert later is not None
        assert latest.sha256 == later.sha256


def test_a_host_of_two_portals_is_nobodys(tmp_path: Path) -> None:
    file = warc(tmp_path / "foreign.warc.gz", ("a", PAGE, HTML, "200 OK"))
    assert dict(taken(tmp_path, file, hosts=(HOST, HOST)).passed) == {"host of no portal": 1}


def test_our_own_wacz_comes_back_byte_for_byte(tmp_path: Path) -> None:
    with crawled(tmp_path / "here") as data:
        data.fetch("a", PAGE)
        data.fetch("b", b"\x00\xff" * 5000, role=Role.ATTACHMENT)
        write_wacz(data.ledger, data.store, "tz", tmp_path / "tz.wacz", title="滕州")
    assert taken(tmp_path / "there", tmp_path / "tz.wacz").taken == 2
    assert held(tmp_path / "there") == held(tmp_path / "here")


def test_damage_ends_its_file_and_no_other(tmp_path: Path) -> None:
    broken = warc(tmp_path / "a.warc.gz", ("a", PAGE, HTML, "200 OK"), ("b", PAGE, HTML, "200 OK"))
    data = broken.read_bytes()
    second = data.index(b"\x1f\x8b", data.index(b"\x1f\x8b", 10) + 10)
    broken.write_bytes(data[:second] + b"this is no record\r\n" + data[second:])
    sound = warc(tmp_path / "b.warc.gz", ("c", PAGE, HTML, "200 OK"))
    summary = taken(tmp_path, broken, sound)
    assert "c" in held(tmp_path)
    assert summary.passed["damaged"] == 1
    assert "a.warc.gz" in summary.damaged[0]


def test_what_holds_no_archive_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(NotAWebArchive, match=r"\.warc\.gz"):
        files_below(tmp_path)


def test_one_of_several_that_is_no_archive_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as package:
        package.writestr("readme.txt", "no captures")
    whole = warc(tmp_path / "b.warc.gz", ("b", PAGE, HTML, "200 OK"))
    found = taken(tmp_path, tmp_path / "a.wacz", whole)
    assert found.taken == 1
    assert "a.wacz is a zip file without WARC files" in found.damaged[0]


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    file = warc(tmp_path / "foreign.warc.gz", ("a", PAGE, HTML, "200 OK"))
    portals = tmp_path / "portals.csv"
    portals.write_text(
        "id,name,division,level,home_url,annual_report_url,platform,notes\n"
        f"tz,滕州市人民政府,370481,county,http://{HOST}/,,,made up\n",
        "utf-8",
    )
    summary = exchanging.import_captures(tmp_path / "data", [file], portals=portals, dry_run=True)
    assert summary.taken == 1
    assert not (tmp_path / "data" / "warc").exists()
    assert exchanging.import_captures(tmp_path / "data", [file], portals=portals).taken == 1


REPORT = "滕州市水务局2021年政府信息公开工作年度报告"
SHOWING = f"<html><title>{REPORT}_滕州市人民政府</title><body><img src='pic/P%31.jpg'></body></html>".encode()
LIST = "<html><title>政府信息公开年报</title><body><img src='pic/banner.jpg'></body></html>".encode()
JPEG = [("Content-Type", "image/jpeg")]
PICTURED = {
    "nb/a.html": (SHOWING, HTML),
    "nb/pic/P1.jpg": (jpeg(1000, 1400), JPEG),
    "nb/pic/banner.jpg": (jpeg(1200, 400), JPEG),
    "nb/": (LIST, HTML),
}


@pytest.mark.parametrize("order", [list(PICTURED), list(reversed(PICTURED))])
@pytest.mark.parametrize("apart", [False, True])
def test_a_page_is_taken_with_the_pictures_that_it_shows(tmp_path: Path, order: list[str], apart: bool) -> None:
    answers = [(place, *PICTURED[place], "200 OK") for place in order]
    groups = [[answer] for answer in answers] if apart else [answers]
    files = [warc(tmp_path / f"{number}.warc.gz", *group) for number, group in enumerate(groups)]
    summary = taken(tmp_path, *files)
    assert (summary.taken, dict(summary.passed)) == (3, {"no document": 1})
    with Ledger(tmp_path / "ledger.db") as ledger, CaptureStore(tmp_path / "warc") as store:
        (shown,) = ((page, picture.url) for page, picture, _ in ledger.pictures())
        assert shown == (f"http://{HOST}/nb/a.html", f"http://{HOST}/nb/pic/P1.jpg")
        (page,) = (c for c in Work(ledger).captures() if c.url.endswith("a.html"))
        assert bytes_of(store, page) == (SHOWING, ((shown[1], jpeg(1000, 1400)),))
    again = taken(tmp_path, *files)
    assert (again.taken, dict(again.passed)) == (0, {"held already": 3, "no document": 1})


def test_a_picture_too_small_for_a_table_is_no_document(tmp_path: Path) -> None:
    answers = [("nb/a.html", SHOWING, HTML, "200 OK"), ("nb/pic/P1.jpg", jpeg(90, 30), JPEG, "200 OK")]
    assert dict(taken(tmp_path, warc(tmp_path / "f.warc.gz", *answers)).passed) == {"no document": 1}


def test_an_archive_without_answers_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    told = taken(tmp_path, tmp_path / "empty.warc.gz", warc(tmp_path / "info.warc.gz"))
    assert (told.answers, told.without_answers) == (0, ["empty.warc.gz", "info.warc.gz"])


def test_nothing_is_made_for_files_without_answers(tmp_path: Path) -> None:
    empty, none, other = tmp_path / "empty.warc.gz", tmp_path / "none.warc", tmp_path / "a.wacz"
    empty.write_bytes(b"")
    none.write_bytes(b"no archive")
    with zipfile.ZipFile(other, "w") as package:
        package.writestr("readme.txt", "no captures")
    told = exchanging.import_captures(tmp_path / "data", [empty, none, other])
    assert (told.taken, told.without_answers, len(told.damaged)) == (0, ["empty.warc.gz"], 2)
    with pytest.raises(NotAWebArchive):
        exchanging.import_captures(tmp_path / "data", [other])
    assert not (tmp_path / "data").exists()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """A folder of pages over HTTP."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_bytes(b'<html><a href="a.html">2021</a></html>')
    (pages / "a.html").write_bytes(PAGE)
    handler = partial(SimpleHTTPRequestHandler, directory=str(pages))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_what_wget_wrote_is_taken(tmp_path: Path, served: str) -> None:
    subprocess.run(
        ["wget", "-q", "-r", "--no-proxy", "-P", "mirror", "--warc-file=mirror", f"http://{served}/"],
        cwd=tmp_path,
        check=True,
    )
    summary = taken(tmp_path, tmp_path / "mirror.warc.gz", hosts=(served,))
    assert summary.taken == 2
    assert held(tmp_path)["a.html"] == PAGE
