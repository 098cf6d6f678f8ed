"""Challenge pages, stubs and soft 404s: recognised by evidence, recorded as such, never kept as content.

A page is judged by rules (`blocks.yaml`); nothing is solved, run or answered. A genuine report that mentions a captcha
or a missing page shows far more text than any such page, and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from archive.models import Outcome, Role
from crawler.pages import Page, embedded_files, file_extension, iframes_of, links_of, refresh_target
from crawler.pages.files import is_markup, is_word_markup
from crawler.pages.page import inner_text

_FILE = Path(__file__).with_name("blocks.yaml")
_CONTENT_STATUS = (200, 203)
_EVIDENCE_CHARACTERS = 200
_AROUND = 40
_COMPUTED = re.compile(r"location\s*(?:\.href|\.replace|\.assign|\[|=)|\.submit\s*\(|location\.reload")
_CONTENT = re.compile("公开|年报|年度|附件")
_MAY_BE_GONE = re.compile("不存在|删除|找不到|未找到|没有找到|(?i:not found)")
_LITTLE_TEXT = 300  # characters: a message, and the lines at the foot of a site
_SHORT_TEXT = 400  # characters; a Word file saved as HTML under the name .doc says more


@dataclass(frozen=True, slots=True)
class BlockVerdict:
    """Why an answer is no content: its outcome, a stable reason code (`blocked:412_js`), and an excerpt as evidence."""

    outcome: Outcome
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of `blocks.yaml`; a condition that is None is not asked for."""

    reason: str
    outcome: Outcome
    says: str
    status: tuple[int, ...]
    bytes: int | None
    text: int | None
    url: re.Pattern[str] | None
    not_url: re.Pattern[str] | None
    header: re.Pattern[str] | None
    not_header: re.Pattern[str] | None
    body: tuple[re.Pattern[str], ...]
    shown: tuple[re.Pattern[str], ...]
    title: re.Pattern[str] | None
    page: str | None


@cache
def rules() -> tuple[Rule, ...]:
    """The rules in their order; raises KeyError, ValueError, re.error or yaml.YAMLError where the file is broken."""
    return tuple(_rule(entry) for entry in yaml.safe_load(_FILE.read_text("utf-8")))


def judge(
    status: int,
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    body: bytes,
    url: str,
    *,
    role: Role | None = None,
) -> BlockVerdict | None:
    """The verdict on an answer that is no content, or None for one to be read.

    `body` is what was received after content-decoding, `role` why it was asked for where known. Statuses with a meaning
    of their own (404, 429, 5xx, redirects) are the caller's.
    """
    return judge_page(Page.of(url, status, headers, body), role=role)


def judge_page(page: Page, *, role: Role | None = None) -> BlockVerdict | None:
    """`judge` on a page that is at hand already."""
    for rule in rules():
        evidence = _holds(rule, page, role)
        if evidence is not None:
            return BlockVerdict(rule.outcome, rule.reason, f"{rule.says}: {evidence}"[:_EVIDENCE_CHARACTERS])
    return None


def _holds(rule: Rule, page: Page, role: Role | None) -> str | None:
    """The evidence that a rule holds, or None; what costs least is asked first."""
    if page.status not in rule.status or (rule.bytes is not None and len(page.body) > rule.bytes):
        return None
    if (rule.url and not rule.url.search(page.url)) or (rule.not_url and rule.not_url.search(page.url)):
        return None
    if rule.header and not _in_headers(rule.header, page):
        return None
    if rule.not_header and _in_headers(rule.not_header, page):
        return None
    evidence: str | None = f"status {page.status}, {len(page.body)} bytes"
    needs_markup = rule.title is not None or rule.text is not None or rule.page is not None
    if needs_markup and not is_markup(page) and len(page.body) > (rule.bytes or 0):
        return None
    if rule.text is not None and page.shows_more_than(rule.text):
        return None
    if rule.page and not _PROPERTIES[rule.page](page, role):
        return None
    if rule.title:
        match = rule.title.search(page.title)
        if match is None:
            return None
        evidence = f"title {page.title}"
    if rule.body:
        evidence = _first(rule.body, page.text)
    if evidence and rule.shown:
        evidence = _first(rule.shown, f"{page.title}\n{page.visible_text}")
    return evidence


