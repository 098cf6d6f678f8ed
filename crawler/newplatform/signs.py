"""What tells a CMS from all others on its pages, as proposals: shapes of its addresses, marks in its markup. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.pages import Page, host_of, links_of
from crawler.platforms.contract import Context
from crawler.platforms.generic import Generic

_MARKS_KEPT = 3
_LEAST_ROWS = 2
_VARIABLE = re.compile(
    r"(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(?P<hex>(?=[0-9a-f]*[a-f])[0-9a-f]{16,})|(?P<digits>\d+)"
)
_GENERATOR = re.compile(r"<meta\s+name=[\"']?generator[\"']?\s+content=[\"']([^\"'<>]{3,60})", re.IGNORECASE)
_SCRIPT = re.compile(r"<script[^>]{0,200}?\ssrc=[\"']?([^\"'\s>]{4,200})", re.IGNORECASE)
_COMMENT = re.compile(r"<!--\s*([\w.\-]{4,40})[\s:].{0,80}?-->|<!--\s*([\w.\-]{4,40})\s*-->")
_CALL = re.compile(r"\b([A-Za-z_]\w*(?:Page|Pager|List|Paging|page|pager|list)\w*)\s*\(")
_NAMED = re.compile(r"\b(?:id|class)=[\"']?([A-Za-z][\w\-]{3,40})[\"'\s>]")
_EVERYWHERE = re.compile(
    r"jquery|bootstrap|swiper|layui|vue|html5|respond|echarts|slick|zepto|gotopage|querylist|share|saved|\A\w{1,4}\Z",
    re.IGNORECASE,
)
_ANY_SITE = frozenset(
    {"html", "htm", "shtml", "jsp", "php", "asp", "aspx", "index", "list", "info", "news", "content", "art", "detail"}
    | {
        "show",
        "view",
        "page",
        "article",
        "id",
        "cid",
        "xxgk",
        "zwgk",
        "nb",
        "ndbg",
        "xxgknb",
        "zfxxgk",
        "columns",
        "column",
    }
)
"""Words of addresses that sites of every make use: alone they tell nothing."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Regular expressions in the form of `fingerprints.yaml` (searched), and of a platform's `Territory`.

    `path`, `body` and `links` are those that occur on the recorded pages and on no page recorded of another platform;
    `rows` is what an article of the list looks like in a URL, `columns` what a list does.
    """

    path: tuple[str, ...]
    body: tuple[str, ...]
    links: tuple[str, ...]
    rows: str
    columns: str

    @property
    def any(self) -> bool:
        """Whether the CMS can be known by anything at all."""
        return bool(self.path or self.body or self.links)


def propose(recorded: Sequence[tuple[Page, Context]], others: Iterable[Page]) -> Signs:
    """The signs that all recorded pages of the new CMS share and that no page of `others` shows."""
    pages = [page for page, _ in recorded]
    rows = _commonest(_row_paths(recorded))
    columns = _shared(shape(urlsplit(page.url).path, urlsplit(page.url).query) for page in pages)
    path = [f"{columns}$"] if _tells(columns) else []
    links = [f"{rows}$"] if _tells(rows) else []
    body = [re.escape(mark).replace(r"\-", "-").replace(r"\ ", " ") for mark in _marks(pages)]
    for other in others:
        parts = urlsplit(other.url)
        address = f"{parts.path}?{parts.query}" if parts.query else parts.path
        path = [one for one in path if not re.search(one, address)]
        body = [one for one in body if not re.search(one, other.text)]
        hrefs = [link.url for link in links_of(other)] if links else []
        links = [one for one in links if not any(re.search(one, url) for url in hrefs)]
    return Signs(
        tuple(path),
        tuple(body[:_MARKS_KEPT]),
        tuple(links),
        rows=rf"{rows}\Z" if rows else r"/\d+\.s?html?\Z",
        columns=rf"{columns}\Z" if columns else r"/list[^/]*\Z",
    )


def shape(path: str, query: str = "") -> str:
    """The pattern of a URL's end, from the first part that is made by rule, its numbers and keys left open.

    The folders above are a portal's own choice; without such a part only the last one counts. A query keeps the names
    of its parameters and leaves their values open.
    """
    segments = path.split("/")[1:]
    made = [at for at, segment in enumerate(segments) if _VARIABLE.search(segment)]
    first = made[0] if made else len(segments) - 1
    pattern = "".join(f"/{_open(segment)}" for segment in segments[first:])
    if not query:
        return pattern
    names = [pair.partition("=")[0] for pair in query.split("&")]
    return pattern + r"\?" + "&".join(f"{re.escape(name)}=[^&]*" for name in names)


def _tells(pattern: str) -> bool:
    """Whether a shape of addresses has a word in it that not every site uses."""
    plain = re.sub(r"\\[dZ]|\[[^\]]*\][*+]?|\\", " ", pattern)
    return not _ANY_SITE.issuperset(re.findall(r"[a-z]{2,}", plain.lower()))


def _open(segment: str) -> str:
    parts: list[str] = []
    at = 0
    for match in _VARIABLE.finditer(segment):
        parts.append(re.escape(segment[at : match.start()]))
        if match["uuid"]:
            parts.append(r"[0-9a-f-]{36}")
        elif match["hex"]:
            parts.append(f"[0-9a-f]{{{len(match[0])}}}")
        else:
            parts.append(r"\d+")
        at = match.end()
    return ("".join(parts) + re.escape(segment[at:])).replace(r"\-", "-")


def _row_paths(recorded: Sequence[tuple[Page, Context]]) -> Iterator[str]:
    """The addresses of what looks like rows: reports by the generic reader, and dated links of the list's own host."""
    for page, context in recorded:
        reports = {entry.url for entry in Generic().read_listing(page, context).entries}
        dated = {link.url for link in links_of(page) if link.date and host_of(link.url) == host_of(page.url)}
        for url in sorted(reports | dated):
            parts = urlsplit(url)
            yield shape(parts.path, parts.query)


def _commonest(shapes: Iterable[str]) -> str:
    (most, number), *_ = Counter(shapes).most_common(1) or [("", 0)]
    return most if number >= _LEAST_ROWS else ""


def _shared(shapes: Iterable[str]) -> str:
    """The one shape that all have; of several that differ, none."""
    found = set(shapes)
    return found.pop() if len(found) == 1 else ""


def _marks(pages: Sequence[Page]) -> list[str]:
    """Words of the markup that stand on every page, those first that a maker puts there on purpose."""
    seen: dict[str, None] = {}
    for mark in _written(pages[0].text):
        if all(mark in page.text for page in pages):
            seen.setdefault(mark)
    return list(seen)


def _written(text: str) -> Iterator[str]:
    for match in _GENERATOR.finditer(text):
        yield match[1]
    for pattern in (_CALL, _SCRIPT, _COMMENT, _NAMED):
        for match in pattern.finditer(text):
            word = next(group for group in match.groups() if group)
            if pattern is _SCRIPT:
                word = "/" + "/".join(urlsplit(word).path.split("/")[-2:]).lstrip("/")
            if not _EVERYWHERE.search(word):
                yield word
