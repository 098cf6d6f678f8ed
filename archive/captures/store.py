"""The WARC store: append with one write, read by offset, cut back to what the ledger acknowledges."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.captures.content import decode_content
from archive.captures.damage import ANSWERS, Damage, FileReport, read_record, report_file, walk
from archive.captures.names import NAME, is_copied, meant, untagged
from archive.captures.records import (
    CaptureError,
    DamagedRecord,
    Record,
    StoredResponse,
    parse_http,
    response_members,
    revisit_members,
    revisit_of,
    warcinfo,
)
from archive.models import Capture, CapturedPage

SOFTWARE = "gongkai"
SET_ASIDE = "set-aside"
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


@dataclass(frozen=True, slots=True)
class SetAside:
    """Whole answers that the ledger did not know: moved to file `kept_in`, with their URLs."""

    warc: str
    offset: int
    kept_in: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TailReport:
    """What `cut_torn_tail` did: bytes cut by file, and the whole answers among them that were set aside."""

    cut: Mapping[str, int]
    set_aside: tuple[SetAside, ...]

    @property
    def bytes_cut(self) -> int:
        """All bytes cut, those that were set aside included."""
        return sum(self.cut.values())


class CaptureStore:
    """WARC files in one directory, named by number and time of creation: their order is their age.

    Reading needs no lock and may go on while another process writes. The first write takes the lock of the directory
    until `close`. A file is continued only after `cut_torn_tail` has made its end known; without that, the first
    write starts a new file, so nothing is ever appended to a torn record.
    """

    def __init__(self, directory: Path, *, max_file_bytes: int = 1 << 30, fsync: bool = False) -> None:
        self.directory = directory
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
        """Closes all files and gives the lock back; the store may be used again afterwards."""
        for fd in (self._fd, self._lock_fd):
            if fd is not None:
                os.close(fd)
        self._fd = self._lock_fd = None

    def files(self) -> list[str]:
        """The names of the WARC files, oldest first."""
        if not self.directory.is_dir():
            return []
        return sorted(path.name for path in self.directory.iterdir() if NAME.fullmatch(path.name))

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
        head = b"" if self._fd is not None else self._start_file()
        start = self._end
        try:
            self._write_all(head + request + answer, start)
        except OSError as error:
            self._undo(start)
            raise StoreWriteError(
                error.errno,
                f"{self._name}: {size} bytes could not be written at byte {start} ({error.strerror}). Everything "
                "acknowledged before is safe; make room and start again",
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
            self._sync_directory()
        return warcinfo(self._name, f"{now:%Y-%m-%dT%H:%M:%SZ}", SOFTWARE)

    def _sync_directory(self) -> None:
        fd = os.open(self.directory, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

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
        file by itself, so that no capture is ever destroyed. Raises MissingBytes, before it changes anything, where
        a file is shorter than acknowledged; raises StoreLocked.
        """
        self._take_lock()
        missing = [
            f"{name}: {end} bytes are acknowledged, {size} are there"
            for name, end in sorted(committed.items())
            if (size := self._size(name)) < end
        ]
        if missing:
            raise MissingBytes(
                f"{self.directory}: captures that the ledger acknowledges are gone; put the files back from a copy, "
                f"or the ledger of the same day: {'; '.join(missing)}"
            )
        cut: dict[str, int] = {}
        aside: list[SetAside] = []
        for name in self.files():
            end, size = committed.get(name, 0), self._size(name)
            if size > end:
                if kept := self._set_aside(name, end):
                    aside.append(kept)
                cut[name] = size - end
                if end:
                    os.truncate(self.directory / name, end)
                else:
                    (self.directory / name).unlink()
        self._continue_last()
        return TailReport(cut, tuple(aside))

    def _size(self, name: str) -> int:
        path = self.directory / name
        return path.stat().st_size if NAME.fullmatch(name) and path.is_file() else 0

    def _set_aside(self, name: str, start: int) -> SetAside | None:
        """Copies the whole records from `start` on to a file of their own, if there is an answer among them."""
        urls: list[str] = []
        target = self._free_name(f"{name.removesuffix('.warc.gz')}-{start}")
        target.parent.mkdir(exist_ok=True)
        part = target.with_suffix(".part")
        with (self.directory / name).open("rb") as file, part.open("wb") as out:
            for offset, item in walk(self.directory / name, start):
                if isinstance(item, Damage):
                    continue
                file.seek(offset)
                out.write(file.read(item.length))
                if item.type in ANSWERS:
                    urls.append(item.fields.get("warc-target-uri", ""))
            out.flush()
            if urls:
                os.fsync(out.fileno())
        if not urls:
            part.unlink()
            return None
        part.rename(target)
        return SetAside(name, start, f"{SET_ASIDE}/{target.name}", tuple(urls))

    def _free_name(self, stem: str) -> Path:
        """A name in `set-aside/` that is not taken: the same place may be torn twice, and both are kept."""
        candidates = (f"{stem}{f'-{number}' if number > 1 else ''}.warc.gz" for number in count(1))
        return next(path for name in candidates if not (path := self.directory / SET_ASIDE / name).exists())

    def _continue_last(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
        # A file that was taken over from another store grows there, not here.
        if (names := self.files()) and not is_copied(names[-1]):
            self._name = names[-1]
            self._fd = os.open(self.directory / self._name, os.O_RDWR)
            self._end = os.fstat(self._fd).st_size

    # ------------------------------------------------------------------- reading

    def read(self, warc: str, offset: int) -> StoredResponse:
        """The answer whose record begins at `offset` of file `warc`, checked for length and digest.

        Raises DamagedRecord (kind missing, torn, gzip, header, length, digest).
        """
        record = self._record(warc, offset)
        if record.type not in ANSWERS:
            raise DamagedRecord(warc, offset, "header", f"a {record.type or 'nameless'} record, not an answer")
        http = parse_http(record.block, warc, offset)
        body, payload_headers = http.body, http.headers
        revisit = None
        if record.type == "revisit":
            revisit = revisit_of(record, warc, offset)
            revisit = replace(revisit, warc=self._meant(revisit.warc, warc))
            if revisit.profile == "identical-payload-digest":
                if (revisit.warc, revisit.offset) == (warc, offset):
                    raise DamagedRecord(warc, offset, "header", "a revisit record that refers to itself")
                body = self._original_body(revisit.warc, revisit.offset, record.fields.get("warc-payload-digest"))
        payload, problem = decode_content(body, payload_headers)
        fields = record.fields
        try:
            url, date, record_id = fields["warc-target-uri"], fields["warc-date"], fields["warc-record-id"]
        except KeyError as error:
            raise DamagedRecord(warc, offset, "header", f"no {error} field") from error
        return StoredResponse(
            url=url,
            status=http.status,
            reason=http.reason,
            http_version=http.http_version,
            headers=http.headers,
            body=body,
            payload=payload,
            problem=problem,
            fetched_at=date,
            record_id=record_id,
            request_id=fields.get("warc-concurrent-to"),
            ip_address=fields.get("warc-ip-address"),
            truncated=fields.get("warc-truncated"),
            revisit=revisit,
            length=record.length,
        )

    def read_member(self, warc: str, offset: int) -> tuple[bytes, Record]:
        """The bytes of the record at `offset` as they stand in the file, and what they say; raises DamagedRecord."""
        record = self._record(warc, offset)
        with (self.directory / warc).open("rb") as file:
            file.seek(offset)
            return file.read(record.length), record

    def _meant(self, name: str, named_in: str) -> str:
        """The file that a record means by a name; one that came from here in the first place has no tag here."""
        name = meant(name, named_in)
        return untagged(name) if not self._size(name) and self._size(untagged(name)) else name

    def _original_body(self, warc: str, offset: int, expected: str | None) -> bytes:
        original = self._record(warc, offset)
        if original.type != "response" or original.fields.get("warc-payload-digest") != expected:
            raise DamagedRecord(warc, offset, "digest", "a revisit record refers here, but these are other bytes")
        return parse_http(original.block, warc, offset).body

    def _record(self, warc: str, offset: int) -> Record:
        if not NAME.fullmatch(warc):
            raise DamagedRecord(warc, offset, "missing", "not the name of a capture file")
        try:
            # Opened anew each time: a site's threads then share no descriptor, and it costs far less than inflating.
            fd = os.open(self.directory / warc, os.O_RDONLY)
        except FileNotFoundError:
            raise DamagedRecord(warc, offset, "missing", f"no such file in {self.directory}") from None
        try:
            return read_record(fd, offset, warc)
        finally:
            os.close(fd)

    def verify(self, committed: Mapping[str, int] | None = None) -> Iterator[FileReport]:
        """Walks all files and reports records and damage, one report a file, oldest first.

        With `committed` (see `cut_torn_tail`) a file that is gone or too short is reported as damage as well.
        """
        wanted = dict(committed or {})
        for name in sorted({*self.files(), *wanted}):
            if not self._size(name):
                yield FileReport(name, 0, 0, 0, (Damage(name, 0, wanted.get(name, 0), "missing", "no such file"),))
                continue
            report = report_file(self.directory / name)
            short = wanted.get(name, 0) - report.size
            if short > 0:
                gone = Damage(name, report.size, short, "missing", "the ledger acknowledges more bytes than there are")
                report = FileReport(name, report.size, report.records, report.answers, (*report.damage, gone))
            yield report
