"""霁榆县: Hanweb with jpage lists. The registry knows the column.

Shows: the first rows in a data store, the others from dataproxy.jsp, which in the column of the county reads `page` and
passes over startrecord, and in that of the towns is asked by POST; dates broken over lines; a form that stands only in
a file behind downfile.jsp, a redirect; and encrypted ids, with which deep pages come back empty: their rows are lost.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from demo.portals import plain
from demo.portals.plain import Item
from demo.render import docx
from demo.site import DOCX, Answer, Asked, Desk, Publication, number_of, quoted, redirect
from demo.truth import TrueReport

COLUMN = "/col/col1201/index.html"
TOWNS = "/col/col1202/index.html"
PROXY = "/module/web/jpage/dataproxy.jsp"
PER_PAGE = 2
ENCRYPTED = "hK3vQ0m9ZtB7xYp2RwL5sN8cJd1fGuAe4oTi6bMqVk"
EMPTY = "<datastore><recordset></recordset></datastore>"
ROW = '<li><a href="{path}" title="{title}">{shown}</a><span class="time">{date}</span></li>'


def build(desk: Desk) -> None:
    """Fills the portal."""
    plain.home(desk, [("/col/col12/index.html", "政务公开"), (COLUMN, "政府信息公开年报")])
    desk.site.add(
        "/col/col12/index.html", plain.page(desk, "/col/col12/index.html", "政务公开", "<p>本栏目正在更新。</p>")
    )
    items: dict[str, list[Item]] = {}
    for report in desk.in_order():
        items.setdefault(report.agency.slug, []).append(publish(desk, report))
    county = [*items["xzf"], *plain.lookalikes(desk, 2023, place), *items["nyj"]]
    towns = items["hfz"]
    tabs = f'<p><a href="{COLUMN}">县政府及部门</a> <a href="{TOWNS}">乡镇</a></p>'
    named = f"{PROXY}?page=2&amp;webid=12&amp;path=/&amp;columnid=1201&amp;unitid=6&amp;webname={quote('霁榆县')}"
    store(desk, COLUMN, county, tabs, f'<nextgroup><![CDATA[<a href="{named}"></a>]]></nextgroup>', "")
    script = (
        f"var proxyUrl = '{PROXY}'; jpage({{ totalRecord: {len(towns)}, perPage: 1, 'columnid': '1202',"
        f" 'unitid': '{ENCRYPTED}', 'webid': '12', 'path': '/', 'webname': '霁榆县' }});"
    )
    store(desk, TOWNS, towns, tabs, "", script)
    desk.site.services[PROXY] = lambda asked: answer(asked, county)
    lost = {desk.site.base + item.path for item in towns[3:]}
    desk.publications[:] = [
        replace(one, lost="on a deep page of a list with encrypted ids") if one.urls[0] in lost else one
        for one in desk.publications
    ]


def place(slug: str, key: str, day: str) -> str:
    """`/art/Y/M/D/art_<column>_<id>.html`, month and day without a zero in front."""
    year, month, date = (int(part) for part in day.split("-"))
    return f"/art/{year}/{month}/{date}/art_{1202 if slug == 'hfz' else 1201}_{number_of(key, 6)}.html"


def publish(desk: Desk, report: TrueReport) -> Item:
    """Puts a report on the portal; the bureau's of even years stand only in a file."""
    path = place(report.agency.slug, report.id, report.published)
    if report.agency.slug != "nyj" or report.year % 2:
        body = plain.body_of(report, "word", 'id="zoom"').replace(">\n", "><!--ZJEG_RSS.content.begin-->\n", 1)
        desk.site.add(path, plain.article(desk, path, report, body + "<!--ZJEG_RSS.content.end-->"))
        desk.publications.append(Publication(report, desk.site.id, (desk.site.base + path,), "html", "word"))
    else:
        name = f"{plain.hexed(report.id, 32)}.docx"
        shown = quote(report.title + ".docx")
        load = f"/module/download/downfile.jsp?classid=0&filename={name}&showname={shown}"
        desk.site.add(load, redirect(f"/attach/0/{name}"))
        file = desk.site.add(f"/attach/0/{name}", Answer(docx.render(report), DOCX))
        text = f"<p>{report.agency.name}{report.year}年政府信息公开工作年度报告见附件。</p>"
        link = f'<div class="fj"><a href="{quoted(load)}">{report.title}.docx</a></div>'
        desk.site.add(path, plain.article(desk, path, report, f'<div id="zoom">{text}</div>{link}'))
        urls = (desk.site.base + path, file)
        desk.publications.append(Publication(report, desk.site.id, urls, "docx", "plain", attachment=True))
    return Item(path, report.title, report.published, report.agency.slug, report.agency.name)


def records(items: list[Item]) -> str:
    """The rows as records, the date of each broken over lines."""
    rows = ""
    for item in items:
        year, month, day = item.date.split("-")
        date = f"\n{year}-\n{month}-{day}\n"
        line = ROW.format(path=item.path, title=quoted(item.title), shown=quoted(item.title[:18] + "…"), date=date)
        rows += f"<record><![CDATA[{line}]]></record>\n"
    return rows


def store(desk: Desk, path: str, items: list[Item], tabs: str, group: str, script: str) -> None:
    """A column's page: the first three pages of rows in a data store, nothing in the markup."""
    per_page = PER_PAGE if group else 1
    rows = records(items[: 3 * per_page])
    held = (
        f'<script type="text/xml"><datastore>{group}<recordset>{rows}</recordset>'
        f"<totalrecord>{len(items)}</totalrecord></datastore></script>"
    )
    call = f"<script>{script or f'jpage({{ totalRecord: {len(items)}, perPage: {per_page} }});'}</script>"
    tags = {"ColumnName": "政府信息公开年报", "ColumnType": "信息公开年报"}
    desk.site.add(path, plain.page(desk, path, "政府信息公开年报", f"{tabs}<div id='list'>{held}{call}</div>", **tags))


def answer(asked: Asked, county: list[Item]) -> Answer:
    """The data service: honours `page` and `perpage` alone, and has nothing for encrypted ids."""
    given = {**asked.query, **asked.form}
    if given.get("columnid") != "1201":
        return Answer(EMPTY.encode())
    page, size = int(given.get("page", "1")), min(int(given.get("perpage", PER_PAGE)), 300)
    rows = records(county[(page - 1) * size : page * size])
    text = f"<datastore><recordset>{rows}</recordset><totalrecord>{len(county)}</totalrecord></datastore>"
    return Answer(text.encode())
