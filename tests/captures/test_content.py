"""Content codings undone, and every lie about them named."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.captures import content_type, decode_content

TEXT = "石溪县档案馆2022年政府信息公开工作年度报告".encode() * 40


def bare_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("X-GZIP", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("gzip", gzip.compress(TEXT) + bytes(512)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", bare_deflate(TEXT)),
        ("deflate, gzip", gzip.compress(zlib.compress(TEXT))),
        ("identity", TEXT),
        ("", TEXT),
    ],
)
def test_codings_are_undone(coding: str, body: bytes) -> None:
    assert decode_content(body, [("content-ENCODING", coding)]) == (TEXT, None)


def test_several_header_lines_are_one_list() -> None:
    headers = [("Content-Encoding", "deflate"), ("Content-Encoding", "gzip")]
    assert decode_content(gzip.compress(zlib.compress(TEXT)), headers) == (TEXT, None)


@pytest.mark.parametrize("cut", [11, 30, 60, -9, -1])
def test_a_gzip_body_cut_short_is_read_as_far_as_it_goes_and_named(cut: int) -> None:
    payload, problem = decode_content(gzip.compress(TEXT)[:cut], [("Content-Encoding", "gzip")])
    assert TEXT.startswith(payload)
    assert problem is not None
    assert "cut short" in problem


def test_a_second_member_cut_short_is_named() -> None:
    payload, problem = decode_content(gzip.compress(TEXT) + gzip.compress(TEXT)[:20], [("Content-Encoding", "gzip")])
    assert payload.startswith(TEXT)
    assert problem is not None
    assert "cut short" in problem


@pytest.mark.parametrize(
    ("coding", "body", "words"),
    [
        ("gzip", b"<html>not packed</html>", "not gzip"),
        ("deflate", b"<html>not packed</html>", "not deflate"),
        ("br", b"\x8b\x03\x80abc\x03", "'br' is not supported"),
        ("gzip", b"\x1f\x8b\x08\x00garbage garbage garbage", "kept as received"),
        ("gzip,gzip,gzip,gzip,gzip", b"x", "5 content codings"),
    ],
)
def test_a_false_coding_keeps_the_body(coding: str, body: bytes, words: str) -> None:
    payload, problem = decode_content(body, [("Content-Encoding", coding)])
    assert payload == body
    assert problem is not None
    assert words in problem


def test_bytes_after_the_stream_are_named() -> None:
    payload, problem = decode_content(gzip.compress(TEXT) + b"<!-- tail -->", [("Content-Encoding", "gzip")])
    assert payload == TEXT
    assert problem == "13 bytes after the gzip stream are not gzip; left out"


def test_a_flipped_bit_is_named() -> None:
    body = bytearray(gzip.compress(TEXT))
    body[-6] ^= 1  # in the checksum
    payload, problem = decode_content(bytes(body), [("Content-Encoding", "gzip")])
    assert TEXT.startswith(payload)
    assert len(payload) > len(TEXT) - 100
    assert problem is not None
    assert "damaged" in problem


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, bare_deflate])
def test_a_bomb_is_cut(pack) -> None:  # type: ignore[no-untyped-def]
    coding = "gzip" if pack is gzip.compress else "deflate"
    payload, problem = decode_content(pack(bytes(5_000_000)), [("Content-Encoding", coding)], max_bytes=100_000)
    assert len(payload) == 100_000
    assert problem is not None
    assert "larger than 100000" in problem


def test_an_empty_body_is_no_problem() -> None:
    assert decode_content(b"", [("Content-Encoding", "gzip")]) == (b"", None)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "gzip, deflate", "", "x-gzip", "??"]))
def test_anything_at_all_comes_back_without_an_exception(body: bytes, coding: str) -> None:
    for prefix in (b"", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", b"\x78\x9c"):
        decode_content(prefix + body, [("Content-Encoding", coding)], max_bytes=1000)


@given(st.binary(max_size=200_000))
def test_what_was_packed_comes_out(data: bytes) -> None:
    assert decode_content(gzip.compress(data), [("Content-Encoding", "gzip")]) == (data, None)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["text/html; charset=GB2312"], ("text/html", "GB2312")),
        (["Text/HTML;CharSet='utf-8'"], ("text/html", "utf-8")),
        (["application/pdf"], ("application/pdf", None)),
        (["text/plain", "text/html;charset=gbk"], ("text/html", "gbk")),
        (["nonsense"], ("", None)),
        ([], ("", None)),
    ],
)
def test_content_type(values: list[str], expected: tuple[str, str | None]) -> None:
    assert content_type([("Content-Type", value) for value in values]) == expected
