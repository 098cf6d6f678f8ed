"""What a run that only looked has found: its steps and why, the columns of annual reports, a row for the registry.

Everything is read back from the ledger and the stored pages, so what is told is what was recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archive.captures import CaptureStore
from archive.ledger import FrontierUrl, Ledger
from archive.models import Outcome, Portal, Role
from archive.registry import CENTRAL, Divisions, level_of
from crawler.discovery import agency_in_title, guess_year, year_in_title, year_in_url
from crawler.monitors import PortalEnd, portal_end
from crawler.pages import Page
from crawler.platforms import detect
from crawler.session import LOOK_ONLY

_CODE = re.compile(r"\d{6}(?=\d{4}$)")
_MINISTRY = re.compile(r"bm\d{8}", re.IGNORECASE)
_GOVERNMENT = re.compile(r"[\u4e00-\u9fff]{2,20}?人民政府")
_WELCOME = re.compile(r"^欢迎(?:您)?(?:访问|光临|来到)|^首页[\s|_—–-]*")
_SITE_WORDS = re.compile(r"(?:官方|政府|政务|门户|公众|信息)*(?:网站|官网|门户|网)(?:首页|主页)?$")
_TITLE_PARTS = re.compile(r"[\s|_—–-]+")
USER_ASSIGNED = "99"
LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class Step:
    """One page on the way: `depth` clicks from the home page, why it was followed, what it came to."""

    url: str
    depth: int
    role: Role
    text: str
    why: str
    outcome: str
    detail: str
    referrer: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of annual reports: pages read, reports listed, their years and bodies, and the path of link texts.

    `undated` are the reports of which the year is not known before they are read; `unnamed` those without a body.
    `lasting` says that a crawl may begin here every year: a page for people, not the answer of a service or the folder
    of one year.
    """

    url: str
    path: tuple[str, ...]
    platform: str
    evidence: str
    pages: int
    entries: int
    years: Mapping[int, int]
    undated: int
    agencies: tuple[str, ...]
    unnamed: int
    lasting: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """Everything that was seen from one home page; `row` is the portal as it is proposed for the registry.

    `left_out` counts links by the reason for which they were not followed; `problems` are sentences for a person.
    """

    url: str
    platform: str
    evidence: str
    site_name: str
    site_code: str
    steps: tuple[Step, ...]
    columns: tuple[Column, ...]
    beside: int
    left_out: Mapping[str, int]
    problems: tuple[str, ...]
    row: Portal
    complete: bool


def read_walk(ledger: Ledger, store: CaptureStore, portal: Portal, divisions: Divisions) -> Walk:
    """Reads what a walk from the home page of a portal came to; raises CaptureError for a damaged capture."""
    urls = list(ledger.urls(portal=portal.id))
    known = {url.url: url for url in urls if url.method == "GET"}
    asked = [url for url in urls if url.role in (Role.HOME, Role.LISTING) and url.outcome is not Outcome.EXCLUDED]
    entries = [url for url in urls if url.outcome is Outcome.EXCLUDED and url.reason == LOOK_ONLY]
    columns = sorted(_columns(ledger, store, known, asked, entries), key=lambda one: -one.entries)
    home = _landing(known, portal.home_url)
    page = _stored(ledger, store, home.url) if home else None
    platform, evidence = detect(page) if page else ("", "the home page could not be had")
    left_out: dict[str, int] = {}
    for url in urls:
        if url.outcome is Outcome.EXCLUDED and url.reason and url.reason != LOOK_ONLY:
            left_out[url.reason] = left_out.get(url.reason, 0) + 1
    beside = len(entries) - sum(column.entries for column in columns)
    ended = portal_end(ledger, portal.id, portal.home_url)
    problems = tuple(_problems(ended, asked, columns, left_out, beside))
    site_code = page.meta.get("siteidcode", "") if page else ""
    return Walk(
        url=portal.home_url,
        platform=platform,
        evidence=evidence,
        site_name=_site_name(page) if page else "",
        site_code=site_code,
        steps=tuple(map(_step, asked)),
        columns=tuple(columns),
        beside=beside,
        left_out=left_out,
        problems=problems,
        row=_row(portal, page, site_code, columns, beside, (platform, left_out), divisions),
        complete=bool(entries) and not problems,
    )


