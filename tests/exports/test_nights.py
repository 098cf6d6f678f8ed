"""Night after night: exports of which most was taken over are those that are made in full, byte by byte; and where
nothing may be taken over, nothing is."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import wire
from archive.checks.within import check_report
from archive.database.build import build_database
from archive.database.inputs import report_digests
from archive.exports import previous as previous_module
from archive.exports import rows, tables
from archive.exports.previous import Before
from archive.exports.write import export_all
from archive.holdings import Change, ChangeKind, Holdings, PackedReport, Report, Reports
from archive.models import Finding, ParsedReport
from tests.made_holdings import BUILT_AT, made_holdings

EVERY = made_holdings(4, (2019, 2020, 2021), sentences=2)
IDS = [report.id for report in EVERY.reports]


@pytest.fixture(autouse=True, scope="module")
def small_batches() -> Iterator[None]:
    """Batches and queries so small that those few reports fill many."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("ROWS_FETCHED", "ROWS_A_BATCH", "ROWS_A_LONG_BATCH"):
            patch.setattr(rows, name, 300)
        patch.setattr(tables, "ROWS_A_BATCH", 100)
        patch.setattr(rows, "REPORTS_A_QUERY", 2)
        yield


@dataclass(frozen=True)
class Made:
    """The exports of some holdings: where they are, and the digest of each file but the manifest's own time."""

    holdings: Holdings
    archive: Path
    folder: Path
    said: tuple[str, ...] = ()

    def files(self) -> dict[str, str]:
        """The hash of every file by name."""
        paths = (path for path in self.folder.rglob("*") if path.is_file())
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths
        }


def made(holdings: Holdings, folder: Path) -> Made:
    """The exports made in full."""
    folder.mkdir(parents=True)
    archive = folder / "archive.db"
    build_database(archive, holdings, built_at=BUILT_AT)
    export_all(holdings, archive, folder / "exports")
    return Made(holdings, archive, folder / "exports")


def made_again(now: Made, then: Made, folder: Path, kept: frozenset[str] | None = None) -> Made:
    """The same exports once more, as after a night."""
    said: list[str] = []
    if kept is None:
        digests = dict(report_digests(then.holdings))
        kept = frozenset(id for id, digest in report_digests(now.holdings) if digests.get(id) == digest)
    export_all(now.holdings, now.archive, folder, before=Before(then.folder, kept), said=said.append)
    return Made(now.holdings, now.archive, folder, tuple(said))


def altered(report: Report, how: str, night: int) -> Report:
    """The report with something else in it."""
    current = report.current
    body = current.packed.json()
    if how == "cell":
        cell = next(cell for cell in body["statistics"] if cell["state"] == "number" and cell["raw"])
        cell["value"], cell["raw"] = 1000 + night, str(1000 + night)
    elif how == "text":
        body["sections"][1]["text"] += f'\n"第{night}次"更正,\r\n=1'
    elif how == "longer":
        body["extra_rows"] *= 2 + night
        body["leftovers"] = []
    elif how == "gone":
        return replace(report, vanished_on=f"2026-05-{night + 1:02d}")
    elif how == "moved":
        capture = replace(current.capture, offset=current.capture.offset + 1)
        return replace(report, versions=(*report.versions[:-1], replace(current, capture=capture)))
    else:
        return replace(report, warnings=(*report.warnings, f"copy: 第{night}次"))
    packed = PackedReport.pack(wire.dumps(body))
    return replace(report, versions=(*report.versions[:-1], replace(current, packed=packed)))


def told(report: Report) -> Report:
    """The report with the change that says that it is gone, if it is."""
    gone = Change(f"{report.id}-gone", report.id, f"{report.vanished_on}T00:00:00Z", ChangeKind.VANISHED, None)
    return replace(report, changes=(*report.changes, gone)) if report.vanished_on else report


HOW = ("cell", "text", "longer", "gone", "moved", "warned")
NIGHTS = st.lists(
    st.fixed_dictionaries(
        {
            "held": st.sets(st.sampled_from(IDS), min_size=len(IDS) - 5),
            "altered": st.dictionaries(st.sampled_from(IDS), st.sampled_from(HOW), max_size=3),
            "renamed": st.none() | st.sampled_from(range(4)),
        }
    ),
    min_size=2,
    max_size=3,
)


