"""Where workers find the captures: the address of a store, and the store at an address."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from archive.captures import CaptureStore


def address_of(store: CaptureStore) -> str:
    """The address of a store as a URL, which every machine that mounts it at the same path can open."""
    return store.directory.resolve().as_uri()


def open_captures(address: str) -> CaptureStore:
    """The store at an address, for reading; nothing is touched yet. Raises ValueError for a kind it does not know."""
    parts = urlsplit(address)
    if parts.scheme != "file" or parts.netloc:
        raise ValueError(f"{address}: captures are read from a directory (file:///…) that every worker has")
    return CaptureStore(Path(unquote(parts.path)))
