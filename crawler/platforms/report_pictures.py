"""Pictures in an article that may be its report: pages of it in place of text, or tables of it beside the text.

What a picture shows is not known before it is read. Here those are left out that their attributes, names and places
show to be none; the others are looked at again when their size is known (`archive.readers.picture_size`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from crawler.discovery import normalise, year_in_title
from crawler.pages import Page, in_furniture, resolve

MAX_PICTURES = 40
"""How many pictures of one article are asked for; a report has some ten pages."""

_ENOUGH = 600  # Chinese characters; the words around pages that are pictures are fewer, those of a report are more
_SIX_SECTIONS_SINCE = 2019
# A label of each table, which no other part of a report has (forms of 国办公开办函〔2019〕60号 and 〔2021〕30号).
_TABLES = ("行政事业性收费", "结转下年度继续办理", "结果维持")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_MARKUP = re.compile(r"<img\b|\.(?:jpe?g|png)\b", re.I)
_NARROWEST, _LOWEST = 300, 100  # dots as stated on the page; no table of the form is smaller
_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-echo", "lazy-src", "original", "_src", "src")
"""Attributes with the address of a picture: those of scripts that load it late go before what stands in its place."""
_ORNAMENT = re.compile(
    r"(?:\b|_)(?:icons?|logo|qr_?code|ewm|erweima|weixin|wechat|weibo|share|btn|button|arrow|banner|bg|loading|spacer"
    r"|blank|dot|line|close|print|avatar|nopic|filetype|pdf|docx?|xlsx?|zip|rar|jiucuo|wza)(?=[\W_\d]|\Z)",
    re.I,
)
_LITERAL = re.compile(r"[\"']([^\"'\s<>]{1,500}\.(?:jpe?g|png))[\"']", re.I)
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*\Z", re.I)
_STYLED = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*([^;]{1,20})", re.I)


def report_pictures(page: Page, body: etree._Element | None, words: str, title: str) -> list[str]:
    """The absolute addresses of pictures that may hold the report or a table of it, in page order.

    `body` is the element of the article, None where it is not known, `words` its text, `title` that of the report. A
    page that has the text and the tables gives none.
    """
    if all(label in words for label in _TABLES) or not _MARKUP.search(page.text):
        return []  # most pages, and the cheapest to tell
    text = normalise(words)
    little = len(text) < _ENOUGH or len(_CHINESE.findall(text)) < _ENOUGH
    if not little and (all(label in text for label in _TABLES) or not _has_tables(title)):
        return []
    place = page.tree if body is None else body
    found = dict.fromkeys(_shown(page, place))
    if not found and little:
        found = dict.fromkeys(_scripted(page))
    return list(found)[:MAX_PICTURES]


def _has_tables(title: str) -> bool:
    """Whether a report has the tables of the national form, as those since 2019 have."""
    year = year_in_title(title)
    return year is None or year >= _SIX_SECTIONS_SINCE


def _shown(page: Page, place: etree._Element) -> Iterator[str]:
    for image in place.iter("img"):
        if in_furniture(image) or _is_small(image):
            continue
        written = (image.get(name) for name in _SOURCES)
        urls = (resolve(page.base, source, page.decoded.encoding) for source in written if source)
        url = next((url for url in urls if url), None)
        if url and not _ORNAMENT.search(url.rpartition("/")[2]):
            yield url


def _scripted(page: Page) -> Iterator[str]:
    """The pictures that a viewer is given in a script, each as one literal."""
    for script in page.scripts:
        for match in _LITERAL.finditer(script):
            url = resolve(page.base, match[1].replace("\\/", "/"), page.decoded.encoding)
            if url and not _ORNAMENT.search(url.rpartition("/")[2]):
                yield url


def _is_small(image: etree._Element) -> bool:
    """Whether the page states that a picture is smaller than any table."""
    stated = {"width": image.get("width") or "", "height": image.get("height") or ""}
    for name, value in _STYLED.findall(image.get("style") or ""):
        stated[name.lower()] = value
    for name, least in (("width", _NARROWEST), ("height", _LOWEST)):
        pixels = _PIXELS.match(stated[name])
        if pixels and int(pixels[1]) < least:
            return True
    return False
