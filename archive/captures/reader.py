"""Reads WARC files by offset, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from archive.captures.content import decode_content
from archive.captures.damage import ANSWERS, read_record
from archive.captures.names import NAME, meant, untagged
from archive.captures.places import Place, Pread, stretch
from archive.captures.records import DamagedRecord, Record, StoredResponse, parse_http, revisit_of


class CaptureReader:
    """Answers out of the WARC files at a place; from one thread where that is a bucket."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def size(self, name: str) -> int:
        """Bytes of a WARC file, 0 where there is none; raises OSError where the place fails."""
        return self.place.size(name) if NAME.fullmatch(name) else 0

    def bytes_of(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes of a file from `start` to before `end`, in pieces; raises DamagedRecord where it is missing."""
        with self._opened(name, start) as pread:
            yield from stretch(pread, start, end)

    def read(self, warc: str, offset: int) -> StoredResponse:
        """The answer whose record begins at `offset` of file `warc`, checked for length and digest.

        Raises DamagedRecord (kind missing, torn, gzip, header, length, digest), and OSError where the place fails.
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
        with self._opened(warc, offset) as pread:
            record = read_record(pread, offset, warc)
            return b"".join(stretch(pread, offset, offset + record.length)), record

    def _meant(self, name: str, named_in: str) -> str:
        """The file that a record means by a name; one that came from here in the first place has no tag here."""
        name = meant(name, named_in)
        return untagged(name) if not self.size(name) and self.size(untagged(name)) else name

    def _original_body(self, warc: str, offset: int, expected: str | None) -> bytes:
        original = self._record(warc, offset)
        if original.type != "response" or original.fields.get("warc-payload-digest") != expected:
            raise DamagedRecord(warc, offset, "digest", "a revisit record refers here, but these are other bytes")
        return parse_http(original.block, warc, offset).body

    def _record(self, warc: str, offset: int) -> Record:
        with self._opened(warc, offset) as pread:
            return read_record(pread, offset, warc)

    @contextmanager
    def _opened(self, warc: str, offset: int) -> Iterator[Pread]:
        if not NAME.fullmatch(warc):
            raise DamagedRecord(warc, offset, "missing", "not the name of a capture file")
        try:
            with self.place.opened(warc) as pread:
                yield pread
        except FileNotFoundError:
            raise DamagedRecord(warc, offset, "missing", f"no such file in {self.place}") from None
