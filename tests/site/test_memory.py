"""What pages remember: within a generation, up to a weight, and asked once however many ask at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archive.site.respond import Memory


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
