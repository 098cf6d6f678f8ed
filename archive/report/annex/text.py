"""Rows of the statistics tables before 2019 that lost their grid: label, unit and numbers run together in text.

A row is taken only where its label, its unit and the count of its numbers leave no doubt: `条425` before another label
is one number, `条00` under two headings is twice zero, `条02.传真申请数` is a zero before the second row of a list.
What could be cut in two ways keeps its label and no value. Where a row and the rows it is said to consist of (其中) can
be cut in exactly one way that adds up in every column, the cut counts, marked as such.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, product
from math import prod

from archive.models import Block, Grid
from archive.report.annex.grids import Row
from archive.report.annex.labels import is_footer
from archive.report.glued import cuts, solve_digits
from archive.report.text import squeeze, strip_marks

_LAYOUT_CELL = 120  # a cell with more characters is layout, not a value
_UNITS = ("人次", "万元", "亿元", "条", "件", "次", "篇", "个", "人", "元", "项", "份", "部", "宗")
_MONEY = ("元", "万元", "亿元")


def _spaced(word: str) -> str:
    return r"\s*".join(word)


_VALUE_HEADS = (
    "历年累计数",
    "历年累计",
    "累计数",
    "累计",
    "年末统计数",
    "年末统计",
    "年末数",
    "本期实际",
    "本年累计",
    *("本年度", "本年数", "本年", "当年", "统计数", "数量", "数值", "数据", "合计"),
)
_VALUE_HEAD = "|".join([r"20\d\d\s*年?\s*度?\s*(?:统\s*计\s*数|数\s*量|数)?", *map(_spaced, _VALUE_HEADS)])
_HEADING = re.compile(
    f"(?P<label>{'|'.join(map(_spaced, ('指标名称', '统计指标', '指标')))})"
    rf"\s*(?P<unit>{'|'.join(map(_spaced, ('计量单位', '单位')))})"
    rf"\s*(?P<values>(?:(?:{_VALUE_HEAD})\s*)+)"
)
_ONE_HEAD = re.compile(_VALUE_HEAD)
_BLANK_UNIT = r"(?:-{2,}|—+|–+)"
_PRINTED = r"\d[\d,]*(?:\.\d+)?(?!\d)(?!\s*[年月日号])"
_ROW = re.compile(
    rf"\s*(?P<label>[^。;,!?]{{1,90}}?)\s*(?P<unit>{'|'.join(_UNITS)})\s*"
    rf"(?P<run>{_PRINTED}(?:\s+{_PRINTED}(?!\s*[.、)]\s*[^\d\s]))*)"
)
_LIST_NUMBER = re.compile(r"\s*[.、)]\s*(?=[^\d\s.])")
_OWN_NUMBER = re.compile(r"^(?:其\s*中\s*:?\s*)?\(?(?P<n>\d{1,2})\)?\s*[.、)]?\s*(?=\D)")
_BARE_NUMBER = re.compile(r"^(?:其\s*中\s*:?\s*)?\d{1,2}\s*(?=[\u4e00-\u9fff])")
_INNER = re.compile(
    rf"{_BLANK_UNIT}|(?<=[数量费])\s*(?:{'|'.join(_UNITS)})(?=\s*(?:\(|其中|\d+[.、]|[一二三四五六七八九十]+、|[\u4e00-\u9fff]{{3}}))"
    rf"|(?<=\s)(?:{'|'.join(_UNITS)})(?=\s)"
)
_NUMBERED = re.compile(
    r"(?:其\s*中\s*:?\s*)?(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、|(?<!\d)\d{1,2}[.、](?!\d))"
)
_LABEL = re.compile(
    r"(?:其\s*中\s*:?\s*)?(?:\(?[1-9]\d?\)?\s*[.、)]?)?"
    r"(?:[^\d.、)\s条件]|(?<=.)[.、)\s条件]|(?<=范围)\d|(?<=计)\d|(?:20\d\d))+\Z"
)
_NUMBER = re.compile(r"(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?\Z")
_TWO_LABELS = re.compile(rf"{_BLANK_UNIT}$|(?<=[数量费])\s*(?:{'|'.join(_UNITS)})$|[数量费]\s+[\u4e00-\u9fff]")
_COMBINATIONS = 4000
_SURE_DIGITS = 5  # of the row that the others add up to


@dataclass(frozen=True, slots=True)
class _Run:
    """A row before its numbers are told apart: the groups of digits that white space keeps apart."""

    label: str
    unit: str
    groups: tuple[str, ...]
    number: int | None
    of_which: bool


def read_text(document: Sequence[Block]) -> Iterator[Row]:
    """The rows of the statistics tables in the running text of a document, and in cells that are only layout."""
    shown = _text(document)
    text = "".join(map(_alike, shown))
    position = 0
    while (heading := _HEADING.search(text, position)) is not None:
        heads = tuple("".join(match.group().split()) for match in _ONE_HEAD.finditer(heading["values"]))
        runs, position = _runs(text, shown, heading.end())
        if runs and _is_first(squeeze(runs[0].label)):
            yield from _rows(runs, heads)


def _text(document: Sequence[Block]) -> str:
    parts: list[str] = []
    for block in document:
        if isinstance(block, Grid):
            parts += [c.text if len(c.text) > _LAYOUT_CELL else "。" for row in block.rows for c in row]
        else:
            parts.append(block.text)
    text = re.sub("[\u200b-\u200f\u2060\ufeff\u00ad]", "", strip_marks("\n".join(parts)))
    return re.sub(r"\s+", " ", text)


@lru_cache(maxsize=16384)
def _alike(char: str) -> str:
    """One character as compared; those that NFKC makes several of are kept, so that places stay the same."""
    normal = unicodedata.normalize("NFKC", char)
    footnote_mark = unicodedata.category(char) in ("No", "Nl")
    return normal if len(normal) == 1 and not footnote_mark else char


def _is_first(label: str) -> bool:
    """Whether a table may begin with this row: words of a heading that is not known would stand before it."""
    return bool(re.match(r"(?:[(一1]+[)、.]\s*)*(?:其中:?)?(?:主动公开|制作|产生|政府信息|信息公开)", label))


def _runs(text: str, shown: str, position: int) -> tuple[list[_Run], int]:
    runs: list[_Run] = []
    last: int | None = None
    while (match := _ROW.match(text, position)) is not None:
        start = _own_label(match["label"])
        label = " ".join(match["label"][start:].split())
        if not _LABEL.match(label) or _TWO_LABELS.search(label) or len(re.findall("[\u4e00-\u9fff]", label)) < 2:
            position, last = match.end("run"), None
            continue
        if is_footer(label) or re.search(r"20\d\d\s*年\s*\d+\s*月", label):
            break
        number_match = _OWN_NUMBER.match(label)
        number = int(number_match["n"]) if number_match else None
        run, end = _without_next_number(text, match, number if number is not None else last)
        bare = bool(_BARE_NUMBER.match(label))
        groups = () if run is None or bare else tuple(run.split())
        printed = " ".join(shown[match.start("label") + start : match.end("label")].split())
        runs.append(_Run(printed, match["unit"], groups, number, re.match(r"其\s*中", label) is not None))
        last = number if number is not None else last
        position = end
    for index, (one, following) in enumerate(pairwise(runs)):
        if one.number is not None and following.number is not None and following.number > one.number + 1:
            runs[index] = replace(one, groups=())  # a row between them is lost, perhaps all but its number
            runs[index + 1] = replace(following, groups=())
    return runs, position


def _own_label(label: str) -> int:
    """Where in `label` the row's own label begins: behind headings and rows without a value that stand before it."""
    start = 0
    while (inner := _INNER.search(label, start)) is not None and label[inner.end() :].strip():
        start = max(inner.end(), start + 1)
    for match in _NUMBERED.finditer(label, start):
        before = label[start : match.start()]
        if before.strip() and not re.fullmatch(r"\s*其\s*中\s*:?\s*", before):
            start = match.start()
    return start


