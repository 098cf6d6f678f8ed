"""Undoes content codings: from the body as received to the bytes of the document, never believing the headers."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

Headers = Iterable[tuple[str, str]]

MAX_DECODED_BYTES = 64 << 20
"""The largest document that is unpacked: as much as is downloaded of one that is not packed (annual reports stay below
30 MB). While a bomb is unpacked, twice as much is in memory, and what went before it in stacked codings."""

MAX_CODINGS = 4
"""How many codings may be stacked; more than one is already a server's mistake."""

_CHUNK = 1 << 16
_SMALL_STEP = 64
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([^\s;"',]+)""", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+")


class Decoded(NamedTuple):
    """The bytes of the document, and what was wrong with its coding (None = nothing)."""

    payload: bytes
    problem: str | None


def decode_content(body: bytes, headers: Headers, *, max_bytes: int = MAX_DECODED_BYTES) -> Decoded:
    """Undoes the codings that `Content-Encoding` names (RFC 9110 §8.4), last one first.

    Handles gzip (also of several members), deflate (with or without its zlib wrapper) and identity. What is damaged
    is read as far as it goes; a body that is not in the coding named is returned as it is; either way `problem` says
    so. `br` and `zstd` need packages beyond the standard library, so they are left as received and named, rather than
    decoded on one machine and not on the next. Never raises on hostile input; at most `max_bytes` are returned.
    """
    codings = [
        token.strip().lower()
        for name, value in headers
        if name.lower() == "content-encoding"
        for token in value.split(",")
        if token.strip()
    ]
    codings = [coding for coding in codings if coding != "identity"]
    if not codings or not body:
        return Decoded(body, None)
    if len(codings) > MAX_CODINGS:
        return Decoded(body, f"{len(codings)} content codings are stacked; kept as received")
    problems: list[str] = []
    for coding in reversed(codings):
        decoder = _DECODERS.get(coding)
        if decoder is None:
            problems.append(f"content coding {coding[:40]!r} is not supported; kept as received")
            break
        body, problem = decoder(body, max_bytes)
        if problem:
            problems.append(problem)
    return Decoded(body, "; ".join(problems) or None)


def content_type(headers: Headers) -> tuple[str, str | None]:
    """Returns (media type in lower case or "", charset named or None) of the last usable `Content-Type` header."""
    media_type, charset = "", None
    for name, value in headers:
        if name.lower() == "content-type" and (match := _MEDIA_TYPE.match(value.strip())):
            media_type = match.group().lower()
            named = _CHARSET.search(value)
            charset = named.group(1) if named else None
    return media_type, charset


class _Overflow(Exception):
    """The output passed the limit."""


def _inflate(data: bytes, wbits: int, out: bytearray, max_bytes: int) -> tuple[bytes, bool]:
    """Inflates one stream of `data` into `out`; returns (what follows the stream, whether the stream was complete).

    Raises zlib.error on damage (what could be read before it is in `out`) and _Overflow past `max_bytes`.
    """
    before = len(out)
    try:
        return _inflate_by(_CHUNK, data, wbits, out, max_bytes)
    except zlib.error:
        # A call that fails gives nothing of what it had unpacked: go again in small steps, up to the damage.
        del out[before:]
        return _inflate_by(_SMALL_STEP, data, wbits, out, max_bytes)


def _inflate_by(step: int, data: bytes, wbits: int, out: bytearray, max_bytes: int) -> tuple[bytes, bool]:
    stream = zlib.decompressobj(wbits)
    pending = data
    while not stream.eof:
        piece = stream.decompress(pending, step)
        pending = stream.unconsumed_tail
        out += piece
        if len(out) > max_bytes:
            raise _Overflow
        if not piece and not pending:
            break
    return stream.unused_data, stream.eof


def _cut(out: bytearray, max_bytes: int) -> Decoded:
    del out[max_bytes:]
    return Decoded(bytes(out), f"unpacked body is larger than {max_bytes} bytes; cut there")


def _gunzip(body: bytes, max_bytes: int) -> Decoded:
    """Gzip (RFC 1952): members follow one another; padding by zeros after the last is allowed, as gzip(1) does."""
    if body[:2] != b"\x1f\x8b":
        return Decoded(body, "Content-Encoding says gzip, but the body is not gzip; kept as received")
    out, rest = bytearray(), body
    try:
        while rest:
            if rest[:2] != b"\x1f\x8b":
                trailing = rest.strip(b"\0")
                note = f"{len(rest)} bytes after the gzip stream are not gzip; left out" if trailing else None
                return Decoded(bytes(out), note)
            rest, complete = _inflate(rest, 31, out, max_bytes)
            if not complete:
                return Decoded(bytes(out), f"gzip body is cut short; {len(out)} bytes could be read")
    except zlib.error as error:
        if not out:
            return Decoded(body, f"Content-Encoding says gzip, but it cannot be unpacked ({error}); kept as received")
        return Decoded(bytes(out), f"gzip body is damaged ({error}); {len(out)} bytes could be read")
    except _Overflow:
        return _cut(out, max_bytes)
    return Decoded(bytes(out), None)


def _undeflate(body: bytes, max_bytes: int) -> Decoded:
    """Deflate means the zlib format (RFC 9110 §8.4.1.2), yet old servers send the bare stream: both are read."""
    error: zlib.error | None = None
    for wbits in (15, -15):
        out = bytearray()
        try:
            rest, complete = _inflate(body, wbits, out, max_bytes)
        except zlib.error as caught:
            if out and wbits > 0:
                return Decoded(bytes(out), f"deflate body is damaged ({caught}); {len(out)} bytes could be read")
            error = caught
            continue
        except _Overflow:
            return _cut(out, max_bytes)
        if not complete:
            if not out:
                continue
            return Decoded(bytes(out), f"deflate body is cut short; {len(out)} bytes could be read")
        if rest and wbits < 0:
            continue  # text can look like a very short bare stream; a real one ends where the body ends
        problem = f"{len(rest)} bytes after the deflate stream; left out" if rest else None
        return Decoded(bytes(out), problem)
    reason = f" ({error})" if error else ""
    return Decoded(body, f"Content-Encoding says deflate, but the body is not deflate{reason}; kept as received")


_DECODERS: dict[str, Callable[[bytes, int], Decoded]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
}
