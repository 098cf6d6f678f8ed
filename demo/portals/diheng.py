"""荻蘅县: a channel-code platform with `.shtml` pages. The registry knows only the home page.

Shows: a tab page without rows, a node of its own number for each report year, pages that count from `_2`, a list that
only the JSON service has, and files in a folder `files` beside the article.
"""

from __future__ import annotations

import json

from demo.portals import plain
from demo.portals.plain import Item
from demo.render import docx
from demo.site import DOCX, Answer, Asked, Desk, Publication, quoted
from demo.truth import TrueReport

SITE = "/dhx"
TAB = f"{SITE}/c100200/xxgk_navs.shtml"
CHANNEL = plain.hexed("diheng", 32)
JSON_YEAR = 2021
SIZE = 2


def build(desk: Desk) -> None:
    """Fills the portal."""
    plain.home(desk, [(f"{SITE}/c100100/xxgk.shtml", "政府信息公开"), (f"{SITE}/c100900/list.shtml", "便民服务")])
    tabs = "".join(
        f'<a href="{SITE}/{name}">{text}</a> '
        for name, text in (
            ("c100201/zn.shtml", "政府信息公开指南"),
            ("c100202/zd.shtml", "政府信息公开制度"),
            ("c100203/nr.shtml", "法定主动公开内容"),
            ("c100200/xxgk_navs.shtml", "政府信息公开年报"),
            ("c100204/ysq.shtml", "依申请公开"),
        )
    )
    for name, title in (
        ("c100100/xxgk.shtml", "政府信息公开"),
        ("c100201/zn.shtml", "政府信息公开指南"),
        ("c100202/zd.shtml", "政府信息公开制度"),
        ("c100203/nr.shtml", "法定主动公开内容"),
        ("c100204/ysq.shtml", "依申请公开"),
        ("c100900/list.shtml", "便民服务"),
    ):
        desk.site.add(f"{SITE}/{name}", plain.page(desk, name, title, f"<div>{tabs}</div><p>{title}</p>"))
    years = sorted({report.year for report in desk.in_order()}, reverse=True)
    links = "".join(f'<li><a href="{node(year)}">{year}年</a></li>' for year in years)
    tags = {"ColumnName": "政府信息公开年报", "ColumnType": "信息公开年报"}
    desk.site.add(TAB, plain.page(desk, TAB, "政府信息公开年报", f"<div>{tabs}</div><ul>{links}</ul>", **tags))
    for year in years:
        items = [publish(desk, report) for report in desk.in_order() if report.year == year]
        if year == max(years):
            items += plain.lookalikes(desk, year, place)
        if year == JSON_YEAR:
            scripted(desk, year, items)
        else:
            listed(desk, year, items)


def node(year: int) -> str:
    """The list of one report year: nodes are numbered as they were made, not by year."""
    number = 100310 + (year * 7) % 10
    return f"{SITE}/c{number}/{'common_list' if year == JSON_YEAR else 'list'}.shtml"


def place(slug: str, key: str, day: str) -> str:
    """`/<site>/<channel>/YYYYMM/<hex32>.shtml`."""
    return f"{SITE}/c100300/{day[:4]}{day[5:7]}/{plain.hexed(slug + key, 32)}.shtml"


def publish(desk: Desk, report: TrueReport) -> Item:
    """Puts a report on the portal; the bureau's stand only in a file."""
    path = place(report.agency.slug, report.id, report.published)
    if report.agency.kind == "government":
        return plain.publish(desk, report, path, style="trs", container='id="UCAP-CONTENT"')
    name = f"files/{plain.hexed(report.id, 32)}.docx"
    file = desk.site.add(f"{path.rpartition('/')[0]}/{name}", Answer(docx.render(report, numbered=True), DOCX))
    text = f"<p>现公布{report.agency.name}{report.year}年政府信息公开工作年度报告，请下载阅读。</p>"
    link = f'<ul class="down"><li><a href="./{name}">{quoted(report.agency.name)}.docx</a></li></ul>'
    url = desk.site.add(path, plain.article(desk, path, report, f'<div id="UCAP-CONTENT">{text}</div>{link}'))
    desk.publications.append(Publication(report, desk.site.id, (url, file), "docx", "numbered", attachment=True))
    return Item(path, report.title, report.published, report.agency.slug, report.agency.name)


def listed(desk: Desk, year: int, items: list[Item]) -> None:
    """The pages of a year: list.shtml, list_2.shtml, …"""
    pages = plain.chunks(items, SIZE)
    first = node(year)
    for number, rows in enumerate(pages, start=1):
        path = first if number == 1 else first.replace(".shtml", f"_{number}.shtml")
        call = f"createPageHTML('page_div',{len(pages)}, {number},'list','shtml',{len(items)});"
        main = f'{plain.rows(rows)}<div id="page_div"></div><script>{call}</script>'
        desk.site.add(path, plain.page(desk, path, f"{year}年", main, ColumnName="政府信息公开年报"))


def scripted(desk: Desk, year: int, items: list[Item]) -> None:
    """A year whose rows only the service has."""
    path = node(year)
    script = (
        f"<script>$.get('/searchList/{CHANNEL}?_isAgg=true&_isJson=true&_pageSize=1&_template=index', show);</script>"
    )
    desk.site.add(path, plain.page(desk, path, f"{year}年", f'<div id="rows"></div>{script}', ColumnName="年度报告"))
    desk.site.services[f"/searchList/{CHANNEL}"] = lambda asked: service(asked, items)


def service(asked: Asked, items: list[Item]) -> Answer:
    """One page of rows as JSON."""
    page, size = int(asked.query.get("page", "1")), int(asked.query.get("_pageSize", "18"))
    results = [
        {"title": item.title, "url": item.path, "publishedTimeStr": f"{item.date} 09:30:00", "channelName": "年度报告"}
        for item in items[(page - 1) * size : page * size]
    ]
    data = {"page": page, "rows": size, "total": len(items), "results": results}
    return Answer(json.dumps({"data": data}, ensure_ascii=False).encode(), "application/json")
