"""The zip file around an OFD document: its parts, found by path and parsed without DTDs or entities.

Source: GB/T 33190-2016, chapter 7 (file structure).
"""

from __future__ import annotations

import io
import posixpath
import zipfile

from lxml import etree

from archive.models import UnreadableDocument
from archive.readers.limits import ZIP_FAULTS
from archive.readers.odt_package import check_sizes


class OfdPackage:
    """An open OFD file; every method raises UnreadableDocument for what is damaged or beyond the bounds."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except ZIP_FAULTS as fault:
            raise UnreadableDocument(f"a damaged OFD file: {fault}") from fault
        check_sizes(self._zip)
        self._names = {info.filename.replace("\\", "/").lower(): info for info in self._zip.infolist()}
        if "encryptions.xml" in self._names:
            raise UnreadableDocument("an OFD file encrypted with a password or certificate")

    def tree(self, name: str) -> etree._Element:
        """The root element of a part."""
        data = self.part(name)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as fault:
            raise UnreadableDocument(f"a damaged OFD file: {name}: {fault}") from fault
        if root.getroottree().docinfo.internalDTD is not None:
            raise UnreadableDocument(f"an OFD file with a document type declaration in {name}")
        return root

    def part(self, name: str) -> bytes:
        """The bytes of a part."""
        info = self._names.get(name.lower())
        if info is None:
            raise UnreadableDocument(f"a damaged OFD file: it has no part {name}")
        try:
            with self._zip.open(info) as part:
                return part.read(info.file_size + 1)
        except ZIP_FAULTS as fault:
            raise UnreadableDocument(f"a damaged OFD file: {name}: {fault}") from fault

    def has(self, name: str) -> bool:
        """Whether the file has a part of that name."""
        return name.lower() in self._names


def beside(part: str, location: str | None) -> str:
    """The name of the part at `location`, an ST_Loc as it stands in `part`: from the root if it begins with a slash."""
    location = (location or "").strip().replace("\\", "/")
    if location.startswith("/"):
        return posixpath.normpath(location).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), location)).lstrip("/")


def local(element: etree._Element) -> str:
    """The name of an element without its namespace, which writers of OFD do not agree on."""
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