@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(nights=NIGHTS)
def test_any_nights_give_the_files_that_are_made_in_full(
    tmp_path_factory: pytest.TempPathFactory, nights: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("nights")
    reports = {report.id: report for report in EVERY.reports}
    agencies = list(EVERY.agencies)
    then: Made | None = None
    for number, night in enumerate(nights):
        for id, how in night["altered"].items():  # type: ignore[attr-defined]
            reports[id] = altered(reports[id], how, number)
        if (renamed := night["renamed"]) is not None:
            agencies[renamed] = replace(agencies[renamed], name=f"改名{number}")  # type: ignore[call-overload]
        held = Reports(told(report) for report in reports.values() if report.id in night["held"])  # type: ignore[operator]
        now = made(
            replace(
                EVERY,
                agencies=tuple(agencies),
                reports=held,
                coverage=tuple(c for c in EVERY.coverage if c.report_id is None or c.report_id in night["held"]),  # type: ignore[operator]
            ),
            folder / f"{number}",
        )
        if then is not None:
            again = made_again(now, then, folder / f"{number}-again")
            assert again.said == ()
            assert again.files() == now.files()
        then = now
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(EVERY, tmp_path_factory.mktemp("evening") / "1")


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Made:
    changed = altered(EVERY.reports[5], "cell", 1)
    reports = Reports(changed if report.id == changed.id else report for report in EVERY.reports)
    return made(replace(EVERY, reports=reports), tmp_path_factory.mktemp("morning") / "1")


@pytest.fixture
def copied(evening: Made, tmp_path: Path) -> Made:
    """The exports of the evening, to be damaged."""
    shutil.copytree(evening.folder, tmp_path / "evening")
    return replace(evening, folder=tmp_path / "evening")


def test_what_is_unchanged_is_copied_and_not_made(
    evening: Made, morning: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previous_module, "SAMPLE", 1)
    asked: list[ParsedReport] = []

    def counted(parsed: ParsedReport) -> tuple[Finding, ...]:
        asked.append(parsed)
        return check_report(parsed)

    monkeypatch.setattr("archive.exports.json_lines.check_report", counted)
    again = made_again(morning, evening, tmp_path / "again")
    assert again.said == ()
    assert len(asked) == 2  # the one that changed, and a sample of one


TAKEN_FROM = ("statistics.parquet", "sections.parquet", "findings.csv.gz", "reports.jsonl.gz", "wide-2020.csv")
OF_USE = ("reports.parquet", "feeds/agencies.sha256", "feeds/agency/a00000.json")


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *((name, "one byte") for name in (*TAKEN_FROM, *OF_USE)),
        ("reports.jsonl.gz", "cut"),
        ("reports.jsonl.gz", "missing"),
    ],
)
def test_a_file_that_is_not_as_recorded_is_not_copied_from(
    copied: Made, morning: Made, tmp_path: Path, name: str, damage: str
) -> None:
    path = copied.folder / name
    data = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    else:
        data[len(data) // 2] ^= 0x81  # no text in UTF-8 any more
        path.write_bytes(data if damage == "one byte" else data[: len(data) // 2])
    again = made_again(morning, copied, tmp_path / "again")
    assert name.rpartition("/")[2] in "".join(again.said)
    assert again.files() == morning.files()


@pytest.mark.parametrize("name", ["made_by", "schema_version", "parser_version"])
def test_nothing_is_taken_over_from_other_code(copied: Made, morning: Made, tmp_path: Path, name: str) -> None:
    path = copied.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {name: "another"}), "utf-8")
    again = made_again(morning, copied, tmp_path / "again")
    assert name in again.said[0]
    assert again.files() == morning.files()


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"files": [{}]}', "\udcff"])
def test_nothing_is_taken_over_without_a_manifest(
    copied: Made, morning: Made, tmp_path: Path, text: str | None
) -> None:
    path = copied.folder / "manifest.json"
    path.unlink()
    if text is not None:
        path.write_bytes(text.encode(errors="surrogateescape"))
    again = made_again(morning, copied, tmp_path / "again")
    assert len(again.said) == 1
    assert again.files() == morning.files()


def test_reports_that_were_not_there_are_not_taken_over(evening: Made, morning: Made, tmp_path: Path) -> None:
    again = made_again(morning, evening, tmp_path / "again", frozenset({*IDS[:3], "a00099-2020"}))
    assert "the reports that are said to be there" in again.said[0]
    assert again.files() == morning.files()


def test_what_is_wrongly_called_unchanged_is_found_by_the_sample(evening: Made, morning: Made, tmp_path: Path) -> None:
    again = made_again(morning, evening, tmp_path / "again", frozenset(IDS))
    assert "statistics.parquet has rows that the database has not" in again.said[0]
    assert again.files() == morning.files()
