"""Packages, and pages with files inside: the one report among them, or why there is none."""

from __future__ import annotations

import base64
import shutil
from dataclasses import replace
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.models import Cell, Era, NotAReport, Number, ParsedReport, ParseResult, State, Unreadable
from archive.reading import read_report
from archive.sandbox import read_safely
from archive.several import Part, choose
from demo.render import docx, html, text
from demo.reports import many
from demo.truth import TrueReport
from tests.readers.package_builder import rar, zipped

FIRST, SECOND = islice(many(2), 2)
NOTICE = "关于开展植树活动的通知\n请于三月十二日上午到场。".encode()
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x01" * 50


def truth(report: TrueReport) -> dict[tuple[str, str | None], Number | None]:
    return {(cell.key, cell.applicant): cell.value for cell in report.cells}


def values(result: ParseResult) -> dict[tuple[str, str | None], Number | None]:
    assert isinstance(result, ParsedReport), result
    return {(cell.key, cell.applicant): cell.value for cell in result.cells}


def page(script: str) -> bytes:
    return f"<html><head><title>{FIRST.title}</title></head><body><div id=viewer></div>{script}</body></html>".encode()


CODE = base64.b64encode(docx.render(FIRST)).decode()


# --------------------------------------------------------------------------- packages


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_the_one_report_of_a_package_is_taken_and_named(encoding: str) -> None:
    files = {"附件/年度报告.docx": docx.render(FIRST), "附件/说明.txt": NOTICE}
    result = read_report(zipped(files, encoding=encoding), name="附件.zip")
    assert values(result) == truth(FIRST)
    assert isinstance(result, ParsedReport)
    assert "read from 附件/年度报告.docx in the package" in result.warnings


