"""桐埠市: Epoint. The registry knows the list of the city; that of the departments is a tab beside it.

Shows: rows that only a service gives, asked by POST with JSON in both of its shapes (bare with pages from 1, inside
`params` with pages from 0), the site's number in a script of its own or in the page, a column of two pages of which
most rows are no reports.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, timedelta

from demo.portals import plain
from demo.portals.plain import Item
from demo.site import Answer, Asked, Desk, quoted

COLUMN = "/dynamic/zwgk/govInfoPub.html?deptcode=TB01&categorynum=003002"
DEPARTMENTS = "/dynamic/zwgk/govInfoPubDept.html?deptcode=TB02&categorynum=003002"
GUID = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"
ACTION = "/rest/lightfrontaction/getgovinfolist"
JSON = "application/json; charset=utf-8"
FILLERS = 20
SCRIPT = f"""// EWB-FRONT
var siteInfo = {{"siteGuid":"{GUID}","projectName":"/EWB-FRONT"}};
function getInfoList(data, done) {{
  $.ajax({{ type: "POST", url: siteInfo.projectName + "{ACTION}", data: JSON.stringify(data), success: done }});
}}
"""
INLINE = f"""<script>
var siteInfo = {{"siteGuid": "{GUID}", "projectName": "/EWB_TB_Mid"}};
ajaxPost("/EWB_TB_Mid{ACTION}", {{ params: param }});
</script>"""


def build(desk: Desk) -> None:
    """Fills the portal."""
    plain.home(desk, [(COLUMN, "政府信息公开年报")])
    desk.site.services["/js/webBuilderCommon.js"] = lambda _: Answer(SCRIPT.encode(), "application/javascript")
    links = ((COLUMN, "市政府"), (DEPARTMENTS, "市直部门"))
    tabs = f"<p>{' '.join(f'<a href={quoted(path)!r}>{text}</a>' for path, text in links)}</p>"
    loaded = '<script src="/js/webBuilderCommon.js"></script>'
    desk.site.add(COLUMN, plain.page(desk, COLUMN, "政府信息公开年报", f"{tabs}<ul id='list'></ul>", head=loaded))
    desk.site.add(DEPARTMENTS, plain.page(desk, DEPARTMENTS, "政府信息公开年报", f"{tabs}<ul id='list'></ul>{INLINE}"))
    reports = [plain.publish(desk, report, place("", report.id, report.published)) for report in desk.in_order()]
    city = [item for item in reports if item.slug == "szf"]
    city = [*city[:1], *plain.lookalikes(desk, 2023, place, 2), *fillers(), *city[1:]]
    others = [item for item in reports if item.slug != "szf"]
    desk.site.services["/EWB-FRONT" + ACTION] = lambda asked: bare(city, asked)
    desk.site.services["/EWB_TB_Mid" + ACTION] = lambda asked: wrapped(others, asked)


def place(slug: str, key: str, day: str) -> str:
    """The path of an article."""
    return f"/003/003002/{day.replace('-', '')}/{plain.uuid(key)}.html"


def fillers() -> list[Item]:
    """Rows of the column that nobody takes for reports; their pages do not exist."""
    days = (date(2023, 5, 1) + timedelta(days=number) for number in range(FILLERS))
    return [
        Item(place("", f"filler {day}", str(day)), f"桐埠市政府信息公开工作简报第{number}期", str(day))
        for number, day in enumerate(days, start=1)
    ]


def bare(items: Sequence[Item], asked: Asked) -> Answer:
    """The first shape: everything at the top, pages from 1."""
    sent = sent_by(asked)
    if asked.method != "POST" or sent.get("siteGuid") != GUID or sent.get("deptcode") != "TB01":
        return Answer(b'{"custom":{},"status":{"code":"0","text":"param error"}}', JSON)
    return told(items, int(str(sent["pageIndex"])) - 1, int(str(sent["pageSize"])))


def wrapped(items: Sequence[Item], asked: Asked) -> Answer:
    """The second shape: everything inside `params`, pages from 0."""
    sent = sent_by(asked).get("params")
    if asked.method != "POST" or not isinstance(sent, dict) or sent.get("deptcode") != "TB02":
        return Answer(b'{"custom":{},"status":{"code":"0","text":"param error"}}', JSON)
    return told(items, int(str(sent["pageIndex"])), int(str(sent["pageSize"])))


def sent_by(asked: Asked) -> dict[str, object]:
    """The JSON of the request; nothing where it has none."""
    text = asked.body.decode("utf-8", "replace")
    sent = json.loads(text) if re.match(r"\s*\{", text) else {}
    return sent if isinstance(sent, dict) else {}


def told(items: Sequence[Item], page: int, size: int) -> Answer:
    """The answer for one page, counted from 0."""
    rows = [
        {"infourl": item.path, "title": item.title[:30], "realtitle": item.title, "infodate": item.date}
        for item in items[page * size : (page + 1) * size]
    ]
    return Answer(json.dumps({"custom": {"total": len(items), "data": rows}}, ensure_ascii=False).encode(), JSON)
