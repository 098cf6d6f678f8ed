"""芦屺县: Hanweb's xxgk module. The registry knows only the home page.

Shows: a unit's report rendered in the page of the module, the years by `fbtime`; a unit whose page names no years, so
that each is asked for and the missing ones say 暂无; and a town whose reports only the search knows, which is asked by
POST and answers for the whole county.
"""

from __future__ import annotations

from demo.portals import plain
from demo.portals.plain import Item
from demo.render import html
from demo.site import Answer, Asked, Decoy, Desk, Publication, number_of, quoted
from demo.truth import TrueReport

AREAS = {"xzf": "11990722MB00000001", "sjj": "11990722MB00000002"}
TOWN = "11990722MB00000003"
MODULE = "/module/xxgk/xxgkAnnualReport.jsp"
SEARCH = "/module/xxgk/search.jsp"
SIZE = 3


def build(desk: Desk) -> None:
    """Fills the portal."""
    plain.home(desk, [("/col/col7/index.html", "政府信息公开"), ("/col/col9/index.html", "互动交流")])
    desk.site.add("/col/col9/index.html", plain.page(desk, "/col/col9/index.html", "互动交流", "<p>欢迎来信。</p>"))
    units = "".join(
        f'<li><a href="/module/xxgk/tree.jsp?area={AREAS[agency.slug]}">{agency.name}</a></li>'
        for agency in desk.agencies
        if agency.slug in AREAS
    )
    links = '<a href="/col/col7/zn.html">政府信息公开指南</a> <a href="/col/col8/index.html">乡镇政府信息公开年报</a>'
    column = "/col/col7/index.html"
    desk.site.add(column, plain.page(desk, column, "政府信息公开", f"<p>{links}</p><ul>{units}</ul>"))
    desk.site.add("/col/col7/zn.html", plain.page(desk, "/col/col7/zn.html", "政府信息公开指南", "<p>指南。</p>"))
    script = (
        f"<script>var area = '{TOWN}', infotypeId = 'A0207', divid = 'div8', jdid = '7'; list('{SEARCH}');</script>"
    )
    town = plain.page(desk, "/col/col8/index.html", "乡镇政府信息公开年报", f'<div id="div8"></div>{script}')
    desk.site.add("/col/col8/index.html", town)
    held = {slug: {report.year: report for report in reports} for slug, reports in by_slug(desk).items()}
    for slug, area in AREAS.items():
        for report in held[slug].values():
            url = f"{desk.site.base}{MODULE}?area={area}&fbtime={report.year}"
            desk.publications.append(Publication(report, desk.site.id, (url,), "html", "clean"))
    rows = [plain.publish(desk, report, place("tdx", report.id, report.published)) for report in by_slug(desk)["tdx"]]
    rows += plain.lookalikes(desk, 2023, place)
    rows += [elsewhere(desk)]
    desk.site.services[MODULE] = lambda asked: module(desk, asked, held)
    desk.site.services["/module/xxgk/tree.jsp"] = lambda _: Answer("<html><body>目录</body></html>".encode())
    desk.site.services[SEARCH] = lambda asked: search(asked, rows)


def by_slug(desk: Desk) -> dict[str, list[TrueReport]]:
    """The reports of each agency, latest year first."""
    found: dict[str, list[TrueReport]] = {}
    for report in desk.in_order():
        found.setdefault(report.agency.slug, []).append(report)
    return found


def place(slug: str, key: str, day: str) -> str:
    """`/art/Y/M/D/art_<column>_<id>.html`."""
    year, month, date = (int(part) for part in day.split("-"))
    return f"/art/{year}/{month}/{date}/art_8_{number_of(slug + key, 6)}.html"


def elsewhere(desk: Desk) -> Item:
    """A row of another column that the search answers with as well."""
    title = "芦屺县2023年度重点工程报告"
    path = f"/art/2024/1/9/art_31_{number_of(title, 6)}.html"
    url = desk.site.add(path, plain.page(desk, path, title, f"<h1>{title}</h1><p>工程进展顺利。</p>"))
    desk.decoys.append(Decoy(url, title, "of another column"))
    return Item(path, title, "2024-01-09")


def module(desk: Desk, asked: Asked, held: dict[str, dict[int, TrueReport]]) -> Answer:
    """The page of a unit: the report of the year asked for, of the latest year without one, or 暂无."""
    slug = next((slug for slug, area in AREAS.items() if area == asked.query.get("area")), "")
    years = held.get(slug, {})
    wanted = asked.query.get("fbtime", str(max(years, default=0)))
    report = years.get(int(wanted)) if wanted.isdecimal() else None
    area = asked.query.get("area", "")
    # The county's page has a menu of years, that of the bureau names only the latest.
    shown = sorted(years, reverse=True) if slug == "xzf" else sorted(years, reverse=True)[:1]
    menu = "".join(f'<a href="{MODULE}?area={area}&amp;fbtime={year}">{year}年</a> ' for year in shown)
    path = f"{MODULE}?area={area}&fbtime={wanted}"
    if report is None:
        main = f"<p>{menu}</p><div class='none'><p>暂无{quoted(wanted)}年度的年度报告。</p></div>"
        return Answer(plain.page(desk, path, "政府信息公开年报", main).encode())
    above = f"<p>{menu}</p><p>发布时间：{report.published} 09:30:00</p>"
    main = f'{above}<div id="zoom">{html.render(report, "clean")}</div>'
    return Answer(plain.page(desk, path, "政府信息公开年报", main).encode())


def search(asked: Asked, rows: list[Item]) -> Answer:
    """A piece of a table with the rows of the whole area, whatever category was asked for; without a form, nothing."""
    form = asked.form
    if asked.method != "POST" or form.get("area") != TOWN:
        return Answer("<table><tr><td>暂无信息</td></tr></table>".encode())
    page = int(form.get("currpage", "1"))
    lines = "".join(
        f'<tr class="tr_main_value_{"odd" if number % 2 else "even"}"><td>{number + 1}</td>'
        f'<td><a href="{item.path}" title="{quoted(item.title)}">{quoted(item.title[:20])}…</a></td>'
        f"<td>{item.date}</td></tr>"
        for number, item in enumerate(rows[(page - 1) * SIZE : page * SIZE])
    )
    total = -(-len(rows) // SIZE)
    return Answer(f"<table>{lines}</table><div>共{total}页 第{page}页</div>".encode())
