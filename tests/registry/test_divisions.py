"""Division codes by year, and how they agree with an independent list."""

from __future__ import annotations

import csv

import pytest

from archive.registry import load_divisions
from archive.registry.divisions import DivisionDataError, parse_divisions
from tests.shared import SHARED, needs_shared

SAMPLE = """# comment
37 province="山东省"
  0000 county="山东省"
  0400 county="枣庄市"
  0481 county="[1988-]滕州市"
  0482 county="[1983-1991]东郊区,[1992-]东丽区"
  0483 county="[1983-1982]误区,[1983-1995]旧堡区"
  9000 county="[1986-]省直辖县级行政单位"
  9001 county="直辖县"
"""


def test_names_by_year() -> None:
    divisions = parse_divisions(SAMPLE)
    assert divisions.name("370481") == "滕州市"
    assert divisions.name("370481", 1987) is None
    assert divisions.name("370481", 1988) == "滕州市"
    assert [divisions.name("370482", year) for year in (1982, 1983, 1991, 1992)] == [None, "东郊区", "东郊区", "东丽区"]
    assert divisions.name("370482") == "东丽区"
    assert [entry.name for entry in divisions.by_code["370483"]] == ["旧堡区"]
    assert divisions.name("370499") is None
    assert "370499" not in divisions


def test_places_above() -> None:
    divisions = parse_divisions(SAMPLE)
    assert divisions.parents("370481") == ("370400", "370000")
    assert divisions.parents("379001") == ("370000",)
    assert divisions.path("370481") == "山东省枣庄市滕州市"
    assert divisions.path("379001") == "山东省直辖县"
    assert divisions.path("370000") == "山东省"
    assert [division.code for division in divisions][:3] == ["000000", "370000", "370400"]


@pytest.mark.parametrize("line", ["  0481 town='x'", '  048 county="x"', "??"])
def test_another_form_of_the_list_is_noticed(line: str) -> None:
    with pytest.raises(DivisionDataError, match="line 10"):
        parse_divisions(SAMPLE + line)


def test_the_installed_list() -> None:
    divisions = load_divisions()
    assert divisions.path("429004") == "湖北省仙桃市"
    assert divisions.path("110101") == "北京市东城区"
    assert divisions.province("654201") == "新疆维吾尔自治区"
    assert len({code[:2] for code in divisions.by_code}) == 35


@needs_shared
@pytest.mark.parametrize("year", range(2008, 2025))
def test_agreement_with_the_list_of_area_codes(year: int) -> None:
    """All codes in use in a year have the names that another list gives them (yescallop/areacodes): no difference."""
    divisions = load_divisions()
    with (SHARED / "domain" / "division-codes.csv").open(encoding="utf-8-sig", newline="") as stream:
        theirs = {
            (row["代码"], row["名称"])
            for row in csv.DictReader(stream)
            if int(row["启用时间"]) <= year and (not row["变更/弃用时间"] or year < int(row["变更/弃用时间"]))
        }
    different = {(code, name) for code, name in theirs if divisions.name(code, year) != name}
    assert len(theirs) > 3200
    assert different == set()
