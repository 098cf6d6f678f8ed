"""What is append-only, kept in a bucket of an S3-compatible store: WARC files and exports, through fsspec.

`address` reads addresses and says where a DATA directory keeps its files, `bucket` puts and gets them, `failures` words
what went wrong. fsspec and s3fs are the optional extra `s3`; only `bucket` imports them.
"""

from __future__ import annotations

from archive.storage.address import Address, Home, OtherAddress, bind, home_of, kept_at, read_address
from archive.storage.bucket import Bucket, available
from archive.storage.failures import HOW, NoSuchObject, Occupied, StorageError
from archive.storage.stored import Stored, digest_of

__all__ = [
    "HOW",
    "Address",
    "Bucket",
    "Home",
    "NoSuchObject",
    "Occupied",
    "OtherAddress",
    "StorageError",
    "Stored",
    "available",
    "bind",
    "digest_of",
    "home_of",
    "kept_at",
    "read_address",
]
