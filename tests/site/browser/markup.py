"""What is wrong with the HTML of a page: errors of the standard's parser, and rules that a parser does not know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

from bs4 import BeautifulSoup, Tag
from justhtml import JustHTML

INTERACTIVE = "a[href], button, input:not([type=hidden]), select, textarea, summary, label"
LABELLED = "input:not([type=hidden], [type=submit]), select, textarea"
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "headers", "list")
ONLY_PHRASING = (
    "p, h1, h2, h3, h4, dt, caption, summary, span, a, button, label, legend, figcaption, code, strong, em, small"
)
BLOCKS = (
    "div",
    "p",
    "ul",
    "ol",
    "dl",
    "table",
    "section",
    "article",
    "form",
    "figure",
    "pre",
    "nav",
    "blockquote",
    "hr",
)
MAY_HOLD_BLOCKS = ("caption", "figcaption", "a", "dt")
"""Of `ONLY_PHRASING`, what the standard lets hold blocks after all (`a` where its parent does)."""
CHILDREN = {
    "ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}, "tr": {"th", "td"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
    "thead": {"tr"}, "tbody": {"tr"}, "tfoot": {"tr"},
}  # fmt: skip


VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


class Nesting(HTMLParser):
    """Whether every element that is opened is closed, in order: the standard forgives much that we do not want."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing to remember: closed at once, as parts of a drawing are."""

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1:] != [tag]:
            self.wrong.append(f"line {self.getpos()[0]}: {tag} is closed inside of {' > '.join(self.open[-3:])}")
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]


def errors(text: str) -> Iterator[str]:
    """Everything wrong with a page; https://html.spec.whatwg.org/multipage/syntax.html and the content models there."""
    for error in JustHTML(text, sanitize=False, collect_errors=True).errors:
        yield f"line {error.line}: {error.code} {error.message}"
    nesting = Nesting()
    nesting.feed(text)
    yield from nesting.wrong
    page = BeautifulSoup(text, "html.parser")
    yield from _ids(page)
    yield from _forms(page)
    yield from _content(page)
    yield from _headings(page)
    for table in page.find_all("table"):
        yield from _table(table)


def _short(tag: Tag) -> str:
    return str(tag)[:120]


def _ids(page: BeautifulSoup) -> Iterator[str]:
    ids = Counter(str(tag["id"]) for tag in page.select("[id]"))
    yield from (f"the id {name!r} stands {n} times" for name, n in ids.items() if n > 1)
    yield from (f"{name!r} is no id" for name in ids if not name or any(c.isspace() for c in name))
    for attribute in REFERENCES:
        for tag in page.select(f"[{attribute}]"):
            yield from (
                f"{attribute} names {name!r}, which is not there"
                for name in str(tag[attribute]).split()
                if name not in ids
            )
    for tag in page.select("a[href^='#']"):
        if str(tag["href"])[1:] not in ids:
            yield f"a link leads to {tag['href']}, which is not there"


def _forms(page: BeautifulSoup) -> Iterator[str]:
    for field in page.select(LABELLED):
        label = field.find_parent("label") or page.find("label", attrs={"for": field.get("id") or "-"})
        if not label and not field.get("aria-label") and not field.get("aria-labelledby"):
            yield f"has no label: {_short(field)}"
    yield from (
        f"no name said of: {_short(image)}" for image in page.select("img:not([alt]), svg:not([aria-hidden], [role])")
    )


def _content(page: BeautifulSoup) -> Iterator[str]:
    for tag in page.select(INTERACTIVE):
        inside = [one for one in tag.select(INTERACTIVE) if tag.name != "label" or one.name == "a"]
        yield from (f"{tag.name} holds {one.name}: {_short(tag)}" for one in inside if tag.name != "summary")
    for tag in page.select(ONLY_PHRASING):
        if tag.name not in MAY_HOLD_BLOCKS:
            yield from (f"{tag.name} holds {one.name}: {_short(tag)}" for one in tag.find_all(BLOCKS))
    for name, allowed in CHILDREN.items():
        for tag in page.find_all(name):
            wrong = {child.name for child in tag.find_all(recursive=False)} - allowed
            wrong |= {"text"} if any(text.strip() for text in tag.find_all(string=True, recursive=False)) else set()
            yield from (f"{name} holds {one}: {_short(tag)}" for one in sorted(wrong))
    yield from (f"has a style or a script of its own: {_short(tag)}" for tag in page.select("[style], style, script"))


def _headings(page: BeautifulSoup) -> Iterator[str]:
    last = 0
    for heading in page.find_all(["h1", "h2", "h3", "h4", "h5", "h6"]):
        level = int(heading.name[1])
        if level > last + 1:
            yield f"h{level} follows h{last}: {heading.get_text()[:60]}"
        if not heading.get_text(strip=True):
            yield f"an empty h{level}"
        last = level


def _table(table: Tag) -> Iterator[str]:
    """Rows are equally wide, counting what spans; heads say what they head."""
    name = _short(table)
    if (
        not table.find("caption")
        and not table.find_parent(attrs={"aria-labelledby": True})
        and not table.find_parent(attrs={"aria-label": True})
    ):
        yield f"a table without a caption: {name}"
    yield from (
        f"a head without scope: {_short(head)}" for head in table.select("th:not([scope])") if head.get_text(strip=True)
    )
    widths: list[int] = []
    for part in table.find_all(["thead", "tbody", "tfoot"], recursive=False):
        hanging: list[int] = []
        for row in part.find_all("tr", recursive=False):
            cells = row.find_all(["td", "th"], recursive=False)
            wide = [int(str(cell.get("colspan", "1"))) for cell in cells]
            widths.append(sum(wide) + len(hanging))
            hanging = [rest - 1 for rest in hanging if rest > 1]
            for cell, width in zip(cells, wide, strict=True):
                hanging += (
                    [int(str(cell.get("rowspan", "1"))) - 1] * width if int(str(cell.get("rowspan", "1"))) > 1 else []
                )
        if hanging:
            yield f"a cell hangs out of its table: {name}"
    if len(set(widths)) > 1:
        yield f"rows of {sorted(set(widths))} columns: {name}"
