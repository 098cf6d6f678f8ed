"""A document as its reader saw it, on its way from one process to another."""

from __future__ import annotations

import json

import pytest

from archive.models import Document, Grid, GridCell, Heading, Paragraph
from archive.originals import seen
from archive.originals.seen import NotSeen, decode, encode, refuse

TABLE = Grid(
    (
        (GridCell("申请人", 0, 0, 2, 1, "table 1, row 1, column 1"), GridCell("总计", 0, 1, 1, 2, "")),
        (GridCell("\udc80", 1, 1, 1, 1, "table 1, row 2, column 2"),),
    ),
    "table 1",
    spans_known=False,
)
DOCUMENT = Document(
    "题名",
    (Heading("一、总体情况", 2, "paragraph 1"), Paragraph("无。\n无。", "paragraph 2"), TABLE),
    format="html",
    encoding="gb18030",
    outside=(Paragraph("菜单", "paragraph 9"),),
)


def test_nothing_is_lost_on_the_way() -> None:
    there = decode(encode(DOCUMENT, set()))
    assert there.blocks[:2] == DOCUMENT.blocks[:2]
    assert isinstance(there.blocks[2], Grid)
    assert there.blocks[2].rows[0] == TABLE.rows[0]
    assert there.blocks[2].rows[1][0].text == "?"  # half a character cannot be sent
    assert (there.format, there.encoding, there.left_out) == ("html", "gb18030", 0)


def test_what_stands_around_a_page_comes_only_if_a_number_was_read_there() -> None:
    assert len(decode(encode(DOCUMENT, set())).blocks) == 3
    assert decode(encode(DOCUMENT, {"paragraph 9"})).blocks[-1] == DOCUMENT.outside[0]


@pytest.mark.parametrize("bound", ["MOST_CHARACTERS", "MOST_PARTS"])
def test_beyond_the_bounds_only_what_numbers_were_read_from_remains(
    monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(seen, bound, 1)
    there = decode(encode(DOCUMENT, {"table 1, row 2, column 2"}))
    kept = [block for block in there.blocks if isinstance(block, Grid)]
    assert len(kept) == 1
    assert there.left_out + len(there.blocks) == 3
    assert there.left_out >= 1


def test_a_refusal_says_why() -> None:
    with pytest.raises(NotSeen, match="a locked file"):
        decode(refuse("a locked file"))


GOOD = json.loads(encode(DOCUMENT, set()))


@pytest.mark.parametrize(
    "answer",
    [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, *(json.dumps({**GOOD, **wrong}).encode() for wrong in (
        {"blocks": [["grid", 3, "", True]]}, {"blocks": [[]]}, {"blocks": 7}, {"left_out": "many"},
        {"blocks": [["grid", [[["x", "one", 0, 1, 1, ""]]], "", True]]}, {"blocks": [["script", {}, "", None]]},
    ))],
)  # fmt: skip
def test_what_no_reader_says_is_not_believed(answer: bytes) -> None:
    with pytest.raises(NotSeen, match="not understood"):
        decode(answer)
