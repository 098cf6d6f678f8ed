"""Files that are no archives, torn ones and traps: each is named with a reason, and none becomes a document."""

from __future__ import annotations

import gzip
import struct
import tarfile
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from archive.webarchives import foreign
from archive.webarchives.foreign import read_answers

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"<p>made up</p>" * 200


def record(body: bytes = ANSWER, length: str | None = None, url: str = "http://a.test/x", more: bytes = b"") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        f"Content-Type: application/http\r\nContent-Length: {len(body) if length is None else length}\r\n"
    )
    return head.encode() + more + b"\r\n" + body + b"\r\n\r\n"


def zipped(name: str, data: bytes) -> bytearray:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, data)
    return bytearray(out.getvalue())


def entry(data: bytearray, offset: int, value: bytes, in_local: int | None = None) -> bytes:
    """A zip file with other bytes in the entry of its directory, and in the head of the file."""
    start = data.find(b"PK\x01\x02") + offset
    data[start : start + len(value)] = value
    if in_local is not None:
        data[in_local : in_local + len(value)] = value
    return bytes(data)


def tar() -> bytes:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as package:
        package.addfile(tarfile.TarInfo("a.warc"), BytesIO())
    return out.getvalue()


def wrong_inside() -> bytes:
    data = zipped("archive/a.warc", b"".join(record(url=f"http://a.test/{n}") for n in range(50)))
    data[60] ^= 0xFF
    return bytes(data)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a tar.warc.gz": lambda: gzip.compress(tar()),
    "no archive.warc": lambda: bytes(range(256)) * 9,
    "a page.warc.gz": lambda: b"<!doctype html><html><body>403</body></html>",
    "a packed page.warc.gz": lambda: gzip.compress(b"<!doctype html><html><body>403</body></html>"),
    "torn within the body.warc": lambda: record()[:-900],
    "torn within the body.warc.gz": lambda: gzip.compress(record(bytes(range(256)) * 9))[:-60],
    "no body is as long.warc": lambda: record(length="99999999999999999999"),
    "negative length.warc": lambda: record(length="-5"),
    "a word for a length.warc": lambda: record(length="many"),
    "an endless line.warc.gz": lambda: gzip.compress(b"WARC/1.0\r\nX: " + b"a" * (foreign.LONGEST_HEAD + 1)),
    "endless zeros.warc.gz": lambda: gzip.compress(b"\0" * (foreign.LONGEST_HEAD + 1)),
    "endless headers.warc": lambda: record(more=b"X: a\r\n" * (foreign.LONGEST_HEAD // 6 + 1)),
    "no address.warc": lambda: record(url="http://[::1/x"),
    "a zero in the address.warc": lambda: record(url="http://a.test/\x00"),
    "another status.warc": lambda: record(ANSWER.replace(b"200", b"9" * 40)),
    "beyond all years.warc": lambda: record().replace(b"2026-01-01T00:00:00Z", b"9999-12-31T23:59:59-23:00"),
    "damaged within.wacz": wrong_inside,
    "another packing.wacz": lambda: entry(zipped("archive/a.warc", record()), 10, struct.pack("<H", 99), 8),
    "encrypted.wacz": lambda: entry(zipped("archive/a.warc", record()), 8, struct.pack("<H", 1), 6),
    "pointing nowhere.wacz": lambda: entry(zipped("archive/a.warc", record()), 42, b"\xff\xff\xff\x7f"),
    "cut.wacz": lambda: bytes(zipped("archive/a.warc", record()))[:-100],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_named_and_nothing_is_taken(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(HOSTILE[name]())
    found = list(read_answers(path))
    assert found
    assert [answer.url for answer in found if answer.page is not None] == []
    assert all(answer.why and len(answer.why) < 300 and answer.why.isprintable() for answer in found)
    assert "made up" not in "".join(answer.why or "" for answer in found)


def test_more_than_any_report_is_passed_over_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "LARGEST", 1_000_000)
    bomb = record(b"HTTP/1.1 200 OK\r\n\r\n" + b"\0" * 3_000_000)
    path = tmp_path / "bomb.wacz"
    path.write_bytes(zipped("archive/a.warc", bomb + record(url="http://a.test/next")))
    assert [(answer.url, answer.why) for answer in read_answers(path)] == [
        ("http://a.test/x", "too large"),
        ("http://a.test/next", None),
    ]
