"""The raw store: every exchange as received, in WARC 1.1 files that are only ever appended to.

`store` writes, `reader` reads, `records` knows the bytes of one record, `content` undoes content codings, `damage`
walks files and names what is wrong with them, `tails` cuts what nobody acknowledged. `places` are where files lie;
`sending` and `sealed` take finished ones to a bucket, and `at` knows which of it a DATA directory uses.
"""

from __future__ import annotations

from archive.captures.at import CAPTURES, address_of, captures_of, open_captures
from archive.captures.content import Decoded, content_type, decode_content
from archive.captures.damage import Damage, FileReport
from archive.captures.reader import CaptureReader
from archive.captures.records import CaptureError, DamagedRecord, Revisit, StoredResponse
from archive.captures.store import (
    CaptureStore,
    Location,
    MissingBytes,
    StoreLocked,
    StoreWriteError,
)
from archive.captures.tails import SetAside, TailReport

__all__ = [
    "CAPTURES",
    "CaptureError",
    "CaptureReader",
    "CaptureStore",
    "Damage",
    "DamagedRecord",
    "Decoded",
    "FileReport",
    "Location",
    "MissingBytes",
    "Revisit",
    "SetAside",
    "StoreLocked",
    "StoreWriteError",
    "StoredResponse",
    "TailReport",
    "address_of",
    "captures_of",
    "content_type",
    "decode_content",
    "open_captures",
]
