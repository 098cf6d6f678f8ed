"""Takes finished WARC files from the directory to the bucket: put, proved, sealed, and only then removed here.

Killed at any moment it loses nothing: a file that is here is sent again, and what lies in the bucket already is found
to be the same. Half an upload is no object. A file may lie there with more than the ledger acknowledges (it was cut
here after it was put): all that is acknowledged is in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from archive.captures.names import NAME
from archive.captures.records import CaptureError
from archive.captures.sealed import read_sealed, write_sealed
from archive.storage import Bucket


class Sending:
    """What goes from a directory to a bucket; the caller holds the lock of the store."""

    def __init__(self, directory: Path, bucket: Bucket) -> None:
        self._directory = directory
        self._bucket = bucket
        self._thread: ThreadPoolExecutor | None = None
        self._begun: list[Future[None]] = []

    def find(self, names: Iterable[str]) -> None:
        """Asks the bucket for files that are neither here nor sealed, and seals those that lie there: notes were lost.

        Raises StorageError, also where the bucket cannot be used and nothing is asked of it yet: better now than at the
        end of a crawl.
        """
        self._bucket.check()
        for name in names:
            if NAME.fullmatch(name) and not self._path(name).exists() and read_sealed(self._directory, name) is None:
                stored = self._bucket.stat(name)
                if stored is not None:
                    write_sealed(self._directory, name, stored)

    def send(self, name: str) -> None:
        """Puts a file into the bucket, seals it, and removes it here; raises StorageError and OSError."""
        path = self._path(name)
        stored = self._bucket.put(path, name, may_grow=True)
        write_sealed(self._directory, name, stored)
        path.unlink()

    def begin(self, name: str) -> None:
        """Sends a file while others are written. If that fails it stays here, and is sent again at the end."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="gongkai-sending")
        self._begun.append(self._thread.submit(self.send, name))

    def wait(self) -> None:
        """Waits for what was begun; what failed is still here, where `CaptureStore.cut_torn_tail` finds it."""
        wait(self._begun)
        self._begun.clear()
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None

    def fetch(self, name: str) -> None:
        """Copies a file back from the bucket, as it was sealed; raises StorageError, CaptureError where it differs."""
        sealed = read_sealed(self._directory, name)
        part = self._directory / f"{name}.part"
        part.unlink(missing_ok=True)
        try:
            fetched = self._bucket.fetch(name, part)
            if sealed is not None and sealed.sha256 and fetched != sealed:
                raise CaptureError(
                    f"{self._bucket}/{name} holds other bytes than were put there: {fetched.size:,} of {sealed.size:,}"
                )
            part.replace(self._path(name))
        finally:
            part.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._directory / name
