"""A place in a bucket: ranges of objects read, files put whole and proved, through fsspec and s3fs.

s3fs among the S3 clients that fsspec has: credentials, profiles and endpoints are found as everywhere with AWS, errors
have names, and the digest travels with the object. Arrow's, which needs no further package, knows neither of the latter
and starts threads of its own that a fork may hang on. That of s3fs has one thread, which is at rest whenever a call has
come back: the sandbox may fork then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from archive.storage.address import Address
from archive.storage.failures import (
    HOW,
    NoSuchObject,
    Occupied,
    StorageError,
    code_of,
    explained,
    missing_bucket,
)
from archive.storage.stored import Stored, digest_of, digest_of_file

TIMEOUT = 120.0
"""Seconds for one range or one question; a whole upload may take as long as its parts go on."""

_CHUNK = 8 << 20
_PART = 16 << 20
"""Bytes of a part of a multipart upload; S3 takes at most 10,000 parts."""

_PARALLEL = 4
_CONFIG = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 2, "mode": "standard"}}
_METADATA = "sha256"
_ABSENT = {"NoSuchKey", "NoSuchUpload", "404", "NotFound"}

Result = TypeVar("Result")


@cache
def available() -> bool:
    """Whether the extra `s3` is installed; nothing of it is imported to find out."""
    return find_spec("s3fs") is not None


class Bucket:
    """A place in a bucket; names are below it. Nothing is asked before it must be. Every method raises StorageError.

    Keys, profile, region and endpoint come from the environment and the files of AWS alone. `timeout` is in seconds.
    """

    def __init__(self, address: Address, *, timeout: float = TIMEOUT) -> None:
        self.address = address
        self._timeout = timeout

    def __str__(self) -> str:
        return str(self.address)

    def below(self, name: str) -> Bucket:
        """The place of that name in this one."""
        return Bucket(self.address.below(name), timeout=self._timeout)

    def check(self) -> None:
        """Raises StorageError if the bucket is not there, not ours to use, or does not answer."""
        bucket = self.address.bucket
        try:
            _ask(str(self), lambda fs: fs.call_s3("head_bucket", Bucket=bucket, timeout=self._timeout))
        except FileNotFoundError as error:
            raise missing_bucket(bucket) from error

    def read(self, name: str, start: int, end: int) -> bytes:
        """The bytes from `start` to before `end`, fewer where the object ends; raises NoSuchObject."""
        where = self.address.below(name)
        try:
            data: bytes = self._call(
                str(where),
                lambda fs: fs.cat_file(_path(where), start=start, end=end, timeout=self._timeout),
            )
        except _PastTheEnd:
            return b""
        return data

    def pieces(self, name: str, end: int | None = None) -> Iterator[bytes]:
        """The bytes of an object from its beginning, up to `end` if given; raises NoSuchObject."""
        position = 0
        while end is None or position < end:
            piece = self.read(name, position, position + _CHUNK if end is None else min(end, position + _CHUNK))
            if not piece:
                return
            position += len(piece)
            yield piece

    def stat(self, name: str) -> Stored | None:
        """What the bucket says of an object, which is no proof; None where there is none."""
        where = self.address.below(name)
        try:
            found: dict[str, Any] = self._call(
                str(where),
                lambda fs: fs.call_s3("head_object", Bucket=where.bucket, Key=where.prefix, timeout=self._timeout),
            )
        except NoSuchObject:
            return None
        return Stored(int(found["ContentLength"]), str(found.get("Metadata", {}).get(_METADATA, "")))

    def fetch(self, name: str, path: Path) -> Stored:
        """Copies an object to a file that is not there yet, and says what came; raises NoSuchObject."""
        with path.open("xb") as out:
            return digest_of(_written(self.pieces(name), out))

    def put(self, path: Path, name: str, *, may_grow: bool = False) -> Stored:
        """Puts a file at a name where nothing lies yet, reads it back, and returns what is proved to lie there.

        The same bytes may be put again. With `may_grow` bytes that begin with those that lie there take their place,
        and where more lie there that begin with them, all is well. An object appears whole or not at all; what a killed
        upload left behind is removed. Raises Occupied for other bytes, and OSError for the file.
        """
        ours, where = digest_of_file(path), self.address.below(name)
        there = self.stat(name)
        if there is not None:
            proved = digest_of(self.pieces(name))
            if proved == ours or (may_grow and proved.size > ours.size and self._begins(name, ours)):
                return proved
            # What says that it is ours and is not was spoilt on its way here, and never acknowledged.
            if there.sha256 != ours.sha256 and not (may_grow and _continues(path, proved)):
                raise Occupied(
                    f"{where} already holds other bytes ({proved.size:,}, sha256 {proved.sha256[:16]}…) than {path} "
                    f"({ours.size:,}, sha256 {ours.sha256[:16]}…). Nothing in the bucket is ever replaced: give each "
                    "DATA a prefix of its own, or move the object away yourself"
                )
        if ours.size >= 2 * _PART:  # below that s3fs sends a file in one piece
            self._abort_unfinished(where)
        self._call(
            str(where),
            lambda fs: fs.put_file(
                str(path),
                _path(where),
                chunksize=_PART,
                max_concurrency=_PARALLEL,
                Metadata={_METADATA: ours.sha256},
            ),
        )
        proved = digest_of(self.pieces(name))
        if proved != ours:
            raise StorageError(
                f"{where} came back as other bytes ({proved.size:,}, sha256 {proved.sha256[:16]}…) than were put there "
                f"({ours.size:,}, sha256 {ours.sha256[:16]}…). {path} stays; it is put again by the next run"
            )
        return proved

    def _begins(self, name: str, with_: Stored) -> bool:
        return digest_of(self.pieces(name, with_.size)) == with_

    def _abort_unfinished(self, where: Address) -> None:
        """Removes the parts of a killed upload under this one key: nobody sees them, yet they are paid for."""
        place = {"Bucket": where.bucket}
        found: dict[str, Any] = self._call(
            str(where),
            lambda fs: fs.call_s3("list_multipart_uploads", **place, Prefix=where.prefix, timeout=self._timeout),
        )
        for one in found.get("Uploads", ()):
            if one["Key"] == where.prefix:
                with suppress(NoSuchObject):  # gone meanwhile
                    self._abort(where, one["UploadId"])

    def _abort(self, where: Address, upload: str) -> None:
        place = {"Bucket": where.bucket, "Key": where.prefix, "UploadId": upload}
        self._call(str(where), lambda fs: fs.call_s3("abort_multipart_upload", **place, timeout=self._timeout))

    def _call(self, address: str, what: Callable[[Any], Result]) -> Result:
        """Does something to an object with the file system of fsspec, and words what goes wrong."""
        try:
            return _ask(address, what)
        except FileNotFoundError as error:
            code = code_of(error)
            if code == "NoSuchBucket":
                raise missing_bucket(self.address.bucket) from error
            if code not in _ABSENT:
                raise explained(error, address) from error
            if not code.startswith("NoSuch"):
                self.check()  # the answer to a HEAD does not say what was not found
            raise NoSuchObject(f"{address}: there is no such object") from error


class _PastTheEnd(StorageError):
    """The range begins where the object has ended."""


def _ask(address: str, what: Callable[[Any], Result]) -> Result:
    """Asks the server; what it did not find stays FileNotFoundError, any other failure becomes StorageError."""
    if not available():
        raise StorageError(f"{address}: reading and writing there needs s3fs, which is not installed: {HOW}")
    from botocore.exceptions import BotoCoreError
    from s3fs.core import S3_RETRYABLE_ERRORS

    try:
        return what(_filesystem())
    except FileNotFoundError:
        raise
    except (OSError, BotoCoreError, *S3_RETRYABLE_ERRORS) as error:
        if code_of(error) in {"InvalidRange", "416"}:
            raise _PastTheEnd(address) from error
        raise explained(error, address) from error


def _filesystem() -> Any:
    """The file system of fsspec for the environment as it is; fsspec keeps one for each process."""
    from s3fs import S3FileSystem

    return S3FileSystem(use_listings_cache=False, config_kwargs=_CONFIG)


def _path(where: Address) -> str:
    return f"{where.bucket}/{where.prefix}"


def _continues(path: Path, there: Stored) -> bool:
    return path.stat().st_size > there.size and digest_of_file(path, there.size) == there


def _written(pieces: Iterator[bytes], out: Any) -> Iterator[bytes]:
    for piece in pieces:
        out.write(piece)
        yield piece
