"""What is held against what is owed, and the reason for what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.holdings import CoverageStatus, Holdings, assemble
from archive.holdings.coverage import KnownUrl
from archive.models import Role
from archive.registry import Registry, load_registry
from tests.holdings.evidence import AGENCIES, body, evidence, parsed, registry

AT = "2022-02-01T01:00:00Z"


@pytest.fixture
def small(tmp_path: Path) -> Registry:
    return registry(tmp_path)


def url(number: int, outcome: str, title: str | None = None, *, role: Role = Role.ARTICLE, **more: str) -> KnownUrl:
    return KnownUrl(
        url=f"http://tz.example/{number}",
        portal=more.get("portal", "tz"),
        role=role,
        outcome=outcome,
        reason=more.get("reason"),
        title=title,
        agency=more.get("agency"),
    )


LISTING = url(0, "ok", role=Role.LISTING)


def covered(small: Registry, *urls: KnownUrl, unreadable: str | None = None) -> Holdings:
    parses = [
        parsed("http://tz.example/a", AT, body(year=2017)),
        parsed("http://tz.example/b", AT, body(year=2020)),
    ]
    if unreadable:
        parses.append(parsed("http://tz.example/c", AT, "encrypted", title_hint=unreadable))
    return assemble(evidence(parses, urls=urls), small)


def status(holdings: Holdings, agency: str, year: int) -> tuple[CoverageStatus, str | None]:
    (row,) = [row for row in holdings.coverage if (row.agency_id, row.year) == (agency, year)]
    return row.status, row.reason and row.reason.text()


def test_every_agency_has_a_row_for_each_year_in_which_it_existed(small: Registry) -> None:
    held = covered(small, LISTING)
    rows = {(row.agency_id, row.year): row for row in held.coverage}
    assert len(rows) == len(held.coverage)
    assert [year for agency, year in rows if agency == "tz-gov"] == [2017, 2018, 2019, 2020]
    assert [year for agency, year in rows if agency == "tz-lyj"] == [2017, 2018]
    assert rows["tz-kjj", 2020].status is CoverageStatus.HELD
    assert rows["tz-kjj", 2020].report_id == "tz-kjj-2020"
    assert rows["tz-kjj", 2019].status is CoverageStatus.NOT_FOUND
    assert status(held, "solo", 2019) == (CoverageStatus.NOT_LOOKED, "portal solo has not been crawled")


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("http_error", CoverageStatus.FAILED),
        ("blocked", CoverageStatus.BLOCKED),
        ("tls_error", CoverageStatus.UNREACHABLE),
        ("robots_disallowed", CoverageStatus.EXCLUDED),
        ("too_large", CoverageStatus.UNREADABLE),
        ("open", CoverageStatus.OPEN),
    ],
)
def test_a_link_that_names_the_report_gives_the_reason(small: Registry, outcome: str, expected: CoverageStatus) -> None:
    title = "滕州市人民政府2019年政府信息公开工作年度报告"
    held = covered(small, LISTING, url(7, outcome, title, reason="why"))
    assert status(held, "tz-gov", 2019) == (expected, f"http://tz.example/7: {outcome} (why)")
    assert status(held, "tz-gov", 2018)[0] is CoverageStatus.NOT_FOUND


@pytest.mark.parametrize("title", ["滕州市人民政府2019年政府网站工作年度报表", "滕州市人民政府政府信息公开年报", None])
def test_other_links_say_nothing(small: Registry, title: str | None) -> None:
    held = covered(small, LISTING, url(7, "http_error", title))
    assert status(held, "tz-gov", 2019)[0] is CoverageStatus.NOT_FOUND


def test_the_agency_of_the_listing_counts(small: Registry) -> None:
    link = url(7, "blocked", "2019年政府信息公开年度报告", agency="滕州市科技局")
    assert status(covered(small, LISTING, link), "tz-kjj", 2019)[0] is CoverageStatus.BLOCKED


def test_of_bodies_whose_names_begin_alike_the_longest_name_counts(tmp_path: Path) -> None:
    registry(tmp_path)
    office = "tz-office,滕州市人民政府办公室,370481,county,tz-gov,tz,,,,,\n"
    (tmp_path / "agencies.csv").write_text(AGENCIES + office, "utf-8")
    known = load_registry(tmp_path / "portals.csv", tmp_path / "agencies.csv")
    held = covered(known, LISTING, url(7, "blocked", "滕州市人民政府办公室2019年政府信息公开工作年度报告"))
    assert status(held, "tz-office", 2019)[0] is CoverageStatus.BLOCKED
    assert status(held, "tz-gov", 2019)[0] is CoverageStatus.NOT_FOUND


@pytest.mark.parametrize("reason", ["look_alike:explainer", "not_a_report_title", "same_page"])
def test_what_was_left_out_and_is_no_report_is_no_reason(small: Registry, reason: str) -> None:
    link = url(7, "excluded", "滕州市人民政府2019年政府信息公开年报解读", reason=reason)
    assert status(covered(small, LISTING, link), "tz-gov", 2019)[0] is CoverageStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("excluded", "foreign_host"),
        ("excluded", "year_outside:2019"),
        ("redirected", "off_site"),
        ("redirected", "private_address"),
    ],
)
def test_a_report_that_was_found_and_not_asked_for_is_not_called_missing(
    small: Registry, outcome: str, reason: str
) -> None:
    link = url(7, outcome, "滕州市人民政府2019年政府信息公开工作年度报告", reason=reason)
    told = status(covered(small, LISTING, link), "tz-gov", 2019)
    assert told == (CoverageStatus.EXCLUDED, f"http://tz.example/7: {outcome} ({reason})")


def test_a_redirect_that_was_followed_says_nothing(small: Registry) -> None:
    link = url(7, "redirected", "滕州市人民政府2019年政府信息公开工作年度报告")
    assert status(covered(small, LISTING, link), "tz-gov", 2019)[0] is CoverageStatus.NOT_FOUND


def test_a_document_that_could_not_be_read_is_told(small: Registry) -> None:
    held = covered(small, LISTING, unreadable="滕州市人民政府2018年政府信息公开工作年度报告")
    assert status(held, "tz-gov", 2018) == (CoverageStatus.UNREADABLE, "http://tz.example/c: encrypted")


@pytest.mark.parametrize(
    ("outcome", "expected", "words"),
    [
        ("blocked", CoverageStatus.BLOCKED, "1 of 2 listing pages of the portal ended as blocked"),
        ("soft_404", CoverageStatus.FAILED, "1 of 2 listing pages of the portal ended as soft_404"),
        ("unreachable", CoverageStatus.UNREACHABLE, "1 of 2 listing pages of the portal ended as unreachable"),
        ("open", CoverageStatus.OPEN, "1 of 2 listing pages of the portal not fetched yet"),
    ],
)
def test_nothing_is_called_missing_on_a_portal_that_was_not_wholly_searched(
    small: Registry, outcome: str, expected: CoverageStatus, words: str
) -> None:
    held = covered(small, LISTING, url(1, outcome, role=Role.LISTING))
    assert status(held, "tz-gov", 2018) == (expected, words)


def test_the_end_of_a_list_hides_nothing_but_a_portal_without_a_list_does(small: Registry) -> None:
    end = url(1, "not_found", role=Role.LISTING)
    held = covered(small, LISTING, end)
    assert status(held, "tz-gov", 2018) == (
        CoverageStatus.NOT_FOUND,
        "1 listing pages of the portal were read; none names it",
    )
    assert status(covered(small, end), "tz-gov", 2018) == (
        CoverageStatus.FAILED,
        "1 of 1 listing pages of the portal ended as not_found",
    )


def test_a_vanished_report_is_still_held_and_said_to_be_gone(small: Registry) -> None:
    page = "http://tz.example/a"
    history = {page: [(AT, True), ("2022-05-01T00:00:00Z", False), ("2022-05-02T00:00:00Z", False)]}
    held = assemble(evidence([parsed(page, AT, body())], history=history), small)
    assert status(held, "tz-kjj", 2021) == (
        CoverageStatus.VANISHED,
        "no longer on the portal since 2022-05-01; the archive has it",
    )


def test_outcomes_are_counted_by_portal_and_role(small: Registry) -> None:
    held = covered(small, LISTING, url(1, "ok"), url(2, "ok"), url(3, "open"))
    assert held.outcomes == {
        ("tz", "article", "ok"): 2,
        ("tz", "article", "open"): 1,
        ("tz", "listing", "ok"): 1,
    }


def test_nothing_held_has_no_coverage(small: Registry) -> None:
    assert assemble(evidence([]), small).coverage == ()


def test_a_year_that_cannot_be_does_not_make_rows_for_everyone(small: Registry) -> None:
    parses = [
        parsed("http://tz.example/a", AT, body(year=2020)),
        parsed("http://tz.example/b", AT, body(year=1021)),
        parsed("http://tz.example/c", AT, body(year=2202)),
    ]
    rows = [(row.agency_id, row.year) for row in assemble(evidence(parses), small).coverage]
    assert rows == [("solo", 2020), ("tz-gov", 2020), ("tz-kjj", 1021), ("tz-kjj", 2020), ("tz-kjj", 2202)]
