"""When a new version exists, which address leads, and what is said to have changed."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from pathlib import Path

import pytest

from archive.holdings import ChangeKind, Holdings, assemble
from archive.holdings.build import Evidence, Parsed
from archive.models import Role
from archive.registry import Registry
from tests.holdings.evidence import body, evidence, parsed, registry

PAGE = "http://tz.example/kjj/t20220120_1.html"
OTHER = "http://tz.example/nb/2021/t20220121_2.html"
FILE = "http://tz.example/kjj/W0202201.docx"
DAY1, DAY1_LATER, DAY9, DAY20 = (
    "2022-02-01T01:00:00Z",
    "2022-02-01T01:05:00Z",
    "2022-02-09T01:00:00Z",
    "2022-02-20T01:00:00Z",
)


@pytest.fixture
def small(tmp_path: Path) -> Registry:
    return registry(tmp_path)


def holdings_of(small: Registry, *parses: Parsed, **more: object) -> Holdings:
    return assemble(evidence(parses, **more), small)  # type: ignore[arg-type]


def story(holdings: Holdings) -> list[tuple[str, str, str | None, int | None, str | None, str | None]]:
    return [(c.kind, c.changed_at, c.key, c.section, c.before, c.after) for c in holdings.changes]


def test_a_counter_or_a_moved_table_is_no_new_version(small: Registry) -> None:
    moved = body(place="grid 4") | {"leftovers": [{"where": "end", "text": "访问量：991"}], "published": "2022-02-08"}
    moved["sections"][0]["text"] = "[image: 图1]\n一年来，\n本局主动公开信息 十二条。"
    held = holdings_of(small, parsed(PAGE, DAY1, body()), parsed(PAGE, DAY9, moved))
    (report,) = held.reports
    assert report.id == "tz-kjj-2021"
    assert [version.id for version in report.versions] == ["tz-kjj-2021-v1"]
    assert [sighting.seen_at for sighting in report.sightings] == [DAY1, DAY9]
    assert (report.first_seen, report.last_seen) == (DAY1, DAY9)
    assert story(held) == [("new", DAY1, None, None, None, None)]


def test_a_changed_cell_and_a_changed_section_make_a_version(small: Registry) -> None:
    after = body(received="4", text="一年来，本局主动公开信息十三条。")
    held = holdings_of(small, parsed(PAGE, DAY1, body()), parsed(PAGE, DAY9, after))
    (report,) = held.reports
    assert [version.number for version in report.versions] == [1, 2]
    assert report.current.capture.fetched_at == DAY9
    assert story(held) == [
        ("new", DAY1, None, None, None, None),
        ("corrected", DAY9, None, 1, "一年来，本局主动公开信息十二条。", "一年来，本局主动公开信息十三条。"),
        ("corrected", DAY9, "rules_issued", None, "3", "4"),
    ]
    assert report.current.packed.json()["statistics"][0]["value"] == 4  # type: ignore[index]
    assert len({change.id for change in held.changes}) == 3


def test_blank_and_zero_are_different_content(small: Registry) -> None:
    held = holdings_of(small, parsed(PAGE, DAY1, body(received="0")), parsed(PAGE, DAY9, body(received="")))
    assert story(held)[1] == ("corrected", DAY9, "rules_issued", None, "0", "[blank]")


def test_another_unit_of_the_same_figure_is_a_change_of_content(small: Registry) -> None:
    before, after = body(), body()
    before["statistics"][0]["unit"], after["statistics"][0]["unit"] = "元", "万元"
    held = holdings_of(small, parsed(PAGE, DAY1, before), parsed(PAGE, DAY9, after))
    assert story(held)[1] == ("corrected", DAY9, "rules_issued", None, "3 (元)", "3 (万元)")


def test_content_that_returns_is_a_version_again(small: Registry) -> None:
    held = holdings_of(
        small,
        parsed(PAGE, DAY1, body()),
        parsed(PAGE, DAY9, body(received="4")),
        parsed(PAGE, DAY20, body() | {"file": "y"}),
    )
    versions = held.reports[0].versions
    assert [version.number for version in versions] == [1, 2, 3]
    assert versions[0].fingerprint == versions[2].fingerprint


def test_of_a_page_and_its_attachment_the_fuller_one_leads(small: Registry) -> None:
    held = holdings_of(
        small,
        parsed(PAGE, DAY1, body(cells=1)),
        parsed(FILE, DAY1_LATER, body(cells=3), role=Role.ATTACHMENT, referrer=PAGE),
    )
    (report,) = held.reports
    assert [version.capture.url for version in report.versions] == [FILE]
    assert report.urls == (PAGE, FILE)
    assert report.first_seen == DAY1
    assert report.warnings == (
        f"copy: {PAGE} differs from version 1 in rules_repealed: '0' and '[missing]'; "
        "rules_in_force: '0' and '[missing]'",
    )
    assert [change.kind for change in held.changes] == [ChangeKind.NEW]


def test_a_fuller_copy_that_shows_up_on_another_day_is_a_version_of_its_own(small: Registry) -> None:
    for later, leading in ((DAY1_LATER, [FILE]), ("2022-02-03T01:00:00Z", [PAGE, FILE])):
        fuller = parsed(FILE, later, body(cells=3), role=Role.ATTACHMENT, referrer=PAGE)
        held = holdings_of(small, parsed(PAGE, DAY1, body(cells=1)), fuller)
        assert [version.capture.url for version in held.reports[0].versions] == leading


def test_of_two_equal_copies_the_article_leads_and_nothing_is_warned_of(small: Registry) -> None:
    held = holdings_of(
        small,
        parsed(FILE, DAY1, body() | {"file": "f"}, role=Role.ATTACHMENT, referrer=PAGE),
        parsed(PAGE, DAY1_LATER, body()),
        parsed(OTHER, DAY1_LATER, body() | {"file": "o"}),
    )
    (report,) = held.reports
    assert report.url == PAGE
    assert len(report.versions) == 1
    assert len(report.sightings) == 3
    assert report.warnings == ()


def test_a_page_that_only_links_the_attachment_is_an_address_of_the_report(small: Registry) -> None:
    held = holdings_of(
        small,
        parsed(PAGE, DAY1, "cover: attachment only"),
        parsed(OTHER, DAY1, "cover: a notice"),
        parsed(FILE, DAY1_LATER, body(), role=Role.ATTACHMENT, referrer=PAGE),
        parsed(FILE, DAY9, body(received="4"), role=Role.ATTACHMENT, referrer=PAGE),
        parsed(PAGE, DAY20, "cover: attachment only, and a counter"),
    )
    (report,) = held.reports
    assert (report.url, report.urls) == (FILE, (PAGE, FILE))
    assert [sighting.version_id[-2:] for sighting in report.sightings] == ["v1", "v1", "v2", "v2"]
    assert report.warnings == ()
    assert [item.capture.url for item in held.unplaced] == [OTHER]
    assert len(held.captures) == 5


def test_a_copy_that_is_read_again_never_flips_the_versions(small: Registry) -> None:
    parses = [
        parsed(url, at, body(cells=cells) | {"file": at})
        for at in (DAY1, DAY9, DAY20)
        for url, cells in ((PAGE, 3), (OTHER, 2))
    ]
    (report,) = holdings_of(small, *parses).reports
    assert len(report.versions) == 1
    assert len(report.sightings) == 6
    assert len(report.warnings) == 1


def test_a_later_address_with_other_numbers_takes_over(small: Registry) -> None:
    held = holdings_of(small, parsed(PAGE, DAY1, body()), parsed(OTHER, DAY9, body(received="5")))
    (report,) = held.reports
    assert report.url == OTHER
    assert len(report.versions) == 2


def test_a_later_address_with_less_content_is_a_copy(small: Registry) -> None:
    held = holdings_of(small, parsed(PAGE, DAY1, body()), parsed(OTHER, DAY9, body(cells=1)))
    (report,) = held.reports
    assert report.url == PAGE
    assert len(report.versions) == 1
    assert report.warnings[0].startswith(f"copy: {OTHER} differs from version 1")


def test_a_later_copy_of_an_old_version_does_not_bring_it_back(small: Registry) -> None:
    held = holdings_of(
        small,
        parsed(PAGE, DAY1, body()),
        parsed(PAGE, DAY9, body(received="4")),
        parsed(OTHER, DAY20, body() | {"file": "old"}),
    )
    (report,) = held.reports
    assert [sighting.version_id[-2:] for sighting in report.sightings] == ["v1", "v2", "v1"]
    assert report.current.number == 2


def test_repeated_bytes_are_sightings(small: Registry) -> None:
    first = parsed(PAGE, DAY1, body())
    again = replace(first.capture, fetched_at=DAY9, offset=first.capture.offset + 1)
    held = holdings_of(small, first, repeats=[again])
    assert [sighting.seen_at for sighting in held.reports[0].sightings] == [DAY1, DAY9]
    assert [item.fetched_at for item in held.captures] == [DAY1]


def test_an_answer_not_modified_moves_the_last_sight(small: Registry) -> None:
    held = holdings_of(small, parsed(PAGE, DAY1, body()), history={PAGE: [(DAY1, True), (DAY20, True)]})
    assert held.reports[0].last_seen == DAY20
    assert held.reports[0].vanished_on is None


def test_a_report_vanishes_with_its_last_address_and_may_return(small: Registry) -> None:
    parses = [parsed(PAGE, DAY1, body()), parsed(OTHER, DAY1_LATER, body() | {"file": "o"})]
    history = {PAGE: [(DAY1, True), (DAY9, False), (DAY20, False)], OTHER: [(DAY1_LATER, True), (DAY20, True)]}
    assert holdings_of(small, *parses, history=history).reports[0].vanished_on is None
    history[OTHER] = [(DAY1_LATER, True), (DAY20, False), ("2022-03-01T00:00:00Z", False)]
    gone = holdings_of(small, *parses, history=history)
    assert gone.reports[0].vanished_on == "2022-02-20"
    assert [(change.kind, change.changed_at) for change in gone.changes] == [
        ("new", DAY1),
        ("vanished", "2022-03-01T00:00:00Z"),
    ]
    history[PAGE] = [*history[PAGE], ("2022-04-01T00:00:00Z", True)]
    back = holdings_of(small, *parses, history=history)
    assert back.reports[0].vanished_on is None
    assert [change.kind for change in back.changes] == ["new", "vanished", "returned"]


def test_a_report_vanishes_on_the_day_that_it_is_in_china(small: Registry) -> None:
    night = [(DAY1, True), ("2022-02-20T16:00:00Z", False), ("2022-02-21T16:00:00Z", False)]
    held = holdings_of(small, parsed(PAGE, DAY1, body()), history={PAGE: night})
    assert held.reports[0].vanished_on == "2022-02-21"
    assert held.changes[-1].changed_at == "2022-02-21T16:00:00Z"


@pytest.mark.parametrize(
    "events",
    [
        [(DAY1, True), (DAY9, False)],
        [(DAY1, True), ("2022-02-09T01:00:00Z", False), ("2022-02-09T12:59:59Z", False)],
        [(DAY1, True), ("2022-02-09T01:00:00Z", False), ("2022-02-10T01:00:00Z", True), (DAY20, False)],
        [(DAY9, False), (DAY20, False)],
    ],
    ids=["once", "twice in one night", "there in between", "never there"],
)
def test_one_look_proves_nothing(small: Registry, events: list[tuple[str, bool]]) -> None:
    held = holdings_of(small, parsed(PAGE, DAY1, body()), history={PAGE: events})
    assert held.reports[0].vanished_on is None
    assert {change.kind for change in held.changes} == {"new"}


def test_a_copy_leads_when_the_leading_address_is_gone(small: Registry) -> None:
    parses = [
        parsed(PAGE, DAY1, body()),
        parsed(OTHER, DAY1_LATER, body(cells=2)),
        parsed(OTHER, DAY20, body(cells=2, received="8")),
    ]
    held = holdings_of(small, *parses, history={PAGE: [(DAY1, True), ("2022-02-05T00:00:00Z", False), (DAY9, False)]})
    assert held.reports[0].current.capture.fetched_at == DAY20
    assert len(holdings_of(small, *parses).reports[0].versions) == 1


def test_the_order_of_the_evidence_does_not_matter(small: Registry) -> None:
    parses = [
        parsed(url, at, body(agency, year, received=str(number % 3 + 1), cells=number % 2 + 2))
        for number, (url, at, agency, year) in enumerate(
            itertools.product(
                (PAGE, OTHER, FILE), (DAY1, DAY9, DAY20), ("滕州市科学技术局", "滕州市水务局"), (2020, 2021)
            )
        )
    ]
    expected = assemble(evidence(parses), small)
    for seed in range(10):
        random.Random(seed).shuffle(parses)
        mixed: Evidence = evidence(parses)
        assert assemble(mixed, small) == expected


def test_a_capture_that_was_cut_short_is_told(small: Registry) -> None:
    held = holdings_of(small, parsed(PAGE, DAY1, body(), truncated="length", problem="gzip body is cut short"))
    assert held.reports[0].warnings == (
        f"capture: the answer of {PAGE} was cut short (length)",
        f"capture: {PAGE}: gzip body is cut short",
    )
