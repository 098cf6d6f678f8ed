"""Sentence by sentence: what changed between two texts."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from archive.checks.changes import Kept, TextChangeKind, kept_sentences, sentences_of, text_changes

ONE = "一、总体情况良好。全年公开信息30条；答复申请5件。\n（二）依申请公开\n没有收费。"


def changes(before: str, after: str) -> list[tuple[str, str | None, str | None]]:
    """Every change."""
    return [(str(change.kind), change.before, change.after) for change in text_changes(before, after)]


def test_the_same_text_has_no_change() -> None:
    assert changes(ONE, ONE) == []
    assert changes("公开信息３０条。", "公开信息 30\n条。") == []


def test_a_sentence_that_was_rewritten() -> None:
    after = ONE.replace("答复申请5件", "答复申请6件")
    assert changes(ONE, after) == [("replaced", "答复申请5件。", "答复申请6件。")]


def test_sentences_that_came_and_went() -> None:
    assert changes(ONE, ONE + "新增一句。") == [("added", None, "新增一句。")]
    assert changes(ONE, ONE.replace("没有收费。", "")) == [("removed", "没有收费。", None)]
    assert [change.kind for change in text_changes("", "甲。")] == [TextChangeKind.ADDED]


def test_two_years_are_compared_without_their_numbers() -> None:
    before = "2022年公开信息30条。完善制度。开展培训2次。"
    after = "2023年公开信息45条。完善制度。新设专栏3个。"
    assert kept_sentences(before, after) == Kept(kept=2, added=1, removed=1)


@given(
    st.text(alphabet="公开信息。；\n，（）一二", max_size=80), st.text(alphabet="公开信息。；\n，（）一二", max_size=80)
)
def test_changes_account_for_every_sentence(before: str, after: str) -> None:
    kept = kept_sentences(before, after)
    assert kept.kept + kept.added == len(sentences_of(after))
    assert kept.kept + kept.removed == len(sentences_of(before))
    if not changes(before, after):
        assert kept.added == kept.removed == 0


def test_thousands_of_sentences_that_repeat_take_no_time() -> None:
    before = "甲。乙。" * 5_000
    started = time.process_time()
    assert [change.after for change in text_changes(before, before + "丙。")][-1].endswith("丙。")
    assert kept_sentences(before, before + "丙。") == Kept(10_000, 1, 0)
    assert time.process_time() - started < 5
