"""槐屿市: the openness module of 安徽, one controller for each kind of document; only the home page is known.

Shows: the controller of annual reports beside the others, lists turned by a variable in a script, reports published as
文字版 and again as 图解版 (an infographic), articles in the module's two forms of address, and a bureau whose report is
nothing but pictures of its pages.
"""

from __future__ import annotations

from demo.form import DATA
from demo.portals import plain
from demo.portals.plain import Item
from demo.site import Answer, Decoy, Desk, Publication, number_of
from demo.truth import TrueReport

ROOT = "/openness"
LIST = f"{ROOT}/OpennessAnnualReport/showList/3"
SIZE = 4
DRAWN = "slj"
"""The bureau whose report is on pictures alone; `data/pictures` holds the pages of its years."""
PICTURES = DATA / "pictures"
TABS = (
    (f"{ROOT}/OpennessGuide/showList/1/page_1.html", "政府信息公开指南"),
    (f"{ROOT}/OpennessSystem/showList/2/page_1.html", "政府信息公开制度"),
    (f"{ROOT}/OpennessContent/showList/4/page_1.html", "法定主动公开内容"),
    (f"{LIST}/page_1.html", "政府信息公开年报"),
)


def build(desk: Desk) -> None:
    """Fills the portal."""
    plain.home(desk, [("/news/", "槐屿要闻"), (TABS[2][0], "政府信息公开")])
    tabs = "<p>" + " ".join(f'<a href="{path}">{text}</a>' for path, text in TABS) + "</p>"
    for path, text in TABS[:3]:
        desk.site.add(path, plain.page(desk, path, text, tabs))
    items = plain.lookalikes(desk, 2022, place, 2)
    for report in desk.in_order():
        if report.agency.slug == DRAWN:
            items.append(photographed(desk, report))
            continue
        item = plain.publish(desk, report, place(report.agency.slug, report.id, report.published), style="split")
        items += [Item(item.path, f"{report.title}（文字版）", item.date), drawn(desk, item)]
    pages = plain.chunks(items, SIZE)
    for number, shown in enumerate(pages, start=1):
        path = f"{LIST}/page_{number}.html"
        script = f"<script>var pageIndex = {number}; var pageCount = {len(pages)};</script>"
        desk.site.add(path, plain.page(desk, path, "政府信息公开年报", tabs + plain.rows(shown) + script))


def place(slug: str, key: str, day: str) -> str:
    """The path of an article: the government's in the controller, those of departments by organ."""
    number = number_of(key + day, 5)
    return f"{ROOT}/OpennessAnnualReport/show/{number}.html" if slug == "szf" else f"{ROOT}/public/7/{number}.html"


def drawn(desk: Desk, item: Item) -> Item:
    """Publishes the report once more as a picture."""
    title = f"{item.title}（图解版）"
    path = f"{ROOT}/OpennessAnnualReport/show/{number_of(title, 5)}.html"
    url = desk.site.add(path, plain.page(desk, path, title, f'<h1>{title}</h1><img src="/pic/{item.date}.png" alt="">'))
    desk.decoys.append(Decoy(url, title, "infographic"))
    return Item(path, title, item.date)


def photographed(desk: Desk, report: TrueReport) -> Item:
    """Publishes a report as an article of pictures, one for each page, as they lie in `data/pictures`.

    Raises FileNotFoundError where there is none.
    """
    path = place(report.agency.slug, report.id, report.published)
    pages = sorted(PICTURES.glob(f"{report.id}-*.png"))
    if not pages:
        raise FileNotFoundError(f"{PICTURES}: no pictures of {report.id}")
    images = []
    for number, page in enumerate(pages, start=1):
        image = f"/group4/M00/{report.year}/{plain.hexed(report.id, 12)}_{number}.png"
        desk.site.add(image, Answer(page.read_bytes(), "image/png"))
        images.append(f'<p style="text-align: center"><img src="{image}" alt=""></p>')
    body = f'<div id="zoom">{"".join(images)}</div>'
    url = desk.site.add(path, plain.article(desk, path, report, body))
    desk.drawn.append(Publication(report, desk.site.id, (url,), "pictures", "pages"))
    return Item(path, report.title, report.published, report.agency.slug, report.agency.name)
