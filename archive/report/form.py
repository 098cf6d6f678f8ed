"""The official form as data: tables, rows, columns, labels and sums of each era, read once from `form.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from archive.models import Era


@dataclass(frozen=True, slots=True)
class Applicant:
    """A column of table 3: who asked."""

    key: str
    label: str
    label_en: str
    group: str | None
    pattern: str


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the dictionary of statistics in one era: one key, with its labels, unit and kind of value.

    `kind` is `count`, `signed_count` or `money`; `unit` None means that the form states none. `table` is 2, 3 or 4 for
    the tables of eras B and C and 0 for the annexed statistics table of eras A1 and A2. `path` names the headings above
    the cell, outermost first. `by_applicant` is true for rows of table 3, which have one cell for each applicant.
    `under` is the key of the row that must head the group of this one, `also` are other wordings of the label.
    """

    key: str
    label: str
    label_en: str
    unit: str | None
    kind: str
    table: int
    section: int
    path: tuple[str, ...] = ()
    by_applicant: bool = False
    under: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A value column of a block of table 2."""

    key: str
    label: str
    label_en: str
    unit: str | None
    kind: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled row: of a block of table 2, or of table 3 (`leaf_result` if T3.SUM adds it up)."""

    key: str
    label: str
    label_en: str
    pattern: re.Pattern[str]
    group: str | None = None
    leaf_result: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A block of table 2 under one caption, such as 第二十条第（一）项; its cells have the key `row_column`."""

    id: str
    caption: str
    caption_en: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class OutcomeColumn:
    """A column of table 4; `path` is its heading cells from the top, such as 行政诉讼, 复议后起诉, 结果维持."""

    key: str
    label_en: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EraForm:
    """The form of one era. `cells` lists every (key, applicant) in the order of the printed form."""

    era: Era
    label: str
    label_en: str
    items: tuple[Item, ...]
    cells: tuple[tuple[str, str | None], ...]
    blocks: tuple[Block, ...] = ()
    rows: tuple[Row, ...] = ()
    outcomes: tuple[OutcomeColumn, ...] = ()

    def item(self, key: str) -> Item:
        """The item of `key`; raises KeyError for a key that this era's form does not have."""
        for item in self.items:
            if item.key == key:
                return item
        raise KeyError(f"the form of era {self.era} has no item {key!r}")


