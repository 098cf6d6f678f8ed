"""What describes the exports is true of them, in the eyes of other people's validators."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from archive.exports.dictionary import dictionary
from archive.exports.report_schema import report_schema
from archive.exports.resources import load_resources
from tests.exports.conftest import Exported

COMMITTED = Path(__file__).parents[2] / "docs" / "dictionary.md"


def loaded(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def validated(package: Path) -> dict[str, Any]:
    """The report of the frictionless validator, run as its users run it."""
    done = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", "--json", package.name],
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.slow
def test_frictionless_finds_nothing(exported: Exported) -> None:
    report = validated(exported.folder / "datapackage.json")
    assert report["stats"]["errors"] == 0, report
    assert report["valid"]
    rows = {task["name"]: task["stats"].get("rows") for task in report["tasks"]}
    assert rows["reports"] == 20
    assert rows["statistics"] == 12 * 200 + 8 * 198


@pytest.mark.slow
def test_frictionless_finds_what_is_wrong(exported: Exported, tmp_path: Path) -> None:
    shutil.copytree(exported.folder, tmp_path, dirs_exist_ok=True)
    portals = tmp_path / "portals.csv"
    portals.write_bytes(portals.read_bytes().replace(b"p1", b"p9"))
    report = validated(tmp_path / "datapackage.json")
    assert not report["valid"]


def test_every_file_is_named_with_its_size_and_hash(exported: Exported) -> None:
    package, manifest = (loaded(exported.folder / name) for name in ("datapackage.json", "manifest.json"))
    on_disk = {path.relative_to(exported.folder).as_posix() for path in exported.folder.rglob("*") if path.is_file()}
    general = {name for name in on_disk if not name.startswith("feeds/agency/")}
    assert {path.relative_to(exported.folder).as_posix() for path in exported.files} == general
    tables = {name for name in general if not name.startswith("feeds/")} - {"datapackage.json", "manifest.json"}
    assert {entry["path"] for entry in package["resources"]} == tables
    assert {entry["name"] for entry in manifest["files"]} == {"archive.db", *general} - {"manifest.json"}
    for entry in manifest["files"]:
        home = exported.archive.parent if entry["name"] == "archive.db" else exported.folder
        data = (home / entry["name"]).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_the_manifest_counts_the_rows_of_the_files(exported: Exported) -> None:
    for entry in loaded(exported.folder / "manifest.json")["files"]:
        path = exported.folder / entry["name"]
        if path.name.endswith(".csv.gz"):
            text = gzip.decompress(path.read_bytes()).decode()
        elif path.suffix == ".csv":
            text = path.read_text("utf-8-sig")
        else:
            continue
        assert entry["rows"] == sum(1 for _ in csv.reader(text.splitlines(keepends=True))) - 1, path.name


def test_the_manifest_says_what_it_was_made_from(exported: Exported) -> None:
    manifest = loaded(exported.folder / "manifest.json")
    assert manifest["built_at"] == "2026-01-02T03:04:05Z"
    assert manifest["reports"] == 20
    assert manifest["last_good_night"].keys() == {"p0", "p1", "p2", "p3"}
    assert manifest["license"]["name"] == "CC-BY-4.0"
    assert "generation 1" in manifest["citation"]


def reports(exported: Exported) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.open(exported.folder / "reports.jsonl.gz", "rt", encoding="utf-8")]


def test_every_line_follows_the_schema(exported: Exported) -> None:
    validator = Draft202012Validator(loaded(exported.folder / "report.schema.json"))
    validator.check_schema(validator.schema)
    lines = reports(exported)
    assert len(lines) == 20
    assert [error.message for line in lines for error in validator.iter_errors(line)] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("state", "guessed"), ("key", "requests_recieved"), ("value", "12"), ("applicant", "everyone"), ("value", None)],
)
def test_the_schema_refuses_what_is_not_of_the_form(exported: Exported, field: str, value: object) -> None:
    line = reports(exported)[0]
    assert line["statistics"][0]["state"] in ("number", "zero")
    line["statistics"][0][field] = value
    assert list(Draft202012Validator(report_schema()).iter_errors(line))


def test_a_blank_with_a_value_is_refused(exported: Exported) -> None:
    line = reports(exported)[0]
    line["statistics"][0] |= {"state": "blank", "value": 0}
    assert list(Draft202012Validator(report_schema()).iter_errors(line))


def test_the_dictionary_is_that_of_the_schema() -> None:
    assert COMMITTED.read_text("utf-8") == dictionary(), "run `make metadata`"


def test_the_dictionary_names_every_column() -> None:
    text = dictionary()
    for resource in load_resources():
        assert f"### `{resource.name}`" in text
        assert all(f"| `{field.name}` | {field.type} |" in text for field in resource.fields)
