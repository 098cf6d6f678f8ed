"""蔚砚市: TrueCMS. The registry knows the column.

Shows: rows that come as JSONP, a service that gives at most so many rows at once and 404 to who does not say from where
they come (Referer), and a list page that holds nothing but its script.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from demo.portals import plain
from demo.portals.plain import Item
from demo.site import Answer, Asked, Desk, error, number_of

COLUMN = "/wysrmzf/zfxxgknb/zfxxgknb.html"
SERVICE = "/tsite/messageController/getMessage.do"
COLUMN_ID = "b7a40ce0-28d5"
CAP = 3
SCRIPT = f"""<div id="list"></div><script>
var columnId = "{COLUMN_ID}";
function load(page) {{
  $.ajax({{ url: "{SERVICE}", dataType: "jsonp", jsonp: "callback", data: {{ startrecord: (page - 1) * {CAP} + 1,
    endrecord: page * {CAP}, perpage: {CAP}, columnId: columnId }}, success: show }});
}}
</script>"""


def build(desk: Desk) -> None:
    """Fills the portal."""
    plain.home(desk, [(COLUMN, "政府信息公开年报")])
    desk.site.add(COLUMN, plain.page(desk, COLUMN, "政府信息公开年报", SCRIPT, ColumnName="政府信息公开年报"))
    items = [plain.publish(desk, report, place("", report.id, report.published)) for report in desk.in_order()]
    items[1:1] = plain.lookalikes(desk, 2023, place, 2)
    desk.site.services[SERVICE] = lambda asked: told(items, asked)


def place(slug: str, key: str, day: str) -> str:
    """The path of an article."""
    return f"/wysrmzf/zfxxgknb/content/{number_of(key + day, 8)}.html"


def told(items: Sequence[Item], asked: Asked) -> Answer:
    """The rows asked for, never more than the cap."""
    if "referer" not in asked.headers or asked.query.get("columnId") != COLUMN_ID:
        return error(404, "您访问的页面不存在")
    start = int(asked.query.get("startrecord", "1")) - 1
    size = min(int(asked.query.get("perpage", "20")), CAP)
    rows = [{"title": item.title, "url": item.path, "publishDate": item.date} for item in items[start : start + size]]
    data = json.dumps({"success": True, "total": len(items), "data": rows}, ensure_ascii=False)
    return Answer(f"{asked.query.get('callback', 'callback')}({data});".encode(), "text/javascript; charset=utf-8")
