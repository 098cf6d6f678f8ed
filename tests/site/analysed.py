"""What comparing gives, put into a copy of the small archive: questions, checks across years, measures, versions."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

from archive.database import dictionaries
from archive.models import Era
from tests.site.sample import insert, set_cell

REPORT, BEFORE, OTHER = "u-0000000000-2023", "u-0000000000-2022", "u-0000000001-2023"
TEXT = (
    "（一）依申请公开\n[image: 封面.png]本年收到申请123 件。其中自然人占\n比12.5%，均已答复。\n"
    "没有其他情况<i>。[bookmark: a]\n[image: 尾页]"
)
"""A blank between number and unit, a line that breaks a sentence, marks of a converter, and something like markup."""
OLD_TEXT = "（一）依申请公开\n本年收到申请120件。没有其他情况<i>。另有一句已删去。"
STATED = (("received", "N1", "123 件", 123, 19, 104), ("share", "N6", "自然人占比12.5%", 12.5, 14.2857, -1.7857))


def analyse(database: Path, copy: Path) -> Path:
    """Writes the copy: everything is about the report of 2023 of the first body."""
    shutil.copy(database, copy)
    connection = sqlite3.connect(copy)
    for table, rows in (
        ("reasons", dictionaries.reason_rows()),
        ("claims", dictionaries.claim_rows()),
        ("measure_names", dictionaries.measure_rows()),
    ):
        connection.execute(f"delete from {table}")
        insert(connection, table, rows)
    (agency,) = connection.execute("select agency from reports where report_id = ?", (REPORT,)).fetchone()
    place = {"report_id": REPORT, "agency_id": "u-0000000000", "agency": agency, "year": 2023}
    connection.execute("update sections set text = ? where section_id = ?", (TEXT, f"{REPORT}-s1"))
    _texts(connection, place)
    _across(connection, place)
    _derived(connection)
    _versions(connection)
    connection.commit()
    connection.close()
    return copy


def _texts(connection: sqlite3.Connection, place: dict[str, object]) -> None:
    starts = (TEXT.index("123 件"), TEXT.index("自然人"))
    readings = (
        [{"reading": "received", "value": 19, "cells": [_cell("requests_received", "natural_person", 19)]}],
        [{"reading": "received", "value": 14.2857, "cells": []}],
    )
    checks = [
        place
        | {"text_check_id": f"{REPORT}-{n:03}-{rule}", "rule": rule, "claim": claim, "section_id": f"{REPORT}-s1"}
        | {"place": start, "sentence": "", "stated": stated.replace(" ", ""), "value": value, "status": "question"}
        | {"computed": computed, "delta": delta, "readings": json.dumps(told)}
        for n, ((claim, rule, stated, value, computed, delta), start, told) in enumerate(
            zip(STATED, starts, readings, strict=True), 1
        )
    ]
    agrees = checks[0] | {"text_check_id": f"{REPORT}-003-N1", "status": "pass", "delta": 0, "place": 0}
    unclear = agrees | {"text_check_id": f"{REPORT}-004-N1", "status": "undetermined", "reason": "approximate"}
    insert(connection, "text_checks", [*checks, agrees, unclear])
    # The value that the reading of the first question names is that of the report's own cell.
    set_cell(connection, "requests_received", "natural_person", value=19, raw=None)


def _cell(key: str, applicant: str | None, value: int) -> dict[str, object]:
    return {"key": key, "applicant": applicant, "value": value, "raw": str(value), "state": "number"}


def _across(connection: sqlite3.Connection, place: dict[str, object]) -> None:
    cells = [
        _cell("requests_brought_forward", "total", 4) | {"side": "left", "report_id": REPORT},
        _cell("requests_carried_forward", "total", 1) | {"side": "right", "report_id": BEFORE},
    ]
    fails = (
        place
        | {"check_id": f"{REPORT}-Y1-total", "rule": "Y1", "severity": "hard", "other_id": BEFORE, "status": "fail"}
        | {"key": "requests_brought_forward", "applicant": "total", "left": 4, "right": 1, "delta": 3}
        | {"cells": json.dumps(cells)}
    )
    holds = fails | {"check_id": f"{REPORT}-Y1-other", "status": "pass", "delta": 0}
    open_ = holds | {"check_id": f"{REPORT}-Y2-rules", "rule": "Y2", "status": "undetermined", "reason": "cells_blank"}
    copy = holds | {"check_id": f"{REPORT}-D1-x", "rule": "D1", "status": "fail", "key": None, "applicant": None}
    copy |= {"url": "javascript:alert(5)", "cells": "[]"}
    insert(connection, "cross_checks", [fails, holds, open_, copy])
    insert(
        connection,
        "copy_differences",
        [
            {"difference_id": "d1", "check_id": copy["check_id"], "report_id": REPORT, "version_id": f"{REPORT}-v1"}
            | {"url": "http://www.yunxi.example/b", "sha256": "0" * 64, "key": "rules_issued", "held": "3", "copy": "4"}
            | {"kind": "differs"}
        ],
    )


def _derived(connection: sqlite3.Connection) -> None:
    numbers = dict(connection.execute("select measure, measure_no from measure_names"))
    rows = (
        {"measure_no": numbers["refused_total"], "numerator": 7, "given": 1},
        {"measure_no": numbers["disclosure_rate"], "numerator": 33, "denominator": 48, "given": 1, "inferred": 2},
        {"measure_no": numbers["refusal_rate"], "numerator": 1, "denominator": 3, "given": 0}
        | {"reason": "below_minimum"},
    )
    insert(connection, "measured", ({"version_no": 1, "inferred": 0} | row for row in rows))
    section = {"section_id": f"{REPORT}-s5", "report_id": REPORT, "number": 5}
    insert(
        connection,
        "originality",
        [
            section
            | {"chars": 300, "template_chars": 20, "stock_chars": 80, "repeated_chars": 50, "shared_chars": 100}
            | {"own_chars": 50, "own_share": 0.25}
        ],
    )
    insert(connection, "year_texts", [section | {"before_id": f"{BEFORE}-s5", "kept": 4, "added": 2, "removed": 1}])
    insert(
        connection,
        "copied",
        [
            {"section_id": f"{REPORT}-s5", "other_id": f"{OTHER}-s5", "report_id": REPORT, "other_report_id": OTHER}
            | {"kind": "other_agency", "overlap_chars": 100, "share": 0.5, "similarity": 0.4}
        ],
    )


def _versions(connection: sqlite3.Connection) -> None:
    """Version 1 becomes version 2, with a different number and text before it."""
    connection.execute("update reports set version = 2, versions = 2 where report_id = ?", (REPORT,))
    connection.execute("update versions set version = 2, version_id = ? where version_no = 1", (f"{REPORT}-v2",))
    old = {"version_id": f"{REPORT}-v1", "version_no": 9001, "report_id": REPORT, "version": 1, "current": 0}
    insert(
        connection,
        "versions",
        [
            old
            | {"era": "C", "sha256": "1" * 64, "url": "http://www.yunxi.example/a", "title": "旧"}
            | {"first_seen": "2024-01-20T02:00:00Z", "last_seen": "2024-01-25T02:00:00Z", "parser_version": "1"}
        ],
    )
    connection.execute(
        "insert into cells select 9001, item_id, value, state, raw, unit, place from cells where version_no = 1"
    )
    item = dictionaries.item_ids()[Era.C]["requests_received", "natural_person"]
    connection.execute("update cells set value = 18 where version_no = 9001 and item_id = ?", (item,))
    insert(
        connection,
        "version_sections",
        [{"version_id": f"{REPORT}-v1", "number": 1, "heading": "一", "status": "found", "text": OLD_TEXT}],
    )
