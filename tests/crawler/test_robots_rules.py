"""The lines of a robots.txt and how paths match them: published cases, cases of our own, and what must always hold."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.robots_rules import matches, octets, read_robots
from tests.shared import SHARED, needs_shared

PUBLISHED = 145
LEAST_MET = 144
PATHS = st.text("ab/$*.", max_size=12).map(lambda text: f"/{text}")
PATTERNS = st.text("ab/$*.", min_size=1, max_size=8)
NOISE = st.sampled_from(["Sitemap: http://h/s.xml", "Noindex: /a", "Host: h", "# note", "", "what is this", "x"])
LINES = st.one_of(
    st.sampled_from(["Gongkai", "*", "Other"]).map(lambda name: f"User-agent: {name}"),
    st.tuples(st.sampled_from(["Allow", "Disallow"]), PATTERNS).map(lambda pair: f"{pair[0]}: /{pair[1]}"),
)


@needs_shared
def test_the_published_cases_are_met() -> None:
    cases = json.loads((SHARED / "domain" / "robots-cases.json").read_text("utf-8"))
    misses = [
        case["test"]
        for case in cases
        if read_robots(case["robots_txt"].encode()).allows(case["url"], case["user_agent"]) != case["allowed"]
    ]
    assert len(cases) == PUBLISHED
    assert len(cases) - len(misses) >= LEAST_MET, misses


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        # Who is meant: a name with a version or a remark, in any case; a longer name is somebody else.
        ("User-agent: gongKAI/1.0\nDisallow: /", "/a", False),
        ("User-agent: Gongkai Archive\nDisallow: /", "/a", False),
        ("User-agent: GongkaiNews\nDisallow: /", "/a", True),
        ("User-agent: *bot\nDisallow: /", "/a", True),
        ("User-agent: * all\nDisallow: /", "/a", False),
        # Groups: several names share rules, groups of one name are joined, an own group closes the one for all.
        ("User-agent: Other\nUser-agent: Gongkai\nDisallow: /x", "/x", False),
        (
            "User-agent: Gongkai\nDisallow: /x\nUser-agent: Other\nAllow: /\nUser-agent: Gongkai\nDisallow: /y",
            "/y",
            False,
        ),
        ("User-agent: *\nDisallow: /\nUser-agent: Gongkai\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /\nUser-agent: Gongkai", "/a", True),
        ("User-agent: Gongkai\nSitemap: /s\nUser-agent: Other\nDisallow: /", "/a", False),
        ("Disallow: /\nUser-agent: Other", "/a", True),
        # Forgiven, as the reference forgives it.
        ("user agent: Gongkai\ndisalow /x", "/x", False),
        ("User-agent: *\rDisallow: /x # not this", "/x", False),
        ("User-agent: *\nDisallow: /x y", "/x", True),
        ("<html>Disallow: /</html>", "/a", True),
        # The longest rule counts, then Allow.
        ("User-agent: *\nDisallow: /zwgk/\nAllow: /zwgk/nb", "/zwgk/nb/1", True),
        ("User-agent: *\nDisallow: /nb\nAllow: /nb", "/nb", True),
        ("User-agent: *\nDisallow: /\nAllow: /nb/index.html", "/nb/", True),
        ("User-agent: *\nDisallow: /\nAllow: /nb/index.html", "/nb/2", False),
        # Stars and the end.
        ("User-agent: *\nDisallow: /*.doc$", "/a/b.doc", False),
        ("User-agent: *\nDisallow: /*.doc$", "/a/b.docx", True),
        ("User-agent: *\nDisallow: /a*b*c", "/a/x/c/b", True),
        ("User-agent: *\nDisallow: /*?", "/list?p=2", False),
        ("User-agent: *\nDisallow: /*?", "/list?", False),
        ("User-agent: *\nDisallow: /nb$", "/nb/", True),
        ("User-agent: *\nDisallow: /n*nb$", "/nb", True),
        ("User-agent: *\nDisallow: /n*b*b$", "/nb", True),
        # Octets: a path in Chinese as it goes over the wire; hex digits in any case; unreserved ones as themselves.
        ("User-agent: *\nDisallow: /年报", "/%E5%B9%B4%e6%8a%a5/1", False),
        ("User-agent: *\nDisallow: /%e5%b9%b4", "/%E5%B9%B4/1", False),
        ("User-agent: *\nDisallow: /%6e%62", "/nb", False),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
    ],
)
def test_what_a_line_means(robots: str, path: str, allowed: bool) -> None:
    assert read_robots(robots.encode()).allows(f"http://h{path}", "Gongkai") is allowed


def test_a_path_in_gbk_is_matched_by_its_bytes() -> None:
    text = read_robots("User-agent: *\nDisallow: /年报".encode("gbk"))
    assert not text.allows("http://h/%C4%EA%B1%A8/1", "Gongkai")
    assert text.allows("http://h/%E5%B9%B4%E6%8A%A5/1", "Gongkai")


@pytest.mark.parametrize(
    ("robots", "delay"),
    [
        (b"User-agent: *\nCrawl-delay: 3.5", 3.5),
        (b"User-agent: *\nRequest-rate: 2/1m", 30.0),
        (b"User-agent: *\nRequest-rate: 1/10\nCrawl-delay: 4", 10.0),
        (b"User-agent: *\nCrawl-delay: 9\nUser-agent: Gongkai\nCrawl-delay: 2\nAllow: /", 2.0),
        (b"User-agent: *\nCrawl-delay: 9\nAllow: /\nUser-agent: Gongkai\nCrawl-delay: 2", 2.0),
        (b"User-agent: *\nCrawl-delay: soon\nRequest-rate: 0/1", 0.0),
        (b"User-agent: *\nCrawl-delay: -5", 0.0),
    ],
)
def test_the_delay_asked_for(robots: bytes, delay: float) -> None:
    assert read_robots(robots).group("Gongkai").delay == delay


@given(PATTERNS, PATHS)
def test_a_pattern_matches_as_its_regular_expression_would(pattern: str, path: str) -> None:
    body, end = (pattern[:-1], r"\Z") if pattern.endswith("$") else (pattern, "")
    expected = re.match(".*".join(map(re.escape, body.split("*"))) + end, path, re.DOTALL) is not None
    assert matches(pattern.encode(), path.encode()) is expected


@given(st.lists(LINES, max_size=12), st.lists(st.tuples(st.integers(0, 12), NOISE), max_size=5), PATHS)
def test_lines_that_are_no_rules_change_nothing(lines: list[str], noise: list[tuple[int, str]], path: str) -> None:
    more = [*lines]
    for place, line in noise:
        more.insert(place, line)
    plain, noisy = read_robots("\n".join(lines).encode()), read_robots("\r\n".join(more).encode())
    assert plain.allows(f"http://h{path}", "Gongkai") is noisy.allows(f"http://h{path}", "Gongkai")


@given(st.binary(max_size=200))
def test_octets_are_written_one_way_only(text: bytes) -> None:
    assert octets(octets(text)) == octets(text)
    assert all(byte < 0x80 for byte in octets(text))


@given(st.binary(max_size=300), st.text(max_size=20))
def test_no_bytes_break_it(body: bytes, agent: str) -> None:
    assert read_robots(body).allows("http://h/a", agent) in (True, False)


def test_a_hostile_pattern_takes_no_time() -> None:
    text = read_robots(b"User-agent: *\nDisallow: /" + b"*a" * 8000 + b"b$")
    started = time.process_time()
    assert text.allows("http://h/" + "a" * 60_000, "Gongkai")
    assert time.process_time() - started < 2
