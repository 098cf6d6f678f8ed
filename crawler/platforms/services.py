"""Lists that a service answers with markup: requests to it, and its answers as pages of the column they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from archive.models import Role
from crawler.pages import Page
from crawler.platforms.contract import SERVICE, Context, FollowLink
from crawler.platforms.records import PAGE_SCORE


def ask(column: str, url: str, what: str, form: Mapping[str, str] | None = None, encoding: str = "utf-8") -> FollowLink:
    """The request to a list's service, sent from its column page as a browser would; with a `form` it is a POST."""
    headers: tuple[tuple[str, str], ...] = (("Referer", column),)
    why = f"{SERVICE}: {what}"
    if form is None:
        return FollowLink(url, Role.LISTING, why, score=PAGE_SCORE, headers=headers)
    headers = (*headers, ("Content-Type", "application/x-www-form-urlencoded"))
    body = urlencode(form, encoding=encoding, errors="xmlcharrefreplace").encode("ascii")
    return FollowLink(url, Role.LISTING, why, score=PAGE_SCORE, method="POST", body=body, headers=headers)


def column_of(page: Page, context: Context) -> str:
    """The column page whose list a service's answer belongs to: its Referer, else the page that asked by POST."""
    sent = next((value for name, value in context.headers if name.lower() == "referer"), "")
    return sent or (context.referrer if context.method != "GET" else "") or page.url


def on_column(page: Page, column: str, markup: str) -> Page:
    """Markup out of a service's answer as a page at the column's address: links resolve as they do in a browser."""
    body = f"<html><body>{markup}</body></html>".encode("utf-8", "replace")
    headers = tuple((name, value) for name, value in page.headers if name.lower() != "content-type")
    return replace(page, url=column, body=body, headers=headers, media_type="text/html", charset="utf-8")
