"""The JSON Schema of a report, made from the form and the enumerations of the contracts, so that it cannot drift.

Standard: https://json-schema.org/draft/2020-12. docs/json.md says what each field means.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archive.checks.confidence import ConfidenceStatus, ReasonCode
from archive.models import CheckStatus, Era, ReadBy, SectionStatus, State
from archive.report.form import load_form

DRAFT = "https://json-schema.org/draft/2020-12/schema"
VALUED = (State.NUMBER, State.ZERO, State.INFERRED)
TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}
COUNT = {"type": "integer", "minimum": 0}
DATE_OR_NULL = {"type": ["string", "null"], "pattern": r"^\d{4}-\d{2}-\d{2}"}
SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def report_schema() -> dict[str, Any]:
    """The schema of one line of `reports.jsonl`; plain JSON values."""
    form = load_form()
    keys = {key: None for era in form.eras.values() for key, _ in era.cells}
    applicants: list[str | None] = [applicant.key for applicant in form.applicants]
    key, applicant = {"enum": list(keys)}, {"enum": [*applicants, None]}
    return {
        "$schema": DRAFT,
        "title": "政府信息公开工作年度报告 · Annual report on the disclosure of government information",
        **_record(
            file=TEXT,
            title=TEXT_OR_NULL,
            agency=TEXT_OR_NULL,
            year={"type": ["integer", "null"], "minimum": 2000, "maximum": 2100},
            era=_one_of(Era),
            sections=_list(
                _record(
                    number={"type": "integer", "minimum": 1},
                    heading=TEXT_OR_NULL,
                    status=_one_of(SectionStatus),
                    text=TEXT,
                )
            ),
            statistics=_list(
                _record(
                    key=key,
                    applicant=applicant,
                    value={"type": ["number", "null"]},
                    state=_one_of(State),
                    raw=TEXT_OR_NULL,
                    unit=TEXT_OR_NULL,
                    place=TEXT_OR_NULL,
                )
                | {
                    # A value only if the state allows one: a blank is not a zero.
                    "if": {"properties": {"state": {"enum": [str(state) for state in VALUED]}}},
                    "then": {"properties": {"value": {"type": "number"}}},
                    "else": {"properties": {"value": {"type": "null"}}},
                }
            ),
            extra_rows=_list(
                _record(
                    label=TEXT,
                    unit=TEXT_OR_NULL,
                    values=_list({"type": ["number", "string", "null"]}),
                    place=TEXT_OR_NULL,
                    key={"type": ["string", "null"]},
                    inferred={"type": "boolean"},
                )
            ),
            findings=_list(
                _record(
                    rule={"enum": [identity.id for identity in form.identities]},
                    key=TEXT_OR_NULL,
                    applicant=applicant,
                    status=_one_of(CheckStatus),
                    left={"type": ["number", "null"]},
                    right={"type": ["number", "null"]},
                    delta={"type": ["number", "null"]},
                    cells=_list(_record(key=key, applicant=applicant)),
                    note=TEXT_OR_NULL,
                )
            ),
            warnings=_list(TEXT),
            published=DATE_OR_NULL,
            period={"anyOf": [{"type": "null"}, _list(DATE_OR_NULL) | {"minItems": 2, "maxItems": 2}]},
            leftovers=_list(_record(where=TEXT, text=TEXT)),
            parser_version=TEXT,
            read_by=_one_of(ReadBy),
            confidence=_record(
                status=_one_of(ConfidenceStatus), reason=_list(_record(code=_one_of(ReasonCode), count=COUNT))
            ),
            report_id=TEXT,
            portal=TEXT_OR_NULL,
            url=TEXT,
            urls=_list(TEXT),
            version={"type": "integer", "minimum": 1},
            first_seen=TEXT,
            vanished_on=DATE_OR_NULL,
            capture=_record(sha256=SHA256, warc=TEXT, offset=COUNT),
        ),
    }


def _record(**fields: dict[str, Any]) -> dict[str, Any]:
    """An object with exactly these fields, all of them there."""
    return {"type": "object", "required": list(fields), "properties": fields, "additionalProperties": False}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _one_of(words: Iterable[object]) -> dict[str, Any]:
    return {"enum": [str(word) for word in words]}
