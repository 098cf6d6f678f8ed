"""The captures of a DATA directory, wherever it keeps them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from archive.captures.places import InBucket
from archive.captures.reader import CaptureReader
from archive.captures.store import CaptureStore
from archive.storage import Bucket, kept_at, read_address
from archive.storage.address import SCHEME
from archive.storage.bucket import TIMEOUT

CAPTURES = "warc"
"""In DATA, and below the address of a bucket: where the WARC files lie."""


def captures_of(data: Path, *, timeout: float = TIMEOUT) -> CaptureStore:
    """The captures of a DATA directory: in its folder, or in the bucket that it names (`archive.storage.address`).

    `timeout` is in seconds for each answer of a bucket. Nothing is touched yet. Raises OSError for a name of a bucket
    that cannot be read.
    """
    address = kept_at(data)
    bucket = None if address is None else Bucket(address, timeout=timeout).below(CAPTURES)
    return CaptureStore(data / CAPTURES, bucket=bucket)


def address_of(store: CaptureStore) -> str:
    """The address of a store as a URL, under which other machines find its files: a bucket or a shared directory."""
    return store.directory.resolve().as_uri() if store.bucket is None else str(store.bucket)


def open_captures(address: str) -> CaptureReader:
    """The captures at an address, for reading; nothing is touched yet. Raises ValueError for other kinds of address."""
    if address.startswith(SCHEME):
        return CaptureReader(InBucket(Bucket(read_address(address))))
    parts = urlsplit(address)
    if parts.scheme != "file" or parts.netloc:
        raise ValueError(
            f"{address}: captures are read from a directory (file:///…) that every worker has, or from {SCHEME}…"
        )
    return CaptureStore(Path(unquote(parts.path)))
