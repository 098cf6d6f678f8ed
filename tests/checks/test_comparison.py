"""What is said beside a memory of the sections before is what is said without one, whatever changed among them."""

from __future__ import annotations

import random
import weakref
from collections.abc import Sequence
from dataclasses import replace
from tempfile import TemporaryFile

import numpy as np

from archive.checks.comparison import MOST, NOTHING, Comparison, Memory, Said, compare
from archive.checks.copied import Passage
from bench.copied import sentence

AGENCIES, YEARS = 16, (2021, 2022, 2023)
CHARACTERS = [chr(0x4E00 + number * 7) for number in range(700)]


def line(seed: int) -> str:
    return sentence(random.Random(seed), CHARACTERS).replace("#", str(seed))


def written(chance: random.Random) -> str:
    """A text of some lines, out of a few that others have too; some of them are printed by most."""
    return "".join(line(chance.randrange(60)) for _ in range(5)) + line(chance.choice((900, 900, 901)))


def beside(passages: Sequence[Passage], before: Memory, last: Sequence[Said]) -> tuple[list[Said], Memory, int]:
    """What is said of each, what is to be remembered, and how much of it was said before."""
    texts = {passage.id: passage.text for passage in passages}
    slots = TemporaryFile()  # noqa: SIM115, the next archive reads it
    comparison = Comparison(passages, texts.__getitem__, slots, before)
    every = list(comparison.said())
    memory = comparison.memory()
    weakref.finalize(memory.runs, slots.close)
    found = [last[said] if isinstance(said, int) else said for said in every]
    return found, memory, sum(isinstance(said, int) for said in every)


def test_night_after_night_the_same_is_said_as_without_memory() -> None:
    chance = random.Random(4)
    held = {(agency, year): written(chance) for agency in range(AGENCIES) for year in YEARS}
    memory, last, all_taken = NOTHING, [], 0
    for _ in range(14):
        for key in chance.sample(sorted(held), 3):
            held[key] = written(chance)
        gone = chance.choice(sorted(held))
        del held[gone]
        held[chance.randrange(AGENCIES + 3), chance.choice(YEARS)] = written(chance)
        passages = [
            Passage(100 * agency + year - YEARS[0], f"a{agency}", year, 1, text)
            for (agency, year), text in sorted(held.items())
        ]
        anew = list(compare(lambda shown=passages: shown, {one.id: one.text for one in passages}.__getitem__))
        said, memory, taken = beside(passages, memory, last)
        assert said == anew
        last, all_taken = said, all_taken + taken
    assert any(pairs for _, pairs in last)
    assert any(fact.stock for fact, _ in last)
    assert any(fact.repeated for fact, _ in last)
    assert all_taken > 50


def test_only_the_year_before_changes() -> None:
    one, two, three = (written(random.Random(seed)) for seed in (1, 2, 3))
    before = [Passage(1, "a", 2022, 1, one), Passage(2, "a", 2023, 1, one + two)]
    said, memory, _ = beside(before, NOTHING, [])
    after = [replace(before[0], text=two + three), before[1]]
    found, _, taken = beside(after, memory, said)
    assert found == list(compare(lambda: after, {one.id: one.text for one in after}.__getitem__))
    assert found != said
    assert taken == 0


def test_one_more_agency_makes_a_phrase_a_stock_phrase_and_one_fewer_none() -> None:
    def passages(printing: int) -> list[Passage]:
        texts = ["".join(map(line, range(1000 * agency, 1000 * agency + 40))) for agency in range(1, 13)]
        shown = [text + line(900) if number < printing else text for number, text in enumerate(texts)]
        return [Passage(number, f"a{number}", 2023, 1, text) for number, text in enumerate(shown)]

    memory, last = NOTHING, []
    for printing, stock in ((10, False), (11, True), (12, True), (10, False)):
        some = passages(printing)
        said, memory, _ = beside(some, memory, last)
        assert said == list(compare(lambda shown=some: shown, {one.id: one.text for one in some}.__getitem__))
        assert bool(said[0][0].stock) == stock
        last = said


def test_a_phrase_that_more_agencies_print_than_can_be_counted_stays_a_stock_phrase() -> None:
    texts = ["".join(map(line, range(1000 * agency, 1000 * agency + 9))) for agency in range(1, 13)]
    before = [Passage(number, f"a{number}", 2023, 1, text + line(900)) for number, text in enumerate(texts[:-1])]
    last = Passage(11, "a11", 2023, 1, texts[-1])
    said, memory, _ = beside([*before, last], NOTHING, [])
    full = replace(memory, counts=np.full_like(memory.counts, MOST))
    said, _, _ = beside([*before, replace(last, text=last.text + line(900))], full, said)
    assert said[11][0].stock == said[11][0].chars - said[11][0].template > 0


def test_nothing_changes_and_nothing_is_compared() -> None:
    passages = [Passage(number, f"a{number}", 2023, 1, written(random.Random(number))) for number in range(6)]
    said, memory, _ = beside(passages, NOTHING, [])
    found, again, taken = beside(passages, memory, said)
    assert taken == 6
    assert found == said
    assert (again.counts == memory.counts).all()
    assert beside([], memory, said)[0] == []
