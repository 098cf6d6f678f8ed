"""Pages of a list that a form asks for: `<input type="hidden" name="pageNo">`, filled in and sent by a script.

What the form sends stands in it, so nothing is run. The view state of ASP.NET is left alone: it is another in every
answer, and each page would be new in each night.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from lxml import etree

from archive.models import Role
from crawler.pages import Page, resolve
from crawler.platforms.asking import is_page_number, number_asked
from crawler.platforms.contract import PAGE, Context, FollowLink
from crawler.platforms.pagers import MAX_PAGES
from crawler.platforms.records import PAGE_SCORE
from crawler.platforms.services import ask

_VALUED = frozenset({"hidden", "text", "number", ""})
_SENDING = frozenset({"submit", "button", "image", "reset"})


def form_pages(page: Page, context: Context, pages: int) -> tuple[FollowLink, ...] | None:
    """The requests for the pages after the first of a list of so many pages, or None where no form asks for them.

    Empty on a page that was asked for in this way: the first one named them all.
    """
    for form in page.tree.iter("form"):
        url = resolve(page.base, form.get("action") or page.url)
        fields = _fields(form)
        if url is None or fields is None or urlsplit(url).path != urlsplit(page.url).path or not context.allows(url):
            continue
        names = [name for name in fields if is_page_number(name)]
        if len(names) == 1:
            if number_asked(page, context) is not None or fields[names[0]] not in {"", "0", "1"}:
                return ()
            first = 0 if fields[names[0]] == "0" else 1
            posted = (form.get("method") or "get").lower() == "post"
            return tuple(
                _requests(page.url, url, fields, names[0], range(first + 1, first + min(pages, MAX_PAGES)), posted)
            )
    return None


def _requests(
    column: str, url: str, fields: dict[str, str], name: str, numbers: range, posted: bool
) -> Iterator[FollowLink]:
    for number in numbers:
        sent = fields | {name: str(number)}
        if posted:
            yield ask(column, url, f"page {number}", sent)
        else:
            asked = f"{url.partition('?')[0]}?{urlencode(sent)}"
            yield FollowLink(asked, Role.LISTING, f"{PAGE}, form", score=PAGE_SCORE)


def _fields(form: etree._Element) -> dict[str, str] | None:
    """What a form sends as it stands, or None for one that also sends what a reader chooses, or a view state."""
    sent: dict[str, str] = {}
    for field in form.iter("input", "select", "textarea"):
        name, kind = field.get("name"), (field.get("type") or "").lower()
        if not name or kind in _SENDING:
            continue
        if field.tag != "input" or kind not in _VALUED or name.startswith("__"):
            return None
        sent[name] = field.get("value") or ""
    return sent
