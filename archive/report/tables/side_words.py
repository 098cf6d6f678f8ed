"""Words that stand beside the words of the form in its tables: years, and columns that editors add."""

from __future__ import annotations

import re

from archive.report.text import squeeze

# A year counts with its 年 only: 2022 alone may be a value.
_NUMBERED = re.compile(r"(20\d\d)年度?(?:数据|数量|数|情况)?")
_OWN = re.compile(r"本年度?|今年|当年|本期")
_OTHER = re.compile(r"(?:上一?年度?|去年|上期)(?:同期)?|同期")
_ADDED = re.compile(
    r"所?占.{0,8}|(?:本列)?备注|说明|行次|序号|编号|栏次|(?:计量)?单位"
    r"|(?:上一?年|去年|上期|20\d\d年)度?(?:同期)?(?:总计|合计|总数|数)"
    r"|.{0,8}(?:占比|比例|比重|百分比|同比|环比|增减|增幅|增长|变化|变动)(?:率|数|数量|幅度|情况)?(?:\([^()]*\))?"
)
_WITHIN = re.compile(r"合计|小计|总计|其中.{0,10}|上一?年|去年")
_CAPTION_YEAR = re.compile(r"(?<!\d)(20\d\d)年")


def is_own_year(text: str, year: int | None) -> bool | None:
    """Whether a heading names the report's own year (True) or another one (False); None if it names no year at all."""
    label = squeeze(text)
    if match := _NUMBERED.fullmatch(label):
        return year is not None and int(match[1]) == year
    if _OWN.fullmatch(label):
        return True
    return False if _OTHER.fullmatch(label) else None


def is_added_column(text: str) -> bool:
    """Whether a heading is that of a column that the form does not have: a remark, a share, growth, another total."""
    return bool(_ADDED.fullmatch(squeeze(text)))


def is_beside(text: str) -> bool:
    """Whether a word among the headings of running text is that of a column which the form does not have."""
    return is_added_column(text) or is_own_year(text, None) is not None or bool(_WITHIN.fullmatch(squeeze(text)))


def years_named(text: str) -> set[int]:
    """The years that a caption names."""
    return {int(year) for year in _CAPTION_YEAR.findall(squeeze(text))}
