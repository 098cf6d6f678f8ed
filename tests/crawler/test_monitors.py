"""What a finished run must look like, and errors of the network as outcomes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from archive.ledger import Completeness, FrontierUrl, Ledger, Run
from archive.models import Outcome, Role
from crawler.failures import read_failure
from crawler.guard import BadUrl
from crawler.monitors import PortalEnd, is_trouble, portal_end, warnings
from tests.ledger.test_ledger import HOST, attempt, capture, found


def url(outcome: Outcome | None, reason: str | None = None, role: Role = Role.LISTING) -> FrontierUrl:
    state = "done" if outcome else "open"
    nothing = dict.fromkeys(("detail", "referrer", "redirect_to", "title_hint", "date_hint", "agency_hint", "why"))
    return FrontierUrl(
        id=1, url="http://h/", host="h", portal="yunling", role=role, state=state, outcome=outcome, reason=reason,
        depth=0, priority=0, link_text=None, found_at="2024", done_at=None, attempts=1, next_try_at=0.0, etag=None,
        last_modified=None, capture=None, **nothing,
    )  # fmt: skip


def end(
    held: int = 10, seed: FrontierUrl | None = None, balance: Completeness | None = None, errors: int = 0
) -> dict[str, PortalEnd]:
    whole = balance or Completeness(12, 12, 0, 0)
    failed = (url(Outcome.HTTP_ERROR, "http_500"),) * errors
    return {"yunling": PortalEnd("yunling", whole, held, failed, (), seed or url(Outcome.OK))}


def past(held: int, state: str = "complete", errors: int = 9) -> tuple[Run, ...]:
    summary = {"portals": {"yunling": {"held": held, "errors": errors}}}
    return (Run(1, "2024", "2024", state, "Gongkai/0.1", {}, ("yunling",), summary),)


def test_a_good_run_has_nothing_to_say() -> None:
    assert list(warnings(end(), past(10))) == []
    assert list(warnings(end(held=7), past(10))) == []
    assert list(warnings(end(errors=4), past(12, errors=0))) == []


@pytest.mark.parametrize(
    ("ends", "runs", "says"),
    [
        (end(balance=Completeness(12, 11, 0, 0)), (), "12 URLs were found, but 11 are accounted for"),
        (end(balance=Completeness(12, 11, 0, 0, open=1)), (), "1 URLs are still open"),
        (end(seed=url(Outcome.BLOCKED, "blocked:412_js")), (), "start page could not be had (blocked, blocked:412_js)"),
        (end(seed=url(Outcome.REDIRECTED, "off_site")), (), "start page could not be had (redirected, off_site)"),
        (end(held=0), (), "no annual report was found"),
        (end(held=0), past(10), "it is suddenly empty: no report page is held, 10 were after an earlier run"),
        (end(errors=6), past(10, errors=3), "errors are up: 6 URLs failed, 3 had after an earlier run"),
        (end(held=6), past(10), "6 report pages are held, 10 were after an earlier run"),
    ],
)
def test_what_is_wrong_is_said(ends: dict[str, PortalEnd], runs: tuple[Run, ...], says: str) -> None:
    assert [(portal, says in concern.text("en")) for portal, concern in warnings(ends, runs)] == [("yunling", True)]


def test_reports_that_were_led_astray_are_told_with_one_of_them() -> None:
    lost = (url(Outcome.REDIRECTED, "off_site", Role.ARTICLE), url(Outcome.HTTP_ERROR, "http_500", Role.ARTICLE))
    ends = {"yunling": replace(end()["yunling"], failures=lost)}
    assert [concern.text() for _, concern in warnings(ends, ())] == [
        "reports that were moved to where nobody is asked: 1, such as http://h/ (off_site)"
    ]


@pytest.mark.parametrize(
    ("detail", "says"),
    [
        ("18 of 20 rows reached: no service is named; platform=trs", "列表 http://h/ 称有 20 行，只取得 18 行"),
        ("1 of 3 pages reached: a script turns them", "列表 http://h/ 称有 3 页，只取得 1 页"),
        ("platform=trs", "the list at http://h/ says that it has more: platform=trs"),
    ],
)
def test_what_a_list_owes_is_said_with_its_numbers(detail: str, says: str) -> None:
    owing = replace(url(Outcome.OK, "partial"), detail=detail)
    ends = {"yunling": replace(end()["yunling"], partial=(owing,))}
    assert [concern.text("zh") for _, concern in warnings(ends, ())] == [says]


def test_a_run_that_was_cut_short_is_no_measure() -> None:
    assert list(warnings(end(held=6), past(10, "interrupted"))) == []


def test_a_report_before_which_the_budget_ended_is_held_if_it_ever_was(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        run = ledger.begin_run("Gongkai/0.1", {}, ["yunling"])
        ledger.add(run, [found("/known"), found("/new")])
        known = ledger.reopen(f"http://{HOST}/known")
        ledger.record(run, attempt(known, Outcome.OK, status=200, capture=capture(known.url, 1)))
        ledger.reopen(known.url)
        assert ledger.close_host(run, HOST, ["yunling"], Outcome.EXCLUDED, "budget") == 2
        assert portal_end(ledger, "yunling", known.url).held == 1


def test_what_is_trouble() -> None:
    assert is_trouble(url(Outcome.HTTP_ERROR, "http_500"))
    assert is_trouble(url(Outcome.SOFT_404, "stub:shell"))
    assert not is_trouble(url(Outcome.SOFT_404, "stub:list_end"))
    assert not is_trouble(url(Outcome.ROBOTS_DISALLOWED, "robots"))
    assert not is_trouble(url(Outcome.EXCLUDED, "off_site"))
    assert not is_trouble(url(None))


@pytest.mark.parametrize("role", [Role.ARTICLE, Role.ATTACHMENT])
def test_a_report_that_was_led_astray_is_trouble(role: Role) -> None:
    assert is_trouble(url(Outcome.REDIRECTED, "off_site", role))
    assert is_trouble(url(Outcome.REDIRECTED, "private_address", role))
    assert is_trouble(url(Outcome.EXCLUDED, "too_many_redirects", role))
    assert is_trouble(url(Outcome.EXCLUDED, "private_address", role))
    assert not is_trouble(replace(url(Outcome.EXCLUDED, "private_address", role), attempts=0))
    assert not is_trouble(url(Outcome.EXCLUDED, "off_site", role))
    assert not is_trouble(url(Outcome.REDIRECTED, None, role))
    assert not is_trouble(url(Outcome.REDIRECTED, "off_site", Role.LISTING))


def lost(*reasons: Exception) -> DownloadFailedError:
    error = DownloadFailedError("failed")
    error.__cause__ = ResponseFailed([Failure(reason) for reason in reasons])
    return error


@pytest.mark.parametrize(
    ("error", "outcome", "reason", "transient"),
    [
        (DownloadTimeoutError("60 seconds"), Outcome.UNREACHABLE, "timeout", True),
        (DownloadConnectionRefusedError("refused"), Outcome.UNREACHABLE, "refused", True),
        (CannotResolveHostError("no such name"), Outcome.UNREACHABLE, "name_not_resolved", True),
        (DownloadCancelledError("too large"), Outcome.TOO_LARGE, "download_maxsize", False),
        (lost(ConnectionLost()), Outcome.UNREACHABLE, "connection_lost", True),
        (lost(TlsError([("SSL routines", "", "certificate verify failed")])), Outcome.TLS_ERROR, "tls", False),
        (lost(ValueError("a broken header")), Outcome.UNREACHABLE, "broken_answer", True),
        (BadUrl("off_site", "elsewhere"), Outcome.EXCLUDED, "off_site", False),
        (RuntimeError("never seen before"), Outcome.UNREACHABLE, "network_error", True),
    ],
)
def test_an_error_has_an_outcome(error: Exception, outcome: Outcome, reason: str, transient: bool) -> None:
    decision = read_failure(error)
    assert (decision.outcome, decision.reason, decision.transient) == (outcome, reason, transient)
    assert type(error).__name__ in (decision.evidence or "")


def test_a_name_that_was_refused_is_not_unreachable() -> None:
    decision = read_failure(CannotResolveHostError("nothing found"), "x.gov.cn resolves to 10.0.0.9")
    assert (decision.outcome, decision.reason) == (Outcome.EXCLUDED, "private_address")
