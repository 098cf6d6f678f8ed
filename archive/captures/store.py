"""The WARC store: append with one write, read by offset, cut back to what the ledger acknowledges."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.captures.content import content_type, decode_content
from archive.captures.damage import Damage, FileReport, report_file
from archive.captures.names import NAME, is_copied
from archive.captures.places import Both, Directory, stretch
from archive.captures.reader import CaptureReader
from archive.captures.records import (
    CaptureError,
    response_members,
    revisit_members,
    warcinfo,
)
from archive.captures.sealed import SUFFIX, read_sealed, sync_directory
from archive.captures.sending import Sending
from archive.captures.tails import TailReport, cut_tails
from archive.models import Capture, CapturedPage
from archive.storage import Bucket, Stored, digest_of

SOFTWARE = "gongkai"
_LOCK = "writer.lock"


class StoreLocked(CaptureError):
    """Another process is writing into this store."""


class StoreWriteError(CaptureError, OSError):
    """The bytes could not be written (disk full, file too large); the file stands as it stood before."""


class MissingBytes(CaptureError):
    """The ledger acknowledges bytes that are not in the store."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where an answer stands: its record is `length` bytes at `offset` of file `warc`, and ends what was written.

    `sha256` is of the document (after content decoding); `problem` is what was wrong with its coding, where this
    call decoded it.
    """

    warc: str
    offset: int
    length: int
    sha256: str
    problem: str | None = None

    def capture_of(self, page: CapturedPage, problem: str | None, media_type: str | None = None) -> Capture:
        """The capture of an exchange that stands here; `media_type` is that of the answer unless one is given."""
        stated, charset = content_type(page.headers)
        return Capture(
            sha256=self.sha256,
            url=page.url,
            fetched_at=page.fetched_at,
            status=page.status,
            media_type=stated if media_type is None else media_type,
            warc=self.warc,
            offset=self.offset,
            length=self.length,
            charset=charset,
            truncated=page.truncated,
            problem=problem,
        )


class CaptureStore(CaptureReader):
    """WARC files in one directory, named by number and time of creation: their order is their age.

    With a `bucket` a file lies in the directory only until it is finished; then it is put there, proved and sealed
    (`archive.captures.sealed`), and is never continued. Reading needs no lock and may go on while another process
    writes. The first write takes the lock of the directory until `close`. A file is continued only after
    `cut_torn_tail` has made its end known; without that, the first write starts a new file, so nothing is ever appended
    to a torn record.
    """

    def __init__(
        self, directory: Path, *, bucket: Bucket | None = None, max_file_bytes: int = 1 << 30, fsync: bool = False
    ) -> None:
        super().__init__(Directory(directory) if bucket is None else Both(directory, bucket))
        self.directory = directory
        self.bucket = bucket
        self._sending = Sending(directory, bucket) if bucket is not None else None
        self._max_file_bytes = max_file_bytes
        self._fsync = fsync
        self._lock_fd: int | None = None
        self._fd: int | None = None
        self._name = ""
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes all files and gives the lock back; the store may be used again afterwards.

        What is on its way to a bucket is waited for. What was not put there is put there after the next
        `cut_torn_tail`.
        """
        if self._sending is not None:
            self._sending.wait()
        for fd in (self._fd, self._lock_fd):
            if fd is not None:
                os.close(fd)
        self._fd = self._lock_fd = None

    def files(self) -> list[str]:
        """The names of the WARC files, oldest first, wherever they lie."""
        return sorted({*self.here(), *(name for name in self._names(SUFFIX) if NAME.fullmatch(name))})

    def here(self) -> list[str]:
        """The names of the WARC files in the directory, oldest first: with a bucket, those that are not there yet."""
        return sorted(name for name in self._names("") if NAME.fullmatch(name))

    def _names(self, suffix: str) -> Iterator[str]:
        if self.directory.is_dir():
            yield from (p.name.removesuffix(suffix) for p in self.directory.iterdir() if p.name.endswith(suffix))

    # ------------------------------------------------------------------- writing

    def append(self, page: CapturedPage, *, payload: bytes | None = None) -> Location:
        """Writes request and response of one exchange in one write, and says where the response stands.

        `payload` is the decoded document where the caller has it already. When this returns, the bytes are with the
        operating system (with `fsync`: on the disk), and the caller may acknowledge them in the ledger. Raises
        StoreLocked, StoreWriteError (the file is cut back to where it ended before).
        """
        problem = None
        if payload is None:
            payload, problem = decode_content(page.body, page.headers)
        return self._write(response_members(page), hashlib.sha256(payload).hexdigest(), problem)

    def append_revisit(self, page: CapturedPage, original: Capture) -> Location:
        """Writes a revisit record: the answer brought the bytes of `original` again, or status 304 says so.

        Raises ValueError where the body differs from the one stored: a revisit must never stand for other bytes.
        """
        warc, offset = original.warc, original.offset
        stored = self.read(warc, offset)
        while stored.revisit is not None:  # records refer to the bytes themselves, never to another revisit
            warc, offset = stored.revisit.warc, stored.revisit.offset
            stored = self.read(warc, offset)
        if page.status != 304 and page.body != stored.body:
            raise ValueError(f"the body of {page.url} is not the one stored at {warc}:{offset}")
        members = revisit_members(page, stored, warc, offset)
        return self._write(members, original.sha256, None)

    def _write(self, members: tuple[bytes, bytes], sha256: str, problem: str | None) -> Location:
        self._take_lock()
        request, answer = members
        size = len(request) + len(answer)
        if self._fd is not None and self._end + size > self._max_file_bytes:
            os.close(self._fd)
            self._fd = None
            if self._sending is not None:
                self._sending.begin(self._name)
        head = b"" if self._fd is not None else self._start_file()
        start = self._end
        try:
            self._write_all(head + request + answer, start)
        except OSError as error:
            self._undo(start)
            raise StoreWriteError(
                error.errno,
                f"{self.directory / self._name}: {size} bytes could not be written at byte {start} ({error.strerror})",
            ) from error
        self._end = start + len(head) + size
        return Location(self._name, self._end - len(answer), len(answer), sha256, problem)

    def _write_all(self, data: bytes, start: int) -> None:
        assert self._fd is not None
        written = os.pwrite(self._fd, data, start)
        while written < len(data):  # a short write; the next one says why
            written += os.pwrite(self._fd, data[written:], start + written)
        if self._fsync:
            os.fdatasync(self._fd)

    def _undo(self, start: int) -> None:
        """Cuts the file back to `start`; a file that would be empty goes."""
        assert self._fd is not None
        fd, self._fd = self._fd, None
        try:
            if start:
                os.ftruncate(fd, start)
                self._fd = fd
            else:
                (self.directory / self._name).unlink()
        finally:
            if self._fd is None:  # nothing to go on with, or it could not be cut: the next write starts a file
                os.close(fd)

    def _start_file(self) -> bytes:
        """Opens the next file and returns its warcinfo record, which is written together with the first exchange."""
        number = 1 + max((int(NAME.fullmatch(name)[1]) for name in self.files()), default=0)  # type: ignore[index]
        now = datetime.now(UTC)
        self._name = f"gongkai-{number:06d}-{now:%Y%m%d%H%M%S}.warc.gz"
        self._fd = os.open(self.directory / self._name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        self._end = 0
        if self._fsync:
            sync_directory(self.directory)
        return warcinfo(self._name, f"{now:%Y-%m-%dT%H:%M:%SZ}", SOFTWARE)

    def _take_lock(self) -> None:
        if self._lock_fd is not None:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.directory / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(fd)
            raise StoreLocked(
                f"{self.directory}: another process is writing captures here; let it end first"
            ) from error
        self._lock_fd = fd

    # ------------------------------------------------------------------- recovery

    def cut_torn_tail(self, committed: Mapping[str, int]) -> TailReport:
        """Cuts every file back to the end that the ledger acknowledges, and continues the last one from there.

        `committed` maps file names to the largest `offset + length` in the ledger; files that it does not name are
        wholly unacknowledged. Torn bytes are cut. Whole answers among them (written, but the process died before the
        ledger's transaction, or the ledger was put back from an older copy) are first copied to `set-aside/`, a WARC
        file by itself, so that no capture is ever destroyed. With a bucket the files are put there instead of being
        continued, so it is called at the end of a run as well. Raises MissingBytes, before it changes anything, where a
        file is shorter than acknowledged; StoreLocked; StorageError where a file cannot be put: all are safe here then.
        """
        self._take_lock()
        if self._sending is not None:
            self._sending.wait()
            self._sending.find(committed)
        missing = [
            f"{name}: {end} bytes are acknowledged, {size} are there"
            for name, end in sorted(committed.items())
            if (size := self.size(name)) < end
        ]
        if missing:
            raise MissingBytes(
                f"{self.place}: captures that the ledger acknowledges are gone; put the files back from a copy, "
                f"or the ledger of the same day: {'; '.join(missing)}"
            )
        report = cut_tails(self.directory, self.here(), committed)
        self._finish_last()
        if self._sending is None:
            self._continue_last()
        else:
            for name in self.here():
                self._sending.send(name)
        return report

    def _finish_last(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _continue_last(self) -> None:
        # A file that was taken over from another store grows there, not here.
        if (names := self.files()) and not is_copied(names[-1]):
            self._name = names[-1]
            self._fd = os.open(self.directory / self._name, os.O_RDWR)
            self._end = os.fstat(self._fd).st_size

    def brought_here(self, name: str) -> Path:
        """The path of a WARC file in the directory, where it is copied to if it lies in the bucket.

        For those that add to it what its own store added (`gongkai merge`). Raises StorageError.
        """
        if self._sending is not None and not (self.directory / name).exists():
            self._sending.fetch(name)
        return self.directory / name

    # ------------------------------------------------------------------- soundness

    def verify(self, committed: Mapping[str, int] | None = None) -> Iterator[FileReport]:
        """Walks all files and reports records and damage, one report a file, oldest first.

        With `committed` (see `cut_torn_tail`) a file that is gone or too short is reported as damage as well. A file in
        a bucket is read twice: its records one by one, and as a whole against the digest that it was sealed with.
        Raises StorageError where the bucket fails.
        """
        wanted, here = dict(committed or {}), set(self.here())
        for name in sorted({*self.files(), *wanted}):
            if not (size := self.size(name)):
                yield _gone(name, wanted.get(name, 0))
                continue
            try:
                with self.place.opened(name) as pread:
                    report = report_file(pread, size, name)
                    sealed = None if name in here else read_sealed(self.directory, name)
                    if sealed is not None and not report.damage:
                        report = _against(report, sealed, digest_of(stretch(pread, 0, max(size, sealed.size) + 1)))
            except FileNotFoundError:
                yield _gone(name, max(size, wanted.get(name, 0)))
                continue
            short = wanted.get(name, 0) - report.size
            if short > 0:
                gone = Damage(name, report.size, short, "missing", "the ledger acknowledges more bytes than there are")
                report = replace(report, damage=(*report.damage, gone))
            yield report


def _gone(name: str, size: int) -> FileReport:
    return FileReport(name, 0, 0, 0, (Damage(name, 0, size, "missing", "no such file"),))


def _against(report: FileReport, sealed: Stored, found: Stored) -> FileReport:
    """The report on a file whose records are sound, with damage if they are not those that were sealed."""
    if found == sealed or not sealed.sha256:
        return report
    detail = f"other bytes than were put there: {found.size:,} of {sealed.size:,}, sha256 {found.sha256[:16]}…"
    return replace(report, damage=(Damage(report.warc, 0, sealed.size, "digest", detail),))
