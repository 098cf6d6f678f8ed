"""A build that finds nothing says what to do: read what was captured, or capture something that can be a report."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.models import Outcome, Role
from archive.registry import registry_of
from archive.route.building import holdings_of
from archive.steps import NothingToDo
from tests.route.crawled import crawled


def why_not(data: Path) -> str:
    with pytest.raises(NothingToDo) as said:
        holdings_of(data, registry_of(data))
    return str(said.value)


def test_nothing_that_can_be_a_report(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        data.fetch("list", b"<a>", role=Role.LISTING)
        data.fetch("1.html", None, outcome=Outcome.UNREACHABLE)
    assert "nothing captured" in why_not(tmp_path)
    assert "gongkai parse" not in why_not(tmp_path)


def test_documents_that_were_not_read(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        data.fetch("1.html", b"4")
    assert f"run `gongkai parse --data {tmp_path}` first" in why_not(tmp_path)
