"""What holds for any history of captures: nothing is lost, and versions are what they say."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from archive.holdings import assemble
from archive.holdings.build import Parsed
from archive.models import Role
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
