"""A small archive of invented bodies, written row by row, so that every oddity on a page is one that was put there.

Also used at any size to measure the site: `python -m tests.site.sample archive.db 20000`.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import sqlite_utils

from archive.captures import CaptureStore
from archive.concerns import Concern
from archive.database import dictionaries
from archive.database.schema import create_indexes, create_tables, load_schema
from archive.models import CapturedPage, CheckStatus, Era, State
from archive.report.form import load_form
from archive.search import index_text

PORTAL = "yunxi"
HOST = "http://www.yunxi.example"
BAD_TITLE = '云溪市<script>alert("x")</script>粮食局2023年政府信息公开工作年度报告'
SENTENCES = (
    "本年度主动公开政府信息共计若干条，其中通过门户网站公开的占大多数。",
    "全年收到政府信息公开申请，均在法定期限内答复，申请人主要关心土地征收与行政处罚。",
    "因政府信息公开被申请行政复议，结果维持；行政诉讼尚未审结。",
    "存在的主要问题是公开内容不够全面，解读形式较为单一。",
    "下一步将加强队伍建设，健全信访与公开的衔接机制。",
    "按照规定收取信息处理费的情况：本年度没有收取信息处理费。",
)
VERIFIED = '[{"code": "cells_read", "count": 200}, {"code": "sums_hold", "count": 42}]'
PARTIAL = (
    '[{"code": "cells_missing", "count": 1}, {"code": "cells_unreadable", "count": 1},'
    ' {"code": "sums_fail", "count": 3}, {"code": "of_tomorrow", "count": 2}]'
)
Row = Mapping[str, Any]


def insert(connection: sqlite3.Connection, table: str, entries: Iterable[Row]) -> None:
    """Inserts dictionaries; columns left out are empty."""
    for entry in entries:
        columns = ", ".join(f'"{column}"' for column in entry)
        marks = ", ".join("?" * len(entry))
        connection.execute(f'insert into "{table}" ({columns}) values ({marks})', tuple(entry.values()))


def numbers(era: Era, rng: random.Random) -> dict[tuple[str, str | None], int]:
    """Values for every cell of a form, such that tables 3 and 4 add up."""
    form = load_form().eras[era]
    applicants = [applicant.key for applicant in load_form().applicants]
    values: dict[tuple[str, str | None], int] = dict.fromkeys(form.cells, 0)
    for item in form.items:
        if item.table == 2:
            values[item.key, None] = rng.choice((0, 0, 3, 12, 128))
    results = [row.key for row in form.rows if row.leaf_result]
    for applicant in applicants[:-1]:
        for key in rng.sample(results, 3):
            values[key, applicant] = rng.choice((0, 1, 2, 9))
        handled = sum(values[key, applicant] for key in results)
        carried = rng.choice((0, 0, 2))
        values["results_total", applicant] = handled
        values["requests_carried_forward", applicant] = carried
        values["requests_brought_forward", applicant] = min(1, handled + carried)
        values["requests_received", applicant] = handled + carried - values["requests_brought_forward", applicant]
    for row in form.rows:
        values[row.key, applicants[-1]] = sum(values[row.key, applicant] for applicant in applicants[:-1])
    return values


def report_rows(number: int, agency: Row, year: int, sha256: str, rng: random.Random) -> Iterator[tuple[str, Row]]:
    """The rows of an ordinary report: (table, row)."""
    era = Era.B if year in (2019, 2020) else Era.C
    report_id = f"{agency['agency_id']}-{year}"
    place = {column: agency[column] for column in ("agency_id", "province", "level")} | {"agency": agency["name"]}
    url = f"{HOST}/zfxxgk/{year}/t{number}.html"
    first, last = f"{year + 1}-01-20T02:00:00Z", "2025-02-01T02:00:00Z"
    title = f"{agency['name']}{year}年政府信息公开工作年度报告"
    yield (
        "captures",
        {
            "sha256": sha256,
            "url": url,
            "fetched_at": first,
            "status": 200,
            "media_type": "text/html",
            "portal_id": PORTAL,
        }
        | {"warc": "gongkai-000001-20250101000000.warc.gz", "offset": 40 * number, "length": 40, "role": "article"},
    )
    yield (
        "reports",
        place
        | {"report_id": report_id, "year": year, "division": "990100", "era": era, "title": title, "version": 1}
        | {"version_no": number, "versions": 1, "sightings": 1, "url": url, "portal_id": PORTAL, "sha256": sha256}
        | {"first_seen": first, "last_seen": last, "cells_total": len(load_form().eras[era].cells), "cells_read": 0}
        | {"checks_failed": 0, "confidence": "verified", "confidence_reason": VERIFIED}
        | {"warnings": "[]", "read_by": "text", "parser_version": "1", "published": f"{year + 1}-01-15"},
    )
    version_id = f"{report_id}-v1"
    yield (
        "versions",
        {"version_id": version_id, "version_no": number, "report_id": report_id, "version": 1, "current": 1, "era": era}
        | {"sha256": sha256, "url": url, "first_seen": first, "last_seen": last, "parser_version": "1"}
        | {"title": title},
    )
    yield (
        "sightings",
        {"report_id": report_id, "version_id": version_id, "url": url, "seen_at": first, "sha256": sha256},
    )
    for section in load_form().sections:
        text = "\n".join(["（一）基本情况", *rng.choices(SENTENCES, k=rng.randint(2, 14))])
        yield (
            "sections",
            place
            | {
                "section_id": f"{report_id}-s{section.number}",
                "docid": 6 * number + section.number,
                "report_id": report_id,
            }
            | {"number": section.number, "heading": section.label, "status": "found", "text": text, "year": year}
            | {"era": era},
        )
    items = dictionaries.item_ids()[era]
    states = dictionaries.state_codes()
    for position, (cell, value) in enumerate(numbers(era, rng).items()):
        state = states[State.NUMBER if value else State.ZERO]
        where = 200_000_000 + (position // 7 + 3) * 10_000 + position % 7 + 4
        yield "cells", {"version_no": number, "item_id": items[cell], "value": value, "state": state, "place": where}
    yield "coverage", {"agency_id": agency["agency_id"], "year": year, "status": "held", "report_id": report_id}
    yield "changes", {"change_id": f"{report_id}-c1", "report_id": report_id, "changed_at": first, "kind": "new"}


def agency_row(number: int, name: str, level: str = "county") -> dict[str, Any]:
    """An invented body."""
    return {
        "agency_id": f"u-{number:010x}",
        "name": name,
        "division": "990100",
        "province": "云溪省",
        "level": level,
        "registered": 0,
        "reports": 3,
        "first_year": 2019,
        "last_year": 2023,
        "portal_id": PORTAL,
    }


def build(path: Path, reports: int = 6, *, generation: int = 1, data: Path | None = None) -> None:
    """Writes an archive of that many reports, three years to a body; oddities go to the first body's (`odd`).

    With `data`, the bytes of the first report's capture are stored in DATA/warc.
    """
    rng = random.Random(7)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = off")
    connection.execute("pragma synchronous = off")
    db = sqlite_utils.Database(connection)
    create_tables(db)
    connection.execute("begin")
    for table, rows in (
        ("states", dictionaries.state_rows()),
        ("statuses", dictionaries.status_rows()),
        ("items", dictionaries.item_rows()),
        ("rules", dictionaries.rule_rows()),
    ):
        insert(connection, table, rows)
    portals = (
        {"portal_id": PORTAL, "name": "云溪市人民政府", "home_url": f"{HOST}/"},
        {
            "portal_id": "hanshan",
            "name": "寒山县人民政府",
            "home_url": "http://www.hanshan.example/",
            "tls": "unverified",
        },
    )
    insert(
        connection,
        "portals",
        ({"division": "990100", "hosts": "", "tls": "", "notes": ""} | portal for portal in portals),
    )
    for portal, role, outcome, urls in (
        (PORTAL, "article", "ok", reports),
        (PORTAL, "article", "not_found", 2),
        ("hanshan", "home", "blocked", 1),
        ("hanshan", "listing", "open", 4),
    ):
        insert(connection, "outcomes", [{"portal_id": portal, "role": role, "outcome": outcome, "urls": urls}])
    night = {"portal_id": "hanshan", "requests": 3, "fetched": 1, "not_modified": 0, "failed": 2}
    wrong = Concern("start_failed", {"outcome": "blocked", "reason": "<geo>"}).as_json()
    told = (
        {"run": 7, "started_at": "2026-03-01T17:00:00.000Z", "state": "complete", "held": 9, "warnings": "[]"},
        {"run": 8, "started_at": "2026-03-02T17:00:00.000Z", "state": "killed", "warnings": json.dumps([wrong])},
    )
    outcomes = '{"ok": 1, "blocked": 2}'
    insert(connection, "portal_nights", (night | {"outcomes": outcomes} | line for line in told))
    places = ("粮食局", "水务局", "林业局", "财政局", "民政局", "气象局", "档案局", "体育局")
    agencies = [
        agency_row(number, f"云溪市{number or ''}{places[number % 8]}" + ("" if number < 8 else f"第{number}分局"))
        for number in range(-(-reports // 3))
    ]
    for agency in agencies[1:2]:
        agency["successor_id"] = agencies[0]["agency_id"]
    insert(connection, "agencies", agencies)
    insert(connection, "agency_aliases", [{"agency_id": agencies[0]["agency_id"], "alias": "市粮食局"}])
    for number in range(1, reports + 1):
        agency, year = agencies[(number - 1) // 3], (2023, 2020, 2022)[(number - 1) % 3]
        for table, entry in report_rows(number, agency, year, hashlib.sha256(b"%d" % number).hexdigest(), rng):
            insert(connection, table, [entry])
            if table == "sections":
                connection.execute(
                    "insert into sections_fts (rowid, text) values (?, ?)", (entry["docid"], index_text(entry["text"]))
                )
    odd(connection, agencies[0]["agency_id"], data)
    insert(
        connection,
        "build_info",
        [
            {"generation": generation, "built_at": "2025-02-02T03:04:05Z", "schema_version": load_schema().version}
            | {"parser_version": "1", "portals": 2, "agencies": len(agencies), "reports": reports, "versions": reports}
            | {"sections": 6 * reports, "cells": 200 * reports, "findings": 1, "captures": reports, "unplaced": 0}
        ],
    )
    connection.execute("commit")
    create_indexes(db)
    connection.execute("analyze")
    connection.close()


def set_cell(connection: sqlite3.Connection, key: str, applicant: str | None, **columns: object) -> None:
    """Changes a cell of the first report."""
    item = dictionaries.item_ids()[Era.C][key, applicant]
    assignments = ", ".join(f"{column} = ?" for column in columns)
    connection.execute(
        f"update cells set {assignments} where version_no = 1 and item_id = ?", (*columns.values(), item)
    )


def change_text(connection: sqlite3.Connection, docid: int, added: str | None) -> None:
    """Adds to the text of a section, or empties it (None), in table and index alike."""
    (text,) = connection.execute("select text from sections where docid = ?", (docid,)).fetchone()
    changed = "" if added is None else text + added
    delete = "insert into sections_fts (sections_fts, rowid, text) values ('delete', ?, ?)"
    connection.execute(delete, (docid, index_text(text)))
    connection.execute("insert into sections_fts (rowid, text) values (?, ?)", (docid, index_text(changed)))
    connection.execute("update sections set text = ? where docid = ?", (changed, docid))


def odd(connection: sqlite3.Connection, agency_id: str, data: Path | None) -> None:
    """What is special about the first report: hostile words, odd cells, failed checks, a missing section, its bytes."""
    report_id = f"{agency_id}-2023"
    states, statuses = dictionaries.state_codes(), dictionaries.status_codes()
    set_cell(connection, "rules_issued", None, value=None, state=states[State.PLACEHOLDER], raw="/")
    set_cell(connection, "rules_repealed", None, value=None, state=states[State.BLANK], raw="")
    set_cell(connection, "rules_in_force", None, value=None, state=states[State.UNREADABLE], raw="1 2<b>")
    set_cell(connection, "normative_docs_issued", None, value=7, state=states[State.NUMBER], raw="+7")
    set_cell(connection, "admin_fee_amount_wan_yuan", None, value=0.5, state=states[State.NUMBER], raw="0.50")
    set_cell(connection, "licensing_decisions", None, value=None, state=states[State.MISSING], raw=None, place=None)
    set_cell(connection, "review_upheld", None, value=4, state=states[State.NUMBER], raw="4")
    checks = (
        ("T4.REVIEW", None, None, [("review_upheld", None), ("review_total", None)], "fail", 4, 0, 4),
        ("T3.ROW", "result_granted_full", None, [("result_granted_full", "total")], "fail", 5, 7, -2),
        ("T3.BAL", None, "total", [("requests_received", "total")], "fail_with_blanks", 9, 8, 1),
        ("T3.SUM", None, "total", [("results_total", "total")], "pass", 3, 3, 0),
    )
    for number, (rule, key, applicant, cells, status, left, right, delta) in enumerate(checks, 1):
        stored = json.dumps([{"key": one, "applicant": other} for one, other in cells])
        insert(
            connection,
            "check_items",
            [{"check_no": number, "rule": rule, "key": key, "applicant": applicant, "cells": stored}],
        )
        insert(
            connection,
            "checks",
            [
                {"version_no": 1, "check_no": number, "status": statuses[CheckStatus(status)]}
                | {"left_value": left, "right_value": right, "delta": delta}
            ],
        )
    connection.execute(
        "update reports set checks_failed = 3, title = ?, warnings = ?, url = ? where report_id = ?",
        (BAD_TITLE, json.dumps(["标题与正文年份不一致 <b>"], ensure_ascii=False), "javascript:alert(1)", report_id),
    )
    connection.execute(
        "update reports set confidence = 'partial', confidence_reason = ? where report_id = ?", (PARTIAL, report_id)
    )
    connection.execute("update sections set status = 'missing', heading = null where docid = 12")
    change_text(connection, 12, None)
    change_text(connection, 7, "\n独角兽条款 <img src=x onerror=alert(2)> 结束")
    insert(
        connection,
        "extra_rows",
        [
            {"report_id": report_id, "position": 1, "label": "网站公开", "unit": "条", "values": '[138, null, "无"]'}
            | {"inferred": 0},
            {
                "report_id": report_id,
                "position": 2,
                "label": "举办培训",
                "unit": "次",
                "values": "[3, 0]",
                "inferred": 1,
            },
        ],
    )
    insert(
        connection,
        "leftovers",
        [{"report_id": report_id, "position": 1, "part": "preamble", "text": "根据条例，特编制本报告。"}],
    )
    insert(
        connection,
        "changes",
        [
            {"change_id": f"{report_id}-c2", "report_id": report_id, "changed_at": "2025-02-01T02:00:00Z"}
            | {"kind": "corrected", "section": 1, "before": "旧", "after": "新"}
        ],
    )
    insert(connection, "coverage", [{"agency_id": agency_id, "year": 2021, "status": "not_found", "reason": "已查找"}])
    if data is not None:
        body = original(connection).encode()
        with CaptureStore(data / "warc") as store:
            place = store.append(
                CapturedPage(
                    url=f"{HOST}/a.html",
                    status=200,
                    reason="OK",
                    headers=(("Content-Type", "text/html"),),
                    body=body,
                    fetched_at="2024-01-20T02:00:00Z",
                )
            )
        insert(
            connection,
            "captures",
            [
                {"sha256": place.sha256, "url": f"{HOST}/a.html", "fetched_at": "2024-01-20T02:00:00Z", "status": 200}
                | {"media_type": "text/html", "warc": place.warc, "offset": place.offset, "length": place.length}
            ],
        )
        for table in ("reports", "versions", "sightings"):
            connection.execute(f"update {table} set sha256 = ? where report_id = ?", (place.sha256, report_id))


def original(connection: sqlite3.Connection) -> str:
    """The page that the first report was read from, its numbers where the cells say that they stand."""
    printed = {
        place: raw if raw is not None else str(value)
        for place, value, raw in connection.execute("select place, value, raw from cells where version_no = 1")
        if place is not None
    }
    grid = [
        [escape(printed.get(200_000_000 + row * 10_000 + column, "")) for column in range(1, 11)]
        for row in range(1, max(printed) // 10_000 % 10_000 + 1)
    ]
    grid[0][:2] = [escape("第一行<img src=x onerror=alert(4)>"), "第二列"]
    lines = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in grid)
    return (
        '<html><head><meta charset="utf-8"></head><body><script>alert(3)</script><p>独角兽条款</p>'
        f"<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td><td>丁</td></tr></table><table>{lines}</table></body></html>"
    )


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2]))
