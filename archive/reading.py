"""Bytes → report: the readers and the parser in one step, with an unreadable document as a result, not an exception."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
    Picture,
    ReadBy,
    Unreadable,
    UnreadableDocument,
)
from archive.readers.package import PACKAGES, gunzipped, members
from archive.readers.pages.check import HOW
from archive.readers.pictures import MAX_PICTURES, pictures_in, unrecognised, with_recognised
from archive.readers.shown_pictures import Shown, shown_on
from archive.report.parser import IN_PICTURES, parse_document
from archive.report.tables.pictured import is_pictured, without_lost
from archive.several import Part, choose

_NOTHING = Shown()


class Hints(TypedDict, total=False):
    """What is known of a document besides its bytes; every hint may be left out or None.

    `name`, `media_type` and `charset` are what it came as. `pictures` are those that it may show and that lie beside
    it, by their addresses, `name` being its own. The others are what the list it was found in said of it.
    """

    name: str | None
    media_type: str | None
    charset: str | None
    title_hint: str | None
    date_hint: str | None
    agency_hint: str | None
    pictures: Sequence[Picture]


class Read(Protocol):
    """Bytes and hints in, a report or the reason why there is none out; raises nothing (`read_report`)."""

    def __call__(self, data: bytes, **hints: Unpack[Hints]) -> ParseResult: ...


def read_report(data: bytes, *, ocr: Ocr = Ocr.OFF, **hints: Unpack[Hints]) -> ParseResult:
    """Reads `data` as an annual report; what no reader can read gives `Unreadable` with the reader's reason.

    A package is read through to its members, and a page without a report of its own to the files that it carries
    inside; `archive.several.choose` decides which of them is the report. `ocr` says what is to become of scans: with
    `defer` they are `Unreadable` and `needs_ocr`, though other pages or files beside them may be readable.
    """
    return _Reading(hints, ocr).read(data)


def read_document(data: bytes, **hints: Unpack[Hints]) -> tuple[ParseResult, Document | None]:
    """What `read_report` makes of `data`, and the document that it was made of: of several in a package, the one
    that is the report. None where no reader could read any, or none of several is the report."""
    parsed: list[tuple[Document, ParseResult]] = []

    def noted(document: Document, **told: str | None) -> ParseResult:
        result = parse_document(document, **told)
        parsed.append((document, result))
        return result

    result = _Reading(hints, Ocr.OFF, noted).read(data)
    if len(parsed) == 1:
        return result, parsed[0][0]
    # What comes after a document was parsed adds to the warnings of its report, and leaves its cells as they are.
    cells = result.cells if isinstance(result, ParsedReport) else None
    made_of = (document for document, own in parsed if isinstance(own, ParsedReport) and own.cells is cells)
    return result, next(made_of, None)


def _shown(data: bytes, document: Document, hints: Hints) -> Shown:
    """The pictures beside a page that it shows."""
    pictures = hints.get("pictures", ())
    if not pictures or document.format != "html":
        return Shown()
    text = data.decode(document.encoding or "utf-8", "replace")
    return shown_on(text, hints.get("name") or "", pictures)


def _chosen(parts: list[Part], whole: str) -> ParseResult:
    """The report among the parts; where there is none and a scan is among them, it may be the report."""
    result = choose(parts, whole)
    scans = any(isinstance(part.result, Unreadable) and part.result.needs_ocr for part in parts)
    return replace(result, needs_ocr=True) if scans and isinstance(result, Unreadable) else result


@dataclass(frozen=True, slots=True)
class _Reading:
    """How all documents are read that are met on the way from some bytes to one report."""

    hints: Hints
    ocr: Ocr
    parse: Callable[..., ParseResult] = parse_document

    def read(self, data: bytes) -> ParseResult:
        """What the bytes that were given come to."""
        hints = self.hints
        try:
            if readers.sniff(data) == "gzip":
                data = gunzipped(data)
            if readers.sniff(data) in PACKAGES:
                return self._package(data)
            document = readers.read(
                data,
                media_type=hints.get("media_type"),
                charset=hints.get("charset"),
                name=hints.get("name"),
                ocr=self.ocr,
            )
        except UnreadableDocument as error:
            return Unreadable(str(error), isinstance(error, NeedsOcr))
        title = hints.get("title_hint")
        result = self._with_pictures(data, document, title, _shown(data, document, hints))
        if isinstance(result, NotAReport) and document.embedded:
            inner = self._embedded(document, title)
            return inner if isinstance(inner, ParsedReport) else replace(inner, why=f"{result.why}; {inner.why}")
        return result

    def _with_pictures(
        self, data: bytes, document: Document, title: str | None, shown: Shown = _NOTHING
    ) -> ParseResult:
        """What a document comes to, tables that are pictures recognised if `data` or what it shows are those
        pictures."""
        if shown and not document.pictures:
            document = replace(document, pictures=(len(document.blocks),))
        result = self._parsed(document, title)
        instead = isinstance(result, NotAReport) and result.why == IN_PICTURES
        if not instead and not (isinstance(result, ParsedReport) and is_pictured(result)):
            return result
        pictures = (*pictures_in(data), *shown.held)[:MAX_PICTURES]
        if not pictures and not (instead and shown.lacking):
            return result
        had = f"{len(pictures)} of {len(pictures) + shown.lacking} held"
        if not pictures:
            return Unreadable(f"a report in pictures in place of its text, {had}")
        if self.ocr is Ocr.ON:
            return self._recognised(document, pictures, title, shown, instead=instead)
        if instead:
            return Unreadable(f"a report in pictures in place of its text, {had}; {HOW}", needs_ocr=True)
        if self.ocr is Ocr.DEFER:
            return Unreadable(f"a report whose tables are pictures, {had}; {HOW}", needs_ocr=True)
        return result

    def _recognised(
        self, document: Document, pictures: tuple[bytes, ...], title: str | None, shown: Shown, *, instead: bool
    ) -> ParseResult:
        """What a document comes to with what is on its pictures; `instead` of a text, or beside it."""
        read, unread = with_recognised(document, pictures, instead=instead)
        first = len(pictures) - len(shown.held)
        told = [f"picture {first + number} is {url}" for number, url in enumerate(shown.addresses, 1)]
        if shown.lacking:
            told.append(f"{shown.lacking} more pictures that the page shows are not held")
        result = self._parsed(replace(read, warnings=(*read.warnings, *told)), title)
        if isinstance(result, ParsedReport):
            return without_lost(result) if instead and (unread or shown.lacking) else result
        return Unreadable("; ".join((IN_PICTURES, *unread))) if unread else result

    def _parsed(self, document: Document, title: str | None) -> ParseResult:
        date, agency = self.hints.get("date_hint"), self.hints.get("agency_hint")
        result = self.parse(document, title_hint=title, date_hint=date, agency_hint=agency)
        if isinstance(result, ParsedReport) and document.read_by is ReadBy.OCR:
            result = replace(result, read_by=ReadBy.OCR)
            # A row whose label was not recognised is there: what no row was found for cannot be said to be missing.
            return without_lost(result) if unrecognised(document) else result
        return result

    def _package(self, data: bytes) -> ParseResult:
        """The report among the members of a package; the name of each member is its title in a list."""
        parts = []
        try:
            for member in members(data):
                if member.problem is None:
                    parts.append(Part(member.name, self._inner(member.data, PurePosixPath(member.name).stem)))
                else:
                    parts.append(Part(member.name, Unreadable(member.problem)))
        except UnreadableDocument as error:
            return Unreadable(str(error))
        return _chosen(parts, "the package")

    def _embedded(self, document: Document, title: str | None) -> ParseResult:
        """The report among the files inside of a page, whose title is theirs."""
        parts = [
            Part(f"file {number} ({readers.sniff(data)})", self._inner(data, title or document.title))
            for number, data in enumerate(document.embedded, 1)
        ]
        return _chosen(parts, "the page")

    def _inner(self, data: bytes, title: str | None) -> ParseResult:
        """Reads a document inside of another one; files inside of that one in turn are left alone."""
        try:
            document = readers.read(data, ocr=self.ocr)
        except UnreadableDocument as error:
            return Unreadable(str(error), isinstance(error, NeedsOcr))
        return self._with_pictures(data, document, title)
