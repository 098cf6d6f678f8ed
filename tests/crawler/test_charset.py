"""The decoder: right with wrong declarations, and never silent about what it lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.charset import REPLACEMENT, decode_bytes

TEXT = "青石县政府信息公开工作年度报告，2023年。"


@pytest.mark.parametrize("declared", [None, "utf-8", "gb2312", "iso-8859-1", "no-such-charset", "", "x\x00y"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_the_text_is_right_whatever_is_declared(encoding: str, declared: str | None) -> None:
    decoded = decode_bytes(TEXT.encode(encoding), declared)
    assert decoded.text == TEXT
    assert decoded.declared == declared


def test_characters_of_gbk_outside_gb2312_survive_a_gb2312_declaration() -> None:
    assert decode_bytes("朱镕基、喆、堃".encode("gbk"), "gb2312").text == "朱镕基、喆、堃"


def test_a_lost_byte_costs_few_characters_and_is_said() -> None:
    damaged = bytearray((TEXT * 4).encode("gb18030"))
    del damaged[20]
    decoded = decode_bytes(bytes(damaged))
    assert decoded.encoding == "gb18030"
    assert decoded.problem is not None
    assert decoded.text.endswith("年度报告，2023年。")


def test_a_body_cut_inside_a_character_is_still_utf8() -> None:
    decoded = decode_bytes(TEXT.encode()[:-1], "gbk")
    assert (decoded.encoding, decoded.text[:-1], decoded.text[-1]) == ("utf-8", TEXT[:-1], REPLACEMENT)
    assert decoded.problem == "the last character is cut short"


def test_a_declaration_breaks_the_tie_of_words_that_are_both() -> None:
    both = "一".encode("gbk")  # D2 BB is also two-byte UTF-8
    assert decode_bytes(both, "gbk").text == "一"
    assert decode_bytes(both).encoding == "utf-8"


def test_big5_is_believed_only_where_declared() -> None:
    assert decode_bytes("臺北縣政府資訊公開年報".encode("big5"), "big5").text == "臺北縣政府資訊公開年報"


def test_a_wrong_declaration_is_named() -> None:
    assert decode_bytes(TEXT.encode(), "gb2312").problem == "declared as gb2312, decoded as utf-8"
    assert decode_bytes(b"plain", "gb2312").problem is None


@settings(deadline=None)
@given(st.binary(max_size=300), st.none() | st.text(max_size=12))
def test_no_bytes_raise_and_losses_are_never_silent(data: bytes, declared: str | None) -> None:
    decoded = decode_bytes(data, declared)
    assert (
        REPLACEMENT not in decoded.text
        or decoded.problem
        or REPLACEMENT.encode() in data
        or decoded.encoding != "utf-8"
    )


@settings(deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=4, max_size=60))
def test_chinese_comes_back_from_both_encodings(text: str) -> None:
    page = f"<p>{text}</p>"
    assert decode_bytes(page.encode()).text == page
    assert decode_bytes(page.encode("gb18030"), "gb2312").text == page
