"""The page of a portal: its nights as a plain table, and the ways that lead to it."""

from __future__ import annotations

from bs4 import BeautifulSoup

from archive.ledger.records import FAILURES
from archive.models import Outcome, TlsRelaxation
from archive.site import language
from tests.site.conftest import Get
from tests.site.sample import PORTAL


def test_the_nights_of_a_portal_newest_first(get: Get) -> None:
    answer = get("/portal/hanshan", "en")
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "lxml")
    lines = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("tbody tr")]
    wrong = "its start page could not be had (blocked, <geo>)"
    assert lines == [
        ["2026-03-02 17:00 killed", "—", "3", "1", "0", "2", f"blocked 2 {wrong}"],
        ["2026-03-01 17:00", "9", "3", "1", "0", "2", "blocked 2"],
    ]
    assert "<geo>" not in answer.text
    assert "起始页未能取得（被拦截，&lt;geo&gt;）" in get("/portal/hanshan", "zh").text


def test_a_portal_without_nights_and_one_that_does_not_exist(get: Get) -> None:
    assert "This portal has not been crawled yet." in get(f"/portal/{PORTAL}", "en").text
    missing = get("/portal/nowhere", "en")
    assert missing.status_code == 404
    assert "There is no such portal" in missing.text


def test_a_portal_says_what_is_relaxed_about_it(get: Get) -> None:
    assert "certificate not verified" in get("/portal/hanshan", "en").text
    assert "不核验证书" in get("/portal/hanshan", "zh").text
    assert "Relaxed about TLS" not in get(f"/portal/{PORTAL}", "en").text


def test_every_relaxation_has_a_name() -> None:
    assert all(language.known(f"tls.{relaxation}") for relaxation in TlsRelaxation)


def test_home_and_report_lead_to_the_portal(get: Get) -> None:
    assert "/portal/hanshan" in get("/").text
    report = get("/archive/reports.json?_shape=array&_size=1").json()[0]["report_id"]
    assert f"/portal/{PORTAL}" in get(f"/report/{report}").text


def test_every_outcome_has_a_name() -> None:
    assert all(language.known(f"outcome.{outcome}") for outcome in (*FAILURES, *Outcome))
