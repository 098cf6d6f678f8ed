"""The WARC store: what goes in comes out, and damage is never taken for content."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import random
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastArchiveIterator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.captures import (
    CaptureStore,
    DamagedRecord,
    Location,
    MissingBytes,
    StoreLocked,
    StoreWriteError,
)
from archive.models import Capture, CapturedPage

PAGE = CapturedPage(
    url="http://www.shixi.example/zwgk/xxgknb/202301/t20230117_1000001.html?a=1&b=2",
    status=200,
    reason="OK",
    headers=(
        ("Server", "Apache-Coyote/1.1"),
        ("Content-Type", "text/html"),
        ("Set-Cookie", "a=1; path=/"),
        ("Set-Cookie", "b=2"),
        ("Location", "/".join(["", "年报".encode("gbk").decode("latin-1")])),
        ("Transfer-Encoding", "chunked"),
        ("Content-Encoding", "gzip"),
    ),
    body=gzip.compress("石溪县水务局2022年政府信息公开工作年度报告".encode("gbk"), mtime=0),
    fetched_at="2026-03-01T02:03:04Z",
    request_headers=(("User-Agent", "gongkai (+http://archive.example/)"),),
    ip_address="192.0.2.7",
)
PLAIN = replace(PAGE, headers=(("Content-Type", "text/html"),), body=b"<p>plain</p>")


def page(number: int, size: int = 2000) -> CapturedPage:
    body = random.Random(number).randbytes(size)
    return replace(PLAIN, url=f"http://www.shixi.example/{number}", body=body)


def capture_of(location: Location, role: None = None) -> Capture:
    return Capture(
        sha256=location.sha256,
        url="",
        fetched_at="",
        status=200,
        media_type="",
        warc=location.warc,
        offset=location.offset,
        length=location.length,
    )


def assert_clean(directory: Path, *, payloads: bool = True) -> None:
    """The two libraries of others find nothing wrong with any file.

    `payloads` False where there are revisits: FastWARC holds their payload digest, which is that of the original,
    against their own empty body.
    """
    for path in sorted(directory.rglob("*.warc.gz")):
        for command in (["warcio", "check", "-v"], ["fastwarc", "check", "-q", *(["-p"] if payloads else [])]):
            program = Path(sys.executable).with_name(command[0])
            result = subprocess.run([program, *command[1:], path], capture_output=True, text=True, check=False)
            assert result.returncode == 0, (command, path, result.stdout, result.stderr)


def ends(locations: list[Location]) -> dict[str, int]:
    committed: dict[str, int] = {}
    for location in locations:
        committed[location.warc] = max(committed.get(location.warc, 0), location.offset + location.length)
    return committed


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


# --------------------------------------------------------------------------- torn tails


def test_a_torn_tail_is_cut_wherever_it_tore(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        kept = [store.append(page(number, 300)) for number in range(3)]
        store.append(page(3, 300))
    path = tmp_path / kept[0].warc
    whole, end = path.read_bytes(), ends(kept)[kept[0].warc]
    for number, size in enumerate((end, end + 1, *range(end + 2, len(whole), 5), len(whole) - 1)):
        path.write_bytes(whole[:size])
        with CaptureStore(tmp_path) as store:
            report = store.cut_torn_tail(ends(kept))
            assert report.bytes_cut == size - end
            assert report.set_aside == ()
            assert path.stat().st_size == end
            if number % 25 == 1:
                added = store.append(page(4, 300))
                assert store.read(added.warc, added.offset).body == page(4, 300).body
                assert_clean(tmp_path)
            assert [store.read(at.warc, at.offset).body for at in kept] == [page(n, 300).body for n in range(3)]


def test_a_whole_answer_that_the_ledger_does_not_know_is_set_aside(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        kept, unknown = store.append(page(1)), store.append(page(2))
    before = (tmp_path / kept.warc).read_bytes()
    end = kept.offset + kept.length
    for _ in range(2):
        (tmp_path / kept.warc).write_bytes(before + b"\x1f\x8b\x08torn")
        with CaptureStore(tmp_path) as store:
            report = store.cut_torn_tail(ends([kept]))
        assert report.cut == {kept.warc: len(before) + 7 - end}
        (aside,) = report.set_aside
        assert (aside.warc, aside.offset, aside.urls) == (kept.warc, end, (page(2).url,))
        assert (tmp_path / aside.kept_in).read_bytes() == before[end:]
        assert (tmp_path / kept.warc).read_bytes() == before[:end]
    assert len(list((tmp_path / "set-aside").iterdir())) == 2
    assert_clean(tmp_path)
    assert unknown.warc == kept.warc


def test_a_file_that_the_ledger_does_not_name_is_set_aside_whole(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        store.append(PLAIN)
        report = store.cut_torn_tail({})
        assert store.files() == []
        again = store.append(page(1))
        assert store.read(again.warc, again.offset).body == page(1).body
    assert report.set_aside[0].urls == (PLAIN.url,)
    assert_clean(tmp_path)


def test_acknowledged_bytes_that_are_gone_stop_the_start(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(PLAIN)
    path = tmp_path / location.warc
    os.truncate(path, 100)
    with CaptureStore(tmp_path) as store:
        with pytest.raises(MissingBytes, match=rf"{location.warc}: \d+ bytes are acknowledged, 100 are there"):
            store.cut_torn_tail(ends([location]))
        with pytest.raises(MissingBytes, match="0 are there"):
            store.cut_torn_tail({"gongkai-000009-20260101000000.warc.gz": 5})
    assert path.stat().st_size == 100


# --------------------------------------------------------------------------- full disk


@pytest.mark.parametrize("first_write", [0, 1, 250])
@pytest.mark.parametrize("already", [0, 2])
def test_a_full_disk_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_write: int, already: int
) -> None:
    with CaptureStore(tmp_path) as store:
        kept = [store.append(page(number)) for number in range(already)]
        before = {path.name: path.read_bytes() for path in tmp_path.glob("*.warc.gz")}
        real, calls = os.pwrite, []

        def full(fd: int, data: bytes, offset: int) -> int:
            calls.append(offset)
            if len(calls) == 1 and first_write:
                return real(fd, data[:first_write], offset)
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "pwrite", full)
            with pytest.raises(StoreWriteError, match="No space left") as caught:
                store.append(page(9))
        assert caught.value.errno == errno.ENOSPC
        assert {path.name: path.read_bytes() for path in tmp_path.glob("*.warc.gz")} == before
        added = store.append(page(9))
        assert store.read(added.warc, added.offset).body == page(9).body
        for number, at in enumerate(kept):
            assert store.read(at.warc, at.offset).body == page(number).body
    assert_clean(tmp_path)


def test_a_real_file_size_limit(tmp_path: Path) -> None:
    """The same with the operating system's own refusal, in a process of its own."""
    script = f"""
import resource, signal, dataclasses, random
from pathlib import Path
from archive.captures import CaptureStore, StoreWriteError
from tests.captures.test_store import page
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
store = CaptureStore(Path({str(tmp_path)!r}))
count = 0
try:
    while True:
        store.append(page(count)); count += 1
except StoreWriteError as error:
    print(count, error.errno)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    count, number = map(int, result.stdout.split())
    assert count > 3
    assert number == errno.EFBIG
    (report,) = CaptureStore(tmp_path).verify()
    assert (report.answers, report.damage) == (count, ())
    assert_clean(tmp_path)


# --------------------------------------------------------------------------- damage


def test_every_flipped_bit_is_noticed(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(page(1, 200))
        path = tmp_path / location.warc
        good = path.read_bytes()
        flips = random.Random(3)
        harmless = []
        for position in range(location.length):
            bad = bytearray(good)
            bad[location.offset + position] ^= 1 << flips.randrange(8)
            path.write_bytes(bad)
            try:
                back = store.read(location.warc, location.offset)
            except DamagedRecord:
                continue
            assert (back.body, back.headers, back.url) == (page(1, 200).body, PLAIN.headers, page(1).url)
            harmless.append(position)
    # Flags, time and system of the gzip header carry no content, nor do the bits that fill up its last byte.
    assert set(harmless) <= {*range(3, 10), location.length - 9}


def test_a_wrong_offset_is_named(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(PLAIN)
        for offset, kind in [(location.offset + 3, "gzip"), (0, "header"), (10**9, "torn")]:
            with pytest.raises(DamagedRecord) as caught:
                store.read(location.warc, offset)
            assert caught.value.kind == kind
        for name in ["gongkai-000777-20260101000000.warc.gz", "../ledger.db", "/etc/passwd"]:
            with pytest.raises(DamagedRecord) as caught:
                store.read(name, 0)
            assert caught.value.kind == "missing"


def test_verify_names_damage_and_goes_on_behind_it(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        locations = [store.append(page(number)) for number in range(5)]
    path = tmp_path / locations[0].warc
    data = bytearray(path.read_bytes())
    data[locations[1].offset + 500] ^= 0x10
    path.write_bytes(data + b"\x1f\x8b\x08\x00half a record")
    store = CaptureStore(tmp_path)
    (report,) = store.verify()
    assert report.answers == 4
    assert report.records == 1 + 5 + 4
    assert [(damage.offset, damage.length) for damage in report.damage] == [
        (locations[1].offset, locations[1].length),
        (len(data), 17),
    ]
    assert report.damage[1].kind in {"gzip", "torn"}
    assert store.read(locations[2].warc, locations[2].offset).body == page(2).body


def test_verify_names_what_the_ledger_knows_and_the_disk_does_not(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(PLAIN)
        gone = "gongkai-000009-20260101000000.warc.gz"
        reports = list(store.verify({location.warc: location.offset + location.length + 50, gone: 70}))
    assert [[(d.warc, d.kind, d.length) for d in report.damage] for report in reports] == [
        [(location.warc, "missing", 50)],
        [(gone, "missing", 70)],
    ]
    assert "missing" in str(reports[0].damage[0])


# --------------------------------------------------------------------------- revisits


def test_a_revisit_brings_the_bytes_back(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        first = store.append(PAGE)
        again = replace(PAGE, fetched_at="2026-04-01T00:00:00Z")
        second = store.append_revisit(again, capture_of(first))
        third = store.append_revisit(replace(again, fetched_at="2026-05-01T00:00:00Z"), capture_of(second))
        unmodified = store.append_revisit(
            replace(again, status=304, reason="Not Modified", body=b""), capture_of(first)
        )
        back = [store.read(at.warc, at.offset) for at in (second, third, unmodified)]
    assert {second.sha256, third.sha256, unmodified.sha256} == {first.sha256}
    assert [item.body for item in back] == [PAGE.body, PAGE.body, b""]
    assert back[0].payload.decode("gbk").startswith("石溪县水务局")
    assert all(item.revisit and (item.revisit.warc, item.revisit.offset) == (first.warc, first.offset) for item in back)
    assert back[2].revisit is not None
    assert back[2].revisit.profile == "server-not-modified"
    assert back[0].fetched_at == "2026-04-01T00:00:00Z"
    assert_clean(tmp_path, payloads=False)


def test_a_revisit_never_stands_for_other_bytes(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        first = store.append(PLAIN)
        with pytest.raises(ValueError, match="is not the one stored"):
            store.append_revisit(replace(PLAIN, body=b"other"), capture_of(first))


def test_problems_of_the_coding_are_told(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(replace(PAGE, body=PAGE.body[:-12]))
        assert location.problem is not None
        assert "cut short" in location.problem
        assert store.read(location.warc, location.offset).problem == location.problem


# --------------------------------------------------------------------------- records of others


RECORD = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
    b"WARC-Target-URI: http://a.example/\r\nContent-Length: 22\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc\r\n\r\n"
)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b"WARC/1.1", b"FILE/1.1", "header"),
        (b"WARC-Type: response", b"WARC-Type response", "header"),
        (b"Length: 22", b"Length: many", "header"),
        (b"Length: 22", b"Length: 21", "length"),
        (b"Length: 22", b"Length: 23", "length"),
        (b"HTTP/1.1 200 OK", b"HTTP/1.1 two hu", "header"),
        (b"WARC-Date", b"WARC-Dote", "header"),
        (b"WARC-Type: response", b"WARC-Type: revisit", "header"),
        (b"WARC-Type: response", b"WARC-Type: metadata", "header"),
        (b"http://a", b"http://b", None),
    ],
)
def test_what_makes_a_record_unusable(tmp_path: Path, old: bytes, new: bytes, kind: str | None) -> None:
    name = "gongkai-000001-20260101000000.warc.gz"
    (tmp_path / name).write_bytes(gzip.compress(RECORD.replace(old, new)))
    store = CaptureStore(tmp_path)
    if kind is None:
        assert store.read(name, 0).body == b"abc"
        return
    with pytest.raises(DamagedRecord) as caught:
        store.read(name, 0)
    assert caught.value.kind == kind


def test_records_are_found_again_behind_any_rubbish(tmp_path: Path) -> None:
    name = "gongkai-000001-20260101000000.warc.gz"
    record = gzip.compress(RECORD)
    rubbish = b"\x1f\x8b\x08 not a member" + bytes(70_000) + gzip.compress(b"not a record") + b"\x1f\x8b"
    (tmp_path / name).write_bytes(record + rubbish + record + record[:-5] + record)
    (report,) = CaptureStore(tmp_path).verify()
    assert report.answers == 3
    assert [(damage.offset, damage.length) for damage in report.damage] == [
        (len(record), len(rubbish)),
        (2 * len(record) + len(rubbish), len(record) - 5),
    ]


def test_a_revisit_that_refers_to_other_bytes_is_named(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        first, other = store.append(PLAIN), store.append(page(1))
        again = store.append_revisit(PLAIN, capture_of(first))
        path = tmp_path / again.warc
        data = path.read_bytes()
        member = gzip.decompress(data[again.offset :])
        forged = member.replace(f"File-Offset: {first.offset}".encode(), f"File-Offset: {other.offset}".encode())
        path.write_bytes(data[: again.offset] + gzip.compress(forged))
        with pytest.raises(DamagedRecord, match="these are other bytes"):
            store.read(again.warc, again.offset)
        itself = member.replace(f"File-Offset: {first.offset}".encode(), f"File-Offset: {again.offset}".encode())
        path.write_bytes(data[: again.offset] + gzip.compress(itself))
        with pytest.raises(DamagedRecord, match="refers to itself"):
            store.read(again.warc, again.offset)


def test_with_fsync_the_bytes_are_on_the_disk_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: synced.append(os.fstat(fd).st_size) or real(fd))
    with CaptureStore(tmp_path, fsync=True) as store:
        at = [store.append(page(number)) for number in range(2)]
    assert synced == [location.offset + location.length for location in at]
