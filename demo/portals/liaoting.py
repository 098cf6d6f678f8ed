"""蓼汀市: the two systems of 广东 side by side, the main CMS (NFCMS) and the catalogue `/gkmlpt/`.

Only the home page is known. Shows: most reports under two URLs, one only on the main CMS, one only in the catalogue;
`window._CONFIG` with the tree of columns; a service of which page 0 is page 1; a row that leads to another host; files
that only the service names; a copy of the text in the page's script; rows that stand twice in a list, for desktops and
for mobiles.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from itertools import cycle

from demo.portals import plain
from demo.portals.plain import Item
from demo.render import docx
from demo.site import DOCX, Answer, Asked, Decoy, Desk, Publication, number_of
from demo.truth import TrueReport

SITE = "755041"
COLUMN = "2629"
LIST = "/zwgk/xxgknb/"
PAGE_SIZE = 100
ONLY_MAIN = "liaoting-czj-2023"
ONLY_CATALOGUE = "liaoting-jyj-2023"
SCRIPT = "<script>var NFCMS_SITE_ID = 755041;</script>"


def build(desk: Desk) -> None:
    """Fills the portal."""
    plain.home(desk, [("/xw/", "市政要闻"), ("/zwgk/", "政务公开"), ("/gkmlpt/index", "政府信息公开")], SCRIPT)
    nav = f'<p><a href="{LIST}">政府信息公开年报</a> <a href="/zwgk/zc/">政策文件</a></p>'
    for path, title, text in (("/xw/", "市政要闻", ""), ("/zwgk/", "政务公开", nav), ("/zwgk/zc/", "政策文件", "")):
        desk.site.add(path, plain.page(desk, path, title, text, head=SCRIPT))
    tabs = f'<p><a href="{LIST}szf/">市政府</a> <a href="{LIST}bm/">市直部门</a></p>'
    desk.site.add(LIST, plain.page(desk, LIST, "政府信息公开年报", tabs, head=SCRIPT))
    styles = cycle(("clean", "word", "trs"))
    main: dict[str, list[Item]] = {"szf": [], "bm": plain.lookalikes(desk, 2023, place, 2)}
    catalogue: list[dict[str, object]] = []
    for report in desk.in_order():
        style, urls = next(styles), []
        if report.id != ONLY_CATALOGUE:
            path = place(report.agency.slug, report.id, report.published)
            text = plain.body_of(report, style, 'id="zoomcon"')
            urls.append(desk.site.add(path, plain.article(desk, path, report, text, SCRIPT)))
            item = Item(path, report.title, report.published)
            mobile = replace(item, path=path.replace("/post_", "/mpost_"))
            main["szf" if report.agency.kind == "government" else "bm"] += [item, mobile]
        if report.id != ONLY_MAIN:
            row, found = catalogued(desk, report)
            catalogue.append(row)
            urls += found
        desk.publications.append(Publication(report, desk.site.id, tuple(urls), "html", style))
    for tab, items in main.items():
        path = f"{LIST}{tab}/"
        desk.site.add(path, plain.page(desk, path, "政府信息公开年报", plain.rows(items), head=SCRIPT))
    away = desk.outside + "/s/nianbao2022"
    title = "蓼汀市商务局2022年政府信息公开工作年度报告"
    desk.decoys.append(Decoy(away, title, "another host", forbidden=True))
    catalogue.append({"id": 1, "title": title, "url": away, "post_url": away, "publisher": "蓼汀市商务局"})
    tree(desk)
    desk.site.services[f"/gkmlpt/api/all/{COLUMN}"] = lambda asked: rows(catalogue, asked)


def place(slug: str, key: str, day: str) -> str:
    """The path of an article on the main CMS."""
    return f"{LIST}{'szf' if slug == 'szf' else 'bm'}/content/post_{number_of(key + day, 7)}.html"


def tree(desk: Desk) -> None:
    """The pages of the catalogue: a shell with the configuration from which its script makes everything."""
    columns = [
        {"id": 2600, "name": "政府信息公开指南", "parent": 0, "jump_url": "", "post_count": 1, "children": []},
        {"id": int(COLUMN), "name": "政府信息公开年报", "parent": 0, "jump_url": "", "post_count": 7, "children": []},
        {"id": 2631, "name": "政府网站工作年度报表", "parent": 0, "jump_url": "", "post_count": 2, "children": []},
    ]
    script = (
        f"<script>window._CONFIG = {{ DOMAIN: '{desk.site.host}', SID: '{SITE}', "
        f"TREE: {json.dumps(columns, ensure_ascii=False)}, SERVICE_AREA_ID: 0 }};</script>"
    )
    for path in ("/gkmlpt/index", "/gkmlpt/annualreport"):
        desk.site.add(path, plain.page(desk, path, "政府信息公开", '<div id="app"></div>', head=script))


def catalogued(desk: Desk, report: TrueReport) -> tuple[dict[str, object], list[str]]:
    """Puts a report into the catalogue; returns its row of the service and its URLs."""
    number = number_of("gkmlpt" + report.id, 7)
    path = f"/gkmlpt/content/{number // 1000000}/{number // 1000}/post_{number}.html"
    text = plain.body_of(report, "clean", 'class="article-content"')
    cells = ("索 引 号", f"{SITE}/{number}", "发布机构", report.agency.name)
    index = f"<table><tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr></table>"
    detail = json.dumps({"id": number, "content": text}, ensure_ascii=False).replace("<", "\\u003C")
    head = f"<script>window._CONFIG = {{ SID: '{SITE}', DETAIL: {detail} }};</script>"
    urls = [desk.site.add(path, plain.article(desk, path, report, index + text, head))]
    files = []
    if report.agency.slug == "czj":
        name = f"/gkmlpt/attachment/0/{number // 1000}/{number}/{number}.docx"
        urls.append(desk.site.add(name, Answer(docx.render(report), DOCX)))
        files = [{"id": 1, "name": f"{report.title}.docx", "type": "docx", "url": name}]
    moment = datetime.fromisoformat(f"{report.published}T09:30:00+08:00")
    row: dict[str, object] = {
        "id": number,
        "title": report.title,
        "url": urls[0],
        "post_url": path,
        "publisher": report.agency.name,
        "identifier": f"{SITE}/{number}",
        "display_publish_time": int(moment.timestamp()),
        "attachment": files,
    }
    return row, urls


def rows(catalogue: list[dict[str, object]], asked: Asked) -> Answer:
    """One page of the service; 0 and 1 are the same."""
    if asked.query.get("sid") != SITE:
        return Answer(b'{"message": "site not found"}', "application/json", 404)
    start = (max(int(asked.query.get("page", "1")), 1) - 1) * PAGE_SIZE
    told = {
        "classify": {"id": int(COLUMN), "post_count": len(catalogue)},
        "total": len(catalogue),
        "articles": catalogue[start : start + PAGE_SIZE],
    }
    return Answer(json.dumps(told, ensure_ascii=False).replace("/", "\\/").encode(), "application/json")
