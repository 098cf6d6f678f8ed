"""Text in common: planted copies are found with the right overlap; phrases of the form and stock phrases are not."""

from __future__ import annotations

import random

from archive.checks.comparison import compare
from archive.checks.copied import Originality, Pair, Passage, prepare
from bench.copied import made, sentence

CHARACTERS = [chr(0x4E00 + number * 7) for number in range(700)]


def text(seed: int, sentences: int = 12) -> str:
    """Sentences of their own."""
    rng = random.Random(seed)
    return "".join(sentence(rng, CHARACTERS).replace("#", str(rng.randint(1, 99))) for _ in range(sentences))


def run(*passages: Passage) -> tuple[dict[int, Originality], list[Pair]]:
    """What is said of each passage, and the pairs."""
    texts = {passage.id: passage.text for passage in passages}
    found = list(compare(lambda: passages, texts.__getitem__))
    return {fact.id: fact for fact, _ in found}, [pair for _, pairs in found for pair in pairs]


def test_another_agency_with_other_numbers() -> None:
    copy = "".join("8" if char.isdigit() else char for char in text(1))
    facts, pairs = run(Passage(1, 1, 2022, 1, text(1)), Passage(2, 2, 2023, 1, copy), Passage(3, 3, 2023, 1, text(3)))
    assert [(pair.id, pair.other, pair.same_agency) for pair in pairs] == [(2, 1, False)]
    assert facts[2].shared == pairs[0].overlap == facts[2].chars == prepare(copy).letters
    assert (facts[2].own, facts[1].own, facts[3].own) == (0, facts[1].chars, facts[3].chars)
    assert pairs[0].share == 1


def test_of_the_same_year_each_is_told_beside_the_other() -> None:
    _, pairs = run(Passage(1, 1, 2023, 1, text(1)), Passage(2, 2, 2023, 1, text(1)))
    assert {(pair.id, pair.other) for pair in pairs} == {(1, 2), (2, 1)}


def test_half_of_a_section_is_half_its_own() -> None:
    half = text(1)[: len(text(1)) // 2]
    facts, (pair,) = run(Passage(1, 1, 2022, 1, text(1)), Passage(2, 2, 2023, 1, half + text(2, 6)))
    assert abs(pair.overlap - prepare(half).letters) <= 1
    assert facts[2].own + facts[2].shared == facts[2].chars


def test_the_year_before_of_the_same_agency() -> None:
    facts, (pair,) = run(Passage(1, 1, 2022, 5, text(1)), Passage(2, 1, 2023, 5, text(1) + text(2, 3)))
    assert pair.same_agency
    assert facts[2].repeated == pair.overlap == prepare(text(1)).letters
    assert facts[2].shared == 0
    assert run(Passage(1, 1, 2021, 5, text(1)), Passage(2, 1, 2023, 5, text(1)))[1] == []


def test_phrases_of_the_form_are_no_copies() -> None:
    form = "没有其他需要报告的事项。根据《中华人民共和国政府信息公开条例》，坚持以公开为常态、不公开为例外。"
    facts, pairs = run(Passage(1, 1, 2023, 6, form * 4), Passage(2, 2, 2023, 6, form * 4))
    assert pairs == []
    assert facts[1].template > 0.9 * facts[1].chars
    assert facts[1].shared == 0


def test_what_many_print_is_a_stock_phrase() -> None:
    stock = text(99, 3)
    passages = [Passage(number, number, 2023, 1, text(number) + stock) for number in range(1, 16)]
    facts, pairs = run(*passages)
    assert pairs == []
    assert all(abs(fact.stock - prepare(stock).letters) <= 12 for fact in facts.values())
    few = [Passage(number, number, 2023, 1, text(number) + stock) for number in range(1, 6)]
    assert run(*few)[1]


def test_nothing_and_very_little() -> None:
    assert run() == ({}, [])
    facts, pairs = run(Passage(1, 1, 2023, 6, "无。"), Passage(2, 2, 2023, 6, "无。"))
    assert pairs == []
    assert facts[1] == Originality(1, 1, 0)


def test_planted_copies_are_found_and_nothing_else() -> None:
    everything = list(made(1200))
    passages = [passage for passage, _ in everything]
    planted = {(plant.id, plant.source): plant.kind for _, plant in everything if plant}
    _, pairs = run(*passages)
    told = {(pair.id, pair.other) for pair in pairs} | {(pair.other, pair.id) for pair in pairs}
    assert len(planted) >= 10
    assert set(planted) <= told
    family = dict(planted.keys()) | {source: source for _, source in planted}
    assert all(family.get(one) is not None and family.get(one) == family.get(other) for one, other in told)
