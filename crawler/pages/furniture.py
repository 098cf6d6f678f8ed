"""What stands on every page of a site, and so says nothing of the one it is seen on."""

from __future__ import annotations

from lxml import etree

_FURNITURE = frozenset({"header", "footer", "head", "foot", "top", "bottom", "nav", "topbar", "friendlinks"})
"""Names that templates give to the head and foot of a site, as tag, id or class."""


def in_furniture(element: etree._Element) -> bool:
    """Whether an element stands in the head or foot of the site."""
    for parent in element.iterancestors():
        names = f"{parent.tag} {parent.get('id') or ''} {parent.get('class') or ''}".lower().split()
        if parent.tag not in {"html", "body"} and not _FURNITURE.isdisjoint(names):
            return True
    return False
