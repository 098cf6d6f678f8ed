"""The words that head the columns and label the rows of tables 2, 3 and 4, recognised in any wording of the form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from archive.models import Era
from archive.report.form import Block, Row, load_form
from archive.report.tables.readings import GROUP, REMARK, SUBTOTAL
from archive.report.text import squeeze

_NOTE = re.compile(r"\([^()]*\)?$")
_GROUP_PREFIX = re.compile(
    r"^(?:三?三、)?(?:本年度?办理结果)?(?:\([三四五六]\)(?:不予公开|无法提供|不予处理|其他处理|其它处理))?(?=.)"
)
_NUMBER = re.compile(r"^\(?[一二三四五六七八九十\d]{1,2}\)?[.、,:]?")
OUTCOMES = {
    "结果维持": "upheld",
    "维持结果": "upheld",
    "结果纠正": "corrected",
    "纠正结果": "corrected",
    "其他结果": "other",
    "其它结果": "other",
    "尚未审结": "pending",
    "总计": "total",
    "合计": "total",
}
OUTCOME_PATTERN = re.compile("|".join(OUTCOMES))
OUTCOME_ORDER = ("upheld", "corrected", "other", "pending", "total")
WITHOUT_REVIEW = "未经复议直接起诉"
AFTER_REVIEW = "复议后起诉"
_FEW_WORDS = 3


@lru_cache(maxsize=1)
def table_3_rows() -> tuple[Row, ...]:
    """The rows of table 3 of both eras in printed order: hybrids mix them."""
    form = load_form()
    rows = {row.key: row for era in (Era.B, Era.C) for row in form.eras[era].rows}
    first = [row.key for row in form.eras[Era.B].rows]
    later = [row.key for row in form.eras[Era.C].rows if row.key not in first]
    cut = first.index("other_total") + 1
    return tuple(rows[key] for key in [*first[:cut], *later, *first[cut:]])


@lru_cache(maxsize=4)
def blocks(era: Era) -> tuple[Block, ...]:
    """The blocks of table 2 of `era`."""
    return load_form().eras[era].blocks


@lru_cache(maxsize=2048)
def row_key(text: str) -> str | None:
    """The row of table 3 that `text` (a label cell) names as a whole; group headings and notes are allowed."""
    label = squeeze(text)
    if not label or len(label) > 90:
        return None
    for candidate in (label, _GROUP_PREFIX.sub("", label, count=1)):
        if (key := _whole_label(candidate)) is not None:
            return key
    bare = _NUMBER.sub("", label, count=1)
    return None if is_bare(bare) else _whole_label(bare)


def _whole_label(label: str) -> str | None:
    for row in table_3_rows():
        match = row.pattern.match(label)
        if match and (match.end() == len(label) or _NOTE.fullmatch(label, match.end())):
            return row.key
    return None


@lru_cache(maxsize=2048)
def is_table_2_line(text: str) -> bool:
    """Whether a cell opens a line of table 2: a caption, 信息内容 or a row label."""
    label = squeeze(text)
    if label == "信息内容" or label.startswith("第二十条"):
        return True
    rows = (row for era in (Era.B, Era.C) for block in blocks(era) for row in block.rows)
    return bool(label) and any(row.pattern.fullmatch(label.split("(", 1)[0]) for row in rows)


@lru_cache(maxsize=2048)
def is_bare(text: str) -> bool:
    """Whether the label is 其他 or 总计 without its number, words that also head columns."""
    return squeeze(text) in ("其他", "其它", "总计", "合计")


@lru_cache(maxsize=256)
def _applicant_pattern() -> re.Pattern[str]:
    parts = [f"(?P<{applicant.key}>{applicant.pattern})" for applicant in load_form().applicants]
    parts += [
        f"(?P<{GROUP}>法人(?:或者?|和|与|及|[、/])?(?:其他|其它)组织)",
        f"(?P<{SUBTOTAL}>小计)",
        f"(?P<{REMARK}>备注|说明)",
    ]
    return re.compile("|".join([*parts[7:], *parts[:7]]))


@lru_cache(maxsize=2048)
def column_name(text: str) -> str | None:
    """The column of table 3 that a heading cell names as a whole."""
    match = _applicant_pattern().fullmatch(squeeze(text))
    return match.lastgroup if match else None


def column_names(text: str) -> list[str]:
    """The columns of table 3 that squeezed running text names, in order, without torn second halves (企业)."""
    names: list[str] = []
    for match in _applicant_pattern().finditer(text):
        name = match.lastgroup or ""
        if match.group() == "企业" and name in names:
            continue
        names.append(name)
    return names


def fits_column(text: str, label: str, pattern: re.Pattern[str]) -> bool:
    """Whether a heading cell names a column of table 2, notes in brackets allowed."""
    squeezed = squeeze(text)
    return bool(pattern.search(squeezed)) or squeezed == squeeze(label)


@lru_cache(maxsize=8192)
def names_column(text: str, *eras: Era) -> bool:
    """Whether a heading cell names any column of table 2 of one of the eras; most cells are met again."""
    return any(
        fits_column(text, column.label, column.pattern)
        for era in eras
        for block in blocks(era)
        for column in block.columns
    )


def is_cut(text: str, label: str) -> bool:
    """Whether a heading cell is the beginning of `label` (本年新 for 本年新制作数量)."""
    squeezed = squeeze(text)
    return len(squeezed) >= 2 and squeeze(label).startswith(squeezed)


_UNIT = re.compile(r"[(,:](?:单位:?)?(万元|亿元|元)|(万元|亿元)")


def unit_of(text: str) -> str | None:
    """The money unit that a heading prints (采购总金额（万元，保留四位小数）), or None."""
    match = _UNIT.search(squeeze(text))
    return (match.group(1) or match.group(2)) if match else None


def few_words(texts: Sequence[str]) -> bool:
    """Whether words that stand in the row of fifteen outcomes are remarks on single cells (详见附件), not headings."""
    return len(texts) <= _FEW_WORDS and not any(OUTCOME_PATTERN.search(squeeze(text)) for text in texts)
