"""Made-up statistics tables of reports before 2019 with known truth, as source cells and as text of several kinds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from archive.models import Block, Era, Paragraph
from archive.report.form import load_form
from tests.report.made import Source, Table

LOCAL = (
    ("主动公开信息数", "条"),
    ("其中：1.网站公开", "条"),
    ("2.政府公报公开", "条"),
    ("受理依申请公开信息总数", "条"),
    ("其中：1.当面申请数", "条"),
    ("2.传真申请数", "条"),
    ("3.电子邮件申请数", "条"),
    ("4.网上申请数", "条"),
    ("5.信函申请数", "条"),
    ("6.其他形式申请数", "条"),
    ("对申请的答复总数", "条"),
    ("其中：1.同意公开答复数", "条"),
    ("2.同意部分公开答复数", "条"),
    ("3.否决公开答复总数", "条"),
    ("行政复议数", "件"),
    ("行政诉讼数", "件"),
    ("行政申诉数", "件"),
)
HEADS = {
    Era.A0: ("指标名称", "计量单位", ("2013年度", "历年累计")),
    Era.A1: ("指标名称", "计量单位", ("本年度", "历年累计")),
    Era.A2: ("统计指标", "单位", ("统计数", "历年累计")),
}


@dataclass(slots=True)
class Annex:
    """A table as source cells, and its rows with the values that each has."""

    era: Era
    table: Table
    rows: list[tuple[str, str, tuple[int, ...]]]


def national() -> list[tuple[str, str]]:
    """The rows of the national table of 2014 with the headings of its groups."""
    rows: list[tuple[str, str]] = []
    heads = {
        "proactive_total": "一、主动公开情况",
        "responses_to_public_concern": "二、回应解读情况",
        "requests_received": "三、依申请公开情况",
        "ogi_units": "八、机构建设和保障经费情况",
        "ogi_meetings": "九、政府信息公开会议和培训情况",
    }
    for item in load_form().eras[Era.A2].items:
        if item.key in heads:
            rows.append((heads[item.key], "——"))
        rows.append((item.label, item.unit or ""))
    return rows


def make_annex(seed: int, era: Era = Era.A0, columns: int = 1) -> Annex:
    """A table whose list rows add up to the row they stand under."""
    rng = random.Random(seed)
    if era is Era.A2:
        rows = national()
    elif era is Era.A1:
        rows = [(item.label, item.unit or "") for item in load_form().eras[era].items]
    else:
        rows = list(LOCAL)
    top = rng.choice([3, 40, 3000])
    label, unit, heads = HEADS[era]
    codes = era is Era.A1 and rng.random() < 0.5
    heading = [label, unit, *(["代码"] if codes else []), *heads[:columns]]
    table: Table = [[Source(text) for text in heading]]
    made: list[tuple[str, str, tuple[int, ...]]] = []
    for name, counted in rows:
        group = counted == "——"
        values = () if group else tuple(rng.choice([0, rng.randint(0, top)]) for _ in range(columns))
        texts = [str(value) for value in values] or [""] * columns
        code = [f"{rng.randint(0, 60):02d}"] if codes else []
        table.append([Source(text) for text in (name, counted, *code, *texts)])
        made.append((name, counted, values))
    return Annex(era, table, made)


def text_of(table: Table, mode: str) -> list[Block]:
    """The table as running text: `lines`, `cells`, `spaces` or `glued`."""
    texts = [[cell.text for cell in row if cell.text] for row in table]
    if mode == "lines":
        return [Paragraph(" ".join(row)) for row in texts]
    if mode == "cells":
        return [Paragraph(text) for row in texts for text in row]
    if mode == "spaces":
        return [Paragraph(" ".join(text for row in texts for text in row))]
    return [Paragraph("".join(text for row in texts for text in row))]


def keyed(annex: Annex) -> dict[str, tuple[int, ...]]:
    """The values of every item of the form, in the order of its rows."""
    values = [row for row in annex.rows if row[1] != "——"]
    keys: Sequence[str] = [item.key for item in load_form().eras[annex.era].items]
    return {key: row[2] for key, row in zip(keys, values, strict=True)}
