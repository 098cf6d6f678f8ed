"""Elements of OFD files by their names without a namespace, which writers of OFD do not agree on."""

from __future__ import annotations

from lxml import etree


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first descendant along a path of local names."""
    for name in path:
        if element is None:
            return None
        element = next((inner for inner in element if local(inner) == name), None)
    return element


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    """The children of that local name."""
    return [] if element is None else [inner for inner in element if local(inner) == name]


def text_of(element: etree._Element | None) -> str:
    """The text of an element, blanks at its ends removed; nothing where there is no element."""
    return "" if element is None else (element.text or "").strip()
