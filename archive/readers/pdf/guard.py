"""A look at the bytes of a PDF before pdfium gets them: pdfium ends the whole process on some of what is refused here.

Only what can be seen cheaply is looked for; the rest is left to the limits of the process that reads the document.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from archive.models import UnreadableDocument
from archive.readers.limits import refuse

MAX_STREAM = 160 << 20
"""Bytes of one stream when unpacked; a scanned page in colour at 300 dots an inch has 25 MB."""

_SUSPECT = 96 << 10  # bytes; deflate packs no more than 1,032 to 1, so a shorter stream stays within MAX_STREAM
_CHUNK = 1 << 20
_MOST_LAYERS = 20  # of packing; nobody needs more than one or two
_DEFLATED = (b"\x78", b"\x48", b"\x58", b"\x68", b"\x38", b"\x18", b"\x28", b"\x08")
_NO_TEXT = re.compile(rb"/Image\b|/Length[123]\b|/FontFile|/ICCBased|/N\s+\d+\s*/Alternate|/Filter\s*\[[^\]]*/[^\]]*/")
_FILTERS = re.compile(rb"/Filter\s*\[([^\]]*)\]")
_FLATE = re.compile(rb"/Fl(?:ateDecode)?\b")
_STREAM = re.compile(rb"stream\r?\n")
_OBJECT = re.compile(rb"(?<![0-9])(\d{1,9})\s+\d{1,5}\s+obj\b")
_BODY = 4_096  # bytes of a dictionary that are looked at
_ANY_FORM = re.compile(rb"/Subtype\s*/Form\b")
_FORMS = re.compile(rb"/XObject\s*<<([^>]*)>>")
_REFERENCE = re.compile(rb"(\d{1,9})\s+\d{1,5}\s+R\b")


def check(data: bytes) -> None:
    """Raises UnreadableDocument for a stream that unpacks beyond all measure or is damaged, and for a form in a circle.

    pdfium reads on past damage and takes no notice of checksums: a figure would be another one or missing.
    """
    locked = b"/Encrypt" in data
    for match in _STREAM.finditer(data):
        start = match.end()
        if data[start : start + 1] not in _DEFLATED:
            continue
        end = data.find(b"endstream", start)
        dictionary = data[max(data.rfind(b"obj", max(0, start - _BODY), start), 0) : start]
        may_be_text = not locked and b"FlateDecode" in dictionary and not _NO_TEXT.search(dictionary)
        whole = end < 0 or may_be_text
        packed = memoryview(data)[start : len(data) if end < 0 else end]
        _check_layers(packed, max((len(_FLATE.findall(names)) for names in _FILTERS.findall(dictionary)), default=1))
        if (whole or len(packed) > _SUSPECT) and not _unpacks(packed) and whole:
            raise UnreadableDocument("a damaged PDF file: a part of its text is cut short or altered")
    _check_forms(data)


def _unpacks(packed: memoryview) -> bool:
    """Whether a stream unpacks to its end and its checksum holds; raises UnreadableDocument beyond MAX_STREAM."""
    unpacker = zlib.decompressobj()
    size = 0
    rest: bytes | memoryview = packed
    try:
        while rest and not unpacker.eof:
            size += len(unpacker.decompress(rest, _CHUNK))
            rest = unpacker.unconsumed_tail
            if size > MAX_STREAM:
                raise refuse(f"would unpack a stream of {len(packed):,} bytes to more than {MAX_STREAM >> 20} MB")
    except zlib.error:
        return False
    return unpacker.eof


def _check_layers(packed: memoryview, times: int) -> None:
    """Raises UnreadableDocument for a stream packed several `times` over, if one of the layers is beyond all measure.

    So a few hundred bytes make gigabytes.
    """
    if times < 2:
        return
    if times > _MOST_LAYERS:
        raise refuse(f"has a stream that is packed {times} times over")
    layer: Iterator[bytes | memoryview] = iter((packed,))
    for _ in range(times):
        layer = _unpacked(layer, len(packed))
    for _ in layer:
        pass


def _unpacked(pieces: Iterator[bytes | memoryview], packed: int) -> Iterator[bytes]:
    """The layer below another one, as far as it is whole; `packed` is the length of the stream."""
    unpacker = zlib.decompressobj()
    size = 0
    for piece in pieces:
        rest: bytes | memoryview = piece
        while rest and not unpacker.eof:
            try:
                below = unpacker.decompress(rest, _CHUNK)
            except zlib.error:  # damage: pdfium too takes what stands before it
                return
            size += len(below)
            if size > MAX_STREAM:
                raise refuse(f"would unpack a stream of {packed:,} bytes to more than {MAX_STREAM >> 20} MB")
            yield below
            rest = unpacker.unconsumed_tail


def _check_forms(data: bytes) -> None:
    """Forms that draw each other in a circle, as far as their resources stand in their own dictionary."""
    drawn: dict[int, set[int]] = {}
    if not _ANY_FORM.search(data):
        return
    for match in _OBJECT.finditer(data):
        body = data[match.end() : match.end() + _BODY]
        stops = [at for at in (body.find(b"stream"), body.find(b"endobj")) if at >= 0]
        body = body[: min(stops)] if stops else body
        if b"/Form" in body:
            for forms in _FORMS.findall(body):
                drawn.setdefault(int(match[1]), set()).update(int(number) for number in _REFERENCE.findall(forms))
    for form in drawn:
        reached: set[int] = set()
        waiting = set(drawn[form])
        while waiting:
            other = waiting.pop()
            if other == form:
                raise refuse(f"has a form (object {form}) that draws itself")
            if other not in reached:
                reached.add(other)
                waiting |= drawn.get(other, set())
