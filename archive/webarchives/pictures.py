"""Pictures of pages among the answers of an archive: those that a page shows which is titled as an annual report.

The crawler knows of a picture by the page that led to it. An archive holds both side by side, in any order, among the
pictures of the whole site; the page tells by what it names.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Mapping

from archive.captures import content_type, decode_content
from archive.charset import decode_bytes
from archive.models import CapturedPage
from archive.readers.picture_size import may_be_table
from archive.readers.shown_pictures import named_on, spelling
from archive.report.identity.titles import pieces_of, read_title

_TITLES = re.compile(
    r"<(?:title|h[1-4])\b[^>]{0,300}>(?P<text>[^<]{8,120})</"
    r"|<meta\b[^>]{0,200}?\bcontent\s*=\s*[\"'](?P<content>[^\"']{8,120})[\"']",
    re.I,
)


class Shown:
    """The pages that were met and may be reports in pictures, by the pictures that they name."""

    def __init__(self) -> None:
        self._pages: dict[str, dict[str, str]] = defaultdict(dict)

    def note(self, page: CapturedPage, portal: str) -> None:
        """Takes note of a page of a portal; one that does not name the report of a year shows nothing."""
        payload, _ = decode_content(page.body, page.headers)
        text = decode_bytes(payload, content_type(page.headers)[1]).text
        if _is_titled(text):
            for name in named_on(text, page.url):
                self._pages[name][page.url] = portal

    def is_named(self, url: str) -> bool:
        """Whether any of these pages names a picture of this address."""
        return spelling(url) in self._pages

    def pages_of(self, picture: CapturedPage) -> Mapping[str, str]:
        """The pages that show a picture, with their portals; none for one that is too small to be a page or a table."""
        pages = self._pages.get(spelling(picture.url), {})
        return pages if pages and may_be_table(decode_content(picture.body, picture.headers)[0]) else {}


def _is_titled(text: str) -> bool:
    texts = (html.unescape(match["text"] or match["content"]) for match in _TITLES.finditer(text))
    titles = (read_title(piece) for text in texts if "公开" in text for piece in pieces_of(" ".join(text.split())))
    return any(title is not None and title.year is not None for title in titles)
