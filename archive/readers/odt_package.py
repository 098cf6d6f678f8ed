"""The zip file around an OpenDocument text: its parts, unpacked within bounds and parsed without DTDs or entities.

Source: OpenDocument Version 1.3, part 2 (packages).
"""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from archive.models import UnreadableDocument
from archive.readers.limits import ZIP_FAULTS, refuse

_MAX_PARTS = 5_000
_MAX_PART = 40 << 20
_MAX_RATIO = 400
_RATIO_MATTERS = 4 << 20


def check_sizes(archive: zipfile.ZipFile) -> None:
    """Raises UnreadableDocument where the parts of an Office file are too many or would unpack to too much."""
    infos = archive.infolist()
    if len(infos) > _MAX_PARTS:
        raise refuse(f"has more than {_MAX_PARTS:,} parts in its zip file")
    for info in infos:
        ratio = info.file_size / max(info.compress_size, 1)
        if info.file_size > _MAX_PART or (info.file_size > _RATIO_MATTERS and ratio > _MAX_RATIO):
            raise refuse(f"would unpack {info.filename} from {info.compress_size:,} to {info.file_size:,} bytes")


class OdtPackage:
    """An open OpenDocument file; every method raises UnreadableDocument for what is damaged or beyond the bounds."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except ZIP_FAULTS as fault:
            raise UnreadableDocument(f"a damaged OpenDocument file: {fault}") from fault
        check_sizes(self._zip)
        manifest = self.tree("META-INF/manifest.xml")
        if manifest is not None and manifest.find(".//{*}encryption-data") is not None:
            raise UnreadableDocument("an OpenDocument file encrypted with a password")

    def tree(self, name: str) -> etree._Element | None:
        """The root element of a part, or None where the file has no such part."""
        try:
            info = self._zip.getinfo(name)
        except KeyError:
            return None
        try:
            with self._zip.open(info) as part:
                data = part.read(info.file_size + 1)
        except ZIP_FAULTS as fault:
            raise UnreadableDocument(f"a damaged OpenDocument file: {name}: {fault}") from fault
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as fault:
            raise UnreadableDocument(f"a damaged OpenDocument file: {name}: {fault}") from fault
        if root.getroottree().docinfo.internalDTD is not None:
            raise UnreadableDocument(f"an OpenDocument file with a document type declaration in {name}")
        return root
