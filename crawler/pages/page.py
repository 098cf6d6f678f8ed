"""One answer as a platform sees it, with its text and its tree made once."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from typing import cast

from lxml import etree

from archive.charset import Decoded, decode_bytes
from crawler.pages.functions import Maker, makers_of
from crawler.pages.urls import resolve

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_HEAD_BYTES = 4096

# What templates leave in a meta tag when nobody filled it in (portals seen: 开普, 齐齐哈尔, chinadrugtrials).
_PLACEHOLDERS = frozenset(
    {"null", "undefined", "none", "nan", "网站名称", "网站域名", "网站标识码", "栏目名称", "栏目描述", "栏目关键词"}
    | {"栏目类别", "文章标题", "发布日期", "内容来源", "标题", "关键词", "作者", "描述"}
)
_TEMPLATE_VALUE = re.compile(r"[{<$#%]\S*[}>$#%]\Z|\$\w+")

# lxml stops at 256 levels (2,048 with huge_tree) and drops the rest without a word; 300 unclosed <font> are enough.
# The log of the parser says so; then tags that only format, and at last all that only group, are taken out first.
_TOO_DEEP = etree.ErrorTypes.ERR_RESOURCE_LIMIT
_FORMATTING = re.compile(r"</?(?:font|span|b|i|u|em|strong|small|big|o:p|st1:\w+|center|tt|sup|sub)\b[^>]*>", re.I)
_GROUPING = re.compile(r"</?(?:div|section|article|main|blockquote|form|table|tbody|ul|ol|dl|dir)\b[^>]*>", re.I)
# A tag with thousands of attributes costs lxml quadratic time; no page made by people has one.
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{20000,}>?")
_MAX_ATTRIBUTES = 500

# A tree takes some 300 bytes for an element, and four times its text; no page of a portal comes near either limit.
_MAX_TAGS = 500_000
_TAG = re.compile("<[A-Za-z/!?]")
_MAX_CHARACTERS = 12 << 20


class TooMuchMarkup(Exception):
    """Raised for a page of which no tree is made, since it would take hundreds of megabytes; the message says why."""


@dataclass(frozen=True)
class Page:
    """One answer as a platform sees it.

    `url` is the final URL, `headers` every header in order with names as sent, `body` the bytes after content-decoding,
    `media_type` in lower case without parameters, `charset` the one of the HTTP header or None. Text and tree are made
    once, when first asked for.
    """

    url: str
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = ""
    charset: str | None = None

    @classmethod
    def of(cls, url: str, status: int, headers: Mapping[str, str] | Iterable[tuple[str, str]], body: bytes) -> Page:
        """Builds a page from raw headers: media type and charset are read from Content-Type."""
        pairs = tuple(headers.items()) if isinstance(headers, Mapping) else tuple(headers)
        kind = next((value for name, value in pairs if name.lower() == "content-type"), "")
        message = Message()
        message["Content-Type"] = re.sub(r"[\r\n]+", " ", kind)
        media_type = message.get_content_type() if kind.strip() else ""
        charset = message.get_param("charset")
        return cls(url, status, body, pairs, media_type, charset if isinstance(charset, str) else None)

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @cached_property
    def declared_charset(self) -> str | None:
        """The charset of the HTTP header, or that of the page's own meta tag."""
        if self.charset:
            return self.charset
        match = _META_CHARSET.search(self.body[:_HEAD_BYTES])
        return match.group(1).decode("ascii") if match else None

    @cached_property
    def decoded(self) -> Decoded:
        """The text with the character set used and what was wrong with it."""
        return decode_bytes(self.body, self.declared_charset)

    @property
    def text(self) -> str:
        """The text of the body."""
        return self.decoded.text

    @cached_property
    def tree(self) -> etree._Element:
        """The parsed page; an empty `<html>` for a body without any element. Raises TooMuchMarkup."""
        return parse(self.text)

    @property
    def has_tree(self) -> bool:
        """Whether a tree can be made of the page at all."""
        try:
            return self.tree is not None
        except TooMuchMarkup:
            return False

    @cached_property
    def base(self) -> str:
        """The URL that links of the page are relative to."""
        for element in self.tree.iter("base"):
            if href := element.get("href"):
                return resolve(self.url, href) or self.url
        return self.url

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """The meta tags by lower-case name: the last value that says something (page tags of 国办发〔2017〕47号)."""
        found: dict[str, str] = {}
        for element in self.tree.iter("meta"):
            name = (element.get("name") or element.get("property") or "").strip().lower()
            value = (element.get("content") or "").strip()
            if "&" in value:
                value = html.unescape(value).strip()  # escaped twice by some templates
            if name and value and value.lower() not in _PLACEHOLDERS and not _TEMPLATE_VALUE.fullmatch(value):
                found[name] = value
        return found

    @cached_property
    def title(self) -> str:
        """The text of the `<title>`, in one line; empty where there is none."""
        for element in self.tree.iter("title"):
            return inner_text(element)
        return ""

    @cached_property
    def scripts(self) -> tuple[str, ...]:
        """The text of every inline script, in page order."""
        return tuple(text for element in self.tree.iter("script") if (text := element.text) and text.strip())

    @cached_property
    def makers(self) -> Mapping[str, Maker]:
        """The functions of the page that go to an address made of what they are given."""
        # Most pages call none, and their scripts need not be looked through.
        calls = "javascript:" in self.text or "onclick" in self.text
        return makers_of(self.scripts) if calls else {}

    @cached_property
    def visible_text(self) -> str:
        """All text that a reader would see, with every run of white space one blank."""
        return text_of(self.tree)

    def shows_more_than(self, characters: int) -> bool:
        """Whether `visible_text` is longer than that; a page that shows plenty is not read to its end for it."""
        return self._shown_at_least > characters or len(self.visible_text) > characters

    @cached_property
    def _shown_at_least(self) -> int:
        """Characters that the page surely shows, counted up to a thousand or so."""
        shown = 0
        if not _MAY_HIDE.search(self.text):
            for element in self.tree.iter(*_TEXT_TAGS):
                shown += len("".join((element.text or "").split()))
                if shown > _ENOUGH_TEXT:
                    break
        return shown


