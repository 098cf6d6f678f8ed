"""By when a report is due, and what proves that it came late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.holdings import CoverageStatus, HeldAgency, Timeliness, assemble
from archive.holdings.coverage import KnownUrl
from archive.holdings.deadlines import Dates, Kind, date_in_url, judge, load_rules, rule_for
from archive.models import Level, Role
from tests.holdings.evidence import body, evidence, parsed, registry

DEPARTMENT = HeldAgency("d", "云岭县水务局", "990101", "", Level.COUNTY, True)
GOVERNMENT = HeldAgency("g", "云岭县人民政府", "990101", "", Level.COUNTY, True)
TOWNSHIP = HeldAgency("t", "石桥镇人民政府", "990101", "", Level.TOWNSHIP, True)


@pytest.mark.parametrize(
    ("agency", "year", "due", "custom"),
    [
        (DEPARTMENT, 2018, "2019-03-31", False),
        (DEPARTMENT, 2019, "2020-01-31", False),
        (GOVERNMENT, 2009, "2010-03-31", False),
        (GOVERNMENT, 2023, "2024-03-31", False),
        (TOWNSHIP, 2016, "2017-03-31", False),
        (TOWNSHIP, 2023, "2024-01-31", True),
    ],
)
def test_the_deadlines_of_both_regulations(agency: HeldAgency, year: int, due: str, custom: bool) -> None:
    rule = rule_for(agency, year)
    assert (rule.due(year).isoformat(), rule.custom) == (due, custom)
    assert rule.law
    assert rule.law_en


def test_every_kind_has_a_deadline_for_every_year() -> None:
    for kind in Kind:
        assert any(kind in rule.kinds and rule.to_year is None for rule in load_rules())


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("http://a.example/zwgk/202401/t20240123_1001.html", date(2024, 1, 23)),
        ("http://a.example/art/2024/1/5/art_100_2.html", date(2024, 1, 5)),
        ("http://a.example/2024-03/02/content_9.htm", date(2024, 3, 2)),
        ("http://a.example/columns/x/202404/09/y.html", date(2024, 4, 9)),
        ("http://a.example/zwgk/202401/1001.html", None),
        ("http://a.example/t20241399_1.html", None),
        ("http://a.example/info/1042/20240.htm", None),
    ],
)
def test_the_date_of_an_address(url: str, day: date | None) -> None:
    assert date_in_url(url) == day


EARLY, LATE = date(2024, 1, 31), date(2024, 2, 1)


@pytest.mark.parametrize(
    ("dates", "says"),
    [
        (Dates(stated=EARLY, first_seen=LATE), Timeliness.ON_TIME),
        (Dates(stated=LATE), Timeliness.LATE),
        (Dates(url=LATE, http=LATE, first_seen=LATE), Timeliness.LATE),
        (Dates(stated=LATE, url=EARLY), Timeliness.ON_TIME),
        (Dates(stated=LATE, http=EARLY), Timeliness.ON_TIME),
        (Dates(stated=LATE, first_seen=EARLY), Timeliness.ON_TIME),
        (Dates(http=LATE, first_seen=LATE), Timeliness.UNKNOWN),
        (Dates(), Timeliness.UNKNOWN),
    ],
)
def test_late_is_only_what_says_so_itself_with_nothing_against_it(dates: Dates, says: Timeliness) -> None:
    assert judge(rule_for(DEPARTMENT, 2023), 2023, dates) is says
    if says is Timeliness.LATE:
        assert judge(rule_for(TOWNSHIP, 2023), 2023, dates) is Timeliness.UNKNOWN, "custom is no law"


@given(*[st.none() | st.dates(date(2023, 12, 1), date(2025, 1, 1))] * 4)
def test_evidence_for_an_earlier_day_never_makes_a_report_late(
    stated: date | None, url: date | None, http: date | None, seen: date | None
) -> None:
    rule = rule_for(DEPARTMENT, 2023)
    before = judge(rule, 2023, Dates(stated, url, http, seen))
    with_early = judge(rule, 2023, Dates(stated, url, EARLY, seen))
    assert with_early is Timeliness.ON_TIME
    assert before is not Timeliness.LATE or stated or url


def test_coverage_keeps_the_dates_apart_and_tells_what_is_not_due(tmp_path: Path) -> None:
    late = body(year=2023) | {"published": "2024-02-20"}
    page = "http://tz.example/nb/202402/t20240221_1.html"
    listing = KnownUrl("http://tz.example/nb/", "tz", Role.LISTING, "ok", None, None, None)
    headers = {page: "Fri, 01 Mar 2024 08:00:00 GMT"}
    made = evidence([parsed(page, "2024-06-01T00:00:00Z", late)], urls=[listing], last_modified=headers)
    held = {}
    for today in (date(2025, 1, 31), date(2025, 2, 1), date(2025, 4, 1)):
        changed = replace(made, search=replace(made.search, today=today))
        held[today] = {(row.agency_id, row.year): row for row in assemble(changed, registry(tmp_path)).coverage}
    assert {max(year for _, year in rows) for rows in held.values()} == {2024}, "a year that is not over owes nothing"
    row = held[date(2025, 4, 1)]["tz-kjj", 2023]
    assert (row.status, row.timeliness, row.due_on) == (CoverageStatus.HELD, Timeliness.LATE, "2024-01-31")
    assert (row.stated_date, row.url_date) == ("2024-02-20", "2024-02-21")
    assert (row.http_date, row.first_seen) == ("2024-03-01", "2024-06-01")
    assert row.reason is not None
    assert row.reason.text("en") == "published 2024-02-20 (stated), was due 2024-01-31"
    assert row.reason.text("zh") == "写明公布于 2024-02-20，期限为 2024-01-31"
    statuses = [[rows[agency, 2024].status for agency in ("tz-kjj", "tz-gov")] for _, rows in sorted(held.items())]
    assert statuses == [["not_due", "not_due"], ["not_found", "not_due"], ["not_found", "not_found"]]


def test_a_day_in_the_address_before_the_end_of_the_year_is_that_of_a_folder(tmp_path: Path) -> None:
    report = body(year=2023) | {"published": "2024-02-20"}
    for folder, day, says in (("2023/11/30", None, Timeliness.LATE), ("2023/12/01", "2023-12-01", Timeliness.ON_TIME)):
        made = evidence([parsed(f"http://tz.example/{folder}/nb.html", "2024-06-01T00:00:00Z", report)])
        (row,) = [row for row in assemble(made, registry(tmp_path)).coverage if row.report_id]
        assert (row.url_date, row.timeliness) == (day, says)


@pytest.mark.parametrize(
    ("header", "day", "says"),
    [
        ("Wed, 31 Jan 2024 15:59:59 GMT", "2024-01-31", Timeliness.ON_TIME),
        ("Wed, 31 Jan 2024 16:00:00 GMT", "2024-02-01", Timeliness.LATE),
        ("Wed, 31 Jan 2024 16:00:00", "2024-02-01", Timeliness.LATE),
        ("yesterday", None, Timeliness.LATE),
    ],
)
def test_the_last_day_ends_at_midnight_in_china(tmp_path: Path, header: str, day: str | None, says: Timeliness) -> None:
    page, late = "http://tz.example/nb.html", body(year=2023) | {"published": "2024-02-20"}
    made = evidence([parsed(page, "2024-06-01T00:00:00Z", late)], last_modified={page: header})
    (row,) = [row for row in assemble(made, registry(tmp_path)).coverage if row.report_id]
    assert (row.http_date, row.timeliness) == (day, says)


@pytest.mark.parametrize(
    ("seen", "day", "says"),
    [
        ("2024-01-31T15:59:59.999Z", "2024-01-31", Timeliness.ON_TIME),
        ("2024-01-31T16:00:00.000Z", "2024-02-01", Timeliness.LATE),
    ],
)
def test_what_was_first_seen_by_night_was_seen_on_the_day_in_china(
    tmp_path: Path, seen: str, day: str, says: Timeliness
) -> None:
    late = body(year=2023) | {"published": "2024-02-20"}
    made = evidence([parsed("http://tz.example/nb.html", seen, late)])
    (row,) = [row for row in assemble(made, registry(tmp_path)).coverage if row.report_id]
    assert (row.first_seen, row.timeliness) == (day, says)
