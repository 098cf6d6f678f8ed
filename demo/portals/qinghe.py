"""青禾市: a city's TRS portal with a folder for every report year, and in it a list for the city and one for the rest.

Shows: four ways to call the pager, list pages that are only claimed or only stubs, links upward with `../`, cut titles,
pages in GBK that name no character set, reports that stand only in a DOCX, look-alikes, a link to another host and a
folder that robots.txt closes.
"""

from __future__ import annotations

from itertools import cycle

from demo.portals import trs
from demo.portals.trs import Entry, Listing
from demo.site import Decoy, Desk
from demo.truth import TrueReport

COLUMN = "/zwgk/xxgknb/"
PAGERS = {
    2019: "variables",
    2020: "pages",
    2021: "quotes",
    2022: "records",
    2023: "pages",
    2024: "records",
    2025: "pages",
}
FILES = {"qinghe-slj": {"numbered": True}, "qinghe-spz": {"tracked": True}}
"""Agencies that attach their report in even years, with the quirks of their word processor."""
LATECOMER = ("qinghe-zjj", 2025)
"""A report that is not there before the second edition."""
CLOSED = COLUMN + "nbcg/"


def build(desk: Desk) -> None:
    """Fills the portal."""
    trs.robots(desk, f"User-agent: *\nDisallow: {CLOSED}\nDisallow: /search\n")
    trs.home(desk, [("/zwgk/", "政务公开"), (COLUMN, "政府信息公开年报"), ("/search?q=", "站内搜索")])
    link = f'<li><a href="{COLUMN}">政府信息公开年报</a></li>'
    desk.site.add("/zwgk/", trs.column_page(desk, "政务公开", link))
    years = sorted({report.year for report in desk.in_order()}, reverse=True)
    for year in years:
        year_folder(desk, year, [report for report in desk.in_order() if report.year == year])
    draft = f"{CLOSED}202501/t20250102_1000001.html"
    title = "青禾市2024年政府信息公开工作年度报告（征求意见稿）"
    desk.decoys.append(
        Decoy(desk.site.add(draft, "<html><body>草稿</body></html>"), title, "robots.txt", forbidden=True)
    )
    rows = [f'<li><a href="./{year}nxxgknb/">{year}年政府信息公开年报</a></li>' for year in years]
    rows.append(f'<li><a href="{draft}">{title}</a></li>')
    page = trs.column_page(desk, "政府信息公开年报", "\n".join(rows))
    desk.site.add(COLUMN, page)
    desk.site.add(COLUMN + "index.html", page)


def year_folder(desk: Desk, year: int, reports: list[TrueReport]) -> None:
    """The folder of one report year with its two lists: the city's own report, and those of departments and towns."""
    folder = f"{COLUMN}{year}nxxgknb/"
    own, others = folder + "qhsxxgknb/", folder + "bmzjxxgknb/"
    links = '<p><a href="./qhsxxgknb/">市政府年报</a> <a href="./bmzjxxgknb/">部门、镇街年报</a></p>'
    page = trs.column_page(desk, f"{year}年政府信息公开年报", above=links)
    desk.site.add(folder, page)
    styles = cycle(("trs", "word", "split", "clean"))
    city: list[Entry] = []
    rows: list[Entry] = []
    for report in reports:
        if (report.agency.id, year) == LATECOMER and desk.edition == 1:
            continue
        style, charset = next(styles), "gb18030" if year == 2019 else "utf-8"
        if report.agency.kind == "government":
            city.append(trs.publish(desk, own, report, "trs", charset))
        elif year % 2 == 0 and report.agency.id in FILES:
            rows.append(trs.publish_file(desk, others, report, **FILES[report.agency.id]))
        elif report.agency.slug == "wjw":  # keeps its reports in its own folder: the list links upward
            rows.append(trs.publish(desk, "/zwgk/bmgk/wjw/", report, style, charset))
        else:
            rows.append(trs.publish(desk, others, report, style, charset))
    decoys = trs.lookalikes(desk, others, year, 3 if year % 2 else 4)
    if year == 2024:
        url = f"{desk.outside}/sjj/202501/t20250110_1000002.html"
        title = "青禾市审计局2024年政府信息公开工作年度报告"
        desk.decoys.append(Decoy(url, title, "host outside the registry", forbidden=True))
        decoys.append(Entry(url, title, "2025-01-10"))
    pager = PAGERS.get(year, "pages")
    city += trs.lookalikes(desk, own, year, 5)[3:]
    trs.listed(desk, Listing(own, f"{year}年市政府年报", pager), city)
    # 2020: the third page was never written, and what stood on it is lost. 2023: two pages more are claimed than exist.
    size, claimed, stub = {2020: (4, 0, 2), 2023: (6, 4, 0)}.get(year, (6, 0, 0))
    listing = Listing(others, f"{year}年部门年报", pager, size=size, claimed=claimed, stub_from=stub)
    lost = trs.listed(desk, listing, [*decoys, *rows])
    trs.mark_lost(desk, lost, "listed only on a page that answers with a stub")
