"""What a new worker answers ahead, so that no reader waits for what is worked out once a generation."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.site.database import TooLong
from archive.site.pages.questions import answers
from archive.site.worker import AHEAD_PATHS, answer_ahead, make_site
from tests.site.conftest import Get


@pytest.fixture
def fresh(database: Path, tmp_path: Path) -> Iterator[Any]:
    """A site on a generation that nobody has asked for anything."""
    site = make_site(Path(shutil.copy(database, tmp_path / "archive.db")))
    asyncio.run(site.invoke_startup())
    yield site
    site.get_database("archive").close()
    site.executor.shutdown()


def too_long(*_: object) -> Any:
    raise TooLong


def test_what_was_answered_ahead_is_not_asked_again(
    get: Get, fresh: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(answer_ahead(fresh, 60.0))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(answers, "read_answer", too_long)
    for language in ("zh", "en"):
        for path in AHEAD_PATHS:
            assert get(path, language, fresh).status_code == 200


def test_what_fails_ahead_is_told_and_stops_nothing(
    fresh: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(answers, "read_answer", too_long)
    asyncio.run(answer_ahead(fresh, 60.0))
    told = capsys.readouterr().err.splitlines()
    assert [line for line in told if line.startswith("/questions/Q")] == [
        f"{path} answered 503" for path in AHEAD_PATHS if path.startswith("/questions/Q")
    ] * 2


def test_a_worker_answers_ahead_only_so_long(fresh: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def get(path: str, **_: Any) -> Any:
        asked.append(path)
        await asyncio.sleep(3600)

    monkeypatch.setattr(fresh.client, "get", get)
    begun = time.monotonic()
    asyncio.run(answer_ahead(fresh, 0.05))
    assert asked == [AHEAD_PATHS[0]]
    assert time.monotonic() - begun < 1800
