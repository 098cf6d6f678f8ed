"""Pages that only send the reader on: meta refresh, a literal script redirect, frames. Scripts are read, never run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice

from crawler.pages.files import source_of
from crawler.pages.known import known
from crawler.pages.page import Page
from crawler.pages.urls import resolve

_REFRESH = re.compile(r"\A\s*(?P<delay>\d+(?:\.\d*)?)\s*[;,]\s*(?:url\s*=\s*)?[\"']?\s*(?P<url>[^\"']+)", re.IGNORECASE)
_WINDOW = r"(?:(?:window|document|self|top|parent)\.)*"
_LITERAL_OR_NAME = r"(?:([\"'])(?P<url>[^\"'\s]{1,500})\1|(?P<name>[A-Za-z_$][\w$]*))"
_LOCATION = re.compile(
    rf"(?:\A|[;{{}}\s\"'`]){_WINDOW}location(?:\.href)?\s*=\s*{_LITERAL_OR_NAME}\s*(?:[;\n\"'`]|\Z|\}})"
)
_CALLED = re.compile(
    rf"(?:(?:location\.(?:replace|assign)|window\.navigate)\s*\(\s*{_LITERAL_OR_NAME}\s*\)"
    r"|window\.open\s*\(\s*([\"'])(?P<opened>[^\"'\s]{1,500})\4\s*,\s*[\"']_(?:self|top|parent)[\"'])"
)
_TO_HTTPS = re.compile(
    r"location(?:\.href)?\s*=\s*[\"']https:(?://)?[\"']\s*\+|\blocation\.protocol\s*=\s*[\"']https:?[\"']"
    r"|\.replace\(\s*(?:/\^?http:[\\/]*/\w*|[\"']http:(?://)?[\"'])\s*,\s*[\"']https:"
)
"""How a script sends its reader to the same address by https, in the three ways that this is written."""
_MOST_JUMPS = 8  # a script with more is a library, and looking up each name would take forever
_REDIRECT_PAGE_TEXT = 60  # characters: a page that says more than "please wait" is a page
_MAX_DELAY_S = 30.0
_INSTANT_S = 1.0
_WAITING_PAGE_TEXT = 300  # characters: a page that refreshes later and says more is there to be read


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
    for script in (*page.scripts, *_at_load(page)):
        if target := _script_target(page, script):
            return target
    return None


def _at_load(page: Page) -> Iterator[str]:
    """The script that runs when the page is loaded."""
    return (handler for element in page.tree.iter("body") if (handler := element.get("onload")))


def _script_target(page: Page, script: str) -> str | None:
    """Where a script sends its reader, as far as it is written out: one place, that for phones apart, or https."""
    places: dict[str, None] = {}
    jumps = list(islice(chain(_LOCATION.finditer(script), _CALLED.finditer(script)), _MOST_JUMPS + 1))
    if len(jumps) > _MOST_JUMPS:
        return None
    for match in jumps:
        given = match.groupdict()
        place = given["url"] or given.get("opened") or _value_of(script, given["name"])
        if place is None:
            return None  # computed: where to is not written out
        places[place] = None
    here = resolve(page.url, page.url)
    targets = {target for place in places if (target := resolve(page.base, place)) and target != here}
    if len(targets) > 1:  # several targets are a choice that only the script can make, but for that of the screen
        targets = {target for target in targets if not known().for_phones.search(target)}
    if not places and here is not None and here.startswith("http:") and _TO_HTTPS.search(script):
        return f"https:{here.removeprefix('http:')}"
    return targets.pop() if len(targets) == 1 else None


def _value_of(script: str, name: str) -> str | None:
    """The one literal that a script gives to a name, or None."""
    found = set(
        re.findall(rf"(?<![\w.$]){re.escape(name)}\s*=\s*[\"']([^\"'\s]{{1,500}})[\"']\s*(?:[;,\n]|\Z)", script)
    )
    given = len(re.findall(rf"(?<![\w.$]){re.escape(name)}\s*\+?=(?!=)", script))
    return found.pop() if len(found) == given == 1 else None


def iframes_of(page: Page) -> tuple[str, ...]:
    """Absolute URLs of frames that may hold what the page is about, in page order."""
    found: dict[str, None] = {}
    for element in page.tree.iter("iframe", "frame"):
        url = resolve(page.base, source_of(element))
        if url and url != page.url and not known().idle_frames.search(url):
            found[url] = None
    return tuple(found)
