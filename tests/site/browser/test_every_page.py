"""Every page in both languages, wide and narrow, by day and by night: it fits, keeps the rules, shuts nobody out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.site.browser.pages import compared_pages_of, pages_of
from tests.site.browser.visit import LANGUAGES, Visit, axe_source, barriers, wrong_with

PAGES = {"evidence": pages_of, "analysed": compared_pages_of}
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("archive", PAGES)
def test_nothing_is_wrong_with_any_page(
    browser: Any, archives: dict[str, Path], addresses: dict[str, str], archive: str, locale: str
) -> None:
    source, wrong, seen = axe_source(), [], 0
    with Visit(browser, addresses[archive], locale=locale) as visit:
        for path, status in PAGES[archive](archives[archive]):
            wrong += [f"{path} {found}" for found in wrong_with(visit, path, status, LANGUAGES[locale])]
            wrong += [f"{path} {found}" for found in barriers(visit, source)]
            seen += 1
    assert wrong == []
    assert seen > (50 if archive == "evidence" else 3)


def test_a_page_with_barriers_is_told_of(browser: Any, address: str) -> None:
    with Visit(browser, address, locale="en-GB") as visit:
        visit.go("/confidence")
        visit.page.evaluate("document.querySelector('h1').outerHTML = '<img><p>' + 'x'.repeat(900) + '</p>'")
        visit.page.evaluate("document.querySelector('main p').style.cssText = 'color: #aaa; overflow-wrap: normal'")
        rules = {found.split(" (")[0] for found in barriers(visit, axe_source())}
        assert {"light: image-alt", "light: color-contrast"} <= rules
