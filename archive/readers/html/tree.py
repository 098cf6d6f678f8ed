"""The tree of cleaned markup: BeautifulSoup's, built by lxml, and proved to hold the whole text.

libxml2 drops in silence what lies too deep for it, so the text of the tree is compared with the text that went in, and
the slower builder of the standard library steps in where they differ.
"""

from __future__ import annotations

from collections.abc import Mapping

from bs4 import BeautifulSoup, Tag
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import AttributeDict, NavigableString, PageElement

from archive.models import UnreadableDocument
from archive.readers.html.clean import bare

_ASCII_BLANKS = "\n\t\f\r "


class _Element(Tag):
    """An element of cleaned markup; what all of them have in common stands in the class, not in each."""

    parser_class = BeautifulSoup
    namespace = prefix = sourceline = sourcepos = cdata_list_attributes = preserve_whitespace_tags = None
    known_xml = can_be_empty_element = hidden = False
    interesting_string_types = Tag.MAIN_CONTENT_STRING_TYPES

    def __init__(self, name: str, attrs: Mapping[str, str]) -> None:
        self.name = name
        self.attrs = AttributeDict(attrs) if attrs else AttributeDict()
        self.contents: list[PageElement] = []
        self._namespaces = {}


class _Builder(LXMLTreeBuilder):
    """BeautifulSoup's builder for lxml without what cleaned markup never has, at half of the cost.

    That is namespaces, lists in attributes, elements with text of a kind of their own (scripts, `pre`), `meta`, and
    tags that must be mended. lxml calls `start`, `data` and `end`.
    """

    _open: Tag
    _last: PageElement | None
    _pieces: list[str]

    def feed(self, markup: str) -> None:  # type: ignore[override]
        """Builds the tree below the soup."""
        assert self.soup is not None
        self._open, self._last, self._pieces = self.soup, None, []
        super().feed(markup)
        self._end_text()

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:  # type: ignore[override]
        """Opens an element; without a third argument lxml gathers no namespaces."""
        self._end_text()
        element = _Element(tag, attrib)
        self._add(element)
        self._open = element

    def data(self, data: str) -> None:  # type: ignore[override]
        """Takes a piece of text."""
        self._pieces.append(data)

    def end(self, tag: str) -> None:  # type: ignore[override]
        """Closes the innermost open element of this name, and those within it; none where none is open."""
        self._end_text()
        element: Tag | None = self._open
        while element is not None and element.name != tag:
            element = element.parent
        if element is not None and element.parent is not None:
            self._open = element.parent

    def _end_text(self) -> None:
        if self._pieces:
            text = "".join(self._pieces)
            self._pieces = []
            if not text.strip(_ASCII_BLANKS):
                text = "\n" if "\n" in text else " "
            string = str.__new__(NavigableString, text)  # its own way to make one sets every neighbour first to none
            string.hidden = False
            self._add(string)

    def _add(self, node: PageElement) -> None:
        """Links a node with its neighbours, as the last one within the open element."""
        parent, before = self._open, self._last
        siblings = parent.contents
        node.parent = parent
        node.previous_element = before
        if before is not None:
            before.next_element = node
        node.previous_sibling = siblings[-1] if siblings else None
        if siblings:
            siblings[-1].next_sibling = node
        node.next_element = node.next_sibling = None
        siblings.append(node)
        self._last = node


def build_tree(markup: str, text: str) -> tuple[Tag, list[str]]:
    """The tree of cleaned markup and warnings; `text` is what it must hold, without blanks.

    Raises UnreadableDocument where no builder keeps the whole text.
    """
    tree = BeautifulSoup(markup, builder=_Builder())
    if _text_of(tree) == text:
        return tree, []
    tree = BeautifulSoup(markup, "html.parser")
    if _text_of(tree) == text:
        return tree, ["too deep for the usual tree builder; read with the slower one"]
    raise UnreadableDocument("no tree could be built from the page without losing text")


def _text_of(tree: Tag) -> str:
    found: list[str] = []
    node: PageElement | None = tree.find(True)  # the root itself does not lead on to it
    while node is not None:
        if type(node) is NavigableString:
            found.append(node)
        node = node.next_element
    return bare("".join(found))
