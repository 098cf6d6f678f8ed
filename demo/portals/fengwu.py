"""枫坞市: LonSun. The registry knows the column of the city, which is type 3 of its page.

Shows: rows that only the label service has, its pages by `pageIndex` with `pageCount` in a script, the page tag
ColumnType, and other bodies' columns behind the tree beside the list.
"""

from __future__ import annotations

import re

from demo.portals import plain
from demo.portals.plain import Item
from demo.site import Answer, Asked, Desk, number_of

COLUMN = "/public/column/101?type=3"
ORGANS = {"szf": 101, "slj": 102, "ylz": 103}
SITE = "6789"
SIZE = 3
TYPES = (
    (2, "政府信息公开指南", "信息公开指南"),
    (1, "政府信息公开制度", "信息公开制度"),
    (4, "法定主动公开内容", "信息公开目录"),
    (3, "政府信息公开年报", "信息公开年报"),
    (5, "依申请公开", "依申请公开"),
)
"""The tabs of a body's page: type, words of the link, the page tag ColumnType."""
SCRIPT = """<script>
$(function () {{
  Ls.ajax({{ url: '/site/label/8888', data: {{
    IsAjax: 1, dataType: 'html', labelName: 'publicInfoList', siteId: '{site}', pageSize: {size}, pageIndex: 1,
    action: 'list', isDate: 'true', dateFormat: 'yyyy-MM-dd', length: '50', organId: '{organ}', type: '3', catId: '',
    cId: '', result: '暂无相关信息', file: '/xxgk/publicInfoList_newest' }} }});
}});
</script>"""


def build(desk: Desk) -> None:
    """Fills the portal."""
    plain.home(desk, [(COLUMN.partition("?")[0], "政府信息公开"), ("/site/tpl/1", "互动交流")])
    held: dict[str, list[Item]] = {slug: [] for slug in ORGANS}
    for report in desk.in_order():
        slug = report.agency.slug
        path = place(slug, report.id, report.published)
        held[slug].append(plain.publish(desk, report, path, container='class="j-fontContent wzcon fontContent"'))
    held["szf"][1:1] = plain.lookalikes(desk, 2023, place)
    units = "".join(
        f'<li><a href="/public/column/{ORGANS[agency.slug]}">{agency.name}</a></li>' for agency in desk.agencies
    )
    for agency in desk.agencies:
        organ = ORGANS[agency.slug]
        bare = f"/public/column/{organ}"
        tabs = " ".join(f'<a href="{bare}?type={number}">{text}</a>' for number, text, _ in TYPES)
        tree = f"<p>{tabs}</p><ul>{units}</ul>"
        desk.site.add(bare, plain.page(desk, bare, agency.name, tree, SiteId=SITE))
        for number, _, kind in TYPES:
            path = f"{bare}?type={number}"
            script = SCRIPT.format(site=SITE, organ=organ, size=SIZE) if number == 3 else ""
            desk.site.add(path, plain.page(desk, path, agency.name, tree + script, SiteId=SITE, ColumnType=kind))
    by_organ = {str(ORGANS[slug]): items for slug, items in held.items()}
    desk.site.services["/site/label/8888"] = lambda asked: label(by_organ, asked)


def place(slug: str, key: str, day: str) -> str:
    """The path of an article."""
    return f"/public/{ORGANS[slug]}/{number_of(key + day, 8)}.html"


def label(held: dict[str, list[Item]], asked: Asked) -> Answer:
    """One page of rows as markup; the number of pages stands in a script after them."""
    query = asked.query
    if query.get("siteId") != SITE or query.get("type") != "3" or query.get("organId") not in held:
        return Answer(f"<p>{query.get('result', '')}</p>".encode())
    pages = plain.chunks(held[query["organId"]], SIZE)
    number = query.get("pageIndex", "1")
    shown = pages[int(number) - 1] if re.fullmatch(r"[1-9]\d{0,2}", number) and int(number) <= len(pages) else ()
    rows = plain.rows(shown, '<li><a title="{title}" href="{path}">{shown}</a><span class="date">{date}</span></li>')
    script = f"<script>Ls.pagination('#page', {{ pageIndex: {number}, pageCount:{len(pages)} }});</script>"
    return Answer((rows.replace("<ul>", '<ul class="clearfix xxgk_nav_list">') + script).encode())
