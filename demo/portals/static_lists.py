"""Five portals whose systems publish plain lists and differ in their addresses: 江西, 河北, 淄博, 上海, 辽宁.

Shows: rows outside the folder of their list, years and kinds of body behind columns with opaque numbers, lists turned
by numbered links and by a script.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from demo.portals import plain
from demo.portals.plain import Item, Place
from demo.site import Desk, number_of

JIANGXI = "/ymxrmzf/xxgkn142/pc/list.html"
HEBEI = f"/columns/{plain.uuid('nianbao')}/index.html"
ZIBO = "/gongkai/site_mysxrmzf/channel_c_5f1fa2f3f2e1/"
SHANGHAI = "/2025ndbg/index.html"
LIAONING = "/web/zwgkx/zfxxgk1/zfxxgknb/2024/index.shtml"


def build_jiangxi(desk: Desk) -> None:
    """漪湄县: `/{site}/{slug}/pc/list.html`, articles above the folder `pc`, pages by links."""
    plain.home(desk, [(JIANGXI, "政府信息公开年报")])
    items = published(desk, jiangxi, 'class="article-content"')
    turned(desk, items, lambda number: JIANGXI if number == 1 else f"/ymxrmzf/xxgkn142/pc/list_{number}.html")


def build_hebei(desk: Desk) -> None:
    """晴畈市: `/columns/<uuid>/`, a column for each year that nothing but its number tells apart."""
    items = published(desk, hebei, 'id="zoom"')
    years = sorted({item.date[:4] for item in items}, reverse=True)
    columns = {year: f"/columns/{plain.uuid('column ' + year)}/index.html" for year in years}
    plain.home(desk, [(HEBEI, "政府信息公开年报")])
    nav = "".join(f'<a href="{path}">{int(year) - 1}年</a> ' for year, path in columns.items())
    add(desk, HEBEI, f"<p>{nav}</p>")
    for year, path in columns.items():
        add(desk, path, plain.rows([item for item in items if item.date[:4] == year]))


def build_zibo(desk: Desk) -> None:
    """暮堰县: `/gongkai/site_…/channel_…/doc_….html`, a site for each body."""
    plain.home(desk, [(ZIBO, "政府信息公开年报")])
    items = published(desk, zibo, 'id="content"')
    other = "/gongkai/site_mysbm/channel_c_6a2b/"
    tabs = f'<p><a href="{ZIBO}">县政府</a> <a href="{other}">县直部门</a></p>'
    add(desk, ZIBO, tabs + plain.rows([item for item in items if item.slug == "xzf"]))
    add(desk, other, tabs + plain.rows([item for item in items if item.slug != "xzf"]))


def build_shanghai(desk: Desk) -> None:
    """梧渚市: `/2025ndbg/index.html`, articles `/nw12344/…` elsewhere, pages `index_2.html` by a script."""
    plain.home(desk, [(SHANGHAI, "政府信息公开年报")])
    items = published(desk, shanghai, 'id="ivs_content" class="Article_content"')
    pages = plain.chunks(items, 3)
    for number, shown in enumerate(pages, start=1):
        path = SHANGHAI if number == 1 else f"/2025ndbg/index_{number}.html"
        script = f'<script>createPageHTML({len(pages)}, {number}, "index", "html");</script>'
        add(desk, path, plain.rows(shown) + script)


def build_liaoning(desk: Desk) -> None:
    """溱岫市: `/web/…/2024/index.shtml`, articles named after date and number, the years beside each other."""
    plain.home(desk, [(LIAONING, "政府信息公开年报")])
    items = published(desk, liaoning, 'class="article-con"')
    years = sorted({item.date[:4] for item in items}, reverse=True)
    nav = "".join(
        f'<a href="/web/zwgkx/zfxxgk1/zfxxgknb/{int(year) - 1}/index.shtml">{int(year) - 1}年</a> ' for year in years
    )
    for year in years:
        path = f"/web/zwgkx/zfxxgk1/zfxxgknb/{int(year) - 1}/index.shtml"
        add(desk, path, f"<p>{nav}</p>" + plain.rows([item for item in items if item.date[:4] == year]))


def jiangxi(slug: str, key: str, day: str) -> str:
    """The path of an article in the form of 江西."""
    return f"/ymxrmzf/xxgkn142/{day[:4]}{day[5:7]}/{plain.hexed(key, 32)}.shtml"


def hebei(slug: str, key: str, day: str) -> str:
    """The path of an article in the form of 河北."""
    return f"/columns/{plain.uuid('column ' + day[:4])}/{day[:4]}{day[5:7]}/{day[8:]}/{plain.uuid(key)}.html"


def zibo(slug: str, key: str, day: str) -> str:
    """The path of an article in the form of 淄博."""
    return f"{ZIBO if slug == 'xzf' else '/gongkai/site_mysbm/channel_c_6a2b/'}doc_{plain.hexed(key, 24)}.html"


def shanghai(slug: str, key: str, day: str) -> str:
    """The path of an article in the form of 上海."""
    return f"/nw12344/{day.replace('-', '')}/{plain.hexed(key, 32)}.html"


def liaoning(slug: str, key: str, day: str) -> str:
    """The path of an article in the form of 辽宁."""
    return f"/web/zwgkx/zfxxgk1/zfxxgknb/{int(day[:4]) - 1}/{day.replace('-', '')}{number_of(key, 8)}/index.shtml"


def published(desk: Desk, place: Place, container: str) -> list[Item]:
    """The rows of every report and of two look-alikes."""
    items = [
        plain.publish(desk, report, place(report.agency.slug, report.id, report.published), container=container)
        for report in desk.in_order()
    ]
    items[1:1] = plain.lookalikes(desk, desk.in_order()[0].year, place, 2)
    return items


def add(desk: Desk, path: str, main: str) -> None:
    """A page of the column."""
    desk.site.add(path, plain.page(desk, path, "政府信息公开年报", main, ColumnName="政府信息公开年报"))


def turned(desk: Desk, items: Sequence[Item], path_of: Callable[[int], str]) -> None:
    """A list of pages with numbered links."""
    pages = plain.chunks(items, 4)
    for number, shown in enumerate(pages, start=1):
        links = "".join(f'<a href="{path_of(n)}">{n}</a> ' for n in range(1, len(pages) + 1) if n != number)
        add(desk, path_of(number), f"{plain.rows(shown)}<div>{links}共{len(pages)}页</div>")
