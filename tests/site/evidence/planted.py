"""What is planted in the sample archive for these pages: breaks, questions, copies, gaps, dates, nights, exports."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from archive.database import dictionaries
from archive.exports.members import packed
from tests.site.sample import insert

BODY = "u-0000000000"
LATER, BEFORE = f"{BODY}-2023", f"{BODY}-2022"
HOSTILE = "<img src=x onerror=alert(9)>"
SENTENCE = f"全年新收申请37件{HOSTILE}，办结36件。"
COPY = "javascript:alert(8)"


def cell(side: str, report_id: str, value: int | None, state: str = "number") -> dict[str, Any]:
    """A cell of a check as the database has it."""
    address = {"key": "requests_brought_forward", "applicant": "total"}
    return {"side": side, "report_id": report_id} | address | {"value": value, "raw": str(value), "state": state}


def plant(path: Path) -> None:
    """Writes everything into the archive at `path`."""
    connection = sqlite3.connect(path)
    insert(connection, "reasons", dictionaries.reason_rows())
    insert(connection, "claims", dictionaries.claim_rows())
    insert(connection, "measure_names", dictionaries.measure_rows())
    about = {"agency_id": BODY, "agency": "云溪市粮食局", "year": 2023, "report_id": LATER}
    crossed: tuple[dict[str, Any], ...] = (
        {"check_id": f"{LATER}-Y1-total", "rule": "Y1", "severity": "hard", "status": "fail", "applicant": "total"}
        | {"left": 4, "right": 1, "delta": 3, "other_id": BEFORE}
        | {"cells": json.dumps([cell("left", LATER, 4), cell("right", BEFORE, 1)])},
        {"check_id": f"{LATER}-Y2-rules", "rule": "Y2", "severity": "hard_with_explanation", "status": "undetermined"}
        | {"reason": "missing_year", "cells": "[]"},
        {"check_id": f"{LATER}-D1", "rule": "D1", "severity": "hard", "status": "fail", "url": COPY, "cells": "[]"},
    )
    insert(connection, "cross_checks", (about | entry for entry in crossed))
    sha256 = connection.execute("select sha256 from reports where report_id = ?", (LATER,)).fetchone()[0]
    insert(
        connection,
        "copy_differences",
        [
            {"difference_id": "d1", "check_id": f"{LATER}-D1", "report_id": LATER, "version_id": f"{LATER}-v1"}
            | {"url": COPY, "sha256": sha256, "key": "requests_received", "applicant": "total", "held": "37"}
            | {"copy": "73", "kind": "differs"}
        ],
    )
    said = about | {"section_id": f"{LATER}-s2", "sentence": SENTENCE}
    readings = [{"reading": "received", "value": 36, "cells": [cell("", LATER, 36), cell("", BEFORE, 30)]}]
    insert(
        connection,
        "text_checks",
        [
            said
            | {"text_check_id": f"{LATER}-001-N1", "rule": "N1", "claim": "received", "place": 4, "stated": "37件"}
            | {"value": 37, "status": "question", "computed": 36, "delta": 1, "readings": json.dumps(readings)},
            said
            | {"text_check_id": f"{LATER}-002-N2", "rule": "N2", "claim": "handled", "place": 9, "stated": "36件"}
            | {"value": 36, "status": "pass", "computed": 36, "delta": 0, "readings": "[]"},
        ],
    )
    _dates(connection)
    _nights(connection)
    connection.commit()
    connection.close()


def _dates(connection: sqlite3.Connection) -> None:
    """One report is late, one was looked for in vain, one is behind a portal that blocks."""
    law = "regulation-2019-art-49-departments"
    connection.execute(
        "update coverage set portal_id = 'yunxi', due_on = '2024-01-31', due_by = ?, timeliness = 'late',"
        " stated_date = '2024-03-05', url_date = '2024-03-01', http_date = '2024-04-04', first_seen = '2025-01-20'"
        " where report_id = ?",
        (law, LATER),
    )
    connection.execute("update coverage set timeliness = 'unknown' where report_id = ?", (BEFORE,))
    other = "u-0000000001"
    insert(
        connection,
        "coverage",
        [
            {"agency_id": other, "year": 2021, "status": "blocked", "reason": f"blocked {HOSTILE}"}
            | {"portal_id": "hanshan", "due_on": "2022-01-31", "due_by": law},
            {"agency_id": other, "year": 2024, "status": "not_due", "reason": "due later"},
        ],
    )
    connection.execute("update agencies set province = null, level = null where agency_id = ?", (other,))


def _nights(connection: sqlite3.Connection) -> None:
    """The good portal has a good night and then one that only warns."""
    night = {"portal_id": "yunxi", "state": "complete", "requests": 9, "fetched": 9, "not_modified": 0, "failed": 0}
    night |= {"outcomes": '{"ok": 9}', "held": 24}
    wrong = [{"rule": "fewer", "values": {}, "zh": "报告页少了", "en": "fewer report pages"}]
    insert(
        connection,
        "portal_nights",
        [
            night | {"run": 7, "started_at": "2026-03-01T17:00:00.000Z", "warnings": "[]"},
            night | {"run": 8, "started_at": "2026-03-02T17:00:00.000Z", "warnings": json.dumps(wrong)},
        ],
    )


def measured(path: Path) -> None:
    """Gives every report a refusal rate, the n-th of them n of 40, the first of them below the least denominator."""
    connection = sqlite3.connect(path)
    number = {name: no for no, name in connection.execute("select measure_no, measure from measure_names")}
    versions = [one for (one,) in connection.execute("select version_no from reports order by version_no")]
    insert(
        connection,
        "measured",
        (
            {"version_no": version, "measure_no": number["refusal_rate"], "numerator": version, "denominator": 40}
            | ({"given": 1, "inferred": 0} if version > 1 else {"given": 0, "inferred": 0, "reason": "below_minimum"})
            for version in versions
        ),
    )
    connection.commit()
    connection.close()


def export(generation: Path) -> dict[str, bytes]:
    """Writes exports with a manifest beside the archive; returns them by name. One more is listed and missing."""
    home = generation / "exports"
    (home / "feeds").mkdir(parents=True)
    files = {
        "reports.csv": "report_id,agency\n1,云溪市\n".encode(),
        "wide-2023.csv": b"a\n" * 500_000,
        "statistics.csv.gz": b"\x1f\x8b",
        "reports.parquet": bytes(range(256)) * 8,
        "reports.jsonl.gz": packed(b"{}\n"),
        "feeds/all.atom": b"<feed/>",
    }
    for name, content in files.items():
        (home / name).write_bytes(content)
    (home / "secret.txt").write_text("not listed")
    files["archive.db"] = (generation / "archive.db").read_bytes()
    listed = [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "rows": 1}
        for name, content in files.items()
    ]
    listed.append({"name": "gone.csv", "bytes": 5, "sha256": "0" * 64, "rows": 1})
    manifest = {"generation": 1, "citation": "引用 · to cite", "files": listed}
    (home / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    return files


def copied(database: Path, to: Path) -> Path:
    """A copy of an archive in a generation of its own."""
    generation = to / "generations" / "1"
    generation.mkdir(parents=True)
    shutil.copy(database, generation / "archive.db")
    return generation / "archive.db"
