"""Where a report ends: its signature and date, a statistics table or further parts behind it, the words of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.report.form import load_form
from archive.report.lines import cut
from archive.report.text import squeeze

_NUMERAL = "[一二三四五六七八九十]"
_YEAR = r"(?:20\d{2}|二[○〇零O0Ｏ][一二三四五六七八九○〇零]{2})"
_WRITTEN = rf"{_YEAR}年(?:\d{{1,2}}|{_NUMERAL}{{1,2}})月(?:(?:\d{{1,3}}|{_NUMERAL}{{1,3}})日)?"
_DATE = rf"(?:{_WRITTEN}|20\d{{2}}[-./]\d{{1,2}}[-./]\d{{1,2}})"
_SPACED_DATE = _DATE.replace("年", r"\s*年\s*").replace("月", r"\s*月\s*").replace("日", r"\s*日")


@lru_cache(maxsize=1)
def _end_words() -> re.Pattern[str]:
    return re.compile("|".join(load_form().end_of_report))


@lru_cache(maxsize=1)
def _end_lines() -> re.Pattern[str]:
    return re.compile("|".join(load_form().end_lines))


_ANNEX = re.compile(
    "附(?:表|件)[一1]?:|(?:[^。;,:]{0,30}政府信息公开)?(?:情况)?统计表?指标名称|(?:指标名称|统计指标)(?:计量)?单位"
)
_HEADED = re.compile(r"\s*(?P<mark>附\s*表\s*[一1]?\s*[:：])")
_IN_TABLE = re.compile("指标名称|统计指标|计量单位")
_SEVENTH = re.compile("七[、.][^。;]{1,30}")
_SIGNED = re.compile(rf"(?:(?<=[。；;！!.])|\s)\s*(?P<sign>(?:[^\s。；;！!，,：:]{{2,40}}\s*)?{_SPACED_DATE})\s*$")


def stands_apart(text: str, start: int) -> bool:
    """Whether a place of the squeezed text begins the line, or stands behind white space or the end of a bracket."""
    head, tail = cut(text, start)
    return not head.strip() or tail[:1].isspace() or head.endswith((">", "】", "]", "。"))


@dataclass(frozen=True, slots=True)
class Ending:
    """The text of the last section; what stands behind it, by kind; and the heading and text of an annex with 附表."""

    texts: list[str]
    leftovers: Sequence[tuple[str, Sequence[str]]]
    annex: tuple[str, Sequence[str]] | None = None


def end_of_report(texts: list[str], heading: str, *, six: bool, table: bool) -> Ending:
    """What the lines behind the last heading come to; `table` says that a table in cells stands among them.

    In an older report a statistics table that 附表 heads is a part of its own, and the one before it goes on to there,
    signature included.
    """
    annex: list[str] = []
    if not six:
        texts, annex = cut_annex(texts, heading)
        if annex and (headed := _head_annex(annex, table=table)):
            words, _, after = cut_end(headed[1])
            return Ending(texts, [("after", after)] if after else [], (headed[0], words))
    texts, beyond = cut_seventh(texts) if six else (texts, [])
    texts, signature, after = cut_end(texts)
    kinds = (("annex", annex), ("signature", signature), ("after", [*after, *beyond]))
    return Ending(texts, [(where, words) for where, words in kinds if words])


def begins_word(text: str, start: int) -> bool:
    """Whether white space stands before a place of the squeezed text, or nothing."""
    head, tail = cut(text, start)
    return not head.strip() or not tail or tail[:1].isspace() or head[-1:].isspace()


def cut_end(texts: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The text of the last section, its signature and date, and what follows the report."""
    kept, after = list(texts), []
    for index, text in enumerate(texts):
        squeezed = squeeze(text)
        starts = (_start(squeezed, match) for match in _end_words().finditer(squeezed))
        begin = next((start for start in starts if stands_apart(text, start)), None)
        if begin is None:
            continue
        head, tail = cut(text, begin)
        kept = [*texts[:index], *([head.strip()] if head.strip() else [])]
        after = [tail.strip(), *texts[index + 1 :]]
        break
    while len(kept) > 1 and _end_lines().fullmatch(squeeze(kept[-1])):
        after.insert(0, kept.pop())
    signature: list[str] = []
    while len(kept) > 1 and _is_signature(kept[-1], signature):
        signature.insert(0, kept.pop())
    if kept and not signature:
        match = _SIGNED.search(kept[-1])
        if match and match.start("sign") > 0:
            signature = [match["sign"].strip()]
            kept[-1] = kept[-1][: match.start("sign")].strip()
    return kept, signature, after


def cut_annex(texts: list[str], heading: str) -> tuple[list[str], list[str]]:
    """The text of the last section of an older report and the statistics table that runs on behind it."""
    if re.search("附表|统计表", heading):
        return texts, []
    for index, text in enumerate(texts):
        match = _ANNEX.search(squeeze(text))
        if match:
            head, tail = cut(text, match.start())
            return [*texts[:index], *([head.strip()] if head.strip() else [])], [tail.strip(), *texts[index + 1 :]]
    return texts, []


def _head_annex(annex: list[str], *, table: bool) -> tuple[str, list[str]] | None:
    """The heading and the text of a statistics table that 附表 heads without a number; None where none begins so.

    Its heading goes to the end of the words beside the mark, or on the line below where the mark stands alone.
    """
    match = _HEADED.match(annex[0])
    if match is None or not (table or _IN_TABLE.search(squeeze("".join(annex)))):
        return None
    words, *rest = [annex[0][match.end() :].strip(), *annex[1:]]
    if not words and rest and not _end_words().match(squeeze(rest[0])):
        words, *rest = rest
    title, *text = words.split(maxsplit=1) or [""]
    return match["mark"] + title, [*text, *rest]


def cut_seventh(texts: list[str]) -> tuple[list[str], list[str]]:
    """The text of the last of the six sections, and parts numbered seven and on (七、附件) behind it."""
    for index, text in enumerate(texts):
        if _SEVENTH.fullmatch(squeeze(text)):
            return texts[:index], texts[index:]
    return texts, []


def _start(squeezed: str, match: re.Match[str]) -> int:
    """Where words begin, with the bracket that opens before them."""
    return match.start() - (squeezed[match.start() - 1 : match.start()] in ("(", "["))


def _is_signature(text: str, below: list[str]) -> bool:
    squeezed = squeeze(text)
    if re.fullmatch(rf"\(?[^。;!,:]{{0,40}}?{_DATE}\)?", squeezed):
        return True
    body = re.sub(r"\([^()]*\)$", "", squeezed)  # …局（…局） is named as the body that it also is
    return bool(below) and len(squeezed) <= 30 and body.endswith(load_form().agency_endings) and "。" not in squeezed
