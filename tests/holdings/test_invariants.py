"""What holds for any history of captures: nothing is lost, and versions are what they say."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from archive.holdings import assemble
from archive.holdings.build import Parsed, histories
from archive.holdings.reports import UrlHistory
from archive.ledger import Fetch
from archive.models import Outcome, Role
from archive.registry import Registry
from tests.holdings.evidence import body, evidence, parsed, registry


@cache
def small() -> Registry:
    with tempfile.TemporaryDirectory() as directory:
        return registry(Path(directory))


@st.composite
def fetches(draw: st.DrawFn) -> Parsed:
    url = f"http://tz.example/{draw(st.integers(0, 3))}"
    day, minute = draw(st.integers(1, 28)), draw(st.integers(0, 59))
    agency = draw(st.sampled_from(["滕州市科学技术局", "滕州市水务局", None]))
    year = draw(st.sampled_from([2020, 2021, None]))
    content = body(agency, year, received=draw(st.sampled_from(["", "0", "1", "2"])), cells=draw(st.integers(1, 3)))
    at = f"2022-02-{day:02d}T00:{minute:02d}:00.000Z"
    role = draw(st.sampled_from([Role.ARTICLE, Role.ATTACHMENT]))
    return parsed(url, at, draw(st.sampled_from([content, "unreadable"])), role=role)


@given(
    st.lists(fetches(), max_size=25, unique_by=lambda item: (item.capture.url, item.capture.fetched_at)),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 28), st.booleans()), max_size=10),
)
def test_every_capture_is_somewhere_and_versions_follow_one_another(
    parses: list[Parsed], visits: list[tuple[int, int, bool]]
) -> None:
    history: dict[str, list[tuple[str, bool]]] = {}
    for number, day, there in sorted(visits, key=lambda visit: visit[1]):
        history.setdefault(f"http://tz.example/{number}", []).append((f"2022-03-{day:02d}T00:00:00.000Z", there))
    held = assemble(evidence(parses, history=history), small())

    seen = [sighting.capture for report in held.reports for sighting in report.sightings]
    assert len({(c.url, c.fetched_at) for c in seen}) == len(seen)
    told = {(item.capture.sha256, item.capture.url) for item in held.unplaced}
    placed = {(c.sha256, c.url) for c in seen}
    assert {(p.capture.sha256, p.capture.url) for p in parses} == placed | told
    assert {c.sha256 for c in held.captures} == {p.capture.sha256 for p in parses}

    for report in held.reports:
        assert [version.number for version in report.versions] == list(range(1, len(report.versions) + 1))
        for before, after in zip(report.versions, report.versions[1:], strict=False):
            assert before.fingerprint != after.fingerprint
            assert before.first_seen <= after.first_seen
        assert {sighting.version_id for sighting in report.sightings} == {version.id for version in report.versions}
        for version in report.versions:
            assert version.first_seen <= version.last_seen
        corrected = {change.version_id for change in held.changes if change.kind == "corrected"}
        assert corrected >= {version.id for version in report.versions[1:]}
    assert len({change.id for change in held.changes}) == len(held.changes)
    rows = {(row.agency_id, row.year): row.report_id for row in held.coverage}
    assert len(rows) == len(held.coverage)
    assert all(rows[report.agency_id, report.year] == report.id for report in held.reports)


ENDED = (Outcome.OK, Outcome.NOT_MODIFIED, Outcome.NOT_FOUND, Outcome.SOFT_404, Outcome.BLOCKED)


@st.composite
def looks(draw: st.DrawFn) -> Fetch:
    """One look at an address, by itself: outcome, and whether its list named it then."""
    outcome, named = draw(st.sampled_from(ENDED)), draw(st.sampled_from([True, False, None]))
    day, url = draw(st.integers(1, 28)), f"http://tz.example/{draw(st.integers(0, 2))}"
    role, at = draw(st.sampled_from([Role.ARTICLE, Role.LISTING])), f"2022-03-{day:02d}T00:00:00.000Z"
    final = draw(st.booleans())
    return Fetch(1, url, "tz", role, 1, at, 0.1, 200, outcome, None, None, 0, final, None, named)


@given(st.lists(looks(), max_size=20, unique_by=lambda fetch: (fetch.url, fetch.started_at)))
def test_a_short_history_answers_as_the_whole_one(fetches: list[Fetch]) -> None:
    short = histories(lambda: fetches)
    for url in {fetch.url for fetch in fetches}:
        events = [
            (fetch.started_at, fetch.outcome in ENDED[:2])
            for fetch in fetches
            if fetch.url == url and fetch.final and fetch.role is Role.ARTICLE
            if fetch.outcome in ENDED[:2] or (fetch.outcome in ENDED[2:4] and fetch.named is False)
        ]
        whole, mine = UrlHistory(tuple(sorted(events))), short.get(url, UrlHistory())
        assert (mine.turns(), mine.last_there()) == (whole.turns(), whole.last_there())
        for at in (f"2022-03-{day:02d}T12:00:00.000Z" for day in range(1, 29)):
            assert (mine.gone(at), mine.gone_since(at)) == (whole.gone(at), whole.gone_since(at))
