"""The rules that look beyond one report, as data: across years, across documents, and text against table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from archive.checks.cells import Reason
from archive.models import CellRef, Era
from archive.report.form import load_form


@dataclass(frozen=True, slots=True)
class Rule:
    """What readers are told of a rule; `scope` is between_years, between_documents or narrative.

    `severity` is hard, hard_with_explanation, soft or information; `eras` are forms, or pairs of forms between years;
    `breaks` are (Chinese, English) reasons that can honestly break it.
    """

    id: str
    scope: str
    severity: str
    eras: tuple[str, ...]
    statement: str
    label: str
    label_en: str
    source: str
    breaks: tuple[tuple[str, str], ...] = ()


def load(name: str) -> Any:
    """The content of one of the data files of this package."""
    text = files("archive.checks").joinpath(name).read_text("utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def cells_named(text: str, era: Era) -> tuple[CellRef, ...]:
    """The cells of an era's form that KEY or KEY@APPLICANT names, `refused_*` every such row; none if it has none."""
    key, _, applicant = text.partition("@")
    prefix = key[:-1] if key.endswith("*") else None
    return tuple(
        CellRef(*cell)
        for cell in load_form().eras[era].cells
        if cell[1] == (applicant or None) and (cell[0].startswith(prefix) if prefix else cell[0] == key)
    )


@cache
def load_rules() -> tuple[Rule, ...]:
    """Every rule beyond one report, in the order of the files; raises ValueError naming an entry that lacks a field."""
    sources = (("years.yaml", "between_years"), ("documents.yaml", "between_documents"), ("claims.yaml", "narrative"))
    return tuple(_rule(entry, scope, name) for name, scope in sources for entry in load(name)["rules"])


def _rule(entry: Mapping[str, Any], scope: str, name: str) -> Rule:
    try:
        return Rule(
            id=entry["id"],
            scope=scope,
            severity=entry["severity"],
            eras=tuple(entry.get("pairs") or entry["eras"]),
            statement=entry.get("statement") or _statement(entry),
            label=entry["label"],
            label_en=entry["label_en"],
            source=entry["source"],
            breaks=tuple((zh, en) for zh, en in entry.get("breaks", ())),
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"{name}: rule {entry.get('id', entry)!r}: {error!r}") from error


def _statement(entry: Mapping[str, Any]) -> str:
    each = f" (each {entry['each']})" if entry.get("each") else ""
    right = " + ".join(entry["right"]).replace("+ -", "- ") or "0"
    return f"{' + '.join(entry['left'])} {'==' if entry['op'] == 'none_pending' else entry['op']} {right}{each}"


@cache
def load_reasons() -> Mapping[Reason, tuple[str, str]]:
    """The words for each reason, Chinese and English; raises ValueError for a code without words, and the reverse."""
    words = {Reason(code): (zh, en) for code, (zh, en) in load("reasons.yaml").items()}
    if lacking := set(Reason) - set(words):
        raise ValueError(f"reasons.yaml has no words for {', '.join(sorted(lacking))}")
    return words
