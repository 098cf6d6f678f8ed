"""How many pages a list has and where: from the arguments of the pager's script (read, never run) or from its links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from crawler.pages import Page, PageLink, article_shape, host_of, resolve
from crawler.pages.page import inner_text
from crawler.platforms.asking import service_words
from crawler.platforms.written_pagers import written_pager

MAX_PAGES = 200
"""Pages of one list that are asked for; no column of annual reports seen has more than 40, a trap has no end."""


@dataclass(frozen=True, slots=True)
class Pager:
    """What a list says of its own length: `pages` in all (None: not said), `urls` of the pages after this one.

    `number` is the zero-based number of this page where known. `unreachable` says why pages owed have no URL here.
    """

    pages: int | None = None
    number: int | None = None
    urls: tuple[str, ...] = ()
    style: str = ""
    unreachable: str | None = None
    stated: bool = True
    """Whether `pages` is said outright; False where it is the highest number among the links, which may grow."""
    assumed: bool = False
    """Whether `urls` are those that most lists with such a count have, which the page itself does not say."""


def pager_of(page: Page, links: Sequence[PageLink]) -> Pager | None:
    """What a list says of its pages in any way: a call of createPageHTML, links, another script; None if in none."""
    called = script_pager(page)
    if called is not None and not called.assumed:
        return called
    linked = link_pager(page, links)
    if linked is not None and linked.urls and not _by_function(linked, links):
        return linked
    if (written := written_pager(page, linked.pages if linked else None)) is None:
        return called or linked or _unread_call(page)
    pages, urls = written
    if linked is not None and linked.urls and not urls:
        return linked
    asked = _ASKED.search(page.url)
    if urls and (page.url in urls or (asked and int(asked[1]) > 1)):
        return Pager(pages, None, (), "script")  # its first page named them all
    if not urls and called is not None:
        return called
    needs = None if urls else "the pager needs a script"
    return Pager(pages, 0 if urls else None, urls[: MAX_PAGES - 1], "script", needs)


def _by_function(pager: Pager, links: Sequence[PageLink]) -> bool:
    """Whether a function of the page opens its further pages: what it goes to names all of them, the links a few."""
    elements = (link.element for link in links if link.url in pager.urls)
    return any(element is not None and (element.get("href") or "#")[:1] in "#jJ" for element in elements)


_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|^[ \t]*//.*?$|<!--|-->", re.DOTALL | re.MULTILINE)
_CALL = re.compile(r"(?<!function\s)\bcreatePage(?:HTML)?\s*\(((?:[^()]|\((?:[^()])*\))*)\)", re.IGNORECASE)
_CAST = re.compile(r"\b(?:parseInt|Number|String)\s*\(([^(),]*)(?:,\s*10\s*)?\)")
_ARGUMENT = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|`([^`$]*)`|([\w$.]+))\s*\Z")
_VARIABLE = re.compile(
    r"(?:\b(?:var|let|const)\s+|,\s*|\bwindow\.)(\w+)\s*=\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|`([^`$\n]*)`|(\d+))\s*(?=[;,\n/]|\Z)"
)
_COUNT_NAMES = ("countPage", "pageCount", "totalPage", "nPageCount")
_CURRENT_NAMES = ("currentPage", "currPage", "nCurrIndex")
_PREFIX = re.compile(r"[\w\-]{1,60}\Z")
_EXTENSION = re.compile(r"\.?(?:s?html?|jhtml)\Z")


def script_pager(page: Page) -> Pager | None:
    """The pager of a list whose script calls createPageHTML or sets countPage, or None.

    Four orders of arguments are read, in any spelling of the name: (pages, current from 0, prefix, extension), the same
    with records first, either with variables in place of figures, and (quoted block id, pages, current from 1, prefix,
    extension, records).
    """
    scripts = _page_scripts(page)
    variables = {match[1]: _literal(match) for script in scripts for match in _VARIABLE.finditer(script)}
    for script in scripts:
        for match in _CALL.finditer(script):
            pager = _from_arguments(page, _values(_CAST.sub(r"\1", match[1]), variables))
            if pager is not None:
                return pager
    count = next((variables[name] for name in _COUNT_NAMES if name in variables), None)
    if count is None or not count.isdecimal():
        return None
    current = next((variables[name] for name in _CURRENT_NAMES if name in variables), "0")
    extension = re.search(r"\.(\w+)\Z", urlsplit(page.url).path)
    here = int(current) if current.isdecimal() else 0
    found = _numbered(page, int(count), here, "index", extension[1] if extension else "html")
    return replace(found, assumed=True)


def _page_scripts(page: Page) -> list[str]:
    """The scripts that speak of pages, without their comments."""
    return [_COMMENT.sub("", script) for script in page.scripts if "Page" in script]


def _unread_call(page: Page) -> Pager | None:
    """A pager that a script draws from what cannot be read off it: there may be more pages, and nobody knows where."""
    if not any(_CALL.search(script) for script in _page_scripts(page)):
        return None
    return Pager(unreachable="the pager's script says neither how many pages there are nor where", stated=False)


def _literal(match: re.Match[str]) -> str:
    """What stands between the quotes, or the figures: the one group beside the name that holds anything."""
    return next(group for group in match.groups()[1:] if group is not None)


def _values(arguments: str, variables: dict[str, str]) -> list[tuple[str, bool]] | None:
    """Each argument with whether it was quoted, or None where one is neither a literal nor a known variable."""
    values: list[tuple[str, bool]] = []
    for argument in arguments.split(","):
        match = _ARGUMENT.match(argument)
        if match is None:
            return None
        *quotes, bare = match.groups()
        if bare is None:
            values.append((next(text for text in quotes if text is not None), True))
        elif bare.isdecimal():
            values.append((bare, False))
        elif (name := bare.removeprefix("window.")) in variables:
            values.append((variables[name], not variables[name].isdecimal()))
        else:
            return None
    return values


def _from_arguments(page: Page, values: list[tuple[str, bool]] | None) -> Pager | None:
    if not values:
        return None
    first, quoted = values[0]
    if quoted and not first.isdecimal():
        return _channel_pager(page, [value for value, _ in values[1:]])
    numbers = []
    for value, _ in values:
        if not value.isdecimal():
            break
        numbers.append(int(value))
    words = [value for value, _ in values[len(numbers) :]]
    if len(numbers) not in (2, 3) or len(words) < 2 or not _PREFIX.match(words[0]) or not _EXTENSION.match(words[1]):
        return None
    pages, current = numbers[-2:]
    return _numbered(page, pages, current, words[0], words[1].lstrip("."))


def _channel_pager(page: Page, values: list[str]) -> Pager | None:
    """(block id, pages, current from 1, prefix, extension, records): page n is `prefix_n`, the first one `prefix`."""
    if len(values) < 4 or not values[0].isdecimal() or not values[1].isdecimal():
        return None
    pages, current = int(values[0]), max(int(values[1]), 1)
    if not _PREFIX.match(values[2]) or not _EXTENSION.match(values[3]):
        return None
    extension = values[3].lstrip(".")
    if values[1] == "0" and extension != "shtml":
        return _numbered(page, pages, 0, values[2], extension)  # counts from 0, and so does TRS, whose pages are these
    numbers = range(current + 1, min(pages, MAX_PAGES) + 1)
    urls = [resolve(page.base, f"{values[2]}_{number}.{extension}") for number in numbers]
    return Pager(pages, current - 1, tuple(url for url in urls if url), "channel")


def _numbered(page: Page, pages: int, current: int, prefix: str, extension: str) -> Pager:
    """TRS numbering: page n (from 1) is `prefix_{n-1}`; on some sites (上海, 国家数据局) `prefix_{n}`.

    Only a first page tells the two apart: there `current` is 0 or 1 while its URL has no number (or is number 1).
    """
    name = urlsplit(page.url).path.rpartition("/")[2]
    own = re.fullmatch(rf"{re.escape(prefix)}(?:_(\d{{1,4}}))?\.\w+", name)
    suffix = int(own[1]) if own and own[1] else None
    first_page = suffix is None
    from_one = (first_page and current == 1) or (prefix.endswith("_pc") and suffix in {None, 1})
    # On a later page the number in the URL is believed before the script's: some templates print 0 on every page.
    if suffix is not None and not from_one:
        current = suffix
    shift = 1 if from_one else 0
    here = max(current - shift, 0)
    numbers = range(here + 1 + shift, min(pages, MAX_PAGES) + shift)
    urls = [resolve(page.base, f"{prefix}_{number}.{extension}") for number in numbers]
    return Pager(pages, here, tuple(url for url in urls if url), "numbered from 1" if from_one else "numbered from 0")


_OPEN, _CLOSE = r"\A[\[【(（「|·]*", r"[\]】)）」|·]*\Z"
_NEXT = re.compile(rf"{_OPEN}(?:[>›»→]*(?:下一?页|后一?页|next(?:page)?)[>›»→]*|[>›»])(?:&gt;)*{_CLOSE}", re.IGNORECASE)
_BACK = re.compile(rf"{_OPEN}(?:[<‹«←]*(?:上一?页|前一页|首页|第一页|prev(?:ious)?)|<|‹|«){_CLOSE}", re.IGNORECASE)
_NUMBER = re.compile(rf"{_OPEN}(?:(\d{{1,3}})|第(\d{{1,3}})页){_CLOSE}")
_NEXT_CLASS = re.compile(r"(?:^|[\s_\-])next(?:[_\-]?page)?(?:\s|$)", re.IGNORECASE)
_ARROW = 4  # characters: a link with more words than an arrow or 下一张 is what it says
_MORE = re.compile(r"(?:点击|上拉|下拉)?加载更多")
_TOTAL = re.compile(
    r"共\s*(\d{1,4})\s*页|(?:第|页次[:：]?)\s*\d{1,4}\s*页?\s*/\s*(?:共\s*)?(\d{1,4})\s*页|\b\d{1,4}\s*/\s*(\d{1,4})\s*页"
)

_HERE = re.compile(
    r"(?:第|页次[:：]?)\s*(\d{1,4})\s*页?\s*[/／,，]?\s*共?\s*(\d{1,4})\s*页|\b(\d{1,4})\s*/\s*(\d{1,4})\s*页"
)


def is_next(words: str) -> bool:
    """Whether the words of a link say that it leads to the following page."""
    return _NEXT.match("".join(words.split())) is not None


def marks_next(link: PageLink) -> bool:
    """Whether a link leads to the following page by its words, or an arrow without any by its class or relation."""
    if is_next(link.text):
        return True
    element = link.element
    around = [element, element.getparent()] if element is not None and len(link.text) <= _ARROW else []
    return any(
        one is not None and (_NEXT_CLASS.search(one.get("class") or "") or one.get("rel") == "next") for one in around
    )


def _words_of(link: PageLink) -> str:
    return "下一页" if marks_next(link) else link.text or link.title


def _number_in(words: str) -> int:
    """The number of the page that a link names, or 0."""
    number = _NUMBER.match("".join(words.split()))
    return int(number[1] or number[2]) if number else 0


def link_pager(page: Page, links: Sequence[PageLink]) -> Pager | None:
    """The pager of a list by its links: 下一页, 下页, `>`, and numbers that lead to this list's own pages; or None."""
    urls: dict[str, None] = {}
    numbers = []
    for text, url in (*((_words_of(link), link.url) for link in links), *_clicked(page)):
        number = _number_in(text)
        if (number or is_next(text)) and _sibling_page(page.url, url):
            numbers.append(number)
            urls[url] = None
    total = _TOTAL.search(page.visible_text)
    pages = int(next(group for group in total.groups() if group)) if total else None
    scripted = not urls and _has_scripted_next(page)
    if scripted:
        numbers = [_number_in(words) for words, _ in _scripts_of_links(page)]
    highest = max(numbers, default=0)
    here = _HERE.search(page.visible_text)
    number_here, last = (int(figure) for figure in here.groups() if figure) if here else (None, None)
    asked = _ASKED.search(page.url)
    is_last = (
        (number_here is not None and number_here == last)
        or bool(asked and pages == int(asked[1]))
        or (
            not scripted
            and any(_BACK.match("".join(link.text.split())) and _is_earlier(page.url, link.url) for link in links)
        )
    )
    if not urls and not scripted and (pages is None or pages < 2):
        return None
    return Pager(
        pages or (highest or None),
        None if number_here is None else number_here - 1,
        tuple(urls)[:MAX_PAGES],
        "links",
        "the pager needs a script" if not urls and not is_last and (scripted or (pages or 0) > 1) else None,
        stated=pages is not None,
    )


