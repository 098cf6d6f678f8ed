"""Where a report ends: its signature and date, a statistics table or further parts behind it, the words of the page."""

from __future__ import annotations

import re
from functools import lru_cache

from archive.report.form import load_form
from archive.report.lines import cut
from archive.report.text import squeeze

_NUMERAL = "[一二三四五六七八九十]"
_YEAR = r"(?:20\d{2}|二[○〇零O0Ｏ][一二三四五六七八九○〇零]{2})"
_DATE = rf"{_YEAR}年(?:\d{{1,2}}|{_NUMERAL}{{1,2}})月(?:(?:\d{{1,3}}|{_NUMERAL}{{1,3}})日)?"
_SPACED_DATE = _DATE.replace("年", r"\s*年\s*").replace("月", r"\s*月\s*").replace("日", r"\s*日")


@lru_cache(maxsize=1)
def _end_words() -> re.Pattern[str]:
    return re.compile("|".join(load_form().end_of_report))


_ANNEX = re.compile(
    "附(?:表|件)[一1]?:|(?:[^。;,:]{0,30}政府信息公开)?(?:情况)?统计表?指标名称|(?:指标名称|统计指标)(?:计量)?单位"
)
_SEVENTH = re.compile("七[、.][^。;]{1,30}")
_SIGNED = re.compile(rf"(?:(?<=[。；;！!.])|\s)\s*(?P<sign>(?:[^\s。；;！!，,：:]{{2,40}}\s*)?{_SPACED_DATE})\s*$")


def stands_apart(text: str, start: int) -> bool:
    """Whether a place of the squeezed text begins the line, or stands behind white space or the end of a bracket."""
    head, tail = cut(text, start)
    return not head.strip() or tail[:1].isspace() or head.endswith((">", "】", "]", "。"))


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
