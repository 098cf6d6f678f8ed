"""The format of the sheets of an .xlsx workbook.

Cells with a formula and no result, as programs leave them that cannot calculate, are told here too: a reader of values
sees them as blank, which would be wrong. Source: ECMA-376 part 1, §18.3.1.4 (c), §18.3.1.13 (col), §18.3.1.40 (f),
§18.3.1.73 (row), §18.3.1.81 (sheetFormatPr), §18.4 (shared strings), §18.8 (styles).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from archive.readers.docx.package import R
from archive.readers.raised import LOWERED, PLAIN, RAISED, Look
from archive.readers.sheets.format import PRINTS_NOTHING, Piece, Place, SheetFormat, is_rich
from archive.readers.zip_parts import ZipParts

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})\Z")
_SHIFTS = {"superscript": RAISED, "subscript": LOWERED}


def formats(parts: ZipParts) -> dict[str, SheetFormat]:
    """The format of each sheet by its name; raises UnreadableDocument for damaged parts."""
    workbook = next((r.target for r in parts.relations("").values() if r.kind == "officeDocument"), "xl/workbook.xml")
    relations = parts.relations(workbook)
    kinds = {relation.kind: relation.target for relation in relations.values() if not relation.outside}
    looks = _cell_looks(parts.find_tree(kinds.get("styles", "xl/styles.xml")))
    strings = _strings(parts.find_tree(kinds.get("sharedStrings", "xl/sharedStrings.xml")))
    found: dict[str, SheetFormat] = {}
    for sheet in parts.tree(workbook).iter(f"{_MAIN}sheet"):
        relation = relations.get(sheet.get(f"{R}id", ""))
        root = parts.find_tree(relation.target) if relation is not None and relation.kind == "worksheet" else None
        if root is not None:
            found[sheet.get("name", "")] = _sheet(root, looks, strings)
    return found


def _sheet(root: etree._Element, looks: Sequence[Look], strings: dict[int, Sequence[Piece]]) -> SheetFormat:
    found = SheetFormat()
    for column in root.iterfind(f"{_MAIN}cols/{_MAIN}col"):
        if _is_on(column, "hidden") or column.get("width") == "0":
            found.hide_columns(number(column.get("min"), 1) - 1, number(column.get("max"), 1) - 1)
    heights: dict[int, bool] = {}
    at = (-1, -1)
    for row in root.iterfind(f"{_MAIN}sheetData/{_MAIN}row"):
        at = (number(row.get("r"), at[0] + 2) - 1, -1)
        heights[at[0]] = not (_is_on(row, "hidden") or row.get("ht") == "0")
        for cell in row.iterfind(f"{_MAIN}c"):
            at = _place(cell.get("r", "")) or (at[0], at[1] + 1)
            _cell(cell, at, looks, strings, found)
    found.hidden_rows = {row for row, seen in heights.items() if not seen}
    defaults = root.find(f"{_MAIN}sheetFormatPr")
    if defaults is not None and _is_on(defaults, "zeroHeight"):
        found.hide_rows_but(heights)
    return found


def _cell(
    cell: etree._Element, at: Place, looks: Sequence[Look], strings: dict[int, Sequence[Piece]], found: SheetFormat
) -> None:
    style = number(cell.get("s"), 0)
    if style < len(looks) and looks[style] != PLAIN:
        found.looks[at] = looks[style]
    value, kind = cell.find(f"{_MAIN}v"), cell.get("t")
    if kind == "s" and value is not None:
        if (pieces := strings.get(number(value.text, -1))) is not None:
            found.pieces[at] = pieces
    elif kind == "inlineStr":
        pieces = _pieces(cell.find(f"{_MAIN}is"))
        if is_rich(pieces):
            found.pieces[at] = pieces
    elif cell.find(f"{_MAIN}f") is not None and (value is None or (not value.text and kind != "str")):
        found.no_results.add(at)


def _place(reference: str) -> Place | None:
    at = _REFERENCE.match(reference)
    if at is None:
        return None
    column = 0
    for letter in at[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(at[2]) - 1, column - 1


def _cell_looks(styles: etree._Element | None) -> list[Look]:
    """The look of each cell format; that of its font, and hidden where its number format prints nothing."""
    if styles is None:
        return []
    fonts = [_look(font) for font in styles.iterfind(f"{_MAIN}fonts/{_MAIN}font")]
    silent = {
        form.get("numFmtId")
        for form in styles.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
        if PRINTS_NOTHING.match(form.get("formatCode", ""))
    }
    found: list[Look] = []
    for form in styles.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf"):
        font = number(form.get("fontId"), 0)
        look = fonts[font] if font < len(fonts) else PLAIN
        found.append(look._replace(hidden=form.get("numFmtId") in silent))
    return found


def _strings(root: etree._Element | None) -> dict[int, Sequence[Piece]]:
    """The shared strings that look different in parts, by number."""
    items = root.iterfind(f"{_MAIN}si") if root is not None else ()
    return {n: pieces for n, item in enumerate(items) if is_rich(pieces := _pieces(item))}


def _pieces(item: etree._Element | None) -> list[Piece]:
    found: list[Piece] = []
    for run in item if item is not None else ():
        if run.tag == f"{_MAIN}t":
            found.append((run.text or "", None))
        elif run.tag == f"{_MAIN}r":
            properties = run.find(f"{_MAIN}rPr")
            text = "".join(part.text or "" for part in run.iterfind(f"{_MAIN}t"))
            found.append((text, None if properties is None else _look(properties)))
    return found


def _look(font: etree._Element) -> Look:
    shift, strike = font.find(f"{_MAIN}vertAlign"), font.find(f"{_MAIN}strike")
    look = _SHIFTS.get(shift.get("val", ""), PLAIN) if shift is not None else PLAIN
    return look._replace(struck=strike is not None and strike.get("val", "1") not in ("0", "false"))


def _is_on(element: etree._Element, name: str) -> bool:
    return element.get(name) in ("1", "true")


def number(text: str | None, default: int) -> int:
    """A whole number as an attribute states it, or `default` where it states none."""
    return int(text) if text and text.isdecimal() and len(text) <= 9 else default