def _sibling_page(own: str, other: str) -> bool:
    """Whether another URL may be a page of the same list: same host, same folder or one below, and no article."""
    mine, theirs = urlsplit(own), urlsplit(other)
    if host_of(own) != host_of(other) or (
        article_shape(other) is not None and not theirs.query and not _VSB_PAGE.search(theirs.path)
    ):
        return False
    if mine.path == theirs.path:
        return mine.query != theirs.query
    if mine.query and theirs.query:
        # A calendar in the same folder has its own 下一页, but knows nothing of the list that was asked for.
        asked = {pair for pair in mine.query.split("&") if not _ASKED.match(f"?{pair}")}
        return bool(asked) and asked <= set(theirs.query.split("&"))
    stem = _stem(mine.path)
    folder = mine.path.rpartition("/")[0] + "/"
    return (
        theirs.path.startswith(folder)
        or theirs.path.startswith(stem + "/")
        or stem.startswith(theirs.path.rpartition("/")[0] + "/")
        or _NUMBERS.sub("0", mine.path) == _NUMBERS.sub("0", theirs.path)
    )


def _is_earlier(own: str, other: str) -> bool:
    """Whether the target of a link back is another page of this list, and not the home page of every menu."""
    mine, theirs = _INDEX.sub("/", urlsplit(own).path), _INDEX.sub("/", urlsplit(other).path)
    above = _stem(mine).rpartition("/")[0]
    alike = theirs.rpartition("/")[0] == above or _stem(theirs) == above
    return alike and _sibling_page(own, other) and (mine != theirs or urlsplit(own).query != "")


