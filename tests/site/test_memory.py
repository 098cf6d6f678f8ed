"""What pages remember: within a generation, up to a weight, and asked once however many ask at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archive.site.listing import Choice
from archive.site.respond import Memory, weight_of


def served(path: str, *, mutable: bool = False) -> Any:
    """A Datasette with one archive, as far as a memory looks at it."""
    return SimpleNamespace(databases={"archive": SimpleNamespace(path=Path(path), is_mutable=mutable)})


class Questions:
    """Counts how often it is asked."""

    def __init__(self, answer: object = "answer", *, fails: int = 0) -> None:
        self.asked = 0
        self.answer = answer
        self.fails = fails

    async def __call__(self) -> object:
        self.asked += 1
        fails = self.asked <= self.fails
        await asyncio.sleep(0.01)
        if fails:
            raise LookupError("not yet")
        return self.answer


def run(question: Callable[[], Awaitable[object]]) -> object:
    return asyncio.run(question())  # type: ignore[arg-type]


def test_an_answer_is_kept_for_its_generation() -> None:
    memory, question = Memory(), Questions()
    for path, asked in (("1/archive.db", 1), ("1/archive.db", 1), ("2/archive.db", 2)):
        assert run(lambda path=path: memory.recall(served(path), ("q",), question)) == "answer"  # type: ignore[misc]
        assert question.asked == asked


def test_nothing_is_kept_of_a_database_that_may_change() -> None:
    memory, question = Memory(), Questions()
    for asked in (1, 2):
        run(lambda: memory.recall(served("archive.db", mutable=True), ("q",), question))
        assert question.asked == asked


def test_the_least_recently_used_is_forgotten_by_weight() -> None:
    memory = Memory(10, weigh=lambda answer: answer)

    async def ask(name: str, weight: int) -> object:
        return await memory.recall(served("archive.db"), (name,), Questions(weight))

    async def story() -> None:
        for name, weight in (("a", 4), ("b", 4), ("a", 4), ("c", 5)):
            await ask(name, weight)

    asyncio.run(story())
    assert [name for _, name in memory.answers] == ["a", "c"]
    assert memory.weight == 9
    asyncio.run(ask("whale", 11))
    assert (memory.weight, len(memory.answers)) == (0, 0)


def test_many_at_once_ask_once() -> None:
    memory, question = Memory(), Questions()

    async def story() -> list[object]:
        return await asyncio.gather(*(memory.recall(served("archive.db"), ("q",), question) for _ in range(20)))

    assert asyncio.run(story()) == ["answer"] * 20
    assert question.asked == 1


@pytest.mark.parametrize("fails", [1, 2])
def test_a_failure_is_nobody_elses(fails: int) -> None:
    memory, question = Memory(), Questions(fails=fails)

    async def story() -> list[Any]:
        readers = (memory.recall(served("archive.db"), ("q",), question) for _ in range(3))
        return await asyncio.gather(*readers, return_exceptions=True)

    got = asyncio.run(story())
    assert sum(isinstance(one, LookupError) for one in got) == fails
    assert "answer" in got
    assert memory.asked == {}


def test_what_readers_invent_pushes_out_nothing_but_itself() -> None:
    passing = Memory(20_000, weight_of, weight_of)

    async def story() -> None:
        for number in range(500):
            await passing.recall(served("archive.db"), ("filter", f"invented {number}"), Questions("x" * 300))

    asyncio.run(story())
    assert 20 < len(passing.answers) < 60  # by bytes, the key's own with it
    assert passing.weight <= 20_000
    assert next(reversed(passing.answers))[-1] == "invented 499"


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [
        ("x" * 10_000, 10_000, 10_100),
        (["x" * 1000] * 20, 20_000, 22_000),
        ({"a": "x" * 1000, "b": ("y" * 1000, b"z" * 1000)}, 3_000, 4_000),
        (Choice("x" * 5000, 1, chosen=False), 5_000, 5_500),
        (list(range(100_000)), 800_000, 900_000),
    ],
)
def test_an_answer_weighs_about_what_it_takes(answer: object, least: int, most: int) -> None:
    assert least <= weight_of(answer) <= most
