"""Markup to the little of it that carries structure, in one pass and in linear time.

What word processors and portals wrap around a text (spans, fonts, styles, scripts, comments) is nine tenths of a page
and costs a tree builder most of its time, so it goes before the tree is built. Text goes through this pass unchanged.
Tags are cut as the standard does (https://html.spec.whatwg.org/multipage/parsing.html#tokenization), with two
exceptions in favour of the text: a comment or CDATA section that never ends hides nothing, and a `<` that begins no
possible tag is text.

The markup handed on is balanced and not deep, because libxml2 drops in silence what lies deeper than its limit.
In it U+2029 stands for the edge of a paragraph, U+2028 for a line break, U+FFFC for an image.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

from archive.models import Link
from archive.readers.html.beside import apart_from_figures
from archive.readers.html.tokens import (
    BLANKS,
    COMMENT_END,
    IMAGE,
    LINE,
    LINE_END,
    PARAGRAPH,
    RAW_END,
    TAG,
    UNSEEN,
    article_name,
    attributes,
    hidden_names,
    is_hidden,
    run_pattern,
    spans,
    with_fields_as_markup,
    without_tags,
)
from archive.readers.html.vocabulary import BREAKS, CONTAINERS, HEADINGS, SCRIPTS, TABLE_PARTS, VOID
from archive.readers.limits import MAX_CELLS, MAX_ELEMENTS, MAX_TABLE_DEPTH, refuse
from archive.readers.raised import marked_digits

MAX_DEPTH = 100

_BETWEEN_CELLS = frozenset({"table", "tr"})
_IN_TABLE = ("table",)
_IN_ROW = ("tr", "table")
_CELL_TAGS = {"<td>": "td", "<th>": "td", "<tr>": "tr"}
_CELL_ENDS = {"</td>": "td", "</th>": "td", "</tr>": "tr"}
"""The tags that a page of tables has most of, as they are mostly written: handled without being cut."""
_CELL_BARRIER = TABLE_PARTS
_BARRIERS: dict[str, frozenset[str]] = {
    "table": frozenset(),
    "tr": frozenset({"table"}),
    "td": frozenset({"table"}),
    "caption": frozenset({"table"}),
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left of a page: balanced `markup`, and the `text` in it without blanks, to compare with the tree's.

    `hidden` says whether any element may be marked as hidden.
    """

    markup: str
    text: str
    hidden: bool
    title: str | None
    metadata: dict[str, str]
    links: tuple[Link, ...]
    warnings: tuple[str, ...]


def clean(source: str) -> Cleaned:
    """Reduces a decoded page to its structure; raises UnreadableDocument for more cells or elements than the limits."""
    return _Cleaner(source).run()


def bare(text: str) -> str:
    """`text` without any blanks, marks included: what must be equal before and after a tree is built."""
    return "".join(text.split())


