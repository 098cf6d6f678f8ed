"""What stands on every page of a site, and so says nothing of the one it is seen on."""

from __future__ import annotations

from lxml import etree

from crawler.pages.known import known


def in_furniture(element: etree._Element) -> bool:
    """Whether an element stands in the head or foot of the site."""
    for parent in element.iterancestors():
        names = f"{parent.tag} {parent.get('id') or ''} {parent.get('class') or ''}".lower().split()
        if parent.tag not in {"html", "body"} and not known().furniture.isdisjoint(names):
            return True
    return False
