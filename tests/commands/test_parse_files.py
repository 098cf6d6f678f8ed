"""`gongkai parse FILE…`: one JSON object a file, whatever the file is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import main
from demo.render import docx, html, text
from demo.reports import many

REPORT = next(iter(many(1)))


def parse(*paths: Path) -> tuple[int, list[dict[str, object]]]:
    result = CliRunner().invoke(main, ["parse", *map(str, paths)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "a.html").write_bytes(html.page(REPORT, "word", "gb18030"))
    (tmp_path / "b.docx").write_bytes(docx.render(REPORT))
    (tmp_path / "c.txt").write_text(text.render(REPORT), "utf-8")
    (tmp_path / "d.html").write_text("<p>青禾市召开防汛工作会议</p><p>会议要求各部门做好准备。</p>" * 5, "utf-8")
    (tmp_path / "e.pdf").write_bytes(b"%PDF-1.7\nbroken")
    (tmp_path / "f.bin").write_bytes(b"")
    return tmp_path


def test_each_format_gives_the_same_numbers(files: Path) -> None:
    code, lines = parse(files / "a.html", files / "b.docx", files / "c.txt")
    assert code == 0
    truth = [(cell.key, cell.applicant, cell.value and float(cell.value)) for cell in REPORT.cells]
    for line in lines:
        assert isinstance(line["statistics"], list)
        assert [(c["key"], c["applicant"], c["value"] and float(c["value"])) for c in line["statistics"]] == truth
        assert (line["agency"], line["year"], line["era"]) == (REPORT.agency.name, REPORT.year, REPORT.era)
        assert line["warnings"] is not None


def test_what_is_no_report_and_what_cannot_be_read_say_why_and_stop_nothing(files: Path) -> None:
    code, lines = parse(files / "d.html", files / "e.pdf", files / "f.bin", files / "nowhere.html", files / "b.docx")
    assert code == 3
    assert "not_a_report" in lines[0]
    assert [bool(line.get("unreadable")) for line in lines] == [False, True, True, True, False]
    assert lines[4]["agency"] == REPORT.agency.name


def test_a_folder_is_read_in_the_order_of_names(files: Path) -> None:
    _, lines = parse(files)
    assert [Path(str(line["file"])).name for line in lines] == [
        *("a.html", "b.docx", "c.txt", "d.html", "e.pdf", "f.bin"),
    ]


def test_a_folder_without_files_is_named(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("no document")
    result = CliRunner().invoke(main, ["parse", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"{tmp_path}: no file in this folder or below it\n"


def test_without_a_ledger_the_next_command_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["parse", "--data", str(tmp_path / "empty")])
    assert result.exit_code == 1
    assert "gongkai crawl" in result.stderr
