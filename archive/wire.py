"""The JSON of a report, as `gongkai parse` prints it and `reports.jsonl` holds it, and the way back without loss."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType
from typing import Any

import msgspec
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
    Unreadable,
)


def result_to_json(file: str, result: ParseResult, findings: Iterable[Finding] | None = None) -> dict[str, Any]:
    """The JSON object of one parsed file; amounts stay `Decimal` (write it with `dumps`).

    Without findings (on the way to where checks are made) no confidence can be stated, and none is.
    """
    findings = None if findings is None else tuple(findings)
    if isinstance(result, NotAReport):
        return {"file": file, "not_a_report": result.why}
    if isinstance(result, Unreadable):
        return {"file": file, "unreadable": result.why} | ({"needs_ocr": True} if result.needs_ocr else {})
    return fields_of(file, result, findings) | {
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
        "findings": [finding_to_json(finding) for finding in findings or ()],
        "leftovers": [{"where": left.where, "text": left.text} for left in result.leftovers],
        "read_by": str(result.read_by),
    }


def fields_of(file: str, report: ParsedReport, findings: Iterable[Finding] | None = None) -> dict[str, Any]:
    """What `result_to_json` makes of a report, with the records in it as they are: `line` writes them."""
    checked = tuple(findings or ())
    return {
        "file": file,
        "title": report.title,
        "agency": report.agency,
        "year": report.year,
        "era": report.era,
        "sections": report.sections,
        "statistics": report.cells,
        "extra_rows": report.extra_rows,
        "findings": checked,
        "warnings": list(report.warnings),
        "published": report.published,
        "period": list(report.period) if report.period else None,
        "leftovers": report.leftovers,
        "parser_version": report.parser_version,
        "read_by": report.read_by,
    } | ({} if findings is None else {"confidence": confidence_to_json(confidence(report, checked))})


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


@dataclass(frozen=True, slots=True)
class _ExtraRow:
    label: str
    unit: str | None
    values: tuple[Any, ...]  # no decoder tells text from numbers in one union: `_values` does
    place: str | None = None
    key: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class _Report:
    """The part of a report's JSON that comes back, with the types that every field must have; other keys may stand by.

    Reports of earlier versions lack the keys that have a default here.
    """

    agency: str | None
    year: int | None
    era: Era
    sections: tuple[Section, ...]
    statistics: tuple[Cell, ...]
    extra_rows: tuple[_ExtraRow, ...]
    title: str | None = None
    leftovers: tuple[Leftover, ...] = ()
    warnings: tuple[str, ...] = ()
    published: str | None = None
    period: tuple[str, str] | None = None
    parser_version: str = ""
    read_by: ReadBy = ReadBy.TEXT

    def report(self) -> ParsedReport:
        return ParsedReport(
            title=self.title,
            agency=self.agency,
            year=self.year,
            era=self.era,
            sections=self.sections,
            cells=self.statistics,
            extra_rows=tuple(
                ExtraRow(row.label, row.unit, _values(row.values), row.place, row.key, row.inferred)
                for row in self.extra_rows
            ),
            leftovers=self.leftovers,
            warnings=self.warnings,
            published=self.published,
            period=self.period,
            parser_version=self.parser_version,
            read_by=self.read_by,
        )


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why there is no report; in the JSON of a report neither key stands."""

    not_a_report: str | None = None
    unreadable: str | None = None
    needs_ocr: bool = False

    def result(self) -> NotAReport | Unreadable | None:
        if self.not_a_report is not None:
            return NotAReport(self.not_a_report)
        return None if self.unreadable is None else Unreadable(self.unreadable, self.needs_ocr)


_ENCODER = msgspec.json.Encoder(decimal_format="number")
_REASONS = msgspec.json.Decoder(_Reason)
_REPORTS = msgspec.json.Decoder(_Report, float_hook=Decimal)


def encode(result: ParseResult, file: str = "") -> bytes:
    """The JSON of a result without findings, for the way between processes and into the ledger; amounts as printed."""
    return _ENCODER.encode(result_to_json(file, result))


def line(value: Mapping[str, Any]) -> bytes:
    """A JSON object on a line of its own, in UTF-8 and without blanks; amounts as printed."""
    return _ENCODER.encode(value) + b"\n"


def field_in_line(name: str, value: str) -> bytes:
    """How a field with a text stands in a `line`; no text looks like it, since a quote within one is escaped."""
    return _ENCODER.encode({name: value})[1:-1]


def decode(data: bytes) -> ParseResult:
    """The result that `encode` wrote; every field is checked for its type.

    Raises ValueError, which names the field, for anything else: what a child says may be what a document made it say.
    """
    return _REASONS.decode(data).result() or _REPORTS.decode(data).report()


def report_of(data: bytes) -> ParsedReport:
    """The report in the JSON text that `encode` or `dumps` wrote; raises ValueError, which names the field, if none."""
    return _REPORTS.decode(data).report()


def report_from_json(raw: Mapping[str, Any]) -> ParsedReport:
    """The report that `result_to_json` wrote; raises ValueError, which names the field, for an object that is none."""
    if "not_a_report" in raw or "unreadable" in raw:
        raise ValueError(f"{raw.get('file', 'the object')} holds no report but the reason why not")
    return msgspec.convert(raw, _Report).report()


def result_from_json(raw: Mapping[str, Any]) -> ParseResult:
    """Whatever `result_to_json` wrote, a report or the reason why there is none; raises ValueError as above."""
    return msgspec.convert(raw, _Reason).result() or report_from_json(raw)


def _values(raw: Sequence[Any]) -> tuple[Number | str | None, ...]:
    for value in raw:
        if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal, NoneType)):
            raise ValueError(f"a value of an extra row is neither a number nor a text: {value!r}")
    return tuple(value if isinstance(value, str) else _number(value) for value in raw)


def _number(raw: Any) -> Number | None:
    return Decimal(repr(raw)) if isinstance(raw, float) else raw


def dumps(value: Any) -> str:
    """`value` as JSON on one line, with every `Decimal` written as printed (the standard encoder cannot)."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, allow_nan=False)


def loads(text: str | bytes) -> Any:
    """JSON with decimal numbers as `Decimal`, so that no binary float comes between."""
    return json.loads(text, parse_float=Decimal)
