"""Which body a report speaks for, where its title does not say so in full: zones, preambles, signatures.

A zone (综合实验区, 开发区) is no body; its report is that of its administrative committee, under the name that the
document prints. A bare 市 or 县 stays as titled. Names found in running text count only if they have the form of the
name of a body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from archive.models import Document, Grid
from archive.report.form import load_form
from archive.report.identity.dates import in_digits, iso_date
from archive.report.lines import Line
from archive.report.text import squeeze

_COMMITTEE = ("管委会", "管理委员会")
_ZONE = re.compile("(?:区|园|港|基地|新城)$")
_NAME = r"[\u4e00-\u9fff()·]{3,30}?"
_NAMED = (
    re.compile(
        rf"(?:公布|发布|(?<!年度)报告|编制(?!委员)(?:完成)?了?|现将|将)(?P<name>{_NAME})(?:关于)?20\d\d年度?(?:政府|政务)?信息公开"
    ),
    re.compile(rf"(?:公布|发布|编制(?:完成)?了?|将)《?20\d\d年度?(?P<name>{_NAME})(?:政府|政务)?信息公开"),
    re.compile(rf"^《?(?P<name>{_NAME})(?:关于)?20\d\d年度?(?:政府|政务)?信息公开(?:工作)?年度?(?:工作)?报告》?由"),
    re.compile(rf"本年?度?(?:报告|年报)(?:是)?由(?P<name>{_NAME})(?:根据|依据|按照|编制|负责编制|组织编制)"),
    re.compile(
        rf"(?<!理)由(?P<name>{_NAME})(?:(?:根据|依据|按照)[^。,;]{{2,80}})?(?:负责|组织)?编制(?:本|20\d\d|《[^》]{{0,40}}20\d\d)"
    ),
    re.compile(
        rf"^(?P<name>{_NAME})(?:根据|依据|按照|依照)(?:《|国务院|中华人民共和国)(?:(?!要求各|各部门|各单位)[^。]){{0,200}}"
        "(?:编制|公布|发布|形成|撰写)[^。]{0,30}(?:报告|年报)"
    ),
    re.compile(
        rf"(?:^|[,。;])(?P<name>{_NAME})\((?:以下|下)?简称[:\"]*[我本](?:[局委办厅院校镇乡街处站所馆队会部署室社段园]|单位|机关|部门|中心|公司)"
    ),
)
_OFFICE = re.compile("办公室$|公开办$|办$|小组$")  # writes the report of the government that it serves
_NO_NAME = re.compile("^[我本各全该市县区镇乡省报抄呈转由]|的|报告|信息|年度|有关|要求|规定|条例|向社会|以及|和各")
_SELF = re.compile("[我本](局|镇|乡|街(?=道)|院|校)")
_TITLE_LINES = 12
_LONGEST = 6000  # characters of a line in which a preamble is looked for
_MAKER = re.compile("^(?:编制|填报|报送)(?:单位|机关|部门):")
_DATE_LINE = re.compile(r"\(?20\d\d年\d{1,2}月\d{1,2}日\)?")
_SIGNED = re.compile(rf"(?P<name>[\u4e00-\u9fff()·]{{4,30}}?){_DATE_LINE.pattern}")


def body_of_zone(agency: str, document: Document, lines: Sequence[Line]) -> str:
    """The administrative committee of a zone as the document prints it; any other name as it is."""
    if not _ZONE.search(agency):
        return agency
    texts = [line.squeezed for line in lines]
    texts += [squeeze(cell.text) for b in document.blocks if isinstance(b, Grid) for row in b.rows for cell in row]
    texts += [squeeze(block.text) for block in document.outside if not isinstance(block, Grid)]
    texts += [squeeze(value) for value in document.metadata.values()]
    text = "\n".join(texts)
    printed = {name: text.count(squeeze(agency) + name) for name in _COMMITTEE}
    best = max(_COMMITTEE, key=lambda name: printed[name])
    return agency + best if printed[best] else agency


def named_in_text(lines: Sequence[Line], year: int | None = None) -> str | None:
    """The body that stands below the title, in the preamble or in the signature, if they agree on one; else None.

    What was signed before the end of `year`, the one that is reported on, is something else.
    """
    names = {*_below_title(lines), *_preamble(lines), *_signature(lines, year)}
    return names.pop() if len(names) == 1 else None


def is_name(name: str) -> bool:
    """Whether a text has the form of the name of a body, not of an office that writes the report of another."""
    return (
        4 <= len(name) <= 30
        and name.endswith(load_form().agency_endings)
        and not _NO_NAME.search(name)
        and not is_office(name)
    )


def is_office(name: str) -> bool:
    """Whether a name is that of an office, which publishes the report of the body that it serves."""
    return bool(_OFFICE.search(name))


def contradicted(name: str, lines: Sequence[Line]) -> bool:
    """Whether the text speaks of its body by another kind than that of a name: of 我局 where this is a government."""
    text = "".join(line.squeezed for line in lines if not line.table)
    kinds = {found[1] for found in _SELF.finditer(text)}
    return len(kinds) == 1 and not kinds <= set(name)


def _below_title(lines: Sequence[Line]) -> Iterator[str]:
    for title, below in pairwise(line.squeezed for line in lines[:_TITLE_LINES]):
        name = _MAKER.sub("", below).strip("()")
        if load_form().title.match(title) and is_name(name):
            yield name


def _preamble(lines: Sequence[Line]) -> Iterator[str]:
    for line in [line for line in lines[:40] if not line.table]:
        for pattern in _NAMED:
            match = pattern.search(line.squeezed[:_LONGEST])
            if match and is_name(match["name"]):
                yield match["name"]


def _signature(lines: Sequence[Line], year: int | None) -> Iterator[str]:
    texts = [in_digits(line.squeezed) for line in lines if not line.table]
    signed = [(name, date) for name, date in pairwise(texts) if _DATE_LINE.fullmatch(date)]
    signed += [(found["name"], text) for text in texts if (found := _SIGNED.fullmatch(text))]
    yield from (name for name, date in signed if is_name(name) and (iso_date(date) or "") > f"{year or 0:04}-12-01")
