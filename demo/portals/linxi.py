"""临溪县: a portal of no known CMS, of which only the home page is known.

Shows: a home page that is a meta refresh, a column that is reached through a 301 and the five statutory tabs, lists
turned with 下一页, the national meta tags, articles with a copy in DOCX, old addresses that redirect, gzip, a
Crawl-delay, and a calendar without an end.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import cycle

from demo.portals import trs
from demo.portals.trs import Entry
from demo.render import docx, html
from demo.site import (
    DOCX,
    Answer,
    Decoy,
    Desk,
    Lookalike,
    Publication,
    fill,
    lookalike_texts,
    number_of,
    quoted,
    redirect,
)
from demo.truth import TrueReport

LIST = "/xxgk/nianbao"
SIZE = 12
TABS = (
    ("/xxgk/zhinan.htm", "政府信息公开指南"),
    ("/xxgk/zhidu.htm", "政府信息公开制度"),
    ("/xxgk/fdzdgk.htm", "法定主动公开内容"),
    (LIST + ".htm", "政府信息公开年报"),
    ("/xxgk/ysqgk.htm", "依申请公开"),
)
CALENDAR = re.compile(r"^/xxgk/rili/(\d{4})(0[1-9]|1[0-2])\.htm$")


def build(desk: Desk) -> None:
    """Fills the portal."""
    desk.site.compress = True
    desk.site.elsewhere = lambda path: calendar(desk, path)
    trs.robots(desk, "User-agent: *\nCrawl-delay: 0.2\nDisallow: /xxgk/ysq/\n")
    desk.site.add("/", '<html><head><meta http-equiv="refresh" content="0; url=/index.htm"></head><body></body></html>')
    desk.site.add("/zfxxgk", redirect(TABS[0][0]))
    form = '<p><a href="/xxgk/ysq/biaodan.htm">在线申请</a></p>'
    closed = desk.site.add("/xxgk/ysq/biaodan.htm", page(desk, "/xxgk/ysq/biaodan.htm", "在线申请", "<form></form>"))
    desk.decoys.append(Decoy(closed, "在线申请", "robots.txt", forbidden=True))
    plain = (("/index.htm", "首页", ""), ("/xinwen.htm", "临溪要闻", ""), ("/bianmin.htm", "便民服务", ""))
    for path, text, main in (*plain, *((path, text, form) for path, text in TABS if path != LIST + ".htm")):
        tabs = tabs_markup() if path.startswith("/xxgk/") else ""
        desk.site.add(path, page(desk, path, text, f"{tabs}<h2>{text}</h2>{main}"))
    styles = cycle(("clean", "split", "word"))
    rows = [publish(desk, report, next(styles)) for report in desk.in_order()]
    decoys = [mislead(desk, like) for like in lookalike_texts(desk.agencies[0].place, 2022)]
    lists(desk, [*rows[:9], *decoys, *rows[9:]])


def page(desk: Desk, path: str, title: str, main: str, **meta: str) -> str:
    """The portal's frame around `main`, with the meta tags of the national page-tag list."""
    tags = "\n".join(f'<meta name="{name}" content="{quoted(value)}">' for name, value in meta.items())
    host = f"{desk.site.host}:{desk.site.port}"
    return fill(
        "linxi_page", site=desk.site.name, domain=host, meta=tags, title=title, main=main, visits=desk.visits(path)
    )


def tabs_markup() -> str:
    """The five tabs that the law's chapters gave every portal."""
    return "<ul>" + "".join(f'<li><a href="{path}">{text}</a></li>' for path, text in TABS) + "</ul>"


def publish(desk: Desk, report: TrueReport, style: str) -> Entry:
    """Puts a report on the portal; the town adds a copy in DOCX, 2022 is listed under addresses of the old system."""
    number = number_of(report.id, 5)
    path = f"/xxgk/nb/{report.published.replace('-', '')}/{number}.htm"
    urls, files = [desk.site.base + path], ""
    if report.agency.kind == "乡镇":
        name = f"/xxgk/fj/{number}.docx"
        urls.append(desk.site.add(name, Answer(docx.render(report), DOCX)))
        files = f'<p>附件：<a href="{name}">{quoted(report.title)}.docx</a></p>'
    main = fill(
        "linxi_article",
        index=f"990121/{report.year + 1}-{number}",
        source=report.agency.name,
        date=report.published,
        title=quoted(report.title),
        body=html.render(report, style, title=False),
        files=files,
    )
    meta = {
        "ColumnName": "政府信息公开年报",
        "ColumnType": "信息公开年报",
        "ArticleTitle": report.title,
        "PubDate": f"{report.published} 09:30",
        "ContentSource": report.agency.name,
        "Url": path,
    }
    desk.site.add(path, page(desk, path, quoted(report.title), main, **meta))
    desk.publications.append(Publication(report, desk.site.id, tuple(urls), "html", style))
    if report.year != 2022:
        return Entry(path, report.title, report.published)
    old = f"/show.htm?id={number}"
    desk.site.add(old, redirect(path))
    return Entry(old, report.title, report.published)


def mislead(desk: Desk, like: Lookalike) -> Entry:
    """Puts a page on the portal that is no annual report but looks like one in the list."""
    path = f"/xxgk/qt/{like.date.replace('-', '')}/{number_of(like.title, 5)}.htm"
    main = f'<h2 class="bt">{like.title}</h2><div class="zw"><p>{like.text}</p>{like.image}</div>'
    meta = {"ColumnName": "政府信息公开年报", "ArticleTitle": like.title, "PubDate": f"{like.date} 09:30"}
    url = desk.site.add(path, page(desk, path, like.title, main, **meta))
    desk.decoys.append(Decoy(url, like.title, like.why))
    return Entry(path, like.title, like.date)


def lists(desk: Desk, entries: list[Entry]) -> None:
    """The pages of the column: nianbao.htm, nianbao_2.htm, …, each with a link to the next."""
    pages = -(-len(entries) // SIZE)
    for number in range(1, pages + 1):
        rows = "\n".join(
            f'<li><span class="rq">{entry.date}</span><a href="{entry.path}">{quoted(entry.title)}</a></li>'
            for entry in entries[(number - 1) * SIZE : number * SIZE]
        )
        turn = f'<a href="nianbao_{number + 1}.htm">下一页</a>' if number < pages else "<span>下一页</span>"
        main = (
            f'{tabs_markup()}<p><a href="/xxgk/rili/202401.htm">按月浏览</a></p><ul class="wzlb">{rows}</ul>'
            f"<div>第{number}页/共{pages}页 {turn}</div>"
        )
        path = LIST + (f"_{number}.htm" if number > 1 else ".htm")
        meta = {"ColumnName": "政府信息公开年报", "ColumnType": "信息公开年报"}
        desk.site.add(path, page(desk, path, "政府信息公开年报", main, **meta))


def calendar(desk: Desk, path: str) -> Answer | None:
    """The page of one month with links to its neighbours: there is always one more."""
    found = CALENDAR.match(path)
    if not found:
        return None
    first = date(int(found[1]), int(found[2]), 1)
    before, after = first - timedelta(days=1), first + timedelta(days=31)
    main = (
        f"<h2>{first:%Y年%m月}发布的信息</h2><p>本月没有信息。</p>"
        f'<a href="/xxgk/rili/{before:%Y%m}.htm">上一月</a> <a href="/xxgk/rili/{after:%Y%m}.htm">下一月</a>'
    )
    return Answer(page(desk, path, "按月浏览", main).encode())
