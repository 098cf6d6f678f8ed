"""The parts of a Word document, and the values of its elements."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from lxml import etree

from archive.models import UnreadableDocument
from archive.readers.zip_parts import ZipParts

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


class Package(ZipParts):
    """An open Word file; every method raises UnreadableDocument for what is damaged or beyond the bounds."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, "Word file")
        self.main = self._main_part()
        self._relations = self.relations(self.main)

    def related(self, kind: str) -> etree._Element | None:
        """The root of the part that the main part relates to as `kind` (`styles`, `numbering`, `footnotes`)."""
        guess = posixpath.join(posixpath.dirname(self.main), f"{kind}.xml")
        name = next((relation.target for relation in self._relations.values() if relation.kind == kind), guess)
        return self.find_tree(name)

    def external(self) -> Mapping[str, str]:
        """Relation ids of the main part that lead out of the file, with their targets."""
        return {key: relation.target for key, relation in self._relations.items() if relation.outside}

    def _main_part(self) -> str:
        for kind, target, _ in self.relations("").values():
            if kind == "officeDocument" and self.has(target):
                return target
        if self.has("word/document.xml"):
            return "word/document.xml"
        raise UnreadableDocument("a zip file without the document part of a Word file")


def value(element: etree._Element | None, default: str = "") -> str:
    """The `w:val` of an element, or `default` where there is no element or no such attribute."""
    return default if element is None else element.get(f"{W}val", default)


def number(element: etree._Element | None, default: int) -> int:
    """The `w:val` of an element as a whole number, or `default` where it is none."""
    text = value(element)
    return int(text) if text.isdecimal() and len(text) <= 10 else default


def is_on(element: etree._Element | None) -> bool:
    """Whether a switch element is there and not switched off."""
    return element is not None and value(element, "true") not in ("0", "false", "off", "none")
