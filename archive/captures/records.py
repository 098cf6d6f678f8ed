"""The bytes of one WARC 1.1 record (ISO 28500:2017): built in memory as one gzip member, and read back with checks.

Records are built here rather than with a library's writer because that re-encodes header values: a raw GBK
`Location` would not come back as it was received. The files are checked with two other libraries in the tests.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.models import CapturedPage

Headers = tuple[tuple[str, str], ...]

PROFILES = {
    "identical-payload-digest": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
    "server-not-modified": "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
}
_PROFILE_NAMES = {uri: name for name, uri in PROFILES.items()}

# The transfer coding is already undone when the body reaches us; a replay tool that met the header would try again.
_KEPT_ASIDE = ("transfer-encoding", "X-Archive-Orig-")

_GZIP_LEVEL = 6
_LINE_BREAKS = str.maketrans({"\r": " ", "\n": " "})


class CaptureError(Exception):
    """Anything wrong with the raw store; the message names the file and what to do."""


class DamagedRecord(CaptureError):
    """A record whose bytes do not add up: `kind` is one of torn, gzip, header, length, digest, missing."""

    def __init__(self, warc: str, offset: int, kind: str, detail: str) -> None:
        super().__init__(f"{warc} at byte {offset}: {kind}: {detail}")
        self.warc, self.offset, self.kind, self.detail = warc, offset, kind, detail


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record as read: header fields by lower-case name, block, and its length as a gzip member."""

    fields: dict[str, str]
    block: bytes
    length: int

    @property
    def type(self) -> str:
        """The WARC-Type."""
        return self.fields.get("warc-type", "")


@dataclass(frozen=True, slots=True)
class Revisit:
    """What a revisit record points at: `profile` is a key of PROFILES, `warc` and `offset` the record that has it."""

    profile: str
    url: str
    date: str
    record_id: str
    warc: str
    offset: int


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """One answer read back: `body` as received, `payload` after its content coding, `problem` of that decoding.

    A revisit for identical bytes carries the body of the record it refers to; one for "not modified" has none.
    """

    url: str
    status: int
    reason: str
    http_version: str
    headers: Headers
    body: bytes
    payload: bytes
    problem: str | None
    fetched_at: str
    record_id: str
    request_id: str | None
    ip_address: str | None
    truncated: str | None
    revisit: Revisit | None
    length: int


def digest(data: bytes) -> str:
    """The labelled digest of WARC-Block-Digest and WARC-Payload-Digest: SHA-256 in base 32."""
    return "sha256:" + base64.b32encode(hashlib.sha256(data).digest()).decode("ascii")


def _member(fields: Iterable[tuple[str, str]], block: bytes) -> bytes:
    head = "".join(f"{name}: {value.translate(_LINE_BREAKS)}\r\n" for name, value in fields)
    compressor = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 31)
    # One member of one record: three calls spare a copy of the block.
    return b"".join(
        (
            compressor.compress(f"WARC/1.1\r\n{head}Content-Length: {len(block)}\r\n\r\n".encode()),
            compressor.compress(block),
            compressor.compress(b"\r\n\r\n"),
            compressor.flush(),
        )
    )


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def warc_date(moment: str) -> str:
    """An ISO 8601 time in UTC as WARC 1.1 writes it: with `Z`."""
    return moment.removesuffix("+00:00").removesuffix("Z") + "Z"


def warcinfo(filename: str, created: str, software: str) -> bytes:
    """The first record of every file: what wrote it and by which rules."""
    block = (
        f"software: {software}\r\n"
        "format: WARC File Format 1.1\r\n"
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
    ).encode()
    return _member(
        (
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", _new_id()),
            ("WARC-Date", created),
            ("WARC-Filename", filename),
            ("Content-Type", "application/warc-fields"),
            ("WARC-Block-Digest", digest(block)),
        ),
        block,
    )


