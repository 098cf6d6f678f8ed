"""Bytes → report: the readers and the parser in one step, with an unreadable document as a result, not an exception."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import Protocol, TypedDict, Unpack

from archive import readers
from archive.models import (
    Document,
    NeedsOcr,
    NotAReport,
    Ocr,
    ParsedReport,
    ParseResult,
    ReadBy,
    Unreadable,
    UnreadableDocument,
)
from archive.readers.package import PACKAGES, gunzipped, members
from archive.readers.page_check import HOW
from archive.readers.pictures import pictures_in, with_recognised
from archive.report.parser import parse_document
from archive.report.pictured import is_pictured
from archive.several import Part, choose


class Hints(TypedDict, total=False):
    """What is known of a document besides its bytes; every hint may be left out or None.

    `name`, `media_type` and `charset` are what it came as. The others are what the list it was found in said of it.
    """

    name: str | None
    media_type: str | None
    charset: str | None
    title_hint: str | None
    date_hint: str | None
    agency_hint: str | None


class Read(Protocol):
    """Bytes and hints in, a report or the reason why there is none out; raises nothing (`read_report`)."""

    def __call__(self, data: bytes, **hints: Unpack[Hints]) -> ParseResult: ...


def read_report(data: bytes, *, ocr: Ocr = Ocr.OFF, **hints: Unpack[Hints]) -> ParseResult:
    """Reads `data` as an annual report; what no reader can read gives `Unreadable` with the reader's reason.

    A package is read through to its members, and a page without a report of its own to the files that it carries
    inside; `archive.several.choose` decides which of them is the report. `ocr` says what is to become of scans: with
    `defer` they are `Unreadable` and `needs_ocr`, though other pages or files beside them may be readable.
    """
    title, date, agency = hints.get("title_hint"), hints.get("date_hint"), hints.get("agency_hint")
    try:
        if readers.sniff(data) == "gzip":
            data = gunzipped(data)
        if readers.sniff(data) in PACKAGES:
            return _package(data, date, agency, ocr)
        document = readers.read(
            data, media_type=hints.get("media_type"), charset=hints.get("charset"), name=hints.get("name"), ocr=ocr
        )
    except UnreadableDocument as error:
        return Unreadable(str(error), isinstance(error, NeedsOcr))
    result = _with_pictures(data, document, title, date, agency, ocr)
    if isinstance(result, NotAReport) and document.embedded:
        inner = _embedded(document, title, date, agency, ocr)
        return inner if isinstance(inner, ParsedReport) else replace(inner, why=f"{result.why}; {inner.why}")
    return result


def _with_pictures(
    data: bytes, document: Document, title: str | None, date: str | None, agency: str | None, ocr: Ocr
) -> ParseResult:
    """What a document comes to, tables that are pictures recognised if `data` carries the pictures."""
    result = _parsed(document, title, date, agency)
    if ocr is Ocr.OFF or not isinstance(result, ParsedReport) or not is_pictured(result):
        return result
    pictures = pictures_in(data)
    if not pictures:
        return result
    if ocr is Ocr.DEFER:
        return Unreadable(f"a report whose tables are pictures; {HOW}", needs_ocr=True)
    return _parsed(with_recognised(document, pictures), title, date, agency)


def _parsed(document: Document, title: str | None, date: str | None, agency: str | None) -> ParseResult:
    result = parse_document(document, title_hint=title, date_hint=date, agency_hint=agency)
    if isinstance(result, ParsedReport) and document.read_by is ReadBy.OCR:
        return replace(result, read_by=ReadBy.OCR)
    return result


def _package(data: bytes, date: str | None, agency: str | None, ocr: Ocr) -> ParseResult:
    """The report among the members of a package; the name of each member is its title in a list."""
    parts = []
    try:
        for member in members(data):
            if member.problem is None:
                stem = PurePosixPath(member.name).stem
                parts.append(Part(member.name, _inner(member.data, stem, date, agency, ocr)))
            else:
                parts.append(Part(member.name, Unreadable(member.problem)))
    except UnreadableDocument as error:
        return Unreadable(str(error))
    return _chosen(parts, "the package")


def _chosen(parts: list[Part], whole: str) -> ParseResult:
    """The report among the parts; where there is none and a scan is among them, it may be the report."""
    result = choose(parts, whole)
    scans = any(isinstance(part.result, Unreadable) and part.result.needs_ocr for part in parts)
    return replace(result, needs_ocr=True) if scans and isinstance(result, Unreadable) else result


def _embedded(document: Document, title: str | None, date: str | None, agency: str | None, ocr: Ocr) -> ParseResult:
    """The report among the files inside of a page, whose title is theirs."""
    parts = [
        Part(f"file {number} ({readers.sniff(data)})", _inner(data, title or document.title, date, agency, ocr))
        for number, data in enumerate(document.embedded, 1)
    ]
    return _chosen(parts, "the page")


def _inner(data: bytes, title: str | None, date: str | None, agency: str | None, ocr: Ocr) -> ParseResult:
    """Reads a document inside of another one; files inside of that one in turn are left alone."""
    try:
        document = readers.read(data, ocr=ocr)
    except UnreadableDocument as error:
        return Unreadable(str(error), isinstance(error, NeedsOcr))
    return _with_pictures(data, document, title, date, agency, ocr)
