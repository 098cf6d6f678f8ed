"""Folding: the short cuts equal the definition, and the table is what its tool makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search import normalise
from archive.search.folding import fold_whole, located, traditional_to_simplified

ODD = st.text(
    st.one_of(
        st.sampled_from("e\u0301\u0323JǰTẗﾊﾞガ각각ㄱㅏ\u200d\u034f㎡ﷺ⼈⻓訴AＡİẞΣ\x00\u09c7\u09be"), st.characters()
    )
)


@given(ODD)
def test_short_cuts_equal_the_definition(text: str) -> None:
    assert normalise(text) == fold_whole(text)


@given(ODD)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(ODD)
def test_pieces_make_up_the_whole(text: str) -> None:
    folded, pieces = located(text)
    assert folded == normalise(text)
    if pieces is None:
        assert len(folded) == len(text)
    else:
        assert "".join(piece for _, piece in pieces) == folded
        starts = [start for start, _ in pieces]
        assert starts == sorted(set(starts))


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("訴訟", "诉讼"),
        ("ＡＢＣ１２３％", "abc123%"),
        ("⼈⺠政府⻓", "人民政府长"),
        ("公\u200b开", "公开"),
        ("一\u3000二\n三", "一 二\n三"),
        ("①㎡", "1m2"),
        ("後裡麼髮", "后里么发"),
    ],
)
def test_folded(printed: str, folded: str) -> None:
    assert normalise(printed) == folded


def test_the_table_maps_single_characters_once() -> None:
    table = traditional_to_simplified()
    assert len(table) > 3000
    assert all(len(key) == len(value) == 1 for key, value in table.items())
    assert not set(table) & set(table.values())


def test_the_table_is_what_the_tool_makes() -> None:
    pytest.importorskip("opencc", reason="opencc is not installed, so the table cannot be derived again")
    from tools.make_t2s import derive, render

    committed = (Path(__file__).parents[2] / "archive" / "search" / "t2s.txt").read_text("utf-8")
    made = render(derive())
    # The second line names the release of OpenCC; another release with the same table is no difference.
    assert made.splitlines()[2:] == committed.splitlines()[2:]
