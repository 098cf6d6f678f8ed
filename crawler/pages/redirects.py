"""Pages that only send the reader on: meta refresh, a literal script redirect, frames. Scripts are read, never run."""

from __future__ import annotations

import re

from crawler.pages.page import Page
from crawler.pages.urls import host_of, resolve

_REFRESH = re.compile(r"\A\s*(?P<delay>\d+(?:\.\d*)?)\s*[;,]\s*(?:url\s*=\s*)?[\"']?\s*(?P<url>[^\"']+)", re.IGNORECASE)
_LOCATION = re.compile(
    r"(?:\A|[;{}\s])(?:(?:window|document|self|top|parent)\.)*location(?:\.href)?\s*=\s*([\"'])(?P<url>[^\"'\s]{1,500})\1"
    r"\s*(?:;|\Z|\n|\})"
)
_REPLACE = re.compile(r"location\.(?:replace|assign)\s*\(\s*([\"'])(?P<url>[^\"'\s]{1,500})\1\s*\)")
_REDIRECT_PAGE_TEXT = 60  # characters: a page that says more than "please wait" is a page
_MAX_DELAY_S = 30.0
_INSTANT_S = 1.0
_WAITING_PAGE_TEXT = 300  # characters: a page that refreshes later and says more is there to be read

# Same-host frames that are never a list (FishShaw's collector ignores the same).
_IDLE_FRAMES = re.compile(r"visit|count|login|tree|share|footer|header|banner|search|weather|jiathis|pdfjs", re.I)


def refresh_target(page: Page) -> str | None:
    """Where a page sends its reader by itself, or None.

    A meta refresh counts when it leads elsewhere at once, or within 30 seconds from a page that says little; a script
    counts only when the page has no text of its own and the target is written out as a literal.
    """
    for element in page.tree.iter("meta"):
        if (element.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        if any(parent.tag == "noscript" for parent in element.iterancestors()):
            continue
        match = _REFRESH.match(element.get("content") or "")
        delay = float(match["delay"]) if match else _MAX_DELAY_S
        if match and (delay < _INSTANT_S or (delay < _MAX_DELAY_S and not page.shows_more_than(_WAITING_PAGE_TEXT))):
            target = resolve(page.base, match["url"])
            if target and target != resolve(page.url, page.url):
                return target
    if page.shows_more_than(_REDIRECT_PAGE_TEXT):
        return None
    for script in page.scripts:
        found = [match["url"] for pattern in (_LOCATION, _REPLACE) for match in pattern.finditer(script)]
        if len(found) == 1:  # several targets are a choice that only the script can make
            target = resolve(page.base, found[0])
            if target and target != resolve(page.url, page.url):
                return target
    return None


def iframes_of(page: Page) -> tuple[str, ...]:
    """Absolute URLs of frames on the page's own host that may hold its list, in page order."""
    host = host_of(page.url)
    found: dict[str, None] = {}
    for element in page.tree.iter("iframe", "frame"):
        url = resolve(page.base, element.get("src"))
        if url and host_of(url) == host and url != page.url and not _IDLE_FRAMES.search(url):
            found[url] = None
    return tuple(found)