def _http_lines(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    # Header text stands for bytes (latin-1). A character beyond that was put in by us or a library: keep it as UTF-8.
    return b"".join(
        clean.encode("latin-1" if max(clean, default="\0") <= "\xff" else "utf-8") + b"\r\n"
        for clean in (line.translate(_LINE_BREAKS) for line in lines)
    )


def _response_head(page: CapturedPage) -> bytes:
    name_aside, prefix = _KEPT_ASIDE
    headers = ((prefix + name if name.lower() == name_aside else name, value) for name, value in page.headers)
    return _http_lines(f"{page.http_version} {page.status:03d} {page.reason}", headers) + b"\r\n"


def _request_block(page: CapturedPage) -> bytes:
    parts = urlsplit(page.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = page.request_headers
    if not any(name.lower() == "host" for name, _ in headers):
        # HTTP libraries add Host on the wire, after the headers we can see (RFC 9112 §3.2 demands it).
        headers = (("Host", parts.netloc.rpartition("@")[2]), *headers)
    return _http_lines(f"{page.method} {target} HTTP/1.1", headers) + b"\r\n" + page.request_body


def _request_member(page: CapturedPage, record_id: str, response_id: str) -> bytes:
    block = _request_block(page)
    return _member(
        (
            ("WARC-Type", "request"),
            ("WARC-Record-ID", record_id),
            ("WARC-Date", warc_date(page.fetched_at)),
            ("WARC-Target-URI", page.url),
            ("WARC-Concurrent-To", response_id),
            ("Content-Type", "application/http;msgtype=request"),
            ("WARC-Payload-Digest", digest(page.request_body)),
            ("WARC-Block-Digest", digest(block)),
        ),
        block,
    )


def _answer(page: CapturedPage, type_: str, block: bytes, extra: Iterable[tuple[str, str]]) -> tuple[bytes, bytes]:
    request_id, response_id = _new_id(), _new_id()
    fields = [
        ("WARC-Type", type_),
        ("WARC-Record-ID", response_id),
        ("WARC-Date", warc_date(page.fetched_at)),
        ("WARC-Target-URI", page.url),
        ("WARC-Concurrent-To", request_id),
        ("Content-Type", "application/http;msgtype=response"),
        *extra,
        ("WARC-Block-Digest", digest(block)),
    ]
    if page.ip_address:
        fields.append(("WARC-IP-Address", page.ip_address))
    if page.truncated:
        fields.append(("WARC-Truncated", page.truncated))
    return _request_member(page, request_id, response_id), _member(fields, block)


def response_members(page: CapturedPage) -> tuple[bytes, bytes]:
    """The request and the response record of one exchange, each one gzip member."""
    return _answer(page, "response", _response_head(page) + page.body, [("WARC-Payload-Digest", digest(page.body))])


def revisit_members(page: CapturedPage, original: StoredResponse, warc: str, offset: int) -> tuple[bytes, bytes]:
    """The request and the revisit record of an exchange whose bytes are those of `original` at `warc`, `offset`.

    The file and offset of the original are written too (as Heritrix does), so that one record is enough to find it.
    """
    profile = PROFILES["server-not-modified" if page.status == 304 else "identical-payload-digest"]
    return _answer(
        page,
        "revisit",
        _response_head(page),
        [
            ("WARC-Profile", profile),
            ("WARC-Refers-To", original.record_id),
            ("WARC-Refers-To-Target-URI", original.url),
            ("WARC-Refers-To-Date", original.fetched_at),
            ("WARC-Refers-To-Filename", warc),
            ("WARC-Refers-To-File-Offset", str(offset)),
            ("WARC-Payload-Digest", digest(original.body)),
        ],
    )


# --------------------------------------------------------------------------- reading


def parse_record(data: bytes, length: int, warc: str, offset: int) -> Record:
    """Splits an unpacked member into fields and block, and checks length and block digest; raises DamagedRecord."""
    head, gap, rest = data.partition(b"\r\n\r\n")
    if not gap or not head.startswith(b"WARC/1."):
        raise DamagedRecord(warc, offset, "header", "no WARC record starts here")
    fields: dict[str, str] = {}
    for line in head.decode("utf-8", "surrogateescape").split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise DamagedRecord(warc, offset, "header", f"a header line without a colon: {line[:60]!r}")
        fields[name.strip().lower()] = value.strip()
    stated = fields.get("content-length", "")
    if not stated.isascii() or not stated.isdigit():
        raise DamagedRecord(warc, offset, "header", f"Content-Length is {stated[:40]!r}, not a number")
    block, tail = rest[: int(stated)], rest[int(stated) :]
    if tail != b"\r\n\r\n":
        raise DamagedRecord(warc, offset, "length", f"the block has {len(rest) - 4} bytes, its header says {stated}")
    expected = fields.get("warc-block-digest")
    if expected is not None and expected != digest(block):
        raise DamagedRecord(warc, offset, "digest", "the block does not have the digest of its header")
    return Record(fields, block, length)


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """The HTTP response inside a block; header values are latin-1 text of the bytes received."""

    http_version: str
    status: int
    reason: str
    headers: Headers
    body: bytes


def parse_http(block: bytes, warc: str, offset: int) -> HttpMessage:
    """Splits the block of a response or revisit record; raises DamagedRecord."""
    head, gap, body = block.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    version, _, rest = lines[0].partition(" ")
    status, _, reason = rest.partition(" ")
    if not gap or not status.isascii() or not status.isdigit():
        raise DamagedRecord(warc, offset, "header", f"no HTTP status line: {lines[0][:60]!r}")
    name_aside, prefix = _KEPT_ASIDE
    headers: list[tuple[str, str]] = []
    for line in lines[1:]:
        name, _, value = line.partition(":")
        if name.lower() == prefix.lower() + name_aside:
            name = name[len(prefix) :]
        headers.append((name, value.removeprefix(" ")))
    return HttpMessage(version, int(status), reason, tuple(headers), body)


def revisit_of(record: Record, warc: str, offset: int) -> Revisit:
    """What a revisit record refers to; raises DamagedRecord where a field is missing."""
    fields = record.fields
    try:
        return Revisit(
            profile=_PROFILE_NAMES[fields["warc-profile"]],
            url=fields["warc-refers-to-target-uri"],
            date=fields["warc-refers-to-date"],
            record_id=fields["warc-refers-to"],
            warc=fields["warc-refers-to-filename"],
            offset=int(fields["warc-refers-to-file-offset"]),
        )
    except (KeyError, ValueError) as error:
        raise DamagedRecord(warc, offset, "header", f"a revisit record without a usable {error}") from error
