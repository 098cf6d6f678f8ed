"""The same page in the encodings, true and false declarations of disclosure portals."""

from __future__ import annotations

import pytest

from archive.models import Paragraph
from archive.readers import read

TEXT = "云岭县水务局２０２３年年报：镕、㐂、喆、0件。" * 40


def declared(name: str) -> str:
    links = "<link rel='stylesheet' type='text/css' href='/css/style.css'>" * 40
    return f"<html><head><meta charset={name}>{links}</head><body><p>{TEXT}</p></body></html>"


@pytest.mark.parametrize(
    ("data", "charset", "used"),
    [
        (declared("utf-8").encode(), None, "utf-8"),
        (b"\xef\xbb\xbf" + declared("gb2312").encode(), "gb2312", "utf-8"),
        (declared("gb2312").encode("gb18030"), None, "gb18030"),
        (declared("utf-8").encode("gb18030"), "utf-8", "gb18030"),
        (declared("gb2312").encode(), "gb2312", "utf-8"),
        (declared("").encode("gb18030"), "iso-8859-1", "gb18030"),
        (declared("utf-16").encode("utf-16"), None, "utf-16-le"),
        (declared("utf-8").encode("utf-16-le"), "utf-8", "utf-16-le"),
        (declared("utf-8").encode("utf-16-be"), None, "utf-16-be"),
    ],
)
def test_bytes_decide(data: bytes, charset: str | None, used: str) -> None:
    document = read(data, charset=charset)
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == [TEXT]
    assert document.encoding == used


def test_a_lost_byte_costs_little() -> None:
    data = declared("gb2312").encode("gb18030")
    at = data.index("云".encode("gb18030")) + 1
    document = read(data[:at] + data[at + 1 :])
    (block,) = document.blocks
    assert isinstance(block, Paragraph)
    assert document.encoding == "gb18030"
    assert block.text.endswith(TEXT[24:])


def test_a_page_cut_inside_a_character_says_so() -> None:
    document = read(declared("utf-8").encode()[: -len("</p></body></html>") - 1])
    assert "the last character is cut short" in document.warnings


def test_a_damaged_page_is_marked_so() -> None:
    document = read(b"<html><body><p>" + b"\xff\xfe\x80" * 50 + "文字".encode() * 50)
    assert any("of the characters are damaged" in warning for warning in document.warnings)
    assert document.declared_encoding is None
