"""What `gongkai show` and `gongkai coverage` say of an archive: how sure its reading is, among the rest."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import wire
from archive.cli import main
from archive.database.build import build_database
from archive.exports.members import packed
from tests.made_holdings import BUILT_AT, made_holdings


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("data")
    generation = directory / "generations" / "1"
    generation.mkdir(parents=True)
    build_database(generation / "archive.db", made_holdings(agencies=2), built_at=BUILT_AT)
    (directory / "current").symlink_to("generations/1")
    with sqlite3.connect(generation / "archive.db") as connection:
        connection.execute("update reports set confidence = 'verified' where report_id = 'a00000-2021'")
        connection.execute("update reports set confidence = 'inconsistent' where report_id = 'a00000-2022'")
        connection.execute("update reports set confidence = 'unparsed' where report_id = 'a00001-2021'")
    connection.close()
    return directory


def run(data: Path, *words: str) -> Result:
    result = CliRunner().invoke(main, [words[0], "--data", str(data), *words[1:]])
    assert result.exit_code == 0, result.output
    return result


def test_show_says_how_sure_the_reading_is_and_why(data: Path) -> None:
    said = run(data, "show", "a00001-2023").output
    assert "reading  partial: one cell is missing; one cell is unreadable; one cell is inferred" in said


def test_show_gives_the_line_of_the_exports_digit_by_digit(data: Path) -> None:
    exports = data / "current" / "exports"
    exports.mkdir()
    with closing(sqlite3.connect(data / "current" / "archive.db")) as archive:
        ids = [id for (id,) in archive.execute("select report_id from reports order by report_id")]
    lines = {id: wire.line({"text": '"report_id":"a00001-2023"', "report_id": id}) for id in ids}
    lines["a00001-2023"] = wire.line(
        {"value": Decimal("160.50"), "count": 12345678901234567890123, "report_id": "a00001-2023"}
    )
    (exports / "reports.jsonl.gz").write_bytes(b"".join(map(packed, lines.values())))
    said = run(data, "show", "a00001-2023", "--json").output
    assert "".join(said.split()) == '{"value":160.50,"count":12345678901234567890123,"report_id":"a00001-2023"}'


def test_coverage_marks_what_is_held(data: Path) -> None:
    result = run(data, "coverage")
    lines = {line.split()[-1]: line.split()[:-1] for line in result.stdout.splitlines()[1:]}
    assert lines["云溪市教育局"] == ["◧", "◧", "■", "≠", "◧", "–"]
    assert lines["青石市教育局"] == ["◧", "◧", "□", "◧", "◧", "–"]
    assert "–  looked for, not on the portal" in result.stderr.splitlines()
    assert "10 of 12 reports are held: ■ 1 verified, ≠ 1 inconsistent, ◧ 7 partial, □ 1 unparsed" in result.stderr


def test_coverage_keeps_bodies_of_one_name_apart_and_counts_what_vanished_as_held(data: Path) -> None:
    home = data.parent / "namesakes"
    shutil.copytree(data, home, symlinks=True)
    with closing(sqlite3.connect(home / "current" / "archive.db")) as connection, connection:
        connection.execute("update agencies set name = '云溪市教育局'")
        connection.execute("update coverage set status = 'vanished' where report_id = 'a00001-2021'")
    result = run(home, "coverage")
    lines = [line.split() for line in result.stdout.splitlines()[1:]]
    assert [line[-1] for line in lines] == ["云溪市教育局", "云溪市教育局"]
    assert [line[2] for line in lines] == ["■", "□V"]
    assert "10 of 12 reports are held" in result.stderr
    assert "2021" not in run(home, "coverage", "--gaps").stdout


def test_coverage_as_csv_has_the_status_in_a_column(data: Path) -> None:
    rows = list(csv.DictReader(run(data, "coverage", "--csv", "--year", "2022").stdout.splitlines()))
    assert [row["confidence"] for row in rows] == ["inconsistent", "partial"]
    gaps = run(data, "coverage", "--gaps", "--year", "2030").stdout
    assert "not_found: 3 listing pages of the portal were read; none names it" in gaps


def refused(data: Path, *words: str) -> tuple[int, str]:
    """The exit code and the one line that a wrong use ends with; an exception that is none for a person fails."""
    result = CliRunner().invoke(main, [words[0], "--data", str(data), *words[1:]])
    assert isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stderr.strip().splitlines()[-1]


def test_a_rule_or_portal_that_is_not_there_is_no_clean_result(data: Path) -> None:
    code, said = refused(data, "check", "--rule", "T3.BALL")
    assert code == 2
    assert "no rule T3.BALL in the archive; it has: " in said
    assert "T3.BAL, " in said
    code, said = refused(data, "coverage", "--portal", "qinge")
    assert code == 2
    assert "no portal qinge in the archive; it has: " in said


@pytest.mark.parametrize("command", ["check", "coverage"])
def test_a_year_that_the_archive_knows_nothing_of_is_no_clean_result(data: Path, command: str) -> None:
    code, said = refused(data, command, "--year", "1823")
    assert code == 2
    assert said.startswith("gongkai: no report year 1823 in the archive; it has: ")
    assert ", 2023" in said


@pytest.mark.parametrize("word", ["--rule", "--year"])
def test_what_chooses_findings_does_not_go_with_captures(data: Path, word: str) -> None:
    assert refused(data, "check", "--captures", word, "2023") == (
        2,
        "Error: --captures checks every stored record; --rule and --year are for findings",
    )


@pytest.mark.parametrize("words", [["show", "a00000-2021"], ["coverage"], ["check"], ["check", "--rule", "Y1"]])
@pytest.mark.parametrize("held", [b"\x00no database" * 900, b"", None], ids=["damaged", "empty", "removed"])
def test_an_archive_that_cannot_be_read_is_named(tmp_path: Path, words: list[str], held: bytes | None) -> None:
    archive = tmp_path / "generations" / "1" / "archive.db"
    archive.parent.mkdir(parents=True)
    (tmp_path / "current").symlink_to("generations/1")
    if held is not None:
        archive.write_bytes(held)
    code, said = refused(tmp_path, *words)
    assert code == 1
    assert said.startswith("gongkai: ")
    assert "run `gongkai build" in said
    assert archive.exists() == (held is not None)


def test_exports_that_are_not_there_are_named(data: Path, tmp_path: Path) -> None:
    generation = tmp_path / "generations" / "1"
    generation.mkdir(parents=True)
    (generation / "archive.db").write_bytes((data / "current" / "archive.db").read_bytes())
    (tmp_path / "current").symlink_to("generations/1")
    code, said = refused(tmp_path, "show", "a00000-2021", "--json")
    assert (code, said) == (1, f"gongkai: {generation / 'exports' / 'reports.jsonl.gz'}: No such file or directory")


def test_exports_do_not_go_where_a_file_is(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    code, said = refused(data, "export", "--to", str(tmp_path / "file"))
    assert code == 2
    assert said.endswith("is a file; name a directory")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("given", ["x y", "http://site.example/", "//", "/公开/", "/a?b"])
def test_the_path_of_the_site_is_a_path(data: Path, given: str) -> None:
    code, said = refused(data, "serve", "--base-url", given)
    assert code == 2
    assert said.endswith("is no path such as /gongkai/")


def test_the_operators_port_is_another_one(data: Path) -> None:
    assert refused(data, "serve", "--port", "8001", "--ops-port", "8001") == (
        2,
        "Error: give --ops-port another port than --port",
    )
