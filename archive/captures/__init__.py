"""The raw store: every exchange as received, in WARC 1.1 files that are only ever appended to.

`store` writes and reads, `records` knows the bytes of one record, `content` undoes content codings, `damage` walks
files and names what is wrong with them.
"""

from __future__ import annotations

from archive.captures.content import Decoded, content_type, decode_content
from archive.captures.damage import Damage, FileReport
from archive.captures.records import CaptureError, DamagedRecord, Revisit, StoredResponse
from archive.captures.store import (
    CaptureStore,
    Location,
    MissingBytes,
    SetAside,
    StoreLocked,
    StoreWriteError,
    TailReport,
)

__all__ = [
    "CaptureError",
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
    "content_type",
    "decode_content",
]
