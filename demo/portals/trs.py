"""What the portals of the TRS dialect share: article paths, list pages with their pager script, stubs, attachments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from demo.render import docx, html
from demo.site import DOCX, HTML, Answer, Decoy, Desk, Publication, fill, lookalike_texts, number_of, quoted, relative
from demo.truth import TrueReport

STUB = (
    "<html><head><title></title></head><body><script>/* " + "-" * 270 + " */</script></body></html>"
)  # what many installations answer for a list page that was never written
PAGERS = {
    "pages": 'createPageHTML({pages}, {current}, "{name}", "{extension}");',
    "records": 'createPageHTML({records}, {pages}, {current}, "{name}", "{extension}");',
    "quotes": "createPageHTML({pages}, {current}, '{name}', '{extension}');",
    "variables": (
        "var currentPage = {current}; //所在页从0开始\nvar countPage = {pages} //共多少页\n"
        'document.write(countPage > 1 ? "" : "");'
    ),
}
"""The orders of arguments in which installations call their pager."""
ROWS = {
    "list": '<li><a href="{href}" title="{title}">{shown}</a><span>{date}</span></li>',
    "dl": '<dl><dd><a href="{href}" title="{title}" target="_blank">{title}</a></dd><dd>{date}</dd></dl>',
    "brackets": '<li><a href="{href}">{title}</a> [{date}]</li>',
}


TAGS = {"list": "ul", "dl": "div", "brackets": "ul"}
"""The element around the rows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a list: an absolute path on the portal or a URL elsewhere."""

    path: str
    title: str
    date: str


@dataclass(frozen=True, slots=True)
class Listing:
    """How a column prints its list. `claimed` is the number of pages the script speaks of; 0: the true one.

    `stub_from` is the number of the first page (from 0) that is only a stub; 0: none.
    """

    folder: str
    title: str
    pager: str = "pages"
    extension: str = "html"
    rows: str = "list"
    size: int = 15
    claimed: int = 0
    stub_from: int = 0
    above: str = ""
    """Markup before the rows."""


def article_path(folder: str, key: str, day: str, extension: str = "html") -> str:
    """`folder/YYYYMM/tYYYYMMDD_number.html`, the number taken from `key`."""
    digits = day.replace("-", "")
    return f"{folder}{digits[:6]}/t{digits}_{number_of(folder + key, 7)}.{extension}"


def listed(desk: Desk, listing: Listing, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Writes the pages of a list and returns the entries that ended up on stubs."""
    chunks = [entries[start : start + listing.size] for start in range(0, len(entries), listing.size)] or [()]
    pages = listing.claimed or len(chunks)
    lost: list[Entry] = []
    for current in range(pages):
        name = f"index_{current}.{listing.extension}" if current else f"index.{listing.extension}"
        rows = chunks[current] if current < len(chunks) else ()
        if current >= len(chunks) or (listing.stub_from and current >= listing.stub_from):
            lost += rows
            desk.site.add(listing.folder + name, STUB)
            continue
        script = PAGERS[listing.pager].format(
            records=len(entries), pages=pages, current=current, name="index", extension=listing.extension
        )
        inner = "\n".join(row(entry, listing) for entry in rows)
        page = column_page(desk, listing.title, inner, above=listing.above, script=script, tag=TAGS[listing.rows])
        desk.site.add(listing.folder + name, page)
        if not current:
            desk.site.add(listing.folder, page)
    return tuple(lost)


def column_page(desk: Desk, title: str, rows: str = "", *, above: str = "", script: str = "", tag: str = "ul") -> str:
    """The frame of a column around its rows."""
    inner = f'<{tag} class="list">\n{rows}\n</{tag}>'
    return fill("trs_list", site=desk.site.name, column=title, above=above, rows=inner, script=script)


def row(entry: Entry, listing: Listing) -> str:
    """A row of the list; long titles are cut in the text of the link and whole in its title."""
    href = entry.path if entry.path.startswith("http") else relative(entry.path, listing.folder)
    shown = entry.title if len(entry.title) <= 22 else entry.title[:20] + "…"
    return ROWS[listing.rows].format(href=href, title=quoted(entry.title), shown=quoted(shown), date=entry.date)


