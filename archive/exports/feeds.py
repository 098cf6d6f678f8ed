"""Feeds of what is new, changed or gone: Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from lxml import etree

from archive.database.schema import Text

ATOM = "http://www.w3.org/2005/Atom"
MOST_ENTRIES = 100
KINDS = {
    "new": Text("新收录", "new"),
    "corrected": Text("已更正", "changed after publication"),
    "vanished": Text("已从网站消失", "gone from the portal"),
    "returned": Text("重新出现", "back on the portal"),
}
TITLE = Text("政府信息公开年度报告：新增与变动", "Annual disclosure reports: new and changed")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a report. `cells` and `sections` say how many of them a correction changed.

    `at` is ISO 8601 in UTC; `source` the address of the report on its portal; `page` that of its page on the site, or
    None where the feed is written without knowing where the site will stand; `quote` what a search found in it.
    """

    id: str
    report_id: str
    kind: str
    at: str
    agency: str
    year: int
    title: str
    source: str
    cells: int = 0
    sections: int = 0
    page: str | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """Entries, the newest first, under one title; `id` stays the same for ever.

    `address` is that of the feed itself, `page` that of the page with the same content; None where not known.
    """

    id: str
    title: str
    updated: str
    entries: tuple[Entry, ...]
    address: str | None = None
    page: str | None = None


def read_entries(
    connection: sqlite3.Connection, where: str = "1", values: Sequence[object] = (), most: int = MOST_ENTRIES
) -> tuple[Entry, ...]:
    """The newest changes of the reports (`r`) that SQL condition `where` selects; the cells of one correction are one
    entry."""
    rows = connection.execute(
        "select min(c.change_id), c.report_id, c.kind, c.changed_at, r.agency, r.year, coalesce(r.title, ''), r.url,"
        " count(c.key), count(c.section)"
        f" from changes c join reports r on r.report_id = c.report_id where {where}"
        " group by c.report_id, c.changed_at, c.kind order by c.changed_at desc, c.report_id limit ?",
        (*values, most),
    )
    return tuple(Entry(*row) for row in rows)


def atom(feed: Feed) -> bytes:
    """The feed as Atom, in UTF-8."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # None = no prefix
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "zh-CN")
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated)
    _add(_sub(root, "author"), "name", "Gongkai 公开")
    if feed.address:
        _sub(root, "link", rel="self", href=feed.address)
    if feed.page:
        _sub(root, "link", rel="alternate", type="text/html", href=feed.page)
    for entry in feed.entries:
        node = _sub(root, "entry")
        _add(node, "id", entry_id(entry))
        _add(node, "title", headline(entry))
        _add(node, "updated", entry.at)
        _sub(node, "category", term=entry.kind, label=KINDS[entry.kind].zh)
        _sub(node, "link", rel="alternate", href=entry.page or entry.source)
        if entry.page:
            _sub(node, "link", rel="via", href=entry.source)
        _add(node, "summary", summary(entry))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def json_feed(feed: Feed) -> str:
    """The feed as JSON Feed 1.1."""
    head: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "language": "zh-CN",
        "authors": [{"name": "Gongkai 公开"}],
    }
    if feed.address:
        head["feed_url"] = feed.address
    if feed.page:
        head["home_page_url"] = feed.page
    items = [
        {
            "id": entry_id(entry),
            "url": entry.page or entry.source,
            "title": headline(entry),
            "content_text": summary(entry),
            "date_published": entry.at,
            "tags": [entry.kind],
            "_gongkai": {"report_id": entry.report_id, "agency": entry.agency, "year": entry.year},
        }
        | ({"external_url": entry.source} if entry.page else {})
        for entry in feed.entries
    ]
    return msgspec.json.format(msgspec.json.encode(head | {"items": items}), indent=1).decode() + "\n"


def entry_id(entry: Entry) -> str:
    """The same for the same change, wherever the archive is published (a tag URI, RFC 4151)."""
    return f"tag:gongkai,2026:{entry.id}"


def headline(entry: Entry) -> str:
    """What happened, to whose report of which year."""
    return f"{KINDS[entry.kind].zh}：{entry.agency}{entry.year}年"


def summary(entry: Entry) -> str:
    """The title of the report and what was changed, in Chinese and English."""
    changed = []
    if entry.cells:
        changed.append(Text(f"{entry.cells}个单元格变动", f"cells changed: {entry.cells}"))
    if entry.sections:
        changed.append(Text(f"{entry.sections}个部分正文变动", f"sections changed: {entry.sections}"))
    said = [KINDS[entry.kind], *changed]
    quoted = f"\n{entry.quote}" if entry.quote else ""
    return f"{entry.title}\n{'；'.join(text.zh for text in said)} · {'; '.join(text.en for text in said)}{quoted}"


def read_feed(connection: sqlite3.Connection, name: str) -> Feed | None:
    """The feed `all`, `province/NAME` or `agency/ID`; None where the archive has no such province or agency."""
    kind, _, value = name.partition("/")
    known: tuple[str] | None = None
    values: tuple[str, ...] = (value,)
    if name == "all":
        title, where, values = TITLE.both(), "1", ()
    elif kind == "province":
        known = connection.execute("select province from agencies where province = ? limit 1", (value,)).fetchone()
        title, where = f"{TITLE.zh}（{value}）", "r.province = ?"
    elif kind == "agency":
        known = connection.execute("select name from agencies where agency_id = ?", (value,)).fetchone()
        title, where = f"{TITLE.zh}（{known[0] if known else value}）", "r.agency_id = ?"
    else:
        return None
    if values and not known:
        return None
    entries = read_entries(connection, where, values)
    (built_at,) = connection.execute("select built_at from build_info").fetchone()
    return Feed(f"tag:gongkai,2026:feeds/{name}", title, entries[0].at if entries else built_at, entries)


def _sub(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    clean = {key: _NOT_XML.sub("\ufffd", value) for key, value in attributes.items()}
    return etree.SubElement(parent, f"{{{ATOM}}}{name}", clean)


def _add(parent: etree._Element, name: str, text: str) -> None:
    _sub(parent, name).text = _NOT_XML.sub("\ufffd", text)
