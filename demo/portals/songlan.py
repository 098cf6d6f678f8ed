"""松岚市: a TRS portal of which only the home page is known, with `.shtml` lists and `.htm` articles of older years.

Shows: the way from a home page to the column, one report under two URLs, a link through an IPv6 gateway (a foreign
host), a robots.txt that does not exist, and in the second edition a report that has vanished.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

from demo.portals import trs
from demo.portals.trs import Entry, Listing
from demo.site import Decoy, Desk

COLUMN = "/zfxxgk/nb/"
OWN = "/zfxxgk/bm/sjj/nb/"
GATEWAY = "http://songlan-demo-comx2d93968723868xx.ipv6best.example"
VANISHED = "songlan-sjj-2019"


def build(desk: Desk) -> None:
    """Fills the portal."""
    links = [("/zwdt/", "政务动态"), ("/zfxxgk/", "政府信息公开"), ("/hdjl/", "互动交流")]
    trs.home(desk, links)
    for path, text in (links[0], links[2]):
        desk.site.add(path, trs.column_page(desk, text))
    tabs = (
        '<p><a href="./zn/">政府信息公开指南</a> <a href="./zd/">政府信息公开制度</a> '
        '<a href="./nr/">法定主动公开内容</a> <a href="./nb/">政府信息公开年报</a> <a href="./ysq/">依申请公开</a></p>'
    )
    for path, text in (("", "政府信息公开"), ("zn/", "指南"), ("zd/", "制度"), ("nr/", "内容"), ("ysq/", "依申请公开")):
        above = tabs if not path else ""
        page = trs.column_page(desk, text, above=above)
        desk.site.add("/zfxxgk/" + path, page)
    styles = cycle(("split", "trs", "word", "clean"))
    rows: list[Entry] = []
    own: list[Entry] = []
    for report in desk.in_order():
        if report.id == VANISHED and desk.edition > 1:
            continue
        extension = "htm" if report.year <= 2020 else "shtml"
        style = next(styles)
        rows.append(trs.publish(desk, COLUMN, report, style, ext=extension))
        if report.agency.slug == "sjj":  # the bureau has a column of its own, with copies in its own layout
            path = trs.article_path(OWN, report.id, report.published, "shtml")
            url = desk.site.add(path, trs.article(desk, path, report, "clean"))
            first = desk.publications.pop()
            desk.publications.append(replace(first, urls=(*first.urls, url)))
            own.append(Entry(path, report.title, report.published))
    title = "松岚市民政局2018年政府信息公开工作年度报告"
    gateway = f"{GATEWAY}{COLUMN}201901/t20190115_1000003.htm"
    desk.decoys.append(Decoy(gateway, title, "IPv6 gateway, a foreign host", forbidden=True))
    rows.append(Entry(gateway, title, "2019-01-15"))
    decoys = trs.lookalikes(desk, COLUMN, 2023, extension="shtml")
    above = '<p><a href="../bm/sjj/nb/">市审计局政府信息公开年报</a></p>'
    column = Listing(COLUMN, "政府信息公开年报", "quotes", extension="shtml", rows="dl", size=10, above=above)
    trs.listed(desk, column, [*decoys, *rows])
    trs.listed(desk, replace(column, folder=OWN, title="市审计局政府信息公开年报", above=""), own)
