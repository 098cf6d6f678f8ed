"""What goes wrong with a bucket, in words that say what to do; no message holds a key."""

from __future__ import annotations

import os

HOW = "run `make bucket` in the checkout of Gongkai"
GO_ON = "nothing is lost; run the same command again when it does"
_KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws (AWS_PROFILE)"

_CUT_SHORT = {"ConnectionClosedError", "HTTPClientError", "ClientPayloadError", "IncompleteRead", "ResponseParserError"}
_OVERLOADED = {"SlowDown", "ServiceUnavailable", "InternalError", "503", "500"}


class StorageError(OSError):
    """A bucket that cannot be used as it must be; the message names it, the reason, and what to do."""


class NoSuchObject(StorageError):
    """Nothing lies at the address, though the bucket is there."""


class Occupied(StorageError):
    """Other bytes lie at the address already; they are never replaced."""


def missing_bucket(bucket: str) -> StorageError:
    """The bucket itself is not there."""
    return StorageError(f"there is no bucket {bucket} {_where()}: make it first, or correct the address or the server")


def explained(error: Exception, address: str) -> StorageError:
    """The reason why an object could not be had or put, from what s3fs and botocore raise."""
    kind, code = type(error).__name__, code_of(error)
    detail = " ".join(str(error).split())[:300] or kind
    if kind in {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "TokenRetrievalError"}:
        return StorageError(f"{address}: no usable credentials ({detail}); set {_KEYS}")
    if isinstance(error, PermissionError):
        return StorageError(
            f"{address}: the server {_where()} denies access ({code or kind}: {detail}). Keys come from {_KEYS}; they "
            "must allow GetObject and PutObject there, and ListBucket"
        )
    if kind in _CUT_SHORT or code in _OVERLOADED:
        return StorageError(f"{address}: the server {_where()} failed ({code or kind}: {detail}); {GO_ON}")
    if isinstance(error, TimeoutError | ConnectionError) or kind.endswith(("TimeoutError", "ConnectionError")):
        return StorageError(f"{address}: the server {_where()} does not answer ({kind}: {detail}); {GO_ON}")
    return StorageError(f"{address}: {code or kind}: {detail}")


def code_of(error: BaseException | None) -> str:
    """The code of S3 in an error or its cause, such as NoSuchBucket; empty where there is none."""
    while error is not None:
        response = getattr(error, "response", None)
        if isinstance(response, dict):
            return str(response.get("Error", {}).get("Code", ""))
        error = error.__cause__
    return ""


def _where() -> str:
    """The server, as botocore finds it; without a name and key that somebody may have written into it."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    return f"at {endpoint.rpartition('@')[2]}" if endpoint else "of AWS (another is named by AWS_ENDPOINT_URL)"
