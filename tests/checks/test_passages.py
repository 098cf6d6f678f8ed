"""Passages in common: found where they stand, and as many letters as the archive counts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.checks.comparison import compare
from archive.checks.copied import Passage
from archive.checks.passages import SHINGLE, common_passages, form_phrases

WORDS = st.text(alphabet="甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥，。\n0123456789 ", max_size=60)
RUN = "全县各单位对照目录逐项清理过期栏目并在季度通报中公布结果"


def test_a_run_is_found_in_both_with_numbers_and_marks_in_it() -> None:
    one, other = f"甲乙{RUN[:9]}，12{RUN[9:]}丙丁", f"子丑寅{RUN[:15]}（3）{RUN[15:]}"
    first, second = common_passages(one, other)
    assert [one[passage.start : passage.end] for passage in first.common] == [one[2:-2]]
    assert [other[passage.start : passage.end] for passage in second.common] == [other[3:]]
    assert first.common_letters == second.common_letters == len(RUN)
    assert (first.common[0].other, second.common[0].other) == (0, 0)


def test_what_is_shorter_than_a_run_is_not_in_common() -> None:
    short = RUN[: SHINGLE - 1]
    first, _ = common_passages(f"甲{short}乙", f"丙{short}丁")
    assert first.common == ()


def test_phrases_of_the_form_are_told_apart_and_do_not_count() -> None:
    phrase = max(form_phrases().pattern.split("|"), key=len)
    text = f"甲乙{phrase}丙丁"
    first, _ = common_passages(text, f"子{phrase}丑")
    assert first.common == ()
    assert [text[start:end] for start, end in first.form] == [phrase]


def test_passages_in_another_order_lead_to_their_counterparts() -> None:
    other_run = "本机关逐月核对申请台账并由专人督促承办科室按时答复"
    first, second = common_passages(f"{RUN}甲乙丙{other_run}", f"{other_run}丁戊己{RUN}")
    assert [passage.other for passage in first.common] == [1, 0]
    assert [passage.other for passage in second.common] == [1, 0]


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS | st.just(RUN), max_size=6), st.lists(WORDS | st.just(RUN), max_size=6))
def test_as_many_letters_as_the_archive_counts(one: list[str], other: list[str]) -> None:
    texts = {1: "乙".join(one), 2: "丑".join(other)}
    passages = [Passage(1, 1, 2020, 1, texts[1]), Passage(2, 1, 2021, 1, texts[2])]
    counted = {fact.id: fact.repeated for fact, _ in compare(lambda: passages, lambda number: texts[number])}
    earlier, later = common_passages(texts[1], texts[2])
    assert later.common_letters == counted.get(2, 0)
    for side, text in ((earlier, texts[1]), (later, texts[2])):
        assert all(0 <= passage.start < passage.end <= len(text) for passage in side.common)
        assert all(a.end <= b.start for a, b in zip(side.common, side.common[1:], strict=False))