def _without_next_number(text: str, match: re.Match[str], last: int | None) -> tuple[str | None, int]:
    """The digits of a row without the list number of the next one (`0` of `02.传真申请数`), and where they end."""
    run, end = match["run"], match.end("run")
    if not _LIST_NUMBER.match(text, end):
        return run, end
    *before, tail = re.split(r"(?<=\s)(?=\d)", run)
    fits = [str(n) for n in {1, (last or 0) + 1} if tail.endswith(str(n))]
    if "." in tail or len(fits) != 1:
        return None, end if not fits else end - len(fits[0])
    rest = tail[: -len(fits[0])]
    kept = "".join([*before, rest]).strip()
    return kept or None, end - len(fits[0])


def _rows(runs: Sequence[_Run], heads: tuple[str, ...]) -> Iterator[Row]:
    """The rows with as many numbers as there are headings; none has values if one shows that there are more."""
    width = len(heads)
    whole = [run.groups for run in runs if run.groups]
    more = any(len(groups) > width for groups in whole)
    torn = width == 1 and any(not _NUMBER.match(group) for groups in whole for group in groups)
    read = [_row(run, heads) for run in runs]
    if more or torn:
        yield from (replace(row, raws=None, cut=0) for row in read)
        return
    if any(row.cut for row in read):  # white space is lost here: where some stands, it may be inside of one number
        read = [row if row.cut else replace(row, raws=None) for row in read]
    inferred = _by_sums(runs, read, width) if width > 1 else {}
    for index, row in enumerate(read):
        values = inferred.get(index)
        yield replace(row, raws=values, cut=2) if values is not None else row


