"""What is noted while a report is read, told in Chinese: warnings as the parser really words them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import archive
from archive.models import ParsedReport
from archive.reading import read_report
from archive.site.noted import told

DOCUMENTS = Path(__file__).parents[1] / "fixtures" / "documents"
BY_PORTAL = "agency: not named in the report; taken to be 步步县人民政府, the only one of portal bubu"


def test_what_the_parser_notes_of_the_fixtures_is_told_in_chinese() -> None:
    results = [
        read_report(path.read_bytes(), name=path.name) for path in sorted(DOCUMENTS.iterdir()) if path.suffix != ".json"
    ]
    warnings = [warning for result in results if isinstance(result, ParsedReport) for warning in result.warnings]
    assert len(warnings) >= 4
    assert [warning for warning in warnings if told(warning, "zh").lang != "zh"] == []


def worded(room: str) -> Iterator[str]:
    """The warnings that the modules of a room put into words, a digit in each gap."""
    for path in sorted((Path(archive.__file__).parent / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(("warnings.append", "._warn")):
                continue
            said = node.args[0]
            if isinstance(said, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in said.values)
            elif isinstance(said, ast.Constant):
                yield str(said.value)


@pytest.mark.parametrize("room", ["readers", "report", "holdings"])
def test_every_warning_that_is_worded_is_told_in_chinese(room: str) -> None:
    warnings = list(worded(room))
    assert warnings
    assert [warning for warning in warnings if told(warning, "zh").lang != "zh"] == []


@pytest.mark.parametrize(
    ("warning", "chinese"),
    [
        (
            "year: statistics period says 2022, list title says 2021",
            "年份：统计期 为 2022, 列表标题 为 2021；以先列者为准。",
        ),
        ("3 characters could not be decoded as gb18030", "有 3 个字无法按 gb18030 解码。"),
        (
            "copy: https://a.example/page/1.html differs from version 1 in section 1; section 5",
            "另一网址 https://a.example/page/1.html 上的副本与第 1 版不同：部分 1; 部分 5",
        ),
    ],
)
def test_words_within_a_sentence_are_told_too_but_not_within_addresses(warning: str, chinese: str) -> None:
    assert told(warning, "zh") == (chinese, "zh")


def test_a_report_given_to_a_body_by_its_portal_says_so_without_words_of_the_program() -> None:
    chinese, english = told(BY_PORTAL, "zh"), told(BY_PORTAL, "en")
    assert "步步县人民政府" in chinese.text
    assert english.text.startswith("The report does not say whose it is.")


def test_a_sentence_that_nobody_has_translated_stands_as_it_was_noted() -> None:
    assert told("something new", "zh") == ("something new", "en")
