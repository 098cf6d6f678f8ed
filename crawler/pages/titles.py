"""The whole title of a link: what is shown, or where that is cut or a button the words that stand for it."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lxml import etree

from crawler.pages.page import inner_text, text_of

_ELLIPSIS = re.compile(r"\s*(?:…+|\.{2,}|。{3,})\s*\Z")
_ORNAMENT = re.compile(r"\A[\s·•●◆■▪►▶>»\-*※★☆○◇□\u200b\ufeff]+|[\s\u200b\ufeff]+\Z")
_BADGE = re.compile(
    r"\A\s*(?:[\[【](?:置顶|最新|热门|推荐|重要|图文?|视频|new|hot|top)[\]】]|\d{1,3}[.、．](?=\D))\s*", re.IGNORECASE
)
"""What a list puts before a title to mark or to number the row."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
"""Markup in an attribute, which shows as it is written."""
_LABELS = re.compile(
    r"\s+(?:作\s*者|来\s*源|(?:发布|更新|添加)?(?:日\s*期|时\s*间)|点击数?|浏览次数)\s*[:：].*\Z", re.DOTALL
)
TRAILING_DATE = re.compile(
    r"[\s\[(（【]*(?:19|20)\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?[\s\])）】]*\Z"
)
# Older systems put all that they know of an article into the attribute: 标题：… 作者：… 更新时间：… 点击数：…
_LABELLED = re.compile(
    r"\A\s*(?:文章)?(?:标\s*题|名\s*称)\s*[:：]\s*(?P<title>.+?)\s*"
    r"(?:(?:作\s*者|来\s*源|(?:发布|更新|添加)?(?:日\s*期|时\s*间)|点击数?|浏览次数|类\s*别|栏\s*目)\s*[:：].*)?\Z",
    re.DOTALL,
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Words of a button, which say nothing of what is behind it.
_BUTTON = re.compile(
    r"\W*(?:(?:点击|点此|查看|阅读|浏览|打开|进入|下载|详细|详情|全文|内容|更多|more|view|pdf|word|docx?|wps|ofd|版)\W*)+"
    r"|[>›»→＞]+|[\[(]?20\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?[\])]?",
    re.IGNORECASE,
)
_LONGEST_BUTTON = 12
_BUTTON_LEVELS = 4  # how far above a button the words that it stands for may begin
_MOST_BUTTONS = 30  # of one row; each of them looks at all of them
_LONGEST_WORDS = 120
_LEADING_NUMBER = re.compile(r"\A\d{1,4}[.、\s]+(?=\D)")
LIST_TAGS = frozenset({"body", "html", "ul", "ol", "table", "tbody"})
"""Elements that hold rows, and are never one themselves."""


def title_of(element: etree._Element, text: str) -> str:
    """The whole title of a link that shows `text`; beside a button the words that it stands for."""
    title = full_title(text, element.get("title"))
    if len(title) <= _LONGEST_BUTTON and _is_button(title or text):
        return _words_at_button(element) or title
    return title


@lru_cache(maxsize=16384)  # most links of a page are the site's menus, the same on every page
def full_title(text: str, title: str | None) -> str:
    """The title attribute where the shown text is empty, a cut form of it or the words of a button, else the text.

    Of an attribute that is labelled (`标题：… 作者：… 更新时间：…`) the title counts.
    """
    shown = _clean(_ELLIPSIS.sub("", text))
    cut = shown != _clean(text)
    labelled = _LABELLED.match(title or "")
    whole = _clean(labelled["title"] if labelled else _LABELS.sub("", title or ""))
    if whole and (
        not shown or cut or _BUTTON.fullmatch(shown) or whole.startswith(shown) or _squeeze(shown) in _squeeze(whole)
    ):
        return whole
    return _clean(TRAILING_DATE.sub("", text)) or whole


def text_of_link(element: etree._Element) -> str:
    """What a link shows: of a card the one heading in it, which its summary follows; of a picture its words."""
    headings = [heading for heading in element.iter(*_HEADINGS) if heading is not element]
    text = inner_text(headings[0] if len(headings) == 1 else element) or inner_text(element)
    if text:
        return text
    return next((alt.strip() for image in element.iter("img") if (alt := image.get("alt") or "")), "")


def _words_at_button(element: etree._Element) -> str:
    """The words that a button stands beside, in a row or a heading whose every link is a button; or nothing."""
    own = text_of_link(element)
    for parent in islice(element.iterancestors(), _BUTTON_LEVELS):
        links = list(islice(parent.iter("a"), _MOST_BUTTONS + 1))
        if parent.tag in LIST_TAGS or len(links) > _MOST_BUTTONS:
            break
        texts = [text_of_link(link) for link in links]
        if not all(map(_is_button, texts)):
            break
        words = text_of(parent)
        for text in texts:
            if shown := text or own:
                words = words.replace(shown, " ")
        words = _clean(_LEADING_NUMBER.sub("", TRAILING_DATE.sub("", _clean(words))))
        if words:
            return words if len(words) <= _LONGEST_WORDS else ""
    return ""


def _is_button(text: str) -> bool:
    """Whether a link says nothing of what is behind it: an icon without words is one too."""
    return not text or _BUTTON.fullmatch(text) is not None


def _clean(text: str) -> str:
    return _ORNAMENT.sub("", _BADGE.sub("", " ".join(_TAG.sub("", text).split())))


def _squeeze(text: str) -> str:
    return "".join(text.split())
