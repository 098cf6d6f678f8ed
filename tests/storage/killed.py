"""A process that is killed while it takes captures to a bucket: `python -m tests.storage.killed DATA POINT`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archive.captures import captures_of, sending
from archive.ledger import Ledger
from archive.storage import bucket

PART = 5 << 20
"""As small as S3 lets a part be, so that a file of some megabytes goes in parts."""

POINTS = (
    "after create_multipart_upload",
    "after upload_part",
    "before complete_multipart_upload",
    "after complete_multipart_upload",
    "before sealing",
    "after sealing",
)


def die(*_: object, **__: object) -> None:
    """Ends this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


def _die_at_request(point: str) -> None:
    from s3fs import S3FileSystem

    real: Callable[..., Any] = S3FileSystem._call_s3
    when, name = point.split()

    async def call(self: S3FileSystem, method: str, *rest: object, **how: object) -> object:
        if point == f"before {method}":
            die()
        answer = await real(self, method, *rest, **how)
        if when == "after" and method == name:
            die()
        return answer

    S3FileSystem._call_s3 = call


def main(data: Path, point: str) -> None:
    """Takes the captures of DATA to its bucket, and dies at a point on the way."""
    bucket._PART = PART
    if point == "before sealing":
        sending.write_sealed = die
    elif point == "after sealing":
        Path.unlink = die  # type: ignore[method-assign,assignment]
    else:
        _die_at_request(point)
    with Ledger(data / "ledger.db") as ledger, captures_of(data) as store:
        store.cut_torn_tail(ledger.committed_ends())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
