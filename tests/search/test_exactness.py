"""The index finds what a substring scan finds: nothing is missing, nothing is extra, and nothing fails."""

from __future__ import annotations

import html
import random
from collections.abc import Iterator
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search import brute_force, highlight, match_expression, normalise, parse_query, snippet, spans
from tests.search.index import Index

PLACES = ("云溪市", "青石縣", "白鹭区", "松原鎮")
SENTENCES = (
    "{place}2023年共收到政府信息公开申请{n}件，同比增长{p}％。",
    "予以公开{n}件，部分公开３件；不予公开的，属于“三安全一稳定”情形0件。\n",
    "因政府信息公開被提起行政訴訟{n}件，败诉0件。",
    "价格¤2c，⼈⺠政府网站（www.Example-{n}.gov.cn）发布IPv6改造情况，支持率{p}%\n\n",
    "行政复议 {n} 件，其中 结果维持 {n} 件,面积{n}㎡。",
    "公​开事项见附件①。",
)


def corpus(size: int) -> list[str]:
    chance = random.Random(20)
    return [
        "".join(
            chance.choice(SENTENCES).format(
                place=chance.choice(PLACES), n=chance.randrange(3000), p=round(chance.random() * 100, 2)
            )
            for _ in range(chance.randrange(1, 9))
        )
        for _ in range(size)
    ]


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    made = Index(corpus(1500))
    yield made
    made.close()


def test_random_pieces_of_the_texts_are_found_where_a_scan_finds_them(index: Index) -> None:
    chance = random.Random(7)
    folded = [normalise(text) for text in index.texts]
    for _ in range(400):
        text = chance.choice(index.texts)
        start = chance.randrange(len(text))
        query = text[start : start + chance.randint(1, 8)]
        words = normalise(query).split()  # not by parse_query: the promise itself, in its own words
        assert index.find(query) == {n for n, text in enumerate(folded) if all(word in text for word in words)}, query


ALPHABET = st.one_of(
    st.sampled_from("公开信息申请件公開訴訟诉讼年月日，。、“”（）()\"'-—*:^{}+|/\\ \n\t　 "),
    st.sampled_from("0123456789０１２abcABCａｂIPvüÜéＯＲ①㎡½ﾊﾞ각ᄀ"),
    st.sampled_from("⼈⺠⻓﹣​﻿­\x00\ue000á́͏JǰﬁẞİΣς\ud800\U00020000"),
    st.characters(),
)
TEXTS = st.lists(st.text(ALPHABET, max_size=40), min_size=1, max_size=6)
WORDS = st.lists(
    st.one_of(
        st.text(ALPHABET, max_size=6), st.sampled_from(["OR", "NOT", "AND", "-", "NEAR(", '"', '"a b"', "-公开"])
    ),
    max_size=5,
)


@given(texts=TEXTS, words=WORDS, data=st.data())
@settings(max_examples=400, deadline=None)
def test_any_query_on_any_texts(texts: list[str], words: list[str], data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        text = data.draw(st.sampled_from(texts))
        start = data.draw(st.integers(0, len(text)))
        words = [*words, text[start : start + data.draw(st.integers(0, 8))]]
    query = data.draw(st.sampled_from(["", " ", "　"])).join(words)
    index = Index(texts)
    try:
        found = index.find(query)
    finally:
        index.close()
    assert found == {number for number, text in enumerate(texts) if brute_force(text, query)}
    for number, text in enumerate(texts):
        marks = spans(text, query)
        assert bool(marks) == (number in found and bool(parse_query(query).required))
        assert all(0 <= start < end <= len(text) for start, end in marks)
        assert all(left[1] < right[0] for left, right in pairwise(marks))
        marked = highlight(text, query)
        assert html.unescape(marked.replace("<mark>", "").replace("</mark>", "")) == text
        assert marked.count("<mark>") == len(marks)
        assert ("<mark>" in snippet(text, query, 10)) == bool(marks)


def test_letters_and_digits_exhaustively() -> None:
    """Every text of up to four characters against every query of up to three, over two digits, a letter and others."""
    texts = ["".join(letters) for size in range(5) for letters in product("12a年,", repeat=size)]
    queries = ["".join(letters) for size in range(1, 4) for letters in product("12a年,", repeat=size)]
    index = Index(texts)
    for query in queries:
        assert index.find(query) == {number for number, text in enumerate(texts) if query in text}, query
    index.close()


@pytest.mark.parametrize(
    "query",
    [
        '"', '""', '"""', "'", "(", ")", "*", "公*", "x:y", "text:公", "^公", "{公}", "NEAR(公 开)", "NEAR(公 开, 2)",
        "\x00", "公\x00开", "\ue000", "-", "--", "- -", "OR", "OR OR OR", "AND", "NOT", "NOT NOT", "公 OR", "OR 公",
        "公 NOT", "公 AND", '公 "', "/* x */", "; drop table texts; --", "¤", "¤¤", "e", "¤2c", "\ud800", "\U0010ffff",
    ],
)  # fmt: skip
def test_hostile_queries_are_ordinary_queries(index: Index, query: str) -> None:
    assert index.find(query) == {n for n, text in enumerate(index.texts) if brute_force(text, query)}


@pytest.mark.parametrize(
    "query",
    ["公" * 5000, "公 " * 2500, " ".join(map(str, range(1500))), " OR ".join(map(str, range(1500))),
     "件 " + " ".join(f"-{n}" for n in range(1500)), '"' * 5000, "(" * 5000, "公 OR NOT " * 500],
    ids=["one word", "repeated", "and", "or", "not", "quotes", "brackets", "operators"],
)  # fmt: skip
def test_very_long_queries_are_answered(index: Index, query: str) -> None:
    assert index.find(query) == {n for n, text in enumerate(index.texts) if brute_force(text, query)}


def test_the_expression_holds_nothing_of_the_query_but_tokens() -> None:
    assert match_expression('a"b') == '"a ¤22 b" *'
    assert match_expression("2023") == '"20 02 23"'
    assert match_expression("2023年") == '"20 02 23 3 年"'
    assert match_expression("年2") == '"年 2" *'
    assert match_expression("公开 申请") == '("公 开") AND ("申 请")'
    assert match_expression("诉讼 -败诉") == '("诉 讼") NOT ("败 诉")'
    assert match_expression("") == '"¤¤"'