_TEXT_TAGS = ("p", "a", "td", "li", "span", "h1")
_MAY_HIDE = re.compile("<(?:noscript|template)", re.IGNORECASE)
_ENOUGH_TEXT = 1000

_SEEN_TEXT = etree.XPath(
    ".//text()[not(parent::script or parent::style or parent::title or parent::noscript or parent::template)]",
    smart_strings=False,
)
# The same where <noscript> or <template> hold elements; asking for every ancestor costs three times as much.
_HOLDS_UNSEEN = etree.XPath("boolean(.//noscript/* | .//template/*)")
_SEEN_TEXT_DEEP = etree.XPath(
    ".//text()[not(ancestor::noscript or ancestor::template or parent::script or parent::style or parent::title)]",
    smart_strings=False,
)


def text_of(element: etree._Element) -> str:
    """The text of an element and all below it, without scripts and styles: one line, elements apart by blanks."""
    seen = _SEEN_TEXT_DEEP if _HOLDS_UNSEEN(element) else _SEEN_TEXT
    parts = cast("list[str]", seen(element))
    return " ".join(" ".join(parts).split())


def inner_text(element: etree._Element) -> str:
    """All text inside an element in one line, elements not set apart: fast, for what holds no script."""
    return " ".join("".join(cast("Iterable[str]", element.itertext())).split())


def parse(text: str) -> etree._Element:
    """Parses HTML text with every link kept; never drops what is nested deeply. Raises TooMuchMarkup and nothing else.

    Returns the root element. Formatting and grouping tags are taken out where the page nests deeper than lxml goes.
    """
    if len(text) > _MAX_CHARACTERS:
        raise TooMuchMarkup(f"{len(text)} characters, more than {_MAX_CHARACTERS}")
    if text.count("<") > _MAX_TAGS and (tags := sum(1 for _ in _TAG.finditer(text))) > _MAX_TAGS:
        raise TooMuchMarkup(f"{tags} tags, more than {_MAX_TAGS}")
    text = text.replace("\x00", "\ufffd")
    text = _LONG_TAG.sub(lambda match: "" if match[0].count("=") > _MAX_ATTRIBUTES else match[0], text)
    root, complete = _parse_once(text)
    for needless in (_FORMATTING, _GROUPING):
        if complete:
            break
        text = needless.sub(" ", text)
        root, complete = _parse_once(text)
    return root


def _parse_once(text: str) -> tuple[etree._Element, bool]:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # a body without any element
        root = None
    last = parser.error_log.last_error  # the depth limit ends the parse, so it is the last entry
    complete = last is None or last.type != _TOO_DEEP
    return (root if root is not None else etree.Element("html")), complete
