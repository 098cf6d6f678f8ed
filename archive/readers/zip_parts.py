"""The zip file that an Office or OFD document is: parts by name, unpacked within bounds and parsed without DTDs.

Sources: ECMA-376 part 2 (packages, relationships), OpenDocument 1.3 part 2, GB/T 33190-2016 chapter 7.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

from archive.models import UnreadableDocument
from archive.readers.limits import MAX_BYTES, ZIP_FAULTS, refuse

MAX_PARTS = 5_000
MAX_PART = 40 << 20
MAX_RATIO = 400
_RATIO_MATTERS = 4 << 20
# ISO/IEC 29500 Strict names the same elements in other namespaces.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_USUAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"


class Relation(NamedTuple):
    """What a part says of another: the last word of the relation's type, and a part or, `outside`, an address."""

    kind: str
    target: str
    outside: bool


class ZipParts:
    """An open file; every method raises UnreadableDocument for what is damaged or beyond the bounds.

    `what` names the file for a person (`Word file`). Names of parts are told apart by letter case nowhere, and a
    backslash in them is a slash: programs do not agree on either.
    """

    def __init__(self, data: bytes, what: str) -> None:
        self.what = what
        if len(data) > MAX_BYTES:
            raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except ZIP_FAULTS as fault:
            raise self.damaged(fault) from fault
        infos = self._zip.infolist()
        if len(infos) > MAX_PARTS:
            raise refuse(f"has more than {MAX_PARTS:,} parts in its zip file")
        self._infos = {_key(info.filename): info for info in infos}

    def damaged(self, why: object) -> UnreadableDocument:
        """The exception to raise for this file; `why` says what is damaged."""
        return UnreadableDocument(f"a damaged {self.what}: {why}")

    def names(self) -> list[str]:
        """The names of all parts in the order of the file."""
        return [info.filename for info in self._infos.values()]

    def has(self, name: str) -> bool:
        """Whether the file has a part of that name."""
        return _key(name) in self._infos

    def check_sizes(self) -> None:
        """Refuses the file for any part that would unpack to too much: for libraries that unpack on their own."""
        for info in self._infos.values():
            _check(info)

    def find(self, name: str) -> bytes | None:
        """The bytes of a part, or None where the file has no such part."""
        info = self._infos.get(_key(name))
        if info is None:
            return None
        _check(info)
        try:
            with self._zip.open(info) as part:
                return part.read(info.file_size + 1)
        except ZIP_FAULTS as fault:
            raise self.damaged(f"{name}: {fault}") from fault

    def part(self, name: str) -> bytes:
        """The bytes of a part that the file must have."""
        data = self.find(name)
        if data is None:
            raise self.damaged(f"it has no part {name}")
        return data

    def find_tree(self, name: str) -> etree._Element | None:
        """The root element of a part, or None where the file has no such part."""
        data = self.find(name)
        return None if data is None else self._parsed(name, data)

    def tree(self, name: str) -> etree._Element:
        """The root element of a part that the file must have."""
        return self._parsed(name, self.part(name))

    def relations(self, part: str) -> dict[str, Relation]:
        """The relations of a part, or with an empty name of the whole file, by their id."""
        folder, name = posixpath.split(part)
        root = self.find_tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, Relation] = {}
        for element in root if root is not None else ():
            target = element.get("Target") or ""
            outside = element.get("TargetMode") == "External"
            if not outside:
                target = beside(part, unquote(target))
            kind = (element.get("Type") or "").rpartition("/")[2]
            found[element.get("Id") or ""] = Relation(kind, target, outside)
        return found

    def statements(self, name: str, path: str = "*") -> tuple[dict[str, str], list[str]]:
        """What the elements at `path` of a part state of the file (`title`, `creator`, …), and warnings.

        A damaged statement is only a warning.
        """
        try:
            root = self.find_tree(name)
        except UnreadableDocument as fault:
            return {}, [f"the file's own properties could not be read: {fault}"]
        found: dict[str, str] = {}
        for element in root.iterfind(path) if root is not None else ():
            if text := (element.text or "").strip():
                found[etree.QName(element).localname.lower()] = text
        return found, []

    def _parsed(self, name: str, data: bytes) -> etree._Element:
        try:
            root = etree.fromstring(_STRICT.sub(_USUAL, data) if b"purl.oclc.org" in data else data, safe_parser())
        except (etree.XMLSyntaxError, ValueError) as fault:
            if "xcessive depth" in str(fault):
                raise refuse(f"nests the elements of {name} deeper than the XML reader allows") from fault
            raise self.damaged(f"{name}: {fault}") from fault
        if root.getroottree().docinfo.internalDTD is not None:
            raise self.damaged(f"{name} carries a document type declaration, which no program writes")
        return root


def safe_parser() -> etree.XMLParser:
    """A parser that loads nothing and puts no entity in; a document type declaration is for the caller to refuse."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def beside(part: str, location: str | None) -> str:
    """The name of the part at `location` as it stands in `part`: from the root if it begins with a slash."""
    location = (location or "").strip().replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), location)).lstrip("/")


def _key(name: str) -> str:
    return name.replace("\\", "/").lower()


def _check(info: zipfile.ZipInfo) -> None:
    ratio = info.file_size / max(info.compress_size, 1)
    if info.file_size > MAX_PART or (info.file_size > _RATIO_MATTERS and ratio > MAX_RATIO):
        raise refuse(f"would unpack {info.filename} from {info.compress_size:,} to {info.file_size:,} bytes")
