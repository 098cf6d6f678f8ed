"""What an answer came to: its outcome by name, why, and the URLs that it leads to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from archive.ledger import Found, FrontierUrl
from archive.models import CapturedPage, ListingEntry, Outcome, Portal, Role
from crawler.blocks import judge_page
from crawler.endless import Marks, marks_of, past_the_end, repeats_rows, repeats_steps
from crawler.exchange import damage, header
from crawler.guard import MAX_URL_LENGTH, AllowList, BadUrl
from crawler.items import Decision
from crawler.pages import Page, TooMuchMarkup, resolve
from crawler.pages.known import known
from crawler.platforms import WAY, Context, FollowLink, PageReading, Partial, read
from crawler.politeness import Policy, retry_after
from crawler.robots import MAX_REDIRECTS
from crawler.session import LOOK_ONLY, ROBOTS_PRIORITY

REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({404, 410})
TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524})
CONTENT = frozenset({200, 203})
FOREIGN_HOST = "foreign_host"
_MOST_VISITS = 2


@dataclass(frozen=True, slots=True)
class Setting:
    """What an answer is judged by: the portal and its hosts, the limits, and how the page was come by.

    `redirects` counts the redirects that led here, `detours` those of the URL itself (`crawler.detours`), `turns` the
    pages of one list turned, `before` holds the marks of the pages that led here, nearest first (`crawler.endless`),
    `redirect_of` says where a URL is known to redirect, `trail` holds the texts of the links from the start page, `now`
    is in seconds since 1970, `conditional` says whether 304 was asked for. `clicks` is that of `Options`.
    """

    portal: Portal
    allow: AllowList
    policy: Policy
    years: tuple[int, int] | None = None
    trail: tuple[str, ...] = ()
    redirects: int = 0
    detours: int = 0
    turns: int = 0
    before: tuple[Marks, ...] = ()
    redirect_of: Callable[[str], str | None] = lambda url: None
    now: float = 0.0
    conditional: bool = False
    clicks: int | None = None


def decide(url: FrontierUrl, page: CapturedPage, payload: bytes, problem: str | None, setting: Setting) -> Decision:
    """The decision on one answer. `payload` is the decoded body, `problem` what was wrong with its coding."""
    status = page.status
    if status == 304 and setting.conditional:
        return Decision(Outcome.NOT_MODIFIED)
    if status in REDIRECTS and (location := header(page, "location")) is not None:
        return _redirect(url, page.url, location, setting, cookies=header(page, "set-cookie") is not None)
    if url.role is Role.ROBOTS:
        return _robots(page, problem, setting)
    asked = retry_after(header(page, "retry-after"), setting.now)
    if status in CONTENT:
        if not_whole := damage(page, problem):
            return Decision(Outcome.UNREADABLE, "damaged_body", not_whole, transient=True)
        if not payload:
            return Decision(Outcome.UNREADABLE, "empty_body", transient=True)
    seen = Page.of(url.url, status, page.headers, payload)
    try:
        verdict = judge_page(seen, role=url.role)
        if verdict is not None:
            return Decision(verdict.outcome, verdict.reason, verdict.evidence, pause=asked)
        if status in CONTENT:
            return _read(url, seen, setting)
    except TooMuchMarkup as heavy:
        if status in CONTENT:
            # The bytes are kept, and the reader of documents, a process of its own, makes of them what it can.
            return Decision(Outcome.OK, "partial", f"its links were not read: {heavy}")
    if status in GONE:
        return Decision(Outcome.NOT_FOUND, f"http_{status}")
    return _http_error(status, asked, setting)


def _http_error(status: int, asked: float | None, setting: Setting) -> Decision:
    transient = status in TRANSIENT
    pause = asked if transient else None
    if status in (429, 503) and pause is None:
        pause = setting.policy.retry_delay
    return Decision(Outcome.HTTP_ERROR, f"http_{status}", transient=transient, pause=pause)


def _robots(page: CapturedPage, problem: str | None, setting: Setting) -> Decision:
    asked = retry_after(header(page, "retry-after"), setting.now)
    if page.status == 429 or page.status >= 500:
        return _http_error(page.status, asked, setting)
    if 200 <= page.status < 300:
        if not_whole := damage(page, problem):
            return Decision(Outcome.UNREADABLE, "damaged_body", not_whole, transient=True)
        return Decision(Outcome.OK)
    if 400 <= page.status < 500:
        return Decision(Outcome.OK, "no_rules", f"robots.txt answered {page.status}: no rules (RFC 9309 §2.3.1.3)")
    return _http_error(page.status, asked, setting)


def _redirect(url: FrontierUrl, asked: str, location: str, setting: Setting, *, cookies: bool) -> Decision:
    try:
        # The header came as latin-1, which keeps every byte; what is not ASCII is sent back byte by byte.
        joined = urljoin(asked, "".join(c if c < "\x80" else f"%{ord(c):02X}" for c in location.strip()))
    except ValueError as error:
        return Decision(Outcome.HTTP_ERROR, "bad_redirect", f"{location[:200]!r}: {error}")
    if url.role is Role.ROBOTS:
        return _robots_elsewhere(joined, setting)
    to = resolve(asked, joined)
    if to == url.url and setting.detours < _MOST_VISITS and (visit := _visit(url, joined, setting.allow)):
        return Decision(Outcome.REDIRECTED, evidence=f"to {visit[:500]}", detour=visit)
    return follow_redirect(url, to or joined, setting, cookies=cookies)


def _visit(url: FrontierUrl, to: str, allow: AllowList) -> str | None:
    """A page's address under the number of a visit, without which some servers give nothing, in its one spelling.

    None where it is no other than the address that was asked for, or may not be asked for.
    """
    try:
        spelled = allow.check(to).url
    except BadUrl:
        return None
    return spelled if spelled != url.url else None


def _robots_elsewhere(to: str, setting: Setting) -> Decision:
    """The decision on a robots.txt that redirects: it is asked for there, on any host of the open Internet."""
    if setting.detours >= MAX_REDIRECTS:
        why = f"robots.txt redirects more than {MAX_REDIRECTS} times: no rules (RFC 9309 §2.3.1.2)"
        return Decision(Outcome.OK, "no_rules", why)
    try:
        target = setting.allow.reachable(to)
    except BadUrl as bad:
        return Decision(Outcome.HTTP_ERROR, bad.reason, f"to {to[:500]}: {bad.detail}")
    return Decision(Outcome.REDIRECTED, evidence=f"to {target.url[:500]}", detour=target.url)


_PAGES_BELOW = frozenset({Role.LISTING, Role.ARTICLE, Role.ATTACHMENT, Role.PICTURE})


def _leads_nowhere(url: FrontierUrl, to: str) -> bool:
    """Whether a redirect ends at a home page or one of errors; a column may have moved to a host of its own."""
    if url.role is Role.LISTING and _bare_host(url.url) != _bare_host(to) and urlsplit(to).path in {"", "/"}:
        return False
    nowhere = known().nowhere
    return nowhere.match(urlsplit(to).path) is not None and nowhere.match(urlsplit(url.url).path) is None


def _bare_host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def follow_redirect(url: FrontierUrl, to: str, setting: Setting, *, cookies: bool = False) -> Decision:
    """The decision on a page that only points elsewhere, by its status line or by itself."""
    try:
        target = setting.allow.check(to)
    except BadUrl as bad:
        left_out = _found(url, to, url.role, setting, excluded=bad.reason, detail=bad.detail)
        return Decision(Outcome.REDIRECTED, bad.reason, f"to {to[:500]}: {bad.detail}", found=(left_out,))
    if url.depth and url.role in _PAGES_BELOW and _leads_nowhere(url, target.url):
        return Decision(Outcome.SOFT_404, "soft_404:redirect", f"to {target.url[:500]}")
    if target.url == url.url:
        if cookies:
            # A plain session cookie, as an ordinary browser keeps it: asked for once more with the jar's cookie.
            return Decision(Outcome.HTTP_ERROR, "redirect_to_itself", "with Set-Cookie", transient=True, again=True)
        return Decision(Outcome.HTTP_ERROR, "redirect_to_itself")
    if url.url in _redirects_on(target.url, setting):
        return Decision(Outcome.HTTP_ERROR, "redirect_loop", f"to {target.url[:500]}, which leads back here")
    too_many = setting.redirects >= setting.policy.max_redirects
    found = Found(
        url=target.url,
        host=target.host,
        portal=url.portal,
        role=url.role,
        depth=url.depth,
        priority=url.priority,
        referrer=url.url,
        title_hint=url.title_hint,
        date_hint=url.date_hint,
        agency_hint=url.agency_hint,
        why="redirect",
        link_text=url.link_text,
        excluded="too_many_redirects" if too_many else None,
        detail=f"{setting.redirects} redirects led here" if too_many else None,
        headers=url.headers,
    )
    return Decision(Outcome.REDIRECTED, redirect_to=target.url, found=(found,))


def _redirects_on(url: str | None, setting: Setting) -> Iterator[str]:
    """Where a URL leads by the redirects known so far, itself left out."""
    for _ in range(setting.policy.max_redirects):
        url = setting.redirect_of(url) if url else None
        if url:
            yield url


def _read(url: FrontierUrl, page: Page, setting: Setting) -> Decision:
    entry = None
    if url.title_hint is not None:
        entry = ListingEntry(url.url, url.title_hint, url.date_hint, url.agency_hint, url.referrer or "")
    context = Context(
        portal=setting.portal,
        role=url.role,
        allows=setting.allow.allows,
        depth=url.depth,
        years=setting.years,
        trail=setting.trail,
        entry=entry,
        method=url.method,
        body=url.body,
        referrer=url.referrer or "",
        headers=url.headers,
    )
    reading = read(page, context, setting.portal.platform)
    if reading.refresh is not None:
        return follow_redirect(url, reading.refresh, setting)
    facts = [f"{name}={value}" for name, value in reading.facts.items()]
    marks = marks_of(reading)
    facts[:0] = sorted(marks)
    repeated = repeats_rows(marks, setting.before[: setting.turns])
    partial = reading.partial or (_not_turned(reading, setting) if repeated else None)
    if partial is not None:
        facts.insert(0, f"{partial.reached} of {partial.owed} {partial.unit} reached: {partial.why}")
    return Decision(
        Outcome.OK,
        "partial" if partial is not None else None,
        "; ".join(facts)[:1000] or None,
        found=tuple(_links(url, reading, setting, repeated, repeats_steps(marks, setting.before))),
        entries=len(reading.entries),
        is_report=url.role in WAY and reading.facts.get("body") == "report",
    )


def _not_turned(reading: PageReading, setting: Setting) -> Partial | None:
    """What a list owes whose server gives one page under the address of another."""
    if not reading.pages_stated or reading.pages_owed is None or reading.pages_owed <= setting.turns:
        return None
    return Partial(reading.pages_owed, setting.turns, "this page has the rows of one before it", "pages")


def _links(url: FrontierUrl, reading: PageReading, setting: Setting, repeated: bool, circling: bool) -> Iterator[Found]:
    """Every URL that a page leads to; `repeated` and `circling` say that its rows or its steps are those before it."""
    for link in reading.follow:
        found = _follow(url, link, setting, url.depth + 1)
        if circling and link.role in WAY and link.entry is None:
            found = replace(found, excluded="circling", detail="pages on the way here lead on in the same words")
        yield found
    # Some lists can only be turned page by page: that is no click away from them, as long as each page gives reports,
    # or rows and the number of pages.
    counted = reading.pages_owed is not None and bool(reading.excluded)
    turned = url.depth if reading.entries or counted else url.depth + 1
    ended = past_the_end(reading, setting.turns, repeated)
    for link in reading.next:
        found = _follow(url, link, setting, turned)
        yield replace(found, excluded="past_the_end", detail=ended) if ended else found
    for left_out in reading.excluded:
        yield _found(url, left_out.url, Role.ARTICLE, setting, excluded=left_out.reason, text=left_out.text)


def _follow(url: FrontierUrl, link: FollowLink, setting: Setting, depth: int) -> Found:
    excluded = detail = None
    if depth > setting.policy.max_depth:
        excluded, detail = "depth", f"{depth} clicks from the start page"
    elif setting.clicks is not None and link.role in (Role.ARTICLE, Role.ATTACHMENT):
        excluded, detail = LOOK_ONLY, "a report; this run only looks for the columns"
    elif setting.clicks is not None and link.role is Role.HOME and depth > setting.clicks:
        excluded, detail = "clicks", f"{depth} clicks from the start page"
    found = _found(url, link.url, link.role, setting, excluded=excluded, detail=detail, link=link, text=link.text)
    return replace(found, depth=depth)


def _standing_on(url: FrontierUrl) -> str:
    """The page that a link stands on for its reader: of a service asked by POST, the page that asks it.

    The address of such a service names no list (the body of the request does), so it cannot say what led to a link.
    """
    return url.url if url.method == "GET" else url.referrer or url.url


def _found(
    url: FrontierUrl,
    to: str,
    role: Role,
    setting: Setting,
    *,
    excluded: str | None = None,
    detail: str | None = None,
    link: FollowLink | None = None,
    text: str = "",
) -> Found:
    try:
        target = setting.allow.check(to)
        spelled, host = target.url, target.host
    except BadUrl as bad:
        # A link can be a megabyte of data: URL; its beginning says enough.
        spelled, host = to[:MAX_URL_LENGTH], ""
        if excluded is None or (excluded == FOREIGN_HOST and bad.reason != "off_site"):
            excluded = bad.reason  # a private address or a user name in the URL says more than "elsewhere"
        detail = detail or bad.detail
    entry = link.entry if link else None
    return Found(
        url=spelled,
        host=host,
        portal=url.portal,
        role=role,
        depth=url.depth + 1,
        priority=min(round(link.score), ROBOTS_PRIORITY - 100) if link else 0,
        referrer=_standing_on(url),
        title_hint=entry.title if entry else None,
        date_hint=entry.date if entry else None,
        agency_hint=entry.agency_hint if entry else None,
        why=link.why if link else None,
        link_text=text or None,
        excluded=excluded,
        detail=detail,
        method=link.method if link else "GET",
        body=link.body if link else b"",
        headers=link.headers if link else (),
    )