@dataclass(frozen=True, slots=True)
class EraRule:
    """Labels that tell an era: one of `any_of`, or all of `all_of`."""

    era: Era
    any_of: tuple[str, ...]
    all_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionForm:
    """One of the six sections of eras B and C."""

    number: int
    label: str
    label_en: str
    pattern: str
    numbered: str | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A title that looks like a report's and is not, and why; `always` is true if no text below it can be one."""

    pattern: re.Pattern[str]
    why: str
    always: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum or comparison that must (`hard`) or should (`soft`) hold within one report.

    `kind` is `compare` (left op right), `zero_together`, `counts` or `maker_of_rules`; `each` is None, `row`,
    `applicant` or `keys` (then `rows` fills `{row}` in the keys of both sides). `instances` counts its applications.
    """

    id: str
    eras: tuple[Era, ...]
    severity: str
    label: str
    label_en: str
    kind: str
    instances: Mapping[Era, int]
    op: str = "=="
    each: str | None = None
    rows: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadingForm:
    """Patterns of what stands around the words of a heading: its number, marks before it, words added behind it.

    An `own_ordinal` counts only in front of the words of the section that has this number.
    """

    ordinal: str
    own_ordinal: str
    marks: str
    tails: str


@dataclass(frozen=True, slots=True)
class ValueRules:
    """How printed values are written: units, placeholders, sign words, money units in 万元."""

    units: tuple[str, ...]
    money: Mapping[str, str]
    placeholder: re.Pattern[str]
    signs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Form:
    """Everything the package knows about the form."""

    version: str
    applicants: tuple[Applicant, ...]
    eras: Mapping[Era, EraForm]
    era_rules: tuple[EraRule, ...]
    groups: tuple[tuple[str, str], ...]
    sections: tuple[SectionForm, ...]
    older_headings: tuple[str, ...]
    heading: HeadingForm
    end_of_report: tuple[str, ...]
    end_lines: tuple[str, ...]
    title: re.Pattern[str]
    around_title: re.Pattern[str]
    related_titles: re.Pattern[str]
    rejections: tuple[Rejection, ...]
    period: re.Pattern[str]
    unnamed_period: re.Pattern[str]
    year_in_text: Mapping[str, re.Pattern[str]]
    side_words: Mapping[str, re.Pattern[str]]
    captions: Mapping[str, re.Pattern[str]]
    agency_endings: tuple[str, ...]
    front_matter: Mapping[str, tuple[str, ...]]
    values: ValueRules
    identities: tuple[Identity, ...]


def _block(raw: Mapping[str, Any]) -> Block:
    columns = tuple(
        Column(c["key"], c["label"], c["label_en"], c["unit"], c["kind"], re.compile(c["pattern"]))
        for c in raw["columns"]
    )
    rows = tuple(Row(r["key"], r["label"], r["label_en"], re.compile(r["pattern"])) for r in raw["rows"])
    return Block(raw["id"], raw["caption"], raw["caption_en"], columns, rows)


def _block_items(block: Block) -> list[Item]:
    return [
        Item(
            f"{row.key}_{column.key}",
            f"{row.label} / {column.label}",
            f"{row.label_en}: {column.label_en}",
            column.unit,
            column.kind,
            2,
            2,
            (block.caption,),
        )
        for row in block.rows
        for column in block.columns
    ]


def _six_section_form(era: Era, raw: Mapping[str, Any], applicants: tuple[Applicant, ...]) -> EraForm:
    blocks = tuple(_block(block) for block in raw["table_2"][era])
    rows = tuple(
        Row(r["key"], r["label"], r["label_en"], re.compile(r["pattern"]), r["group"], r["leaf_result"])
        for r in raw["table_3"]["rows"]
        if era in r["eras"]
    )
    outcomes = tuple(OutcomeColumn(c["key"], c["label_en"], tuple(c["path"])) for c in raw["table_4"])
    results = raw["table_3"]["groups"][0]["label"]
    items = [item for block in blocks for item in _block_items(block)]
    cells: list[tuple[str, str | None]] = [(item.key, None) for item in items]
    for row in rows:
        path = () if row.group is None else (row.group,) if row.group == results else (results, row.group)
        items.append(Item(row.key, row.label, row.label_en, "件", "count", 3, 3, path, by_applicant=True))
        cells += [(row.key, applicant.key) for applicant in applicants]
    for column in outcomes:
        label = " / ".join(column.path)
        items.append(Item(column.key, label, column.label_en, "件", "count", 4, 4, column.path[:-1]))
        cells.append((column.key, None))
    about = raw["eras"][era]
    return EraForm(era, about["label"], about["label_en"], tuple(items), tuple(cells), blocks, rows, outcomes)


def _annex_form(era: Era, raw: Mapping[str, Any]) -> EraForm:
    rows = raw["statistics_tables"].get(era, ())
    items = tuple(
        Item(
            r["key"],
            r["label"],
            r["label_en"],
            r["unit"],
            r["kind"],
            table=0,
            section=0,
            under=r.get("under"),
            also=tuple(r.get("also", ())),
        )
        for r in rows
    )
    about = raw["eras"][era]
    return EraForm(era, about["label"], about["label_en"], items, tuple((item.key, None) for item in items))


def _identity(raw: Mapping[str, Any]) -> Identity:
    eras = tuple(Era(era) for era in raw["eras"])
    n = raw["n"]
    return Identity(
        raw["id"],
        eras,
        raw["severity"],
        raw["label"],
        raw["label_en"],
        raw["kind"],
        {era: n[era] if isinstance(n, dict) else n for era in eras},
        raw.get("op", "=="),
        raw.get("each"),
        tuple(raw.get("rows", ())),
        tuple(raw.get("left", ())),
        tuple(raw.get("right", ())),
    )


@lru_cache(maxsize=1)
def load_form() -> Form:
    """The form, read and checked once per process."""
    raw: dict[str, Any] = yaml.load(
        files("archive.report").joinpath("form.yaml").read_text("utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )
    applicants = tuple(Applicant(**applicant) for applicant in raw["applicants"])
    eras = {
        era: _six_section_form(era, raw, applicants) if era in (Era.B, Era.C) else _annex_form(era, raw) for era in Era
    }
    title, values = raw["title"], raw["values"]
    return Form(
        version=raw["version"],
        applicants=applicants,
        eras=eras,
        era_rules=tuple(
            EraRule(Era(era), tuple(rule.get("any", ())), tuple(rule.get("all", ())))
            for era, rule in raw["era_labels"].items()
        ),
        groups=tuple((group["label"], group["label_en"]) for group in raw["table_3"]["groups"]),
        sections=tuple(SectionForm(**section) for section in raw["sections"]),
        older_headings=tuple(raw["older_headings"]),
        heading=HeadingForm(**raw["heading"]),
        end_of_report=tuple(raw["end_of_report"]),
        end_lines=tuple(raw["end_lines"]),
        title=re.compile(title["pattern"]),
        around_title=re.compile("|".join(title["around"])),
        related_titles=re.compile(title["related"]),
        rejections=tuple(
            Rejection(re.compile(r["pattern"]), r["why"], r.get("always", False)) for r in title["reject"]
        ),
        period=re.compile(raw["period"]["pattern"]),
        unnamed_period=re.compile(raw["period"]["unnamed"]),
        year_in_text={name: re.compile(pattern) for name, pattern in raw["year_in_text"].items()},
        side_words={name: re.compile(pattern) for name, pattern in raw["side_words"].items()},
        captions={name: re.compile(pattern) for name, pattern in raw["captions"].items()},
        agency_endings=tuple(raw["agency_endings"]),
        front_matter={key: tuple(words) for key, words in raw["front_matter"].items()},
        values=ValueRules(
            tuple(values["units"]),
            dict(values["money"]),
            re.compile(values["placeholders"], re.I),
            dict(values["signs"]),
        ),
        identities=tuple(_identity(identity) for identity in raw["identities"]),
    )
