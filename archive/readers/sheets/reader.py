"""Spreadsheets (.xls, .xlsx, .et, .ods) to a document: each block of filled rows becomes paragraphs and a grid.

A sheet is cut at its empty rows. Rows of one lone cell at the head of such a block are paragraphs, as are all rows of a
block that has no row of more. Hidden sheets, rows and columns stand apart, as does what a merged cell covers. Values
are printed as the General format of a sheet prints them: whole numbers without a point, others with the 15 digits that
a sheet keeps.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)  # fmt: skip

from archive.models import Block, Document, Grid, UnreadableDocument
from archive.readers.limits import MAX_BYTES, MAX_CELLS, check_blocks, refuse
from archive.readers.sheets import binary as sheet_binary
from archive.readers.sheets import ods as sheet_ods
from archive.readers.sheets import xls as sheet_xls
from archive.readers.sheets import xlsx as sheet_xlsx
from archive.readers.sheets.format import MAX_COLUMNS, MAX_ROWS, SheetFormat
from archive.readers.sheets.grid import SheetGrid
from archive.readers.sheets.guard import check_zip, far_out, library, workbook
from archive.readers.zip_parts import ZipParts

NAME = "sheet"

_MAX_SHEETS = 100


def read_sheet(data: bytes, *, charset: str | None = None) -> Document:
    """Reads a workbook, all sheets in order; `charset` is ignored.

    Raises UnreadableDocument for a workbook that is damaged, encrypted or beyond the limits.
    """
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    formats: Mapping[str, SheetFormat] | None = None
    if data.startswith(b"PK"):
        parts = ZipParts(data, "spreadsheet")
        check_zip(parts)
        formats = _formats(parts)
    else:
        stream = workbook(data)
    try:
        with library():
            book = CalamineWorkbook.from_filelike(io.BytesIO(data))
            if formats is None:
                formats = dict(zip(book.sheet_names, sheet_xls.formats(stream), strict=True))
            return _document(book, formats)
    except PasswordError as fault:
        raise UnreadableDocument("a spreadsheet encrypted with a password") from fault
    except (CalamineError, XmlError, ZipError, OSError, ValueError, OverflowError, IndexError, struct.error) as fault:
        raise UnreadableDocument(f"a damaged spreadsheet: {fault}") from fault


def _formats(parts: ZipParts) -> Mapping[str, SheetFormat]:
    if parts.has("content.xml"):
        return sheet_ods.formats(parts)
    return sheet_binary.formats(parts) if parts.has("xl/workbook.bin") else sheet_xlsx.formats(parts)


def _document(book: CalamineWorkbook, formats: Mapping[str, SheetFormat]) -> Document:
    blocks: list[Block] = []
    outside: list[Block] = []
    warnings: list[str] = []
    if len(book.sheets_metadata) > _MAX_SHEETS:
        raise refuse(f"has more than {_MAX_SHEETS} sheets")
    cells = tables = 0
    for about in book.sheets_metadata:
        if about.typ is not SheetTypeEnum.WorkSheet:
            warnings.append(f"sheet {about.name} holds no cells and was not read")
            continue
        grid = _grid(book, about.name, formats.get(about.name, SheetFormat()))
        cells += grid.cells
        if cells > MAX_CELLS:
            raise refuse(f"has more than {MAX_CELLS:,} filled cells")
        if grid.unknown:
            warnings.append(f"sheet {about.name} has {grid.unknown} formulas without a result")
        if any(grid.unseen):
            rows, columns = grid.unseen
            warnings.append(f"sheet {about.name}: {rows} hidden rows and {columns} hidden columns stand apart")
        hidden = about.visible is not SheetVisibleEnum.Visible
        for block in grid.blocks(tables):
            tables += isinstance(block, Grid)
            (outside if hidden else blocks).append(block)
            check_blocks(len(blocks))
        outside += grid.hidden
        if hidden:
            warnings.append(f"sheet {about.name} is hidden and stands apart")
    return Document(
        title=None,
        blocks=tuple(blocks),
        metadata={"sheets": ", ".join(about.name for about in book.sheets_metadata)},
        format=NAME,
        warnings=tuple(warnings),
        outside=tuple(outside),
    )


def _grid(book: CalamineWorkbook, name: str, form: SheetFormat) -> SheetGrid:
    sheet = book.get_sheet_by_name(name)
    last_row, last_column = sheet.end or (0, 0)
    if last_row >= MAX_ROWS or last_column >= MAX_COLUMNS:
        raise far_out(last_row, last_column)
    values = sheet.to_python(skip_empty_area=False) if sheet.end else []
    return SheetGrid(name, values, form.merges if form.merges is not None else sheet.merged_cell_ranges, form)
