"""Tables that arrive as lines of running text, taken out of the text of their sections.

A PDF without ruling lines, a page of paragraphs and most converters leave no grid: the labels and values of a table
then stand among the lines of sections two to four. What lies between the first label of a table and its last value is
the table, unless a sentence stands in it; it is kept among the leftovers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from archive.models import Leftover
from archive.report.lines import cut
from archive.report.sections.parts import Outline
from archive.report.text import squeeze

_TABLES = (
    (r"(?:第二十条第\(一\)项)?\|*信息内容", r"行政事业性收费|政府集中采购|行政强制|行政处罚"),
    (r"\(?本列数据的?勾稽关系|申请人情况|自然人\|*法人(?:或|和|与|及|、|/|其)", r"结转下年度继续办理"),
    (r"行政复议(?=[^。,]{0,60}(?:结果维持\|*结果纠正|维持结果\|*纠正结果|结果结果其他尚未))", r"总计|合计|审结"),
)
"""For each table the patterns of its first label and of the labels that stand before its last values."""

_HEADS = re.compile(
    r"\|*(?:第二十条第\([一五六八九]\)项|信息内容|\(本列数据的?勾稽关系.{10,40}\)|申请人情况|行政复议|行政诉讼)"
)
_VALUES = re.compile(r"(?:[\d.,/\\|+_—–-]|万元|(?<=\d)[件条项个次份笔宗元])*(?:无(?![\u4e00-\u9fff]))?\|*")
_AFTER_LABEL = re.compile(r"[\d./\\|+_—–-]|无(?![\u4e00-\u9fff])")
_COUNTED = re.compile(r"\d+(?=[年月日、])")  # 2023年…: the beginning of a sentence, no value


def without_tables(outline: Outline) -> Outline:
    """The outline with the lines of tables moved from sections two to four to the leftovers."""
    sections = list(outline.sections)
    leftovers = list(outline.leftovers)
    for index, section in enumerate(sections):
        if section.number not in (2, 3, 4) or not section.text:
            continue
        text, taken = section.text, []
        for first, last in _TABLES:
            text, table = _without(text, first, last)
            taken += [table] if table else []
        lines = text.splitlines()
        heads = [line for line in lines if not _HEADS.sub("", squeeze(line))]
        text = "\n".join(line for line in lines if line not in heads)
        if taken or heads:
            sections[index] = replace(section, text=text)
            leftovers.append(Leftover(f"table in section {section.number}", "\n".join([*heads, *taken])))
    return replace(outline, sections=tuple(sections), leftovers=tuple(leftovers))


def _without(text: str, first: str, last: str) -> tuple[str, str]:
    """A text without a table, and the table; the text as it is where there is none."""
    lines = text.splitlines()
    squeezed = [squeeze(line) for line in lines]
    whole = "".join(squeezed)
    start = re.search(first, whole)
    if start is None:
        return text, ""
    stop = whole.find("。", start.start())
    unbroken = whole[: stop if stop >= 0 else len(whole)]
    labels = [match.end() for match in re.finditer(last, unbroken) if match.start() > start.end()]
    begins = [0, *accumulate(map(len, squeezed))]
    ends = [end for end in labels if end in begins or _AFTER_LABEL.match(whole, end)]
    if not ends:
        return text, ""
    end = _end_of_values(squeezed, begins, ends[-1])
    kept: list[str] = []
    taken: list[str] = []
    for line, here in zip(lines, begins[:-1], strict=True):
        before, rest = cut(line, max(0, start.start() - here))
        table, after = cut(rest, max(0, end - max(here, start.start())))
        kept += [piece.strip() for piece in (before, after) if squeeze(piece).strip("|")]
        taken += [table.strip()] if squeeze(table) else []
    return "\n".join(kept), "\n".join(taken)


def _end_of_values(squeezed: Sequence[str], begins: Sequence[int], position: int) -> int:
    """Where the values end that follow a label which ends at `position`: on its line, and on lines of values only."""
    for line, here in zip(squeezed, begins[:-1], strict=True):
        end = here + len(line)
        if end <= position:
            continue
        at = max(0, position - here)
        match = _VALUES.match(line, at)
        stop = match.end() if match else at
        if stop == len(line):
            position = end
            continue
        counted = re.search(r"\d+$", line[at:stop])
        if at == 0:
            return position  # a line of its own that holds more than values
        return here + (at + counted.start() if counted and _COUNTED.match(line, at + counted.start()) else stop)
    return position
