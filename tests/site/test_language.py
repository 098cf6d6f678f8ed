"""Two languages through one text table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive.models import Outcome, SectionStatus, State
from archive.site import environment, language
from archive.site.pages.portal import GOOD_OUTCOMES
from tests.site.conftest import Get

SITE = Path(language.__file__).parent


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "en-GB,en;q=0.9,zh;q=0.1", "en"),
        (None, "fr,zh;q=0.5,en;q=0.4", "zh"),
        (None, "fr", "en"),
        (None, "", "zh"),
        (None, "zh;q=x,en", "en"),
        ("zh", "en", "zh"),
        ("en", "zh", "en"),
        ("xx", "zh", "zh"),
    ],
)
def test_the_address_decides_then_the_browser(asked: str | None, accepted: str, chosen: str) -> None:
    assert language.choose(asked, accepted) == chosen


def test_every_text_that_is_asked_for_exists_in_both_languages() -> None:
    used = set()
    for path in [*SITE.glob("*.py"), *(SITE / "templates").glob("*.html")]:
        used |= set(re.findall(r"""\b(?:t|text|_named)\(["']([a-z_]+\.[a-z_]+)["']\s*[,)]""", path.read_text("utf-8")))
    assert len(used) > 80
    assert {key for key in used if not language.known(key)} == set()


def test_every_code_of_the_data_has_a_name() -> None:
    assert all(language.known(f"state.{state}") for state in State)
    assert all(language.known(f"section.{status}") for status in SectionStatus if status != SectionStatus.FOUND)
    assert all(language.known(f"outcome.{outcome}") for outcome in Outcome if outcome not in GOOD_OUTCOMES)


def test_both_languages_fill_in_the_same_values() -> None:
    for key, forms in language.texts().items():
        fields = [set(re.findall(r"{(\w+)", one[-1])) for one in forms.values()]
        assert fields[0] == fields[1] or key in {"search.example_either"}, key


def test_singular_and_plural() -> None:
    assert language.text("table.rows", "en", n=1) == "one row"
    assert language.text("table.rows", "en", n=2000) == "2,000 rows"
    assert language.text("table.rows", "zh", n=1) == "1 行"


def test_pages_say_their_language_and_links_keep_a_chosen_one(get: Get) -> None:
    assert '<html lang="zh-CN">' in get("/").text
    assert '<html lang="en">' in get("/", language="en").text
    chosen = get("/search?q=%E5%85%AC&_lang=en", language="zh").text
    assert '<html lang="en">' in chosen
    assert 'href="/?_lang=en"' in chosen
    assert 'name="_lang" value="en"' in chosen
    assert '<html lang="zh-CN">' in get("/archive/sections?_lang=zh", language="en").text


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("http://www.yunxi.example/a", True),
        ("https://x/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//x", False),
        ("http://[", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(address: str | None, safe: bool) -> None:
    assert environment.safe_address(address) is safe
    assert ("<a " in environment.outward(address)) is safe
