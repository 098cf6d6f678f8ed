"""When a known URL is due again: lists always, failures ever later, reports by age and season."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.ledger import FAILURES, Standing
from archive.models import Outcome, Role
from crawler.recheck import ANSWERED, FAILED, LISTS, due_after, is_due

MARCH, OCTOBER = datetime(2026, 3, 10, 1, 0, tzinfo=UTC), datetime(2026, 10, 10, 1, 0, tzinfo=UTC)


def known(year: int | None = 2020, **fields: object) -> Standing:
    title = "云岭县水务局年报" if year is None else f"云岭县水务局{year}年政府信息公开工作年度报告"
    standing = Standing(
        *("http://a.example/1.html", Role.ARTICLE, Outcome.OK, None, title, None, "2024-01-01T00:00:00.000Z"),
        *("2026-01-01T00:00:00.000Z", 0, True, False, True),
    )
    return replace(standing, **fields)  # type: ignore[arg-type]


def nights(standing: Standing, first: datetime, *, longest: float = 365.0) -> int:
    """After how many nights at the same hour a URL that ended in the first of them is due."""
    ended = replace(standing, done_at=first.isoformat())
    return next(n for n in range(1, 400) if is_due(ended, first + timedelta(days=n, minutes=-30), longest))


@pytest.mark.parametrize(
    ("year", "in_march", "in_october"),
    [(2025, (6, 7), (23, 30)), (2024, (23, 30), (45, 60)), (2022, (68, 90), (68, 90)), (2012, (135, 180), (135, 180))],
)
def test_reports_rest_by_age_and_season(year: int, in_march: tuple[int, int], in_october: tuple[int, int]) -> None:
    for month, (least, most) in ((MARCH, in_march), (OCTOBER, in_october)):
        due = due_after(known(year), month).days
        assert least - 1 <= due <= most, due


def test_what_was_fetched_in_one_night_does_not_come_due_in_one_night() -> None:
    pages = [known(2012, url=f"http://a.example/{n}.html", found_at="2020-01-01T00:00:00Z") for n in range(200)]
    assert len({nights(page, OCTOBER) for page in pages}) > 20


@pytest.mark.parametrize("role", LISTS)
def test_lists_are_read_in_every_round(role: Role) -> None:
    assert is_due(known(role=role, done_at=MARCH.isoformat()), MARCH, 365.0)
    gone = known(role=role, outcome=Outcome.SOFT_404, failed_rounds=9, done_at=MARCH.isoformat())
    assert is_due(gone, MARCH, 365.0), "a list may grow"


def test_every_failure_has_a_rest_that_never_shrinks() -> None:
    assert FAILED.keys() == FAILURES
    for backoff in FAILED.values():
        assert list(backoff.days) == sorted(backoff.days)
        assert backoff.after(99) == backoff.days[-1]
    assert [rest.age for rest in ANSWERED] == sorted(rest.age for rest in ANSWERED)


def test_a_block_is_left_alone_for_days_and_ever_more_of_them() -> None:
    rests = [nights(known(outcome=Outcome.BLOCKED, failed_rounds=n), MARCH) for n in (1, 2, 3, 4, 5, 6)]
    assert rests == [2, 4, 8, 16, 30, 30]


def test_a_held_report_that_is_gone_is_asked_for_on_the_next_night() -> None:
    gone = known(outcome=Outcome.NOT_FOUND, failed_rounds=1)
    assert nights(gone, MARCH) == 1
    assert nights(replace(gone, held=False), MARCH) == 3


def test_what_its_list_dropped_is_asked_for_at_once_and_then_weekly() -> None:
    dropped = known(2012, dropped=True, asked_since_dropped=False)
    assert nights(dropped, OCTOBER) == 1
    assert 5 <= nights(replace(dropped, asked_since_dropped=True), OCTOBER) <= 7


def test_what_the_budget_left_out_is_due_and_what_is_new_is_looked_at_again_soon() -> None:
    assert nights(known(outcome=Outcome.EXCLUDED, reason="budget"), MARCH) == 1
    assert nights(known(2012, found_at="2026-09-30T00:00:00Z"), OCTOBER) <= 7
    assert 22 <= nights(known(None), OCTOBER) <= 30


def test_the_setting_bounds_every_rest() -> None:
    assert nights(known(2012), OCTOBER, longest=3.0) == 3
    assert is_due(known(2012, done_at=OCTOBER.isoformat()), OCTOBER, 0.0)


def test_a_clock_that_was_set_back_delays_nothing() -> None:
    assert is_due(known(2012, done_at="2030-01-01T00:00:00Z"), OCTOBER, 365.0)


def test_a_picture_comes_due_with_its_page() -> None:
    page = known(2012, url="http://a.example/7.html", found_at="2020-01-01T00:00:00Z")
    for name in range(20):
        picture = replace(page, url=f"http://a.example/2019/{name}.png", role=Role.PICTURE, referrer=page.url)
        assert nights(picture, OCTOBER) == nights(page, OCTOBER)
