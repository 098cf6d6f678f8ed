"""枫苔县: VSB. The registry knows the column.

Shows: list pages that count down and were renumbered while they were read, so that a row stands on two of them; a form
that stands only in a file behind download.jsp; a copy in a file for which a page of error comes with status 200; and an
article that is nothing but a viewer with a scanned PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from demo.portals import plain
from demo.portals.plain import Item
from demo.render import docx, html
from demo.site import DOCX, Answer, Desk, Publication, number_of, quoted
from demo.truth import TrueReport

COLUMN = "/xxgk/ndbg.htm"
SIZE = 3
SCANNED = "fengtai-yjj-2021"
BROKEN_COPY = "fengtai-xzf-2022"
LOAD = "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1734512345&wbfileid="
SCAN = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>endobj\n"
    b"trailer<</Root 1 0 R/Size 4>>\n%%EOF\n"
)
"""A PDF with a page and no text on it."""


def build(desk: Desk) -> None:
    """Fills the portal."""
    plain.home(desk, [("/xxgk.htm", "政府信息公开"), (COLUMN, "政府信息公开年报")])
    tabs = f'<p><a href="/xxgk/zn.htm">政府信息公开指南</a> <a href="{COLUMN}">政府信息公开年报</a></p>'
    desk.site.add("/xxgk.htm", plain.page(desk, "/xxgk.htm", "政府信息公开", tabs))
    desk.site.add("/xxgk/zn.htm", plain.page(desk, "/xxgk/zn.htm", "政府信息公开指南", f"{tabs}<p>指南。</p>"))
    items = [publish(desk, report) for report in desk.in_order()]
    items[1:1] = plain.lookalikes(desk, 2023, place)
    pages = plain.chunks(items, SIZE)
    # Between the first page and the others an item was added: each later page begins with the row before it.
    shown = [pages[0], *([page[-1], *following] for page, following in pairwise(pages))]
    total = len(shown)
    for number, rows in enumerate(shown, start=1):
        path = COLUMN if number == 1 else f"/xxgk/ndbg/{total - number + 1}.htm"
        desk.site.add(path, plain.page(desk, path, "政府信息公开年报", tabs + listing(rows, number, total)))


def listing(items: Sequence[Item], number: int, total: int) -> str:
    """The rows and the pager of one page."""
    up = "" if number == 1 else "../"
    rows = "".join(
        f'<li id="line_u9_{place}"><a href="{up}..{item.path}" title="{quoted(item.title)}">{quoted(item.title)}</a>'
        f"<span>{item.date.replace('-', '/')}</span></li>"
        for place, item in enumerate(items)
    )
    following = ("ndbg/" if number == 1 else "") + f"{total - number}.htm"
    turn = (
        f'<span class="p_next p_fun"><a href="{following}">下页</a></span>'
        if number < total
        else '<span class="p_next_d p_fun_d">下页</span>'
    )
    end = "ndbg/1.htm" if number == 1 else "1.htm"
    last = f'<span class="p_last p_fun"><a href="{end}">尾页</a></span>' if number < total else ""
    numbers = f'<span class="p_no_d">{number}</span>'
    pager = f'<div class="pb_sys_common"><span class="p_pages">共{total}页 {numbers}{turn}{last}</span></div>'
    return f"<ul>{rows}</ul>{pager}"


def place(slug: str, key: str, day: str) -> str:
    """`/info/<column>/<id>.htm`."""
    return f"/info/{1062 if slug == 'xzf' else 1063}/{number_of(key, 5)}.htm"


def publish(desk: Desk, report: TrueReport) -> Item:
    """Puts a report on the portal; the bureau's stand only in files."""
    path = place(report.agency.slug, report.id, report.published)
    day = report.published.replace("-", "/")
    table = (
        f"<table><tr><td>索引号</td><td>9908/zfb/{report.year + 1}-{number_of(report.id, 7)}</td><td>公开目录</td>"
        f"<td>政府信息公开年报</td></tr><tr><td>成文日期</td><td>{report.year + 1}/01/04</td><td>发布日期</td>"
        f"<td>{day}</td></tr></table>"
    )
    urls, lost, attachment, file = [desk.site.base + path], "", False, ""
    if report.id == SCANNED:
        pdf = f"/__local/A/BC/{plain.hexed(report.id, 32).upper()}_1F2A.pdf"
        urls.append(desk.site.add(pdf, Answer(SCAN, "application/pdf")))
        body, lost, attachment = f'<script>showVsbpdfIframe("{pdf}","100%","600","0","","0");</script>', "a scan", True
    elif report.agency.slug == "yjj":
        load = LOAD + plain.hexed(report.id, 32).upper()
        urls.append(desk.site.add(load, Answer(docx.render(report), DOCX)))
        body, attachment = f"<p>{report.title}已编制完成，全文见附件。</p>", True
        file = f'<ul><li>附件【<a href="{quoted(load)}">{report.title}.docx</a>】已下载<span>9</span>次</li></ul>'
    else:
        body = html.render(report, "word", title=False)
        if report.id == BROKEN_COPY:
            load = LOAD + "ABCDEF0123456789"
            desk.site.add(
                load, "<html><head><title>提示</title></head><body><p>附件不存在或已被删除！</p></body></html>"
            )
            file = f'<ul><li>附件【<a href="{quoted(load)}">{report.title}.docx</a>】已下载<span>9</span>次</li></ul>'
    main = f'{table}<div id="vsb_content"><div class="v_news_content">{body}</div></div>{file}'
    desk.site.add(path, plain.article(desk, path, report, main))
    kind = "pdf" if lost else "docx" if attachment else "html"
    style = "plain" if attachment else "word"
    desk.publications.append(
        Publication(report, desk.site.id, tuple(urls), kind, style, attachment=attachment, lost=lost)
    )
    return Item(path, report.title, report.published, report.agency.slug, report.agency.name)
