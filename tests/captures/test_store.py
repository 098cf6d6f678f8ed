"""The WARC store: what goes in comes out, on the disk before it is acknowledged."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastArchiveIterator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.captures import CaptureStore, StoreLocked
from tests.captures.pages import PAGE, PLAIN, assert_clean, ends, page


def test_an_exchange_comes_back_as_it_was_received(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(PAGE)
        back = store.read(location.warc, location.offset)
    assert back.url == PAGE.url
    assert (back.http_version, back.status, back.reason) == ("HTTP/1.1", 200, "OK")
    assert back.headers == PAGE.headers
    assert back.body == PAGE.body
    assert back.payload.decode("gbk") == "石溪县水务局2022年政府信息公开工作年度报告"
    assert back.problem is None
    assert back.fetched_at == PAGE.fetched_at
    assert back.ip_address == "192.0.2.7"
    assert back.length == location.length
    assert location.sha256 == hashlib.sha256(back.payload).hexdigest()


def test_other_libraries_read_the_file(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        for number in range(3):
            store.append(page(number))
        store.append(replace(PAGE, truncated="length"))
        name = store.files()[0]
    assert_clean(tmp_path)
    with (tmp_path / name).open("rb") as stream:
        records = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI")) for record in ArchiveIterator(stream)
        ]
    assert [kind for kind, _ in records] == ["warcinfo", *["request", "response"] * 4]
    with (tmp_path / name).open("rb") as stream:
        last = list(FastArchiveIterator(BytesIO(stream.read())))[-1]
    assert last.headers["WARC-Truncated"] == "length"
    assert last.headers["WARC-IP-Address"] == "192.0.2.7"


def test_the_request_is_kept_with_its_query_and_host(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(replace(PAGE, method="POST", request_body=b"page=2"))
        response_id = store.read(location.warc, location.offset).record_id
    with (tmp_path / location.warc).open("rb") as stream:
        records = [record for record in ArchiveIterator(stream, no_record_parse=True) if record.rec_type == "request"]
        assert records[0].rec_headers.get_header("WARC-Concurrent-To") == response_id
    with (tmp_path / location.warc).open("rb") as stream:
        blocks = [r.raw_stream.read() for r in ArchiveIterator(stream, no_record_parse=True) if r.rec_type == "request"]
    assert blocks == [
        b"POST /zwgk/xxgknb/202301/t20230117_1000001.html?a=1&b=2 HTTP/1.1\r\nHost: www.shixi.example\r\n"
        b"User-Agent: gongkai (+http://archive.example/)\r\n\r\npage=2"
    ]


def test_each_record_is_one_gzip_member_and_read_at_random(tmp_path: Path) -> None:
    pages = [page(number, size=random.Random(number).randrange(40_000)) for number in range(40)]
    with CaptureStore(tmp_path) as store:
        locations = [store.append(item) for item in pages]
        for index in random.Random(1).sample(range(40), 40):
            at = locations[index]
            assert store.read(at.warc, at.offset).body == pages[index].body
            member = (tmp_path / at.warc).read_bytes()[at.offset : at.offset + at.length]
            assert gzip.decompress(member).startswith(b"WARC/1.1\r\nWARC-Type: response\r\n")


token = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!#$", min_size=1, max_size=20)
latin = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    body=st.binary(max_size=3000),
    headers=st.lists(st.tuples(token.filter(lambda name: not name.lower().startswith("x-archive-orig")), latin)),
    status=st.integers(100, 999),
    reason=latin,
    path=st.text(max_size=30).map(lambda text: "".join(text.split())),
)
def test_whatever_goes_in_comes_out(
    tmp_path: Path, body: bytes, headers: list[tuple[str, str]], status: int, reason: str, path: str
) -> None:
    given_page = replace(
        PAGE, body=body, headers=tuple(headers), status=status, reason=reason, url=f"http://shixi.example/{path}"
    )
    with CaptureStore(tmp_path) as store:
        location = store.append(given_page)
        back = store.read(location.warc, location.offset)
    assert back.headers == given_page.headers
    assert (back.status, back.reason, back.body, back.url) == (status, reason, body, given_page.url)


def test_line_breaks_cannot_forge_a_header(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(replace(PLAIN, headers=(("X-A", "one\r\n\r\n<script>"), ("X-B", "two\nthree"))))
        back = store.read(location.warc, location.offset)
    assert back.headers == (("X-A", "one    <script>"), ("X-B", "two three"))
    assert back.body == PLAIN.body


def test_text_beyond_latin_1_in_a_header_is_kept_as_utf_8(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(replace(PLAIN, headers=(("Title", "年报"),)))
        back = store.read(location.warc, location.offset)
    assert back.headers[0][1].encode("latin-1").decode() == "年报"


def test_files_rotate_and_sort_by_age(tmp_path: Path) -> None:
    with CaptureStore(tmp_path, max_file_bytes=6000) as store:
        locations = [store.append(page(number)) for number in range(7)]
        names = store.files()
        assert len(names) >= 3
        assert list(dict.fromkeys(location.warc for location in locations)) == names
        assert all((tmp_path / name).stat().st_size <= 6000 for name in names)
        assert [store.read(at.warc, at.offset).body for at in locations] == [page(n).body for n in range(7)]
    assert_clean(tmp_path)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as first, CaptureStore(tmp_path) as second:
        at = first.append(PLAIN)
        with pytest.raises(StoreLocked, match="another process"):
            second.append(PLAIN)
        with pytest.raises(StoreLocked):
            second.cut_torn_tail({})
        assert second.read(at.warc, at.offset).body == PLAIN.body
        first.close()
        second.append(PLAIN)


def test_a_new_store_never_appends_to_a_file_whose_end_it_has_not_checked(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        first = store.append(PLAIN)
    with CaptureStore(tmp_path) as store:
        second = store.append(PLAIN)
    with CaptureStore(tmp_path) as store:
        report = store.cut_torn_tail(ends([first, second]))
        third = store.append(PLAIN)
    assert report.bytes_cut == 0
    assert first.warc < second.warc == third.warc


def test_problems_of_the_coding_are_told(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(replace(PAGE, body=PAGE.body[:-12]))
        assert location.problem is not None
        assert "cut short" in location.problem
        assert store.read(location.warc, location.offset).problem == location.problem


def test_with_fsync_the_bytes_are_on_the_disk_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: synced.append(os.fstat(fd).st_size) or real(fd))
    with CaptureStore(tmp_path, fsync=True) as store:
        at = [store.append(page(number)) for number in range(2)]
    assert synced == [location.offset + location.length for location in at]
