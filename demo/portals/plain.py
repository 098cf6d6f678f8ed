"""What the portals of the smaller systems share: a page, an article, rows of a list, look-alikes and fillers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from demo.render import html
from demo.site import Decoy, Desk, Publication, fill, lookalike_texts, quoted
from demo.truth import TrueReport

Place = Callable[[str, str, str], str]
"""The path of an article from the slug of its agency, its key and its day of publication."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a list: path or URL, whole title, ISO date, the slug of the agency that publishes."""

    path: str
    title: str
    date: str
    slug: str = ""
    publisher: str = ""


def hexed(key: str, length: int) -> str:
    """So many hexadecimal digits that depend on the text alone."""
    return hashlib.sha256(key.encode()).hexdigest()[:length]


def uuid(key: str) -> str:
    """Something of the shape of a UUID that depends on the text alone."""
    digits = hexed(key, 32)
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def page(desk: Desk, path: str, title: str, main: str, *, head: str = "", **meta: str) -> str:
    """The portal's frame around `main`; `head` is markup for the head, `meta` the page tags by name."""
    tags = "\n".join(f'<meta name="{name}" content="{quoted(value)}">' for name, value in meta.items())
    visits = desk.visits(path)
    return fill("plain_page", site=desk.site.name, meta=tags, title=quoted(title), head=head, main=main, visits=visits)


def home(desk: Desk, links: Sequence[tuple[str, str]], head: str = "") -> None:
    """The home page with its links, as (path, text)."""
    nav = "".join(f'<li><a href="{path}">{text}</a></li>' for path, text in links)
    main = f"<ul>{nav}</ul><p>本站为演示用的虚构网站，地名、机构和数字均为杜撰。</p>"
    desk.site.add("/", page(desk, "/", "首页", main, head=head))


def body_of(report: TrueReport, style: str, container: str) -> str:
    """The text of a report in the element that the system puts it in, such as `id="zoom"`."""
    return f"<div {container}>\n{html.render(report, style, title=False)}\n</div>"


def article(desk: Desk, path: str, report: TrueReport, main: str, head: str = "") -> str:
    """The page of a report with the national page tags; `main` holds its text."""
    above = f"<h1>{quoted(report.title)}</h1>\n<p>来源：{report.agency.name}　发布时间：{report.published} 09:30</p>\n"
    tags = {"ArticleTitle": report.title, "PubDate": f"{report.published} 09:30", "ContentSource": report.agency.name}
    return page(desk, path, report.title, above + main, head=head, **tags)


def publish(
    desk: Desk, report: TrueReport, path: str, *, style: str = "clean", container: str = 'id="zoom"', head: str = ""
) -> Item:
    """Puts a report on the portal as a page and returns its row."""
    url = desk.site.add(path, article(desk, path, report, body_of(report, style, container), head))
    desk.publications.append(Publication(report, desk.site.id, (url,), "html", style))
    return Item(path, report.title, report.published, report.agency.slug, report.agency.name)


def lookalikes(desk: Desk, year: int, place: Place, count: int = 3) -> list[Item]:
    """Puts pages on the portal that are easily taken for annual reports, and returns their rows."""
    items = []
    for like in lookalike_texts(desk.agencies[0].place, year)[:count]:
        path = place(desk.agencies[0].slug, like.title, like.date)
        url = desk.site.add(path, page(desk, path, like.title, f"<h1>{like.title}</h1><p>{like.text}</p>"))
        desk.decoys.append(Decoy(url, like.title, like.why))
        items.append(Item(path, like.title, like.date, desk.agencies[0].slug, desk.agencies[0].name))
    return items


def rows(
    items: Iterable[Item], line: str = '<li><a href="{path}" title="{title}">{shown}</a><span>{date}</span></li>'
) -> str:
    """The rows as a list; long titles are cut in the text of the link and whole in its title."""
    lines = (
        line.format(
            path=item.path,
            title=quoted(item.title),
            shown=quoted(item.title if len(item.title) <= 24 else item.title[:22] + "…"),
            date=item.date,
        )
        for item in items
    )
    return "<ul>\n" + "\n".join(lines) + "\n</ul>"


def chunks(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """The items page by page; one empty page where there are none."""
    return [items[start : start + size] for start in range(0, len(items), size)] or [()]
