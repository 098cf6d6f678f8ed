"""Decisions on titles and links: reports, look-alikes by kind, years, bodies, and the way from a home page."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Role
from crawler.discovery import (
    Kind,
    Refusal,
    Step,
    agency_in_title,
    column_root,
    column_slug,
    decide,
    guess_year,
    is_column_name,
    step_from_home,
    step_in_column,
    vocabulary,
    wanted,
    year_in_title,
    year_in_url,
)
from tests.shared import SHARED, needs_shared

TITLES = json.loads((Path(__file__).parent / "titles.json").read_text("utf-8"))
ARTICLE = "http://www.qingshi.gov.cn/x/a.html"
HOME = "http://www.qingshi.gov.cn"
COLUMN = f"{HOME}/zwgk/xxgknb/2023nxxgknb/bmzjxxgknb/"


@pytest.mark.parametrize(("title", "kind", "year", "agency"), TITLES, ids=[row[0] for row in TITLES])
def test_titles(title: str, kind: str, year: int | None, agency: str | None) -> None:
    decision = decide(title, ARTICLE, article=True, in_column=kind != "other")
    assert (decision.look_alike or decision.kind.value) == kind
    if kind != "academic_year":
        assert decision.year == year
    assert decision.agency == agency
    assert decision.why


@pytest.mark.parametrize(
    ("title", "agency"),
    [
        ("2022年度报告", None),
        ("青石县教育局2022年度报告", "青石县教育局"),
        ("青石县教育局2022年年报", "青石县教育局"),
        ("青石县教育局", "青石县教育局"),
        ("青石县教育局2022年", "青石县教育局"),
        ("青石县档案馆2022年年度报告", "青石县档案馆"),
        ("转发：青石县教育局2022年年报", "青石县教育局"),
        ("青石县教育局2022年政府信...", None),
    ],
)
def test_a_bare_title_is_a_report_only_inside_the_column(title: str, agency: str | None) -> None:
    inside = decide(title, ARTICLE, article=True, in_column=True)
    assert (inside.kind, inside.agency) == (Kind.REPORT, agency)
    assert inside.confidence < 0.9
    assert decide(title, ARTICLE, article=True).kind is Kind.OTHER


def test_another_subject_is_no_body() -> None:
    assert decide("节约能源2022年度报告", ARTICLE, article=True, in_column=True).kind is Kind.OTHER


def test_the_year_is_read_in_the_order_of_trust() -> None:
    url = f"{HOME}/xxgknb/2021n/202201/t20220110_5.html"
    assert guess_year("青石县2020年年报", url, "2022-01-10", ("2021年",)) == (2020, "title")
    assert guess_year("青石县年报", url, "2022-01-10", ("政府信息公开年报", "2019年")) == (2019, "column")
    assert guess_year("青石县年报", url, "2022-01-10") == (2021, "folder")
    assert guess_year("青石县年报", ARTICLE, "2022-01-10") == (2021, "date")
    assert guess_year("青石县年报", ARTICLE, None) == (None, "unknown")


@pytest.mark.parametrize(
    ("url", "year"),
    [
        (f"{HOME}/zwgk/xxgknb/2023nxxgknb/", 2023),
        (f"{HOME}/x/zwgkzfxxgknb/n2024/szf/202501/t20250122_236147.html", 2024),
        (f"{HOME}/zt/zfxxgkndbg/2024nxxgknb/zzqrmzf_63916/", 2024),
        (f"{HOME}/zfxxgknb/szfnb/2024/", 2024),
        (f"{HOME}/2025ndbg/index.html", 2025),
        (f"{HOME}/module/xxgk/xxgkAnnualReport.jsp?area=1&fbtime=2021", 2021),
        (f"{HOME}/xxgknb/202401/t20240123_1.html", None),
        (f"{HOME}/2024/zwyw/", None),
    ],
)
def test_the_year_of_a_folder(url: str, year: int | None) -> None:
    assert year_in_url(url) == year


def test_an_unknown_year_is_kept_and_a_known_one_outside_is_not() -> None:
    assert wanted(None, (2020, 2022))
    assert wanted(2020, (2020, 2022))
    assert wanted(2022, (2020, 2022))
    assert not wanted(2023, (2020, 2022))
    assert wanted(1999, None)


@pytest.mark.parametrize(
    ("text", "path", "tabs", "role"),
    [
        ("政府信息公开年报", "/a/", 0, Role.LISTING),
        ("信息公开年报", "/a/", 0, Role.LISTING),
        ("政府信息公开工作年度报告", "/a/", 0, Role.LISTING),
        ("年报", "/a/", 4, Role.LISTING),
        ("年报", "/a/", 0, Role.HOME),
        ("政府信息公开", "/a/", 0, Role.HOME),
        ("政务公开", "/zwgk/", 0, Role.HOME),
        ("县政府信息公开专栏", "/a/", 0, Role.HOME),
        ("更多", "/zwgk/zfxxgknb/", 0, Role.LISTING),
        ("", "/gkmlpt/annualreport", 0, Role.LISTING),
    ],
)
def test_the_way_from_a_home_page(text: str, path: str, tabs: int, role: Role) -> None:
    step = step_from_home(text, HOME + path, tabs=tabs, depth=0)
    assert isinstance(step, Step)
    assert step.role is role
    assert step.why


def test_better_steps_score_higher() -> None:
    scores = []
    for text in ("政府信息公开年报", "信息公开年报", "政府信息公开", "政务公开", "信息公开"):
        step = step_from_home(text, f"{HOME}/a/", tabs=0, depth=0)
        assert isinstance(step, Step)
        scores.append(step.score)
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_a_slug_confirms_a_word() -> None:
    plain = step_from_home("信息公开年报", f"{HOME}/a/", tabs=0, depth=0)
    confirmed = step_from_home("信息公开年报", f"{HOME}/xxgknb/", tabs=0, depth=0)
    assert isinstance(plain, Step)
    assert isinstance(confirmed, Step)
    assert confirmed.score > plain.score


def test_no_fifth_click() -> None:
    assert step_from_home("政务公开", f"{HOME}/a/", tabs=0, depth=vocabulary().max_clicks) is None
    assert step_from_home("政府信息公开年报", f"{HOME}/a/", tabs=0, depth=vocabulary().max_clicks) is not None


@pytest.mark.parametrize(
    ("text", "path", "kind"),
    [
        ("年报", "/zwgk/zfwznb/", "website_report"),
        ("政府网站工作年度报表", "/a/", "website_report"),
        ("年报", "/wz/yearForm.shtml", "website_report"),
        ("法治政府建设年度报告", "/a/", "rule_of_law_report"),
        ("行政执法年度报告", "/a/", "enforcement_report"),
        ("部门决算", "/a/", "budget"),
    ],
)
def test_columns_of_other_reports_are_refused_by_name(text: str, path: str, kind: str) -> None:
    for step in (step_from_home(text, HOME + path, tabs=4, depth=0), step_in_column(text, HOME + path, COLUMN)):
        assert isinstance(step, Refusal)
        assert step.kind == kind


@pytest.mark.parametrize(
    ("text", "url", "taken"),
    [
        ("2022年", f"{HOME}/zwgk/xxgknb/2022nxxgknb/", True),
        ("2022", f"{HOME}/zwgk/xxgknb/a81/", True),
        ("乡镇", f"{HOME}/zwgk/xxgknb/2023nxxgknb/xzxxgknb/", True),
        ("2021年政府信息公开年报", f"{HOME}/opaque/", True),
        ("2022年", f"{HOME}/gzbg/2022/", False),
        ("部门", f"{HOME}/bm/", False),
        ("首页", f"{HOME}/", False),
        ("部门和镇街", COLUMN, False),
        ("部门和镇街", f"{COLUMN}index.html", False),
        ("政务公开", f"{HOME}/zwgk/", False),
    ],
)
def test_years_and_kinds_of_body_below_the_column(text: str, url: str, taken: bool) -> None:
    assert isinstance(step_in_column(text, url, COLUMN), Step) is taken


def test_the_root_of_a_column_is_its_first_known_folder() -> None:
    assert column_root(COLUMN) == f"{HOME}/zwgk/xxgknb/"
    assert column_root(f"{HOME}/col/col12/index.html") == f"{HOME}/col/col12/"


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("政府信息公开年报", True), ("信息公开年报", True), ("年报", True), ("公开指南", False), ("政府网站年报", False)],
)
def test_column_names(name: str, is_one: bool) -> None:
    assert is_column_name(name) is is_one


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_title_gets_one_decision_and_the_same_again(title: str) -> None:
    decision = decide(title, ARTICLE, article=True, in_column=True)
    assert decision == decide(title, ARTICLE, article=True, in_column=True)
    assert (decision.kind is Kind.LOOK_ALIKE) == (decision.look_alike is not None)
    agency_in_title(title)
    year = year_in_title(title)
    assert year is None or vocabulary().first_year <= year <= vocabulary().last_year


@needs_shared
def test_most_known_columns_are_known_by_their_folder() -> None:
    with (SHARED / "domain" / "portals.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["platform"] == "trs" and row["annual_report_url"]]
    known = [row for row in rows if column_slug(row["annual_report_url"])]
    assert len(rows) > 20
    assert len(known) >= 0.8 * len(rows), [row["annual_report_url"] for row in rows if row not in known]


@needs_shared
def test_no_known_column_is_taken_for_another_report() -> None:
    with (SHARED / "domain" / "portals.csv").open(encoding="utf-8-sig", newline="") as file:
        urls = [row["annual_report_url"] for row in csv.DictReader(file)]
    for url in urls:
        if urlsplit(url).hostname:
            assert not isinstance(step_from_home("政府信息公开年报", url, tabs=0, depth=0), Refusal), url