def _columns(
    ledger: Ledger,
    store: CaptureStore,
    known: Mapping[str, FrontierUrl],
    asked: list[FrontierUrl],
    entries: list[FrontierUrl],
) -> Iterator[Column]:
    """The columns that reports hang from, and those that were reached and are empty."""
    pages: dict[str, list[str]] = {}
    rows: dict[str, list[FrontierUrl]] = {}
    for url in asked:
        if url.role is Role.LISTING and url.outcome is Outcome.OK and (top := _column_of(url, known)):
            pages.setdefault(top.url, []).append(url.url)
    for url in entries:
        parent = known.get(url.referrer or "")
        if parent and (top := _column_of(parent, known)):
            rows.setdefault(top.url, []).append(url)
    for name in dict.fromkeys((*rows, *pages)):
        platform, evidence = _platform(ledger, store, pages.get(name, []))
        listed = rows.get(name, [])
        years: dict[int, int] = {}
        for row in listed:
            if year := _year(row, known):
                years[year] = years.get(year, 0) + 1
        bodies = [row.agency_hint or agency_in_title(row.title_hint or "") for row in listed]
        yield Column(
            url=name,
            path=_trail(known[name], known),
            platform=platform,
            evidence=evidence,
            pages=len(pages.get(name, [])),
            entries=len(listed),
            years=dict(sorted(years.items())),
            undated=len(listed) - sum(years.values()),
            agencies=tuple(sorted({body for body in bodies if body})),
            unnamed=bodies.count(None),
            lasting=_lasting(known[name], _stored(ledger, store, name)),
        )


def _lasting(url: FrontierUrl, page: Page | None) -> bool:
    of_a_year = year_in_url(url.url) or year_in_title(url.link_text or "")
    return not of_a_year and page is not None and page.media_type in ("text/html", "application/xhtml+xml", "")


def _chain(url: FrontierUrl, known: Mapping[str, FrontierUrl]) -> list[FrontierUrl]:
    """A page and those that led to it, nearest first."""
    chain, seen = [url], {url.url}
    while (parent := known.get(chain[-1].referrer or "")) and parent.url not in seen:
        chain.append(parent)
        seen.add(parent.url)
    return chain


def _column_of(url: FrontierUrl, known: Mapping[str, FrontierUrl]) -> FrontierUrl | None:
    """The column that a page belongs to: the first list on the way from the home page, past its redirects."""
    lists = [one for one in _chain(url, known) if one.role is Role.LISTING and one.method == "GET"]
    return next((one for one in reversed(lists) if one.outcome is not Outcome.REDIRECTED), None)


def _landing(known: Mapping[str, FrontierUrl], url: str) -> FrontierUrl | None:
    """The page that a URL ends at, its redirects followed."""
    seen: set[str] = set()
    at = known.get(url) or known.get(url.rstrip("/") + "/")
    while at and at.redirect_to and at.url not in seen:
        seen.add(at.url)
        at = known.get(at.redirect_to)
    return at


def _platform(ledger: Ledger, store: CaptureStore, pages: list[str]) -> tuple[str, str]:
    """The CMS of a column: of its first pages the first that shows one, since an empty list may show nothing."""
    found = ("", "its page was not stored")
    for url in pages[:LOOKED_AT]:
        if page := _stored(ledger, store, url):
            found = detect(page)
            if found[0] != "generic":
                break
    return found


def _stored(ledger: Ledger, store: CaptureStore, url: str) -> Page | None:
    capture = ledger.last_capture(url)
    if capture is None:
        return None
    stored = store.read(capture.warc, capture.offset)
    page = Page.of(url, stored.status, stored.headers, stored.payload)
    return page if page.has_tree else None


