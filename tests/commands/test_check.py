"""`gongkai check`: what fails within reports and across them, and what to ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.cli import main
from tests.site.evidence import planted
from tests.site.sample import build


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose published archive has a break across years, copies that differ, and a question."""
    home = tmp_path_factory.mktemp("data")
    generation = home / "generations" / "1"
    generation.mkdir(parents=True)
    build(generation / "archive.db")
    planted.plant(generation / "archive.db")
    (home / "current").symlink_to("generations/1")
    return home


def gongkai(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["check", "--data", str(data), *words])


def rules(result: Result) -> list[str]:
    assert result.exit_code == 0
    return [line.split()[2].rstrip(":") for line in result.stdout.splitlines()]


def test_everything_that_fails_and_every_question(data: Path) -> None:
    found = gongkai(data)
    assert sorted(rules(found)) == ["D1", "N1", "T3.BAL", "T3.ROW", "T4.REVIEW", "Y1"]
    for said in ("3 checks failed", "2 checks across reports failed", "questions of text against table: 1"):
        assert said in found.stderr


def test_one_list_alone_or_two_together(data: Path) -> None:
    assert sorted(rules(gongkai(data, "--years"))) == ["D1", "Y1"]
    assert rules(gongkai(data, "--questions")) == ["N1"]
    assert sorted(rules(gongkai(data, "--years", "--questions"))) == ["D1", "N1", "Y1"]


def test_both_sides_and_what_they_are_beside(data: Path) -> None:
    (line,) = gongkai(data, "--rule", "Y1").stdout.splitlines()
    assert "4 against 1 (+3, hard, beside u-0000000000-2022)  u-0000000000-2023" in line
    (line,) = gongkai(data, "--rule", "D1").stdout.splitlines()
    assert " against " not in line
    assert f"beside {planted.COPY}" in line


def test_a_question_has_its_sentence_and_is_not_called_an_error(data: Path) -> None:
    (line,) = gongkai(data, "--questions").stdout.splitlines()
    assert "the text has 37件, the tables 36" in line
    assert line.endswith(planted.SENTENCE)


def test_a_year_without_findings_is_no_failure(data: Path) -> None:
    found = gongkai(data, "--year", "2020")
    assert (found.exit_code, found.stdout) == (0, "")


def test_the_help_teaches_and_captures_stand_alone(data: Path) -> None:
    said = gongkai(data, "--help").stdout
    for word in ("--years", "--questions", "never a correction", "Examples:", "Exit codes"):
        assert word in said
    refused = gongkai(data, "--captures", "--years")
    assert refused.exit_code == 2
    assert "--captures" in refused.stderr
