"""robots.txt: what an answer means, and how its rules are matched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.models import Outcome
from crawler.robots import parse_robots, read_answer


@pytest.mark.parametrize(
    ("outcome", "status", "closed"),
    [
        (Outcome.OK, 404, False),
        (Outcome.OK, 403, False),
        (Outcome.BLOCKED, 412, False),
        (Outcome.HTTP_ERROR, 500, True),
        (Outcome.HTTP_ERROR, 503, True),
        (Outcome.HTTP_ERROR, 429, True),
        (Outcome.UNREACHABLE, None, True),
        (Outcome.TLS_ERROR, None, True),
        (Outcome.TOO_LARGE, None, True),
        (Outcome.UNREADABLE, 200, True),
        (Outcome.HTTP_ERROR, 302, True),
        (Outcome.OK, 302, False),
    ],
)
def test_what_an_answer_means(outcome: Outcome, status: int | None, closed: bool) -> None:
    answer = read_answer(outcome, status, b"")
    assert (answer.refusal("http://h/x") is not None) is closed


def test_rules_for_us_come_before_rules_for_all() -> None:
    rules = parse_robots(
        b"User-agent: *\nDisallow: /\nCrawl-delay: 9\n\nUser-agent: GONGKAI\nCrawl-delay: 2.5\nDisallow: /x"
    )
    assert rules.refusal("http://h/a") is None
    assert rules.refusal("http://h/x/1") is not None
    assert rules.crawl_delay == 2.5


def test_a_request_rate_is_a_delay() -> None:
    assert parse_robots(b"User-agent: *\nRequest-rate: 1/10s").crawl_delay == 10.0


def test_only_the_first_500_kilobytes_are_read() -> None:
    filler = b"# filler\n" * 100_000
    assert parse_robots(filler + b"User-agent: *\nDisallow: /").refusal("http://h/x") is None
    assert parse_robots(b"User-agent: *\nDisallow: /\n" + filler).refusal("http://h/x") is not None


@given(st.binary(max_size=400))
def test_no_bytes_break_it(body: bytes) -> None:
    assert parse_robots(body).crawl_delay >= 0