@pytest.mark.parametrize("programs", [("bsdtar", "head", "sh"), ("unar", "sh")], ids=["bsdtar", "unar"])
def test_a_rar_package_is_opened_in_the_sandbox_too(
    programs: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in programs:
        path = shutil.which(program)
        if path is None:
            pytest.skip(f"needs {program}")
        (tmp_path / program).symlink_to(path)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = read_safely(rar({"a.docx": docx.render(FIRST), "b.txt": NOTICE}))
    assert values(result) == truth(FIRST)
    assert isinstance(result, ParsedReport)
    assert "read from a.docx in the package" in result.warnings


def test_copies_of_one_report_count_as_one() -> None:
    files = {"a.docx": docx.render(FIRST), "a.html": html.page(FIRST), "a.txt": text.render(FIRST).encode()}
    result = read_report(zipped(files))
    assert values(result) == truth(FIRST)
    assert isinstance(result, ParsedReport)
    assert not [warning for warning in result.warnings if "other values" in warning]


def test_different_reports_are_ambiguous() -> None:
    result = read_report(zipped({"one.docx": docx.render(FIRST), "two.docx": docx.render(SECOND)}))
    assert isinstance(result, NotAReport)
    for what in ("several different reports", "one.docx", "two.docx", FIRST.title, SECOND.title):
        assert what in result.why


def test_a_package_of_other_things_is_no_report() -> None:
    result = read_report(zipped({"通知.txt": NOTICE}))
    assert isinstance(result, NotAReport)
    assert "通知.txt" in result.why


def test_what_could_not_be_read_may_have_been_the_report() -> None:
    result = read_report(zipped({"通知.txt": NOTICE, "报告.bin": b"\x00\x01\x02\x03" * 50}))
    assert isinstance(result, Unreadable)
    assert "报告.bin" in result.why


def test_what_could_not_be_read_beside_a_report_is_named() -> None:
    result = read_report(zipped({"报告.docx": docx.render(FIRST), "签章.bin": b"\x00\x01\x02\x03" * 50}))
    assert isinstance(result, ParsedReport)
    assert any("签章.bin" in warning and "could not be read" in warning for warning in result.warnings)


def test_an_empty_package_holds_nothing() -> None:
    assert read_report(zipped({})) == NotAReport("the package holds no documents")


# --------------------------------------------------------------------------- files inside pages


@pytest.mark.parametrize(
    "script",
    [
        f"<script>var pdfData = '{CODE}';</script>",
        f'<script>load({{"file": "{CODE}"}})</script>',
        '<script>var d = "' + '" +\n "'.join(CODE[n : n + 76] for n in range(0, len(CODE), 76)) + '";</script>',
        '<script>var d = "' + "\\r\\n".join(CODE[n : n + 76] for n in range(0, len(CODE), 76)) + '";</script>',
        '<script>var d = "' + CODE.replace("/", "\\/").replace("+", "\\u002B") + '";</script>',
        f'<embed src="data:application/octet-stream;base64,{CODE}">',
        f'<a href="data:application/msword;base64,{quote(CODE, safe="")}">下载</a>',
        f"<script>var d = `\n{CODE.rstrip('=')}\n`;</script>",
    ],
    ids=["string", "object", "joined", "lines", "escaped", "embedded", "link", "unpadded"],
)
def test_a_file_inside_a_page_is_read(script: str) -> None:
    result = read_report(page(script))
    assert values(result) == truth(FIRST)
    assert isinstance(result, ParsedReport)
    assert "read from file 1 (docx) in the page" in result.warnings


def test_a_page_with_a_report_of_its_own_is_that_report() -> None:
    own = html.page(SECOND).replace(b"</body>", f"<script>var d = '{CODE}'</script></body>".encode())
    assert values(read_report(own)) == truth(SECOND)


def test_pictures_inside_a_page_are_left_alone() -> None:
    code = base64.b64encode(PICTURE).decode()
    result = read_report(page(f'<img src="data:image/png;base64,{code}">'))
    assert isinstance(result, NotAReport)
    assert "holds no report that can be read" not in result.why


def test_a_damaged_file_inside_a_page_is_named() -> None:
    result = read_report(page(f"<script>var d = '{CODE[:400]}'</script>"))
    assert isinstance(result, Unreadable)
    assert "file 1" in result.why
    assert "the title of a report and no text" in result.why


# --------------------------------------------------------------------------- choosing


def made(values: list[int | None], *, year: int | None = 2023, agency: str | None = "甲局") -> ParsedReport:
    """A report with these cells."""
    cells = tuple(
        Cell(f"key{n}", None, value, State.MISSING if value is None else State.NUMBER) for n, value in enumerate(values)
    )
    return ParsedReport("报告", agency, year, Era.C, (), cells)


FULL = made(list(range(1, 31)))


def test_the_fuller_copy_is_taken_whatever_the_order() -> None:
    poor = made([1, 2, *[None] * 28])
    for parts in ([Part("poor", poor), Part("full", FULL)], [Part("full", FULL), Part("poor", poor)]):
        result = choose(parts, "the package")
        assert isinstance(result, ParsedReport)
        assert result.cells == FULL.cells
        assert result.warnings == ("read from full in the package",)


def test_cells_in_which_copies_differ_are_named() -> None:
    other = made([1, 99, *range(3, 30), None])
    result = choose([Part("a.docx", FULL), Part("a.pdf", other)], "the package")
    assert isinstance(result, ParsedReport)
    assert result.cells == FULL.cells
    assert result.warnings[1:] == ("a.pdf in the package is a copy of this report with other values in key1",)


@pytest.mark.parametrize(
    "other",
    [
        replace(FULL, year=2022),
        replace(FULL, agency="乙局"),
        made([99, *range(2, 31)], agency=None),
        made([1, 2, *[None] * 28], year=None),
    ],
    ids=["year", "agency", "no agency and another value", "no year and too few cells to tell"],
)
def test_what_is_not_surely_a_copy_is_another_report(other: ParsedReport) -> None:
    assert isinstance(choose([Part("a", FULL), Part("b", other)], "the package"), NotAReport)


def test_a_copy_without_a_name_is_known_by_its_cells() -> None:
    result = choose([Part("a", FULL), Part("b", replace(FULL, agency=None, year=None))], "the package")
    assert isinstance(result, ParsedReport)
    assert result.agency == "甲局"
