"""The JSON of a report, as `gongkai parse` prints it and `reports.jsonl` holds it, and the way back without loss."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import simplejson

from archive.checks.confidence import Confidence, confidence
from archive.models import (
    Cell,
    CellRef,
    CheckStatus,
    Era,
    ExtraRow,
    Finding,
    Leftover,
    NotAReport,
    Number,
    ParsedReport,
    ParseResult,
    ReadBy,
    Section,
    SectionStatus,
    State,
    Unreadable,
)


def result_to_json(file: str, result: ParseResult, findings: Iterable[Finding] | None = None) -> dict[str, Any]:
    """The JSON object of one parsed file; amounts stay `Decimal` (write it with `dumps`).

    Without findings (on the way to where checks are made) no confidence can be stated, and none is.
    """
    if isinstance(result, NotAReport):
        return {"file": file, "not_a_report": result.why}
    if isinstance(result, Unreadable):
        return {"file": file, "unreadable": result.why} | ({"needs_ocr": True} if result.needs_ocr else {})
    checked = tuple(findings or ())
    return {
        "file": file,
        "title": result.title,
        "agency": result.agency,
        "year": result.year,
        "era": str(result.era),
        "sections": [
            {"number": s.number, "heading": s.heading, "status": str(s.status), "text": s.text} for s in result.sections
        ],
        "statistics": [
            {
                "key": c.key,
                "applicant": c.applicant,
                "value": c.value,
                "state": str(c.state),
                "raw": c.raw,
                "unit": c.unit,
                "place": c.place,
            }
            for c in result.cells
        ],
        "extra_rows": [
            {
                "label": r.label,
                "unit": r.unit,
                "values": list(r.values),
                "place": r.place,
                "key": r.key,
                "inferred": r.inferred,
            }
            for r in result.extra_rows
        ],
        "findings": [finding_to_json(finding) for finding in checked],
        "warnings": list(result.warnings),
        "published": result.published,
        "period": list(result.period) if result.period else None,
        "leftovers": [{"where": left.where, "text": left.text} for left in result.leftovers],
        "parser_version": result.parser_version,
        "read_by": str(result.read_by),
    } | ({} if findings is None else {"confidence": confidence_to_json(confidence(result, checked))})


def confidence_to_json(stated: Confidence) -> dict[str, Any]:
    """The JSON object of a status with its reasons."""
    return {"status": str(stated.status), "reason": reasons_to_json(stated)}


def reasons_to_json(stated: Confidence) -> list[dict[str, Any]]:
    """The facts that a status rests on as a JSON list, the deciding ones first."""
    return [{"code": str(reason.code), "count": reason.count} for reason in stated.reason]


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """The JSON object of one check result."""
    return {
        "rule": finding.rule,
        "key": finding.key,
        "applicant": finding.applicant,
        "status": str(finding.status),
        "left": finding.left,
        "right": finding.right,
        "delta": finding.delta,
        "cells": [{"key": ref.key, "applicant": ref.applicant} for ref in finding.cells],
        "note": finding.note,
    }


def finding_from_json(raw: Mapping[str, Any]) -> Finding:
    """The check result that `finding_to_json` wrote."""
    return Finding(
        rule=raw["rule"],
        status=CheckStatus(raw["status"]),
        left=_number(raw.get("left")),
        right=_number(raw.get("right")),
        delta=_number(raw.get("delta")),
        cells=tuple(CellRef(ref["key"], ref["applicant"]) for ref in raw.get("cells", ())),
        key=raw.get("key"),
        applicant=raw.get("applicant"),
        note=raw.get("note"),
    )


def report_from_json(raw: Mapping[str, Any]) -> ParsedReport:
    """The report that `result_to_json` wrote; raises KeyError or ValueError for an object that is no report."""
    if "not_a_report" in raw or "unreadable" in raw:
        raise ValueError(f"{raw.get('file', 'the object')} holds no report but the reason why not")
    period = raw.get("period")
    return ParsedReport(
        title=raw.get("title"),
        agency=raw["agency"],
        year=raw["year"],
        era=Era(raw["era"]),
        sections=tuple(
            Section(s["number"], s["heading"], SectionStatus(s["status"]), s["text"]) for s in raw["sections"]
        ),
        cells=tuple(
            Cell(
                c["key"],
                c["applicant"],
                _number(c["value"]),
                State(c["state"]),
                c.get("raw"),
                c.get("unit"),
                c.get("place"),
            )
            for c in raw["statistics"]
        ),
        extra_rows=tuple(
            ExtraRow(
                r["label"], r["unit"], _values(r["values"]), r.get("place"), r.get("key"), r.get("inferred", False)
            )
            for r in raw["extra_rows"]
        ),
        leftovers=tuple(Leftover(left["where"], left["text"]) for left in raw.get("leftovers", ())),
        warnings=tuple(raw.get("warnings", ())),
        published=raw.get("published"),
        period=(period[0], period[1]) if period else None,
        parser_version=raw.get("parser_version", ""),
        read_by=ReadBy(raw.get("read_by", ReadBy.TEXT)),
    )


def result_from_json(raw: Mapping[str, Any]) -> ParseResult:
    """Whatever `result_to_json` wrote, a report or the reason why there is none."""
    if "not_a_report" in raw:
        return NotAReport(raw["not_a_report"])
    if "unreadable" in raw:
        return Unreadable(raw["unreadable"], raw.get("needs_ocr", False))
    return report_from_json(raw)


def _values(raw: Sequence[Any]) -> tuple[Number | str | None, ...]:
    return tuple(value if isinstance(value, str) else _number(value) for value in raw)


def _number(raw: Any) -> Number | None:
    return Decimal(repr(raw)) if isinstance(raw, float) else raw


def dumps(value: Any) -> str:
    """`value` as JSON on one line, with every `Decimal` written as printed (the standard encoder cannot)."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, allow_nan=False)


def loads(text: str | bytes) -> Any:
    """JSON with decimal numbers as `Decimal`, so that no binary float comes between."""
    return json.loads(text, parse_float=Decimal)
