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
from archive.readers.html_clean import bare


class _Builder(LXMLTreeBuilder):
    """BeautifulSoup's builder for lxml without what cleaned markup never has.

    That is namespaces, lists in attributes, elements with text of a kind of their own (scripts, `pre`), and `meta`.
    """

    attribute_dict_class = AttributeDict

    def __init__(self) -> None:
        super().__init__(multi_valued_attributes=None, preserve_whitespace_tags=set(), string_containers={})

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:  # type: ignore[override]
        """Called by lxml at each start tag; without a third argument it gathers no namespaces."""
        assert self.soup is not None
        self.soup.handle_starttag(tag, None, None, dict(attrib))

    def end(self, tag: str) -> None:  # type: ignore[override]
        """Called by lxml at each end tag."""
        assert self.soup is not None
        self.soup.handle_endtag(tag)

    def set_up_substitutions(self, tag: Tag) -> bool:
        """Called by BeautifulSoup at each start tag, for the sake of `meta`."""
        return False


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
