"""What a query means: the cases that a reader would ask about."""

from __future__ import annotations

import pytest

from archive.search import brute_force, highlight, parse_query, snippet, spans
from tests.search.index import Index

TEXT = "云溪市2023年收到申请154件，其中“三安全一稳定”0件。\n被提起行政訴訟２件，面积30㎡。"


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("云", True),
        ("收到申请", True),
        ("23", True),  # inside a number
        ("54件", True),
        ("２０２３", True),  # full width
        ("2件", True),  # the text is full width
        ("诉讼", True),  # the text is traditional
        ("訴訟", True),
        ("行政诉訟", True),
        ("30m2", True),  # what ㎡ stands for
        ("件，其中", True),  # punctuation counts
        ("件,其中", True),  # and its width does not
        ("件其中", False),  # a phrase does not match across punctuation
        ("件。被", False),  # or across a line end
        ("件。 被", True),  # two words
        ('"件。 被"', False),  # a blank is not a line end
        ("“三安全一稳定”", True),  # Chinese quotes are characters of the text
        ("『三安全一稳定』", False),
        ('"申请154"', True),
        ("申请 诉讼", True),
        ("申请 复议", False),
        ("复议 OR 诉讼", True),
        ("复议 OR 上诉", False),
        ("申请 复议 OR 诉讼", True),
        ("申请 -诉讼", False),
        ("申请 NOT 诉讼", False),
        ("申请 -复议", True),
        ('申请 -"三安全 一稳定"', True),
        ("or", False),
        ("", True),
        ("   ", True),
    ],
)
def test_meaning(query: str, hit: bool) -> None:
    index = Index([TEXT])
    assert (index.find(query) == {0}) is hit
    assert brute_force(TEXT, query) is hit
    index.close()


def test_a_query_of_one_word_is_literal() -> None:
    index = Index(["电话-12", "电话12", "A OR B", "电话 - 12"])
    assert index.find("-12") == {0}
    assert index.find("OR") == {2}
    assert index.find("电话 -") == {0, 3}
    assert index.find("电话 --") == {1}, "a minus before a minus leaves texts with a minus out"
    index.close()


def test_invisible_characters_do_not_hide_words() -> None:
    text = "公\u200b开\ufeff信\u00ad息，⻓安⺠"
    assert brute_force(text, "公开信息")
    assert brute_force(text, "长安民")
    assert spans(text, "开信息") == [(2, 7)]


def test_groups() -> None:
    parsed = parse_query("甲 乙 OR 丙 -丁 NOT 戊 己")
    assert parsed.required == (("甲",), ("乙", "丙"), ("己",))
    assert parsed.excluded == ("丁", "戊")


def test_highlight_marks_what_is_printed() -> None:
    assert highlight(TEXT, "诉讼 2件") == TEXT.replace("訴訟２件", "<mark>訴訟２件</mark>")
    assert highlight("面积30㎡。", "0m") == "面积3<mark>0㎡</mark>。"
    assert highlight("a<b>&公开", "公开") == "a&lt;b&gt;&amp;<mark>公开</mark>"
    assert highlight("a<b>&公开", "<b>&") == "a<mark>&lt;b&gt;&amp;</mark>公开"
    assert highlight("公开公开公", "公开公") == "<mark>公开公开公</mark>"
    assert highlight("公开", "不在") == "公开"
    assert highlight("e\u0301té", "ét") == "<mark>e\u0301t</mark>é"


def test_snippet_shows_where_most_is_found() -> None:
    text = "甲" * 300 + "诉讼与复议，诉讼" + "乙" * 300
    shown = snippet(text, "诉讼 复议", 40)
    assert shown.startswith("…甲")
    assert shown.endswith("乙…")
    assert "<mark>诉讼</mark>与<mark>复议</mark>，<mark>诉讼</mark>" in shown
    assert len(shown.striptags()) <= 42
    assert snippet("短文", "没有") == "短文"
    assert snippet("诉讼" + "乙" * 300, "诉讼", 40).startswith("<mark>诉讼</mark>")
