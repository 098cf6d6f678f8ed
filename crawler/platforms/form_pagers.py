"""Pages of a list that a form asks for: `<input type="hidden" name="pageNo">`, filled in and sent by a script.

What the form sends stands in it, so nothing is run, in the encoding of its page as browsers do. A form with a token, or
the view state of ASP.NET, is left alone: it is another in every answer, and each page would be new in each night.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from lxml import etree

from archive.models import Role
from crawler.pages import Page, resolve
from crawler.platforms.asking import is_page_number, may_be_asked, number_asked
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
        if url is None or fields is None or urlsplit(url)[1:3] != urlsplit(page.url)[1:3]:
            continue
        names = [name for name in fields if is_page_number(name)]
        if len(names) == 1 and may_be_asked(url, fields):
            number = fields[names[0]]
            if number not in {"", "0", "1"} or _was_turned(page, context):
                return ()
            first = 0 if number == "0" else 1
            numbers = range(first + 1, first + min(pages, MAX_PAGES))
            return tuple(_request(page, form, url, fields | {names[0]: str(one)}) for one in numbers)
    return None


def _was_turned(page: Page, context: Context) -> bool:
    """Whether a page is not the first of its list; its address may name the first one, which no form asks for."""
    number = number_asked(page, context)
    return number is not None and (number > 1 or context.method == "POST")


def _request(page: Page, form: etree._Element, url: str, sent: dict[str, str]) -> FollowLink:
    encoding = page.decoded.encoding
    if (form.get("method") or "get").lower() == "post":
        return ask(page.url, url, f"{PAGE}, form", sent, encoding)
    asked = f"{url.partition('?')[0]}?{urlencode(sent, encoding=encoding, errors='xmlcharrefreplace')}"
    return FollowLink(asked, Role.LISTING, f"{PAGE}, form", score=PAGE_SCORE)


def _fields(form: etree._Element) -> dict[str, str] | None:
    """What a form sends as it stands, or None for one that also sends what a reader chooses."""
    sent: dict[str, str] = {}
    for field in form.iter("input", "select", "textarea"):
        name, kind = field.get("name"), (field.get("type") or "").lower()
        if not name or kind in _SENDING:
            continue
        if field.tag != "input" or kind not in _VALUED:
            return None
        sent[name] = field.get("value") or ""
    return sent
