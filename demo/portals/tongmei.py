"""桐湄市: Hanweb JPaaS. The registry knows the column.

Shows: rows that a unit of the page builds; a service that honours the page number only inside `paramJson` and gives the
first page again for a bare `pageNo`, that answers 403 without the column page as Referer; article URLs of two ages in
one list; and a file beside a report.
"""

from __future__ import annotations

import json

from demo.portals import plain
from demo.portals.plain import Item
from demo.render import docx
from demo.site import DOCX, Answer, Asked, Desk, Publication, error, number_of, quoted
from demo.truth import TrueReport

COLUMN = "/col/col1229500123/index.html"
UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
SIZE = 4
QUERY = {
    "webId": "3185",
    "pageId": "1229500123",
    "parseType": "bulidstatic",
    "pageType": "column",
    "tagId": "信息列表",
    "tplSetId": "Jp3Xk90sQm",
    "editType": "null",
}


def build(desk: Desk) -> None:
    """Fills the portal."""
    plain.home(desk, [(COLUMN, "政府信息公开年报"), ("/col/col1229500001/index.html", "通知公告")])
    news = "/col/col1229500001/index.html"
    desk.site.add(news, plain.page(desk, news, "通知公告", "<p>本栏目没有信息。</p>"))
    items = [publish(desk, report) for report in desk.in_order()]
    items[2:2] = plain.lookalikes(desk, 2023, place)
    query = "{" + ",".join(f"'{name}':'{value}'" for name, value in QUERY.items()) + "}"
    pager = (
        f'<div id="pager" count="{len(items)}" rows="{SIZE}" pageNo="1" unitUrl="{UNIT}" queryData="{query}"></div>'
        '<script src="/script/unitbuild.js"></script>'
    )
    tags = {"ColumnName": "政府信息公开年报", "ColumnType": "信息公开年报"}
    main = plain.rows(items[:SIZE]) + pager
    desk.site.add(COLUMN, plain.page(desk, COLUMN, "政府信息公开年报", main, **tags))
    desk.site.services[UNIT] = lambda asked: unit(desk, asked, items)


def place(slug: str, key: str, day: str) -> str:
    """Articles of up to 2022 have addresses of the older system."""
    year, month, date = (int(part) for part in day.split("-"))
    if year <= 2022:
        return f"/art/{year}/{month}/{date}/art_1229500123_{number_of(slug + key, 7)}.html"
    return f"/col/col1229500123/art/{year}/art_{plain.hexed(slug + key, 32)}.html"


def publish(desk: Desk, report: TrueReport) -> Item:
    """Puts a report on the portal, the city's own with a copy as a file."""
    path = place(report.agency.slug, report.id, report.published)
    body, urls = plain.body_of(report, "split", 'class="zc_article_con" id="zoom"'), [desk.site.base + path]
    if report.agency.kind == "government":
        day = report.published.replace("-", "/")
        name = f"/jpolicy_file/filedata/{day}/{plain.hexed(report.id, 32)}.docx"
        urls.append(desk.site.add(name, Answer(docx.render(report), DOCX)))
        body += f'<p>附件：<a href="{name}">{quoted(report.title)}.docx</a></p>'
    desk.site.add(path, plain.article(desk, path, report, body))
    desk.publications.append(Publication(report, desk.site.id, tuple(urls), "html", "split"))
    return Item(path, report.title, report.published, report.agency.slug, report.agency.name)


def unit(desk: Desk, asked: Asked, items: list[Item]) -> Answer:
    """The service: for visitors from its column only, and with `paramJson` only."""
    if asked.headers.get("referer") != desk.site.base + COLUMN:
        return error(403, "禁止访问")
    if any(asked.query.get(name) != value for name, value in QUERY.items()):
        return Answer(
            json.dumps({"success": False, "message": "参数错误"}, ensure_ascii=False).encode(), "application/json"
        )
    given = json.loads(asked.query.get("paramJson", "{}"))
    number, size = int(given.get("pageNo", 1)), int(given.get("pageSize", SIZE))
    rows = plain.rows(items[(number - 1) * size : number * size])
    return Answer(
        json.dumps({"success": True, "data": {"html": rows}}, ensure_ascii=False).encode(), "application/json"
    )
