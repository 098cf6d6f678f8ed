"""Delays, Retry-After, budgets: pure arithmetic."""

from __future__ import annotations

import time
from dataclasses import replace
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ledger import HostState
from crawler.politeness import Policy, head_start, iso, retry_after

POLICY = Policy(
    delay=3.0,
    jitter=0.3,
    attempts=3,
    retry_delay=10.0,
    max_pause=600.0,
    max_crawl_delay=120.0,
    block_limit=3,
    failure_limit=10,
    max_pages=100,
    max_bytes=1000,
    max_seconds=60.0,
    max_depth=12,
    max_redirects=10,
    recheck_days=30.0,
    attachment_timeout=300.0,
)
NOON = 1_700_000_000.0


@given(st.floats(0, 200))
def test_a_delay_is_never_below_ours_nor_below_theirs(theirs: float) -> None:
    delay = POLICY.next_delay(theirs)
    assert max(3.0, theirs) <= delay <= max(3.0 * 1.3, theirs)


def test_jitter_only_ever_lengthens_the_pause() -> None:
    assert POLICY.next_delay(0.0, lambda low, _: low) == 3.0
    assert POLICY.next_delay(0.0, lambda _, high: high) == pytest.approx(3.9)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("9" * 400, 1e9),
        (formatdate(NOON + 90, usegmt=True), 90.0),
        (formatdate(NOON - 90, usegmt=True), 0.0),
        ("Tue, 14 Nov 2023 22:14:20 -0000", 60.0),
        ("Tue, 14 Nov 2023 22:14:20", 60.0),
        ("Tue, 99 Nov 2023 22:14:20 GMT", None),
        (f"Tue, 14 Nov 2023 22:14:20 +{'9' * 30}", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOON) == seconds


def test_a_date_without_a_zone_is_in_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        seconds = retry_after("Tue, 14 Nov 2023 22:14:20 -0000", NOON)
    time.tzset()
    assert seconds == 60.0


@given(st.text())
def test_no_header_breaks_it(value: str) -> None:
    seconds = retry_after(value, NOON)
    assert seconds is None or seconds >= 0


def test_retries_wait_longer_each_time() -> None:
    assert [POLICY.retry_in(number) for number in (1, 2, 3, 20)] == [10.0, 20.0, 40.0, 600.0]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (HostState("h", pages=99, bytes=999, seconds=59.9), None),
        (HostState("h", pages=100), "100 of 100 pages"),
        (HostState("h", bytes=1200), "1200 of 1000 bytes"),
        (HostState("h", seconds=61.4), "61 of 60 seconds"),
    ],
)
def test_a_budget_ends(state: HostState, says: str | None) -> None:
    spent = POLICY.spent(state)
    assert spent is None if says is None else says in (spent or "")
    assert replace(POLICY, max_pages=0, max_bytes=0, max_seconds=0).spent(state) is None


@pytest.mark.parametrize(("since", "left"), [(None, 3.0), (0.0, 3.0), (1.0, 2.0), (3.0, 0.0), (9e6, 0.0), (-5.0, 3.0)])
def test_a_run_leaves_to_hosts_what_is_left_of_the_delay(since: float | None, left: float) -> None:
    assert POLICY.left_of_delay(since) == left


@pytest.mark.parametrize(
    ("answers", "quickest", "seconds"),
    [(2, 9.0, 0.0), (3, 0.5, 0.4), (3, 0.01, 0.0), (900, 0.5, 0.4), (0, float("inf"), 0.0), (3, 2.05, 1.795)],
)
def test_a_host_had_a_request_as_long_before_its_answer_as_it_never_answered_faster(
    answers: int, quickest: float, seconds: float
) -> None:
    assert head_start(answers, quickest) == pytest.approx(seconds)


def test_instants_are_utc() -> None:
    assert iso(NOON) == "2023-11-14T22:13:20.000Z"
