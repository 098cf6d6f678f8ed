"""Cells of an .xlsx workbook that hold a formula and no result, as programs leave them that cannot calculate.

A reader of values sees such a cell as blank, which would be wrong. Source: ECMA-376 part 1, §18.3.1.4 (c) and
§18.3.1.40 (f).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping

from lxml import etree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})\Z")
_EMPTY = re.compile(rb"<f[ >/]")


def without_results(archive: zipfile.ZipFile) -> Mapping[str, frozenset[tuple[int, int]]]:
    """Zero-based row and column of each such cell, by the name of its sheet.

    Raises what `zipfile` raises, and ValueError for XML that cannot be read.
    """
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in tree(archive.read("xl/_rels/workbook.xml.rels"))
    }
    found: dict[str, frozenset[tuple[int, int]]] = {}
    for sheet in tree(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
        part = targets.get(sheet.get(_R_ID, ""))
        if part in names and part is not None:
            data = archive.read(part)
            if _EMPTY.search(data):
                found[sheet.get("name", "")] = frozenset(_cells(tree(data)))
    return found


def _cells(root: etree._Element) -> Iterator[tuple[int, int]]:
    for cell in root.iter(f"{_MAIN}c"):
        if cell.find(f"{_MAIN}f") is None:
            continue
        value = cell.find(f"{_MAIN}v")
        at = _REFERENCE.match(cell.get("r", ""))
        if at and (value is None or (not value.text and cell.get("t") != "str")):
            column = 0
            for letter in at[1]:
                column = column * 26 + ord(letter) - ord("A") + 1
            yield int(at[2]) - 1, column - 1


def tree(data: bytes) -> etree._Element:
    """The root of a part; raises ValueError for XML that is damaged or carries a DTD."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise ValueError(str(fault)) from fault
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a document type declaration")
    return root
