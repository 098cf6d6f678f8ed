"""漪渚市: TRS with a search service behind the list, as in Fujian. The registry knows the column.

Shows: a list of which only the first page is a file, `recordCount` rows owed, a service whose path the page does not
name, so that one of the two known ones is not there, and JSON with raw line breaks inside its strings.
"""

from __future__ import annotations

from demo.portals import trs
from demo.portals.plain import Item
from demo.site import Answer, Asked, Desk

COLUMN = "/zwgk/zfxxgknb/"
STATIC = 4
SEARCH_ID = 200350
CATEGORY = "chnlid=1813"
CAP = 5
"""Rows that the service gives at most, whatever is asked for."""


def build(desk: Desk) -> None:
    """Fills the portal."""
    trs.robots(desk, "User-agent: *\nAllow: /\n")
    trs.home(desk, [(COLUMN, "政府信息公开年报")])
    entries = [trs.publish(desk, COLUMN, report, "trs", ext="htm") for report in desk.in_order()]
    entries[1:1] = trs.lookalikes(desk, COLUMN, 2023, 3, extension="htm")
    rows = [Item(entry.path, entry.title, entry.date) for entry in entries]
    script = (
        f"var SiteInfo = {{ searchId: {SEARCH_ID}, siteId: 12 }};\n"
        'require(["list2.trsapi"], function (list) { list.init({ channelid: SiteInfo.searchId, classsql: "'
        f'{CATEGORY}", sortfield: "-docorderpri,-docreltime", prepage: 10, maxStaticIndex: 1,'
        f" recordCount: '{len(rows)}', quickMode: \"动静结合\" }}); }});\n"
        'createPageHTML(2, 0, "index", "htm");'
    )
    hidden = (
        '<ul style="display:none"><li ms-repeat="docs"><a ms-attr-href="el.chnldocurl">{{el.doctitle}}</a>'
        "<span>{{el.docreltime}}</span></li></ul>"
    )
    shown = "\n".join(
        f'<li><a href="{row.path}" title="{row.title}">{row.title}</a><span>{row.date}</span></li>'
        for row in rows[:STATIC]
    )
    page = trs.column_page(desk, "政府信息公开年报", shown, above=hidden, script=script)
    desk.site.add(COLUMN, page)
    desk.site.services["/fjdzapp/data"] = lambda asked: answer(desk, asked, rows)


def answer(desk: Desk, asked: Asked, rows: list[Item]) -> Answer:
    """One page of rows as JSON that breaks lines inside its strings."""
    query = asked.query
    if query.get("channelid") != str(SEARCH_ID) or query.get("classsql") != CATEGORY:
        return Answer(b'{"docs": [], "recordCount": 0}', "application/json")
    page, size = int(query.get("page", "1")), min(int(query.get("prepage", "10")), CAP)
    docs = ",".join(
        f'{{"chnldocurl": "{desk.site.base}{row.path}", "doctitle": "{row.title}", "docreltime": "{row.date} 09:30:06",'
        f' "docContent": "各单位：\n  {row.title}\n"}}'
        for row in rows[(page - 1) * size : page * size]
    )
    return Answer(f'{{"docs": [{docs}], "recordCount": {len(rows)}}}'.encode(), "application/json")