def _year(row: FrontierUrl, known: Mapping[str, FrontierUrl]) -> int | None:
    parent = known.get(row.referrer or "")
    trail = _trail(parent, known) if parent else ()
    return guess_year(row.title_hint or row.link_text or "", row.url, row.date_hint, trail).year


def _trail(url: FrontierUrl, known: Mapping[str, FrontierUrl]) -> tuple[str, ...]:
    """The texts of the links from the home page to a page."""
    steps = (one for one in reversed(_chain(url, known)) if one.why != "redirect")
    return tuple(one.link_text for one in steps if one.link_text)


def _step(url: FrontierUrl) -> Step:
    return Step(
        url=url.url,
        depth=url.depth,
        role=url.role,
        text=url.link_text or "",
        why=(url.why or "") if url.referrer else "it was given",
        outcome=str(url.outcome or "open"),
        detail=" ".join(part for part in (url.reason, url.detail) if part),
        referrer=url.referrer or "",
    )


def _problems(
    ended: PortalEnd, asked: list[FrontierUrl], columns: list[Column], left_out: Mapping[str, int], beside: int
) -> Iterator[str]:
    if not any(column.entries for column in columns) and not beside:
        yield "no annual report was found; the steps show how far it went"
    elif not columns:
        yield "reports were found only outside any column"
    if number := left_out.get("budget"):
        yield f"{number} pages were left out when the limit was reached, so the numbers are too small (--pages)"
    closed = [url for url in asked if url.outcome in (None, Outcome.ROBOTS_DISALLOWED)]
    for url in (*closed, *ended.failures):
        yield f"{url.url}: {url.outcome or 'open'} ({url.reason})"
    for url in ended.partial:
        yield f"the list at {url.url} says that it has more: {(url.detail or '').partition(';')[0]}"


def _site_name(page: Page) -> str:
    return page.meta.get("sitename") or page.title


def _row(
    portal: Portal,
    page: Page | None,
    site_code: str,
    columns: list[Column],
    beside: int,
    seen: tuple[str, Mapping[str, int]],
    divisions: Divisions,
) -> Portal:
    """The row to propose. One column is named only where it holds every report that was seen: a crawl begins there."""
    platform, left_out = seen
    full = [column for column in columns if column.entries]
    whole = len(full) == 1 and not beside and not left_out.get("budget")
    notes = ["found from the home page"]
    lasting = whole and full[0].lasting
    if whole:
        platform = full[0].platform
        notes += [] if lasting else ["the column found is one year's or a service, so it is left to the crawler"]
    elif full:
        platform = full[0].platform if len({column.platform for column in full}) == 1 else ""
        notes.append(f"reports in {len(full)} places, so the column is left to the crawler")
    division = _division(site_code, divisions)
    return Portal(
        id=portal.id,
        name=_name(_site_name(page)) if page else "",
        division=division,
        level=level_of(division) if division else None,
        home_url=portal.home_url,
        annual_report_url=full[0].url if lasting else None,
        platform=platform if platform and platform != "generic" else None,
        notes="; ".join(notes),
    )


def _division(site_code: str, divisions: Divisions) -> str:
    """The division that a SiteIDCode begins with (国办发〔2017〕47号: six digits of it and a serial), or nothing."""
    if _MINISTRY.fullmatch(site_code):
        return CENTRAL
    match = _CODE.match(site_code)
    code = match[0] if match else ""
    return code if code in divisions or code.startswith(USER_ASSIGNED) else ""


def _name(site_name: str) -> str:
    """The body behind the name of a site: 滕州市人民政府 of 滕州市人民政府门户网站, else its first part."""
    plain = _WELCOME.sub("", site_name)
    if match := _GOVERNMENT.search(plain):
        return match[0]
    first = next((part for part in _TITLE_PARTS.split(plain) if part), "")
    return _SITE_WORDS.sub("", first) or first
