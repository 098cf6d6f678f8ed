"""What list services answer, read leniently: any damage to an answer gives a reading, and never a wrong row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.models import Role
from archive.registry.checks import PLATFORMS as REGISTERED
from crawler.blocks import judge
from crawler.pages import Page
from crawler.platforms import PLATFORMS, Context, PageReading, payloads, read
from tests.crawler.platforms.test_recorded_pages import CASES, HOST, PORTAL, recorded

ANSWERS = [path for path in CASES if path.with_suffix(".answer").exists()]


def test_every_platform_that_the_registry_takes_has_a_reader() -> None:
    assert set(REGISTERED) == set(PLATFORMS)


def context_of(case: dict[str, Any], role: Role) -> Context:
    body = case.get("body", "").encode()
    return Context(PORTAL, role, lambda url: url.startswith(f"{HOST}/"), depth=1, body=body)


def is_sound(reading: PageReading) -> None:
    """What holds of every reading, whatever the page was."""
    for entry in reading.entries:
        assert entry.url.startswith(f"{HOST}/")
        assert entry.title
    for link in (*reading.follow, *reading.next):
        assert link.url.startswith(("http://", "https://"))
        assert link.why
        assert link.method == "POST" or not link.body
        if link.method == "POST":
            json.loads(link.body) if link.body.startswith(b"{") else link.body.decode("ascii")
    assert reading.partial is None or reading.partial.why


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_answer_gives_a_sound_reading(data: st.DataObject) -> None:
    case, page = recorded(data.draw(st.sampled_from(CASES)))
    body = page.body
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 400)))
    junk = data.draw(st.binary(max_size=20) | st.sampled_from([b"null", b'"', b"}", b"]", b"-1", b"1e999", b"[" * 500]))
    damaged = Page(page.url, 200, body[:start] + junk + body[end:], page.headers, page.media_type, page.charset)
    named = data.draw(st.sampled_from([case["platform"], *PLATFORMS, None]))
    role = data.draw(st.sampled_from([Role(case["role"]), Role.HOME, Role.LISTING, Role.ARTICLE]))
    is_sound(read(damaged, context_of(case, role), named))


FIELDS = (
    *("articles", "title", "url", "post_url", "total", "custom", "data", "infourl", "attachment", "name", "classify"),
    *("publisher", "infodate", "display_publish_time", "list", "linkurl", "realtitle"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ANSWERS), JSON, st.booleans())
def test_any_json_where_rows_are_expected_gives_a_sound_reading(path: Path, value: object, wrapped: bool) -> None:
    case, page = recorded(path)
    text = json.dumps(value)
    body = f"callback({text});" if wrapped else text
    answer = Page(page.url, 200, body.encode("utf-8", "replace"), page.headers, page.media_type, page.charset)
    is_sound(read(answer, context_of(case, Role.LISTING), case["platform"]))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('\ufeff {"a": "x\ny"}', {"a": "x\ny"}),
        ("jQuery17_1({}) ;", {}),
        ("/**/cb([1])", [1]),
        ("{a: 1}", None),
        ("<html></html>", None),
        ("[" * 100_000, None),
        ("", None),
    ],
)
def test_answers_are_json_or_jsonp(text: str, value: object) -> None:
    assert payloads.payload(text) == value


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (1705971000, "2024-01-23"),
        (1705971000000, "2024-01-23"),
        ("1705971000", "2024-01-23"),
        (1705939200 - 1, "2024-01-22"),  # one second before midnight in China
        (1705939200, "2024-01-23"),
        ("2024-01-23T08:00:00", "2024-01-23"),
        ("2024/1/23 00:00", "2024-01-23"),
        ("20240123", "2024-01-23"),
        (20240123, None),
        (0, None),
        (True, None),
        ("", None),
        (None, None),
    ],
)
def test_days_as_services_print_them(value: object, day: str | None) -> None:
    assert payloads.day({"date": value}, "date") == day


@pytest.mark.parametrize("kind", ["application/json", "text/html; charset=utf-8", "text/javascript"])
@pytest.mark.parametrize("body", [b'{"custom":{}}', b'callback({"data":[]});', b"[]"])
def test_a_short_answer_of_a_service_is_no_stub(kind: str, body: bytes) -> None:
    assert judge(200, {"Content-Type": kind}, body, f"{HOST}/service", role=Role.LISTING) is None
    assert judge(200, {"Content-Type": "text/html"}, b"<html></html>", f"{HOST}/x/", role=Role.LISTING) is not None


def test_values_in_scripts_are_found_by_name() -> None:
    script = (
        'var x = 1; siteInfo = {"siteGuid": "a-b"}; window.c = { SID : \'755041\', n:12, TREE: [{"id": 1}], bad: [1,}'
    )
    assert payloads.value_of(script, "TREE") == [{"id": 1}]
    assert payloads.value_of(script, "siteInfo") == {"siteGuid": "a-b"}
    assert payloads.value_of(script, "bad") is None
    assert payloads.literal_of(script, "SID") == "755041"
    assert payloads.literal_of(script, "missing", "n") == "12"
    assert payloads.literal_of(script, "missing") == ""