def article(desk: Desk, path: str, report: TrueReport, style: str, charset: str = "utf-8", notes: str = "") -> Answer:
    """The page of a report. In GBK neither the page nor the header names the character set, as on old sites."""
    page = framed(desk, path, report, html.render(report, style, title=style in ("trs", "word")) + notes)
    if charset == "utf-8":
        return Answer(page.encode())
    return Answer(page.replace('<meta charset="utf-8">\n', "").encode(charset), "text/html")


def framed(desk: Desk, path: str, report: TrueReport, body: str) -> str:
    """The portal's frame around the body of an article."""
    return fill(
        "trs_article",
        site=desk.site.name,
        title=quoted(report.title),
        date=report.published,
        source=report.agency.name,
        body=body,
        visits=desk.visits(path),
    )


def publish(
    desk: Desk, folder: str, report: TrueReport, style: str, charset: str = "utf-8", ext: str = "html"
) -> Entry:
    """Puts a report on the portal as a page and returns its row."""
    path = article_path(folder, report.id, report.published, ext)
    url = desk.site.add(path, article(desk, path, report, style, charset))
    desk.publications.append(Publication(report, desk.site.id, (url,), "html", style))
    return Entry(path, report.title, report.published)


def publish_file(
    desk: Desk, folder: str, report: TrueReport, *, numbered: bool = False, tracked: bool = False
) -> Entry:
    """Puts a report on the portal as a notice with a DOCX beside it, and returns the row of the notice."""
    path = article_path(folder, report.id, report.published)
    digits = report.published.replace("-", "")
    name = f"P0{digits}{number_of(report.id, 10)}.docx"
    notice = fill("trs_notice", title=quoted(report.title), agency=report.agency.name, year=report.year, file=name)
    url = desk.site.add(path, framed(desk, path, report, notice))
    data = docx.render(report, numbered=numbered, tracked=tracked)
    file = desk.site.add(path.rpartition("/")[0] + "/" + name, Answer(data, DOCX))
    style = " ".join(name for name, on in (("numbered", numbered), ("tracked", tracked)) if on) or "plain"
    desk.publications.append(Publication(report, desk.site.id, (url, file), "docx", style, attachment=True))
    return Entry(path, report.title, report.published)


def lookalikes(desk: Desk, folder: str, year: int, count: int = 5, extension: str = "html") -> list[Entry]:
    """Puts pages on the portal that are easily taken for annual reports, and returns their rows."""
    entries = []
    for like in lookalike_texts(desk.agencies[0].place, year)[:count]:
        path = article_path(folder, like.title, like.date, extension)
        body = f'<div class="TRS_Editor"><p>{like.text}</p></div>{like.image}'
        page = fill(
            "trs_article",
            site=desk.site.name,
            title=quoted(like.title),
            date=like.date,
            source=desk.agencies[0].place + "人民政府办公室",
            body=body,
            visits=desk.visits(path),
        )
        desk.decoys.append(Decoy(desk.site.add(path, page), like.title, like.why))
        entries.append(Entry(path, like.title, like.date))
    return entries


def mark_lost(desk: Desk, entries: Sequence[Entry], why: str) -> None:
    """Notes that the reports of these rows cannot be found, and why."""
    urls = {desk.site.base + entry.path for entry in entries}
    desk.publications[:] = [
        replace(publication, lost=why) if urls & {*publication.urls} else publication
        for publication in desk.publications
    ]


def robots(desk: Desk, text: str) -> None:
    """Puts robots.txt on the portal."""
    desk.site.add("/robots.txt", Answer(text.encode(), "text/plain"))


def home(desk: Desk, links: Sequence[tuple[str, str]], path: str = "/", media_type: str = HTML) -> None:
    """The home page with its links, as (path, text)."""
    nav = "\n".join(f'<li><a href="{href}">{text}</a></li>' for href, text in links)
    code = desk.agencies[0].division + "0001"
    desk.site.add(path, Answer(fill("trs_home", site=desk.site.name, code=code, nav=nav).encode(), media_type))