class _Cleaner:
    """The state of one pass: position, open elements, and what was put out."""

    def __init__(self, source: str) -> None:
        source = apart_from_figures(with_fields_as_markup(source))
        self.source = marked_digits(UNSEEN.sub("", source) if UNSEEN.search(source) else source)
        self.hiding = hidden_names(self.source)
        self.out: list[str] = ["<html><body>"]
        self.texts: list[str] = []
        self.stack: list[tuple[str, str]] = []  # (name in the source, name put out)
        self.tables: list[int] = []  # where in `out` each open table began
        self.pre = 0
        self.link: tuple[str, int] | None = None
        self.links: list[Link] = []
        self.metadata: dict[str, str] = {}
        self.title: str | None = None
        self.warnings: dict[str, None] = {}
        self.elements = self.cells = 0
        self.endless: set[str] = set()
        self.cell_marks: dict[tuple[str, bool], str] = {}

    def run(self) -> Cleaned:
        source, position, size = self.source, 0, len(self.source)
        run = run_pattern(self.hiding)
        while position < size:
            match = run.match(source, position)
            if match and match.end() > position:
                self._segment(match[0])
                position = match.end()
            if position < size:
                position = self._markup(position)
        while self.stack:
            self._pop()
        self._end_link()
        self.out.append("</body></html>")
        return Cleaned(
            "".join(self.out),
            bare("".join(self.texts)),
            bool(self.hiding),
            self.title,
            self.metadata,
            tuple(self.links),
            tuple(self.warnings),
        )

    # ------------------------------------------------------------------ text

    def _segment(self, text: str) -> None:
        if "<" in text:
            text = without_tags(text)
        if "&" in text:
            text = html.unescape(text)
            if UNSEEN.search(text):
                text = UNSEEN.sub("", text)
        if self.pre:
            text = LINE_END.sub(LINE, text)
        if text.isspace() and self.stack and self.stack[-1][1] in _BETWEEN_CELLS:
            return
        self._text(BLANKS.sub(" ", text))

    def _text(self, text: str) -> None:
        self.texts.append(text)
        if "&" in text or "<" in text or ">" in text:
            text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        self.out.append(text)

    # ------------------------------------------------------------------ markup

    def _markup(self, position: int) -> int:
        """Handles the markup at `position` and returns where it ends."""
        source = self.source
        if name := _CELL_ENDS.get(source[position : position + 5]):
            self._close(name)
            return position + 5
        if name := _CELL_TAGS.get(source[position : position + 4]):
            self._open_part(name, "", hidden=False)
            return position + 4
        match = TAG.match(source, position)
        if match is None and source.startswith("<!", position):
            return self._declaration(position)
        if match is None:  # `</` or `<?` and no name: a bogus comment
            return self._after(">", position, 2)
        closing, name, attrs, end = match.groups()
        if not name.isascii() or (not end and not attrs.isascii()):
            self._segment_text(match[0])
            return match.end()
        if not end:
            self._warn("the page ends inside a tag")
            return match.end()
        name = name.lower()
        if closing:
            self._close(name)
            return match.end()
        return self._open(name, attrs, match.end())

    def _segment_text(self, text: str) -> None:
        """Text that looked like a tag: no tag is cut from it."""
        self._text(BLANKS.sub(" ", html.unescape(text)))

    def _declaration(self, position: int) -> int:
        source = self.source
        if source.startswith("<![CDATA[", position):
            return position + len("<![CDATA[")
        if not source.startswith("<!--", position):
            return self._after(">", position, 2)
        if source.startswith(("<!-->", "<!--->"), position):
            return source.index(">", position) + 1
        if "--" not in self.endless:
            if end := COMMENT_END.search(source, position + 4):
                return end.end()
            self.endless.add("--")
            self._warn("a comment never ends: what follows it was read as text")
        return position + 4

    def _after(self, mark: str, position: int, skip: int) -> int:
        end = self.source.find(mark, position)
        if end >= 0:
            return end + len(mark)
        self._segment_text(self.source[position:])
        return len(self.source)

    def _open(self, name: str, attrs: str, end: int) -> int:
        """Handles a start tag whose inside is `attrs`; returns where reading goes on."""
        if name in TABLE_PARTS:
            self._element(name, attrs)
        elif name in RAW_END:
            return self._raw(name, attrs, end)
        elif name == "br":
            self._text(LINE)
        elif name == "img":
            self._text(IMAGE)
        elif name in ("meta", "base", "embed", "object", "frame"):
            self._state(name, attributes(attrs))
        elif name not in VOID:
            self._element(name, attrs)
        return end

    def _raw(self, name: str, attrs: str, start: int) -> int:
        """Skips an element whose content is no markup; title and textarea keep theirs as text."""
        if name == "iframe":
            self._state(name, attributes(attrs))
        found = None if name in self.endless else RAW_END[name].search(self.source, start)
        if found is None:
            self.endless.add(name)
            if name not in SCRIPTS:
                return start
            self._warn(f"a {name} element never ends: {len(self.source) - start} characters after it were not read")
            return len(self.source)
        inside = self.source[start : found.start()]
        if name == "title":
            self.title = self.title or (BLANKS.sub(" ", UNSEEN.sub("", html.unescape(inside))).strip() or None)
        elif name in ("textarea", "xmp"):
            self._segment_text(inside)
        return found.end()

    def _state(self, name: str, found: dict[str, str]) -> None:
        """What an empty element states: metadata, the base address, an embedded document."""
        if name == "meta":
            key = (found.get("name") or found.get("property") or found.get("http-equiv") or "").strip().lower()
            value = BLANKS.sub(" ", found.get("content", "")).strip()
            if key and (value or key not in self.metadata):
                self.metadata[key] = value
        elif name == "base":
            self.metadata.setdefault("base", found.get("href", "").strip())
        elif url := (found.get("src") or found.get("data") or "").strip():
            self.links.append(Link(url, ""))

    # ------------------------------------------------------------------ elements

    def _element(self, name: str, attrs: str) -> None:
        hidden = name in self.hiding and is_hidden(attrs)
        if name in BREAKS:
            self._text(PARAGRAPH)
            if self.stack and self.stack[-1][0] == name and name in ("p", "li"):
                self._pop()
        if name in TABLE_PARTS:
            if name == "table":
                self._open_table(attrs, hidden)
            else:
                self._open_part("td" if name == "th" else name, attrs, hidden=hidden)
        elif name in CONTAINERS:
            self._push(name, "div", _marks(attrs, hidden))
        elif name in HEADINGS:
            if self.stack and self.stack[-1][1] in HEADINGS:
                self._pop()
            self._push(name, name, " hidden" if hidden else "")
        elif name == "a":
            self._open_link(attrs, hidden)
        elif name == "pre":
            self.pre += 1
            self._text(PARAGRAPH)
        elif hidden or (name in self.hiding and any(source == name for source, _ in self.stack)):
            self._push(name, "div" if name in BREAKS else "span", " hidden" if hidden else "")

    def _push(self, source: str, name: str, marks: str = "") -> None:
        if len(self.stack) >= MAX_DEPTH and name not in TABLE_PARTS:
            self._warn(f"elements nested deeper than {MAX_DEPTH} were flattened")
            self._text(PARAGRAPH)
            return
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise refuse(f"has more than {MAX_ELEMENTS:,} elements")
        self.stack.append((source, name))
        self.out.append(f"<{name}{marks}>")

    def _pop(self) -> None:
        _, name = self.stack.pop()
        if name == "a":
            self._end_link()
        elif name == "table":
            self.tables.pop()
        self.out.append(f"</{name}>")

    def _pop_above(self, names: tuple[str, ...]) -> bool:
        """Closes everything above the innermost element put out under one of `names`; False where none is open."""
        depth = next((i for i in range(len(self.stack) - 1, -1, -1) if self.stack[i][1] in names), None)
        if depth is None:
            return False
        while len(self.stack) > depth + 1:
            self._pop()
        return True

    def _open_table(self, attrs: str, hidden: bool) -> None:
        if len(self.tables) >= MAX_TABLE_DEPTH:
            raise refuse(f"has tables nested deeper than {MAX_TABLE_DEPTH}")
        if self.tables:
            self.out[self.tables[-1]] = self.out[self.tables[-1]].replace("<table", "<table nest", 1)
        self.tables.append(len(self.out))
        self._push("table", "table", _marks(attrs, hidden))

    def _open_part(self, name: str, attrs: str, *, hidden: bool) -> None:
        """Opens a row, a cell or a caption."""
        above = _IN_ROW if name == "td" else _IN_TABLE
        if not (self.stack and self.stack[-1][1] in above) and not self._pop_above(above):
            self._text(PARAGRAPH)  # outside of any table
            return
        if name == "td":
            self.cells += 1
            if self.cells > MAX_CELLS:
                raise refuse(f"has more than {MAX_CELLS:,} table cells")
            if self.stack[-1][1] == "table":
                self._push("tr", "tr")
            self._push(name, name, self._cell_marks(attrs, hidden) if attrs else "")
        else:
            self._push(name, name, " hidden" if hidden else "")

    def _cell_marks(self, attrs: str, hidden: bool) -> str:
        """The attributes of a cell put out for those in the source, of which a table repeats a few."""
        known = self.cell_marks.get((attrs, hidden))
        if known is None:
            stated = "".join(f' {axis}="{span}"' for axis, span in spans(attrs).items())
            known = self.cell_marks[attrs, hidden] = _marks(attrs, hidden) + stated
        return known

    def _open_link(self, attrs: str, hidden: bool) -> None:
        self._close("a")
        self._end_link()
        url = attributes(attrs).get("href", "").strip()
        if url or hidden:  # a mere anchor is no link, and often never closed
            self.link = (url, len(self.texts)) if url else None
            self._push("a", "a", " hidden" if hidden else "")

    def _end_link(self) -> None:
        if self.link is not None:
            url, start = self.link
            text = "".join(self.texts[start:])
            for mark in (PARAGRAPH, LINE, IMAGE):
                text = text.replace(mark, " ")
            self.links.append(Link(url, " ".join(text.split())))
            self.link = None

    def _close(self, name: str) -> None:
        if name in TABLE_PARTS:
            name = "td" if name == "th" else name
            if self.stack and self.stack[-1][0] == name:
                self._pop()
                return
        if name == "br":
            self._text(LINE)
            return
        if name == "pre":
            self.pre = max(0, self.pre - 1)
        if name in BREAKS or name == "pre":
            self._text(PARAGRAPH)
        if self.stack and self.stack[-1][0] == name:
            self._pop()
            return
        barrier = _BARRIERS.get(name, _CELL_BARRIER)
        for depth in range(len(self.stack) - 1, -1, -1):
            source, put = self.stack[depth]
            if source == name or (put in HEADINGS and name in HEADINGS):
                while len(self.stack) > depth:
                    self._pop()
                return
            if put in barrier:
                break
        if name in CONTAINERS or name in HEADINGS:
            self._text(PARAGRAPH)

    def _warn(self, text: str) -> None:
        self.warnings.setdefault(text)


def _marks(attrs: str, hidden: bool) -> str:
    article = article_name(attrs)
    return (" hidden" if hidden else "") + (f' article="{article}"' if article else "")
