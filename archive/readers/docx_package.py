"""The zip file around a Word document: its parts, unpacked within bounds and parsed without DTDs or entities."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Mapping
from urllib.parse import unquote

from lxml import etree

from archive.models import UnreadableDocument
from archive.readers.limits import ZIP_FAULTS, refuse

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

MAX_PARTS = 5_000
MAX_PART = 40 << 20
MAX_RATIO = 400
_RATIO_MATTERS = 4 << 20

# ISO/IEC 29500 Strict names the same elements in other namespaces.
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/math",
        b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    ),
)


class Package:
    """An open Word file; every method raises UnreadableDocument for what is damaged or beyond the bounds."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except ZIP_FAULTS as fault:
            raise UnreadableDocument(f"a damaged Word file: {fault}") from fault
        self._names = {info.filename.lower(): info for info in self._zip.infolist()}
        if len(self._zip.infolist()) > MAX_PARTS:
            raise refuse(f"has more than {MAX_PARTS:,} parts in its zip file")
        self.main = self._main_part()
        self._relations = self._relations_of(self.main)

    def related(self, kind: str) -> str | None:
        """The name of the part that the main part relates to as `kind` (`styles`, `numbering`, `footnotes`)."""
        for relation, target, _ in self._relations.values():
            if relation == kind:
                return target
        guess = posixpath.join(posixpath.dirname(self.main), f"{kind}.xml")
        return guess if guess.lower() in self._names else None

    def external(self) -> Mapping[str, str]:
        """Relation ids of the main part that lead out of the file, with their targets."""
        return {key: target for key, (_, target, outside) in self._relations.items() if outside}

    def tree(self, name: str) -> etree._Element | None:
        """The root element of a part, or None where the file has no such part."""
        data = self._read(name)
        if data is None:
            return None
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as fault:
            if "xcessive depth" in str(fault):
                raise refuse(f"nests the elements of {name} deeper than the XML reader allows") from fault
            raise UnreadableDocument(f"a damaged Word file: {name}: {fault}") from fault
        if root.getroottree().docinfo.internalDTD is not None:
            raise UnreadableDocument(f"a Word file with a document type declaration in {name}, which no Word writes")
        return root

    def _read(self, name: str) -> bytes | None:
        info = self._names.get(name.lower())
        if info is None:
            return None
        ratio = info.file_size / max(info.compress_size, 1)
        if info.file_size > MAX_PART or (info.file_size > _RATIO_MATTERS and ratio > MAX_RATIO):
            raise refuse(f"would unpack {name} from {info.compress_size:,} to {info.file_size:,} bytes")
        try:
            with self._zip.open(info) as part:
                data = part.read(info.file_size + 1)
        except ZIP_FAULTS as fault:
            raise UnreadableDocument(f"a damaged Word file: {name}: {fault}") from fault
        return data

    def _main_part(self) -> str:
        for kind, target, _ in self._relations_of("").values():
            if kind == "officeDocument" and target.lower() in self._names:
                return target
        if "word/document.xml" in self._names:
            return "word/document.xml"
        raise UnreadableDocument("a zip file without the document part of a Word file")

    def _relations_of(self, part: str) -> dict[str, tuple[str, str, bool]]:
        """By id: the last word of the relation's type, the target and whether it lies outside of the file."""
        folder, name = posixpath.split(part)
        root = self.tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, tuple[str, str, bool]] = {}
        for relation in root if root is not None else ():
            target = relation.get("Target") or ""
            outside = relation.get("TargetMode") == "External"
            if not outside:
                target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
            found[relation.get("Id") or ""] = ((relation.get("Type") or "").rpartition("/")[2], target, outside)
        return found


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
