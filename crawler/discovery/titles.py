"""Is this link an annual report, a list of them, or only something that looks like one? Decided from words and URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from crawler.discovery.vocabulary import normalise, vocabulary
from crawler.discovery.years import YearGuess, guess_year


class Kind(StrEnum):
    """What a link leads to, as far as its words and URL tell."""

    REPORT = "report"
    LISTING = "listing"
    LOOK_ALIKE = "look_alike"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on one link.

    `look_alike` names the kind of document where `kind` is LOOK_ALIKE. `year` is the report year guessed, `year_from`
    where it was read. `agency` is the body named in the title. `confidence` runs from 0 to 1; `why` is for a person.
    """

    kind: Kind
    why: str
    confidence: float
    look_alike: str | None = None
    year: int | None = None
    year_from: str = "unknown"
    agency: str | None = None


_NUMBERING = re.compile(
    r"^(?:\[[^\]]*\]|\d{1,3}[.、]|关于|公布|发布|附件\d*[:：]?|(?:转发|转载|公示|公告|更正)[:：]?|[·•\-]"
    r"|\([一二三四五六七八九十\d]{1,3}\))+"
)
_BRACKETED = re.compile(r"^\[([\u4e00-\u9fff]{2,30})\]")
_BODY_EDGE = re.compile(
    r"^[,，:：;；\-—_\"'《》()\[\]]+|(?:[,，:：;；\-—_\"'《》(\[]|关于|公布|发布|的|贯彻|落实|执行|实施)+$"
)
_YEARS = re.compile(
    r"20\d\d年?度?|(?<!\d)\d{1,2}月?[-至到~—]+\d{1,2}月份?|[二2][〇○零Ο][〇○零Ο一二三四][〇○零Ο一二三四五六七八九](?:年度?)?"
)
_BEHIND = re.compile(r"(?:报告|年报|总结)[(\-—–:]+(?P<body>(?!各)[\u4e00-\u9fff]{3,30})\)?$")
_NO_BODY = frozenset({"", "的", "本年度", "年度", "我局", "我市", "本市", "本级", "本机关", "工作"})


@lru_cache(maxsize=4096)
def look_alike(title: str) -> tuple[str, str] | None:
    """The kind of look-alike that a title is and the words that show it, or None."""
    text = normalise(title)
    for entry in vocabulary().look_alikes:
        match = entry.pattern.search(text)
        if match and not (entry.unless and entry.unless.search(text)):
            return entry.kind, match[0]
    return None


def agency_in_title(title: str) -> str | None:
    """The public body that a report's title names, or None where it names none.

    人民政府信息公开 shares 政府 between the body and the subject, so a body ending in 人民 gets its 政府 back.
    """
    text = normalise(title)
    core = vocabulary().core.search(text)
    if core is None:
        return _body_of_bare(text)
    return _body_before(text[: core.start()]) or _body_behind(text[core.end() :])


def _body_before(lead: str) -> str | None:
    body = _BODY_EDGE.sub("", _YEARS.sub("", _NUMBERING.sub("", lead)))
    body = _BODY_EDGE.sub("", _NUMBERING.sub("", body))
    if body in _NO_BODY and (bracket := _BRACKETED.match(lead)) and vocabulary().body_ending.search(bracket[1]):
        body = bracket[1]
    if body.endswith("人民"):
        body += "政府"
    return None if body in _NO_BODY else body


def _body_behind(rest: str) -> str | None:
    """The body that stands behind the subject: …年度报告(滕州市科学技术局), …年度报告—滕州市科学技术局."""
    match = _BEHIND.search(rest)
    return match["body"] if match and vocabulary().body_ending.search(match["body"]) else None


def decide(
    title: str,
    url: str,
    *,
    date: str | None = None,
    in_column: bool = False,
    article: bool | None = None,
    trail: tuple[str, ...] = (),
) -> Decision:
    """Decides what a link leads to.

    `title` is its whole title, `date` the one beside it, `in_column` whether it stands in a list of the annual-report
    column, `article` whether its URL looks like an article or a file (None: cannot be told), `trail` the links that led
    to the list.
    """
    text = normalise(title)
    similar = look_alike(title)
    guess = guess_year(title, url, date, trail)
    if similar:
        return Decision(Kind.LOOK_ALIKE, f"title has {similar[1]}", 0.95, similar[0], guess.year, guess.source)
    words = vocabulary()
    for rule, patterns, confidence, holds in (
        ("names the annual report", words.strong, 0.98, True),
        ("names a disclosure report", words.weak, 0.8, in_column or guess.source in {"title", "column"}),
        ("an annual report in the column", words.bare, 0.75, in_column),
    ):
        match = next((found for pattern in patterns if (found := pattern.search(text))), None)
        if holds and match and _bare_is_a_body(match):
            return _report(title, rule, match[0], confidence, guess, article, in_column)
    if in_column and article and words.body_only.search(text):
        return Decision(
            Kind.REPORT, "only a body's name, in the column", 0.5, None, guess.year, guess.source, _strip_years(text)
        )
    if in_column and article and date and words.year_only.search(text):
        return Decision(Kind.REPORT, "only a year, in the column", 0.45, None, guess.year, guess.source)
    if in_column and article and words.cut.search(text) and not words.cut_other.search(text):
        agency = agency_in_title(text) if words.core.search(text) else None  # else the name may be cut as well
        return Decision(Kind.REPORT, "a cut title in the column", 0.4, None, guess.year, guess.source, agency)
    return Decision(Kind.OTHER, "title names no report", 0.9, None, guess.year, guess.source)


def _report(
    title: str, rule: str, words: str, confidence: float, guess: YearGuess, article: bool | None, in_column: bool
) -> Decision:
    kind = Kind.LISTING if article is False else Kind.REPORT
    if article is None and not in_column:
        confidence = min(confidence, 0.7)
    return Decision(kind, f"{rule}: {words}", confidence, None, guess.year, guess.source, agency_in_title(title))


def _bare_is_a_body(match: re.Match[str]) -> bool:
    body = match.groupdict().get("body")
    if body is None:
        return True
    return vocabulary().body_ending.search(_strip_years(_BODY_EDGE.sub("", body)) or "") is not None


def _body_of_bare(text: str) -> str | None:
    for pattern in vocabulary().bare:
        if match := pattern.search(text):
            body = _strip_years(_NUMBERING.sub("", match["body"]))
            return body if body and body not in _NO_BODY else None
    return None


def _strip_years(text: str) -> str | None:
    return _BODY_EDGE.sub("", _YEARS.sub("", text)) or None
