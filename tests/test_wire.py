"""The JSON of a report: promised fields, no loss, no binary float."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.checks.within import check_report
from archive.models import Cell, Era, ExtraRow, NotAReport, State, Unreadable
from archive.report.parser import parse_document
from archive.wire import (
    decode,
    dumps,
    encode,
    finding_from_json,
    loads,
    report_from_json,
    result_from_json,
    result_to_json,
)
from tests.checks.reports import report
from tests.report.made import document, make


def test_a_report_comes_back_without_loss() -> None:
    parsed = parse_document(document(make(4, Era.B)), date_hint="2023-01-20")
    findings = check_report(parsed)  # type: ignore[arg-type]
    raw = loads(dumps(result_to_json("a.html", parsed, findings)))
    assert report_from_json(raw) == parsed
    assert result_from_json(raw) == parsed
    assert raw["confidence"]["status"] == "verified"
    assert {"code": "cells_read", "count": 198} in raw["confidence"]["reason"]
    assert "confidence" not in result_to_json("a.html", parsed)
    assert tuple(map(finding_from_json, raw["findings"])) == findings
    promised = [
        "file",
        "title",
        "agency",
        "year",
        "era",
        "sections",
        "statistics",
        "extra_rows",
        "findings",
        "warnings",
    ]
    assert list(raw)[:10] == promised
    assert set(raw["statistics"][0]) == {"key", "applicant", "value", "state", "raw", "unit", "place"}


def test_amounts_are_written_as_printed() -> None:
    amount = Cell("admin_fee_amount_wan_yuan", None, Decimal("59237.24490"), State.NUMBER, "59237.24490", "万元")
    made = replace(report(Era.C, {}), cells=(amount,), extra_rows=(ExtraRow("a", "条", (1, "约30", None)),))
    text = dumps(result_to_json("a", made))
    assert '"value": 59237.24490,' in text
    assert report_from_json(loads(text)) == made
    assert report_from_json(json.loads(text)).cells[0].value == Decimal("59237.2449")


def test_a_result_goes_between_processes_without_loss_and_is_checked_field_by_field() -> None:
    amount = Cell("admin_fee_amount_wan_yuan", None, Decimal("59237.24490"), State.NUMBER, "59237.24490", "万元")
    rows = (ExtraRow("a", "条", (1, "约30", None, Decimal("2.50"), 10**30), inferred=True),)
    made = replace(report(Era.C, {}), cells=(amount,), extra_rows=rows, period=("2023-01-01", "2023-12-31"))
    for result in (made, NotAReport("news"), Unreadable("torn", needs_ocr=True)):
        assert decode(encode(result)) == result
    sent = encode(made)
    for right, wrong, field in (
        (b'"value":59237.24490', b'"value":true', "statistics"),
        (b'"state":"number"', b'"state":"sure"', "statistics"),
        (b'"era":"C"', b'"era":"D"', "era"),
        (b'"period":["2023-01-01",', b'"period":[', "period"),
        (b'"agency":', b'"agenda":', "agency"),
        (b'[1,"', b'[[1],"', "extra row"),
    ):
        assert sent.count(right) == 1
        with pytest.raises(ValueError, match=field):
            decode(sent.replace(right, wrong))
    with pytest.raises(ValueError, match="truncated"):
        decode(sent[:-9])


def test_what_is_no_report_says_so() -> None:
    assert result_to_json("a", NotAReport("news")) == {"file": "a", "not_a_report": "news"}
    assert result_to_json("a", Unreadable("torn")) == {"file": "a", "unreadable": "torn"}
    assert result_from_json({"file": "a", "not_a_report": "news"}) == NotAReport("news")
    assert result_from_json({"file": "a", "unreadable": "torn"}) == Unreadable("torn")
    with pytest.raises(ValueError, match="holds no report"):
        report_from_json({"file": "a", "unreadable": "torn"})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_dumps_writes_json_that_loads_reads(value: object) -> None:
    assert loads(dumps(value)) == value