def _row(run: _Run, heads: tuple[str, ...]) -> Row:
    width = len(heads)
    row = Row(run.label, run.unit, heads, None, "text")
    if len(run.groups) == width and all(map(_NUMBER.match, run.groups)):
        decimal = any("." in group for group in run.groups)
        return row if decimal and run.unit not in _MONEY else replace(row, raws=run.groups)
    if run.groups and len(run.groups) < width and all(group.isdigit() for group in run.groups):
        values = solve_digits(run.groups, width)
        if values is not None:
            return replace(row, raws=tuple(map(str, values)), cut=1)
    return row


def _by_sums(runs: Sequence[_Run], read: Sequence[Row], width: int) -> dict[int, tuple[str, ...]]:
    """Cuts of rows that could be cut in several ways: of all cuts of a row and its 其中 rows one alone adds up."""
    found: dict[int, tuple[str, ...]] = {}
    for start, end in _families(runs):
        members = range(start, end)
        if all(read[i].raws is not None for i in members) or not all(runs[i].groups for i in members):
            continue
        choices = []
        for i in members:
            raws = read[i].raws
            one = [tuple(map(int, raws))] if raws and all(map(str.isdigit, raws)) else None
            digits = all(map(str.isdigit, runs[i].groups))
            choices.append(one or (list(cuts(runs[i].groups, width)) if digits else []))
        if not 0 < prod(map(len, choices)) <= _COMBINATIONS:
            continue
        digits_of = ["".join(runs[i].groups) for i in members]
        if len(digits_of[0]) < _SURE_DIGITS or int(digits_of[0]) == sum(map(int, digits_of[1:])):
            continue  # too few digits to exclude chance, or the rows have one value each and add up so
        fitting = [c for c in product(*choices) if _adds_up(c)]
        if len(fitting) == 1:
            found |= {i: tuple(map(str, fitting[0][i - start])) for i in members if read[i].raws is None}
    return found


def _adds_up(rows: Sequence[tuple[int, ...]]) -> bool:
    return all(column[0] == sum(column[1:]) for column in zip(*rows, strict=True))


def _families(runs: Sequence[_Run]) -> Iterator[tuple[int, int]]:
    """A row and the numbered rows it consists of: from the row before 其中：1. to the last number in turn."""
    for index, run in enumerate(runs):
        if not (run.of_which and run.number == 1 and index > 0):
            continue
        end = index + 1
        while end < len(runs) and runs[end].number == end - index + 1 and not runs[end].of_which:
            end += 1
        if end - index >= 2:
            yield index - 1, end