def _stem(path: str) -> str:
    return re.sub(r"(?:_\d+)?\.\w+\Z", "", path)


_NUMBERS = re.compile(r"\d{1,4}(?!\d)")
_INDEX = re.compile(r"/(?:index|default)\.\w+\Z")
_ASKED = re.compile(rf"[?&](?:{service_words().page_number.pattern})=(\d{{1,5}})(?=&|\Z)", re.IGNORECASE)
_VSB_PAGE = re.compile(r"/\d{1,4}\.html?\Z")


_CLICKED_PAGE = re.compile(
    r"[\"']([^\"'\s<>()]{0,150}(?:\.(?:s?html?|jhtml|jsp|aspx?|php)|[?&]\w{0,10}page\w{0,10}=\d)[^\"'\s<>()]{0,50})[\"']",
    re.IGNORECASE,
)
"""The address of a page that a handler hands to whatever function opens it: `toPage('index_1.html')`."""


def _scripts_of_links(page: Page) -> Iterator[tuple[str, str]]:
    """The words of each link that runs a script, with the script."""
    for element in page.tree.iter("a"):
        href = (element.get("href") or "").strip()
        handler = element.get("onclick") or ""
        if handler or href[:11].lower() == "javascript:":
            yield inner_text(element), f"{handler};{href}"


def _clicked(page: Page) -> Iterator[tuple[str, str]]:
    """The words of each link that runs a script, with the address of a page that stands in it."""
    for words, script in _scripts_of_links(page):
        if (match := _CLICKED_PAGE.search(script)) and (url := resolve(page.base, match[1])):
            yield words, url


def _has_scripted_next(page: Page) -> bool:
    turning = (
        is_next(words) or (_number_in(words) > 1 and "page" in script.lower())
        for words, script in _scripts_of_links(page)
    )
    return any(turning) or _MORE.search(page.visible_text) is not None
