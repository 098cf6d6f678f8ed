"""The rows that do not come from any report: the items of the form, the rules, and the words for states and results."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from archive.checks.measures import load_measures
from archive.checks.narrative.claims import load_claims
from archive.checks.rulebook import load, load_reasons, load_rules
from archive.checks.within import check_report
from archive.database.schema import load_schema
from archive.models import Cell, CellRef, CheckStatus, Era, Finding, ParsedReport, State
from archive.report.form import Identity, load_form

Row = dict[str, object]
CellKey = tuple[str, str | None]
Application = tuple[str, str | None, str | None, tuple[CellRef, ...]]
"""A rule, the row and the column that it is applied to, and the cells that take part."""


@cache
def item_ids() -> Mapping[Era, Mapping[CellKey, int]]:
    """The number of every cell of every era's form: from 1, era after era, in the order of the form."""
    ids: dict[Era, dict[CellKey, int]] = {}
    number = 0
    for era, form in load_form().eras.items():
        ids[era] = {}
        for cell in form.cells:
            number += 1
            ids[era][cell] = number
    return ids


@cache
def item_units() -> Mapping[int, str | None]:
    """The unit that the form gives each item, by its number."""
    form = load_form()
    return {
        number: form.eras[era].item(key).unit for era, cells in item_ids().items() for (key, _), number in cells.items()
    }


def item_rows() -> Iterator[Row]:
    """The table `items`."""
    form = load_form()
    applicants = {applicant.key: applicant for applicant in form.applicants}
    for era, cells in item_ids().items():
        items = {item.key: item for item in form.eras[era].items}
        for position, ((key, applicant_key), number) in enumerate(cells.items(), 1):
            item = items[key]
            applicant = applicants[applicant_key] if applicant_key is not None else None
            yield {
                "item_id": number,
                "era": era,
                "key": key,
                "applicant": applicant_key,
                "table_id": f"T{item.table}" if item.table else "STAT",
                "position": position,
                "unit": item.unit,
                "headings": " / ".join(item.path),
                "label_zh": item.label,
                "label_en": item.label_en,
                "applicant_zh": applicant and applicant.label,
                "applicant_en": applicant and applicant.label_en,
            }


def rule_rows() -> Iterator[Row]:
    """The table `rules`."""
    for identity in load_form().identities:
        yield {
            "rule": identity.id,
            "scope": "within_report",
            "severity": identity.severity,
            "eras": " ".join(identity.eras),
            "statement": _statement(identity),
            "statement_zh": identity.label,
            "statement_en": identity.label_en,
            "source": None,
            "breaks_zh": None,
            "breaks_en": None,
        }
    for rule in load_rules():
        yield {
            "rule": rule.id,
            "scope": rule.scope,
            "severity": rule.severity,
            "eras": " ".join(rule.eras),
            "statement": rule.statement,
            "statement_zh": rule.label,
            "statement_en": rule.label_en,
            "source": rule.source,
            "breaks_zh": "\n".join(zh for zh, _ in rule.breaks) or None,
            "breaks_en": "\n".join(en for _, en in rule.breaks) or None,
        }


def reason_rows() -> Iterator[Row]:
    """The table `reasons`."""
    for reason, (zh, en) in load_reasons().items():
        yield {"reason": reason, "label_zh": zh, "label_en": en}


def claim_rows() -> Iterator[Row]:
    """The table `claims`."""
    for claim in load_claims():
        yield {"claim": claim.name, "rule": claim.rule, "label_zh": claim.label, "label_en": claim.label_en}
    for name, entry in load("claims.yaml")["attached"].items():
        zh, en = entry["label"]
        yield {"claim": name, "rule": entry["rule"], "label_zh": zh, "label_en": en}


def measure_rows() -> Iterator[Row]:
    """The table `measure_names`."""
    for number, form in enumerate(load_measures(), 1):
        yield {
            "measure_no": number,
            "measure": form.name,
            "kind": form.kind,
            "label_zh": form.label,
            "label_en": form.label_en,
            "numerator": form.of,
            "denominator": form.by,
            "minimum": form.minimum,
            "eras": " ".join(form.formulas),
        }


def _statement(identity: Identity) -> str:
    each = f" (each {identity.each})" if identity.each else ""
    if identity.kind == "compare" and identity.left and identity.right:
        return f"{' + '.join(identity.left)} {identity.op} {' + '.join(identity.right)}{each}"
    return f"{identity.kind}: {' + '.join(identity.right)}{each}" if identity.right else f"{identity.kind}{each}"


@cache
def state_codes() -> Mapping[State, int]:
    """The code of each state of a cell."""
    return {State(word.name): code for code, word in enumerate(load_schema().states)}


@cache
def status_codes() -> Mapping[CheckStatus, int]:
    """The code of each result of a check."""
    return {CheckStatus(word.name): code for code, word in enumerate(load_schema().statuses)}


def state_rows() -> Iterator[Row]:
    """The table `states`."""
    for code, word in enumerate(load_schema().states):
        yield {
            "code": code,
            "state": word.name,
            "label_zh": word.label.zh,
            "label_en": word.label.en,
            "has_value": int(word.has_value),
        }


def status_rows() -> Iterator[Row]:
    """The table `statuses`."""
    for code, word in enumerate(load_schema().statuses):
        yield {"code": code, "status": word.name, "label_zh": word.label.zh, "label_en": word.label.en}


@cache
def named_checks() -> Mapping[Application, int]:
    """The numbers of the applications of rules that every report of an era has, from 1 in the order of the rules."""
    found: dict[Application, None] = {}
    for era, form in load_form().eras.items():
        cells = tuple(Cell(key, applicant, None, State.BLANK) for key, applicant in form.cells)
        blank = ParsedReport(title=None, agency=None, year=None, era=era, sections=(), cells=cells)
        found |= dict.fromkeys(map(application_of, check_report(blank)))
    return {application: number for number, application in enumerate(found, 1)}


def application_of(finding: Finding) -> Application:
    """What a finding is the result of."""
    return finding.rule, finding.key, finding.applicant, finding.cells


@lru_cache(2000)  # the rules apply to the same cells in every report
def check_number(application: Application) -> int:
    """The number of an application of a rule, the same in every archive.

    Where the cells depend on what a report prints, it is made of the words: 48 bits behind the numbers of the others.
    """
    known = named_checks()
    if application in known:
        return known[application]
    digest = hashlib.sha256(json.dumps(_item(application), sort_keys=True).encode()).digest()
    return len(known) + 1 + int.from_bytes(digest[:6])


def check_row(application: Application) -> Row:
    """The row of `check_items` of an application."""
    return {"check_no": check_number(application), **_item(application)}


def _item(application: Application) -> Row:
    rule, key, applicant, cells = application
    refs = [{"key": cell.key, "applicant": cell.applicant} for cell in cells]
    return {"rule": rule, "key": key, "applicant": applicant, "cells": json.dumps(refs, ensure_ascii=False)}