def _first(patterns: Iterable[re.Pattern[str]], text: str) -> str | None:
    """What the first pattern that is in the text found there, with some words around it."""
    found = next((match for pattern in patterns if (match := pattern.search(text))), None)
    return found and " ".join(text[max(found.start() - _AROUND, 0) : found.end() + _AROUND].split())


def _in_headers(pattern: re.Pattern[str], page: Page) -> bool:
    return any(pattern.search(f"{name}: {value}") for name, value in page.headers)


def _computed_redirect(page: Page, role: Role | None) -> bool:
    """A script sends the reader on, and where to is not written out: only running it would tell."""
    if _CONTENT.search(page.visible_text):
        return False  # a short list or cover, whose script turns a page or opens a file
    return refresh_target(page) is None and any(_COMPUTED.search(script) for script in page.scripts)


def _no_links(page: Page, role: Role | None) -> bool:
    leads_on = links_of(page) or iframes_of(page) or refresh_target(page) or next(embedded_files(page), None)
    return not leads_on


def _file_expected(page: Page, role: Role | None) -> bool:
    """A file was asked for and a short web page came that leads to none; Word files saved as HTML are files."""
    if role not in (Role.ATTACHMENT, Role.PICTURE) and file_extension(page.url) is None:
        return False
    if not is_markup(page) or is_word_markup(page) or page.shows_more_than(_SHORT_TEXT):
        return False
    return _no_files(page, role) and not iframes_of(page) and refresh_target(page) is None


def _no_files(page: Page, role: Role | None) -> bool:
    linked = (link for link in links_of(page) if file_extension(link.url, link.text))
    return next(linked, None) is None and next(embedded_files(page), None) is None


def _little_beside_links(page: Page, role: Role | None) -> bool:
    """An article was asked for, and beside the menus of its site the page says next to nothing."""
    if role is not Role.ARTICLE or not _MAY_BE_GONE.search(page.text) or not _no_files(page, role):
        return False
    in_links = sum(len(inner_text(link)) for link in page.tree.iter("a"))
    return len(page.visible_text) - in_links <= _LITTLE_TEXT


_PROPERTIES: Mapping[str, Callable[[Page, Role | None], bool]] = {
    "computed_redirect": _computed_redirect,
    "no_links": _no_links,
    "file_expected": _file_expected,
    "no_files": _no_files,
    "little_beside_links": _little_beside_links,
}


def _rule(entry: Mapping[str, Any]) -> Rule:
    unknown = set(entry) - set(Rule.__dataclass_fields__)
    if unknown or entry.get("page") not in {None, *_PROPERTIES}:
        raise ValueError(
            f"blocks.yaml: rule {entry.get('reason')}: unknown condition {sorted(unknown) or entry['page']}"
        )

    def pattern(name: str) -> re.Pattern[str] | None:
        return re.compile(_inline_flags(entry[name])) if name in entry else None

    def patterns(name: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(_inline_flags(item)) for item in entry.get(name, ()))

    return Rule(
        reason=entry["reason"],
        outcome=Outcome(entry["outcome"]),
        says=entry["says"],
        status=tuple(entry.get("status", _CONTENT_STATUS)),
        bytes=entry.get("bytes"),
        text=entry.get("text"),
        url=pattern("url"),
        not_url=pattern("not_url"),
        header=pattern("header"),
        not_header=pattern("not_header"),
        body=patterns("body"),
        shown=patterns("shown"),
        title=pattern("title"),
        page=entry.get("page"),
    )


def _inline_flags(pattern: str) -> str:
    """`(?i)` anywhere in a pattern to the front of it, where Python wants it."""
    return "(?i)" + pattern.replace("(?i)", "") if "(?i)" in pattern else pattern
