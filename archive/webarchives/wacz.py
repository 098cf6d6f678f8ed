"""A portal's captures as one WACZ file, which replay tools open as they are: the bytes are those of the store.

Format: https://specs.webrecorder.net/wacz/1.1.1/. The members of the WARC files are copied, not written anew.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO

from archive.captures import CaptureReader, DamagedRecord
from archive.captures.records import Record, warcinfo
from archive.ledger import Ledger
from archive.models import Capture, Role
from archive.webarchives.cdxj import IndexEntry, index_lines

WARC_NAME = "data.warc.gz"
PAGES_HEAD: dict[str, object] = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
PAGE_ROLES = frozenset({Role.HOME, Role.LISTING, Role.ARTICLE})
SOFTWARE = "gongkai"
NOT_MODIFIED = 304

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Written:
    """What went into a WACZ file: its path, the records in it, and the captures that are damaged and stayed out."""

    path: Path
    records: int = 0
    damaged: list[str] = field(default_factory=list)


def write_wacz(
    ledger: Ledger, store: CaptureReader, portal: str, path: Path, *, title: str, progress: Progress | None = None
) -> Written:
    """Writes everything that was captured of a portal to `path`, in the order in which it was captured.

    Challenge pages and error pages go in too: they are evidence. Answers to a POST and "not modified" are in the WARC
    but not in the index, where their address alone would bring them up in place of a page. A capture that is damaged
    in the store is left out and named. Memory holds one record and the lines of the index. The file appears whole or
    not at all. Raises OSError.
    """
    captures, posted = list(ledger.captures(outcomes=(), portal=portal, repeats=True)), ledger.posted()
    written, part = Written(path), path.with_name(f"{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
            made = _Package(package)
            index: list[IndexEntry] = []
            with made.entry(f"archive/{WARC_NAME}") as out:
                head = warcinfo(WARC_NAME, captures[0].fetched_at if captures else "1970-01-01T00:00:00Z", SOFTWARE)
                out.write(head)
                offset = len(head)
                for number, capture in enumerate(captures, 1):
                    try:
                        raw, record = store.read_member(capture.warc, capture.offset)
                    except DamagedRecord as error:
                        written.damaged.append(str(error))
                        continue
                    out.write(raw)
                    asked_by_address = (capture.warc, capture.offset) not in posted
                    if asked_by_address and not (record.type == "revisit" and capture.status == NOT_MODIFIED):
                        index.append(_entry(capture, record, offset, len(raw)))
                    offset += len(raw)
                    written.records += 1
                    if progress:
                        progress(number, len(captures))
            made.text("indexes/index.cdx", "".join(f"{line}\n" for line in index_lines(index)))
            made.text("pages/pages.jsonl", _lines(chain([PAGES_HEAD], _pages(captures))))
            made.text("datapackage.json", json.dumps(made.description(title), ensure_ascii=False, indent=1) + "\n")
            digest = {"path": "datapackage.json", "hash": made.hashes["datapackage.json"]}
            made.text("datapackage-digest.json", json.dumps(digest) + "\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return written


def _entry(capture: Capture, record: Record, offset: int, length: int) -> IndexEntry:
    moment = datetime.fromisoformat(capture.fetched_at)
    return IndexEntry(
        url=capture.url,
        at=f"{moment:%Y%m%d%H%M%S}",
        mime="warc/revisit" if record.type == "revisit" else capture.media_type or "unk",
        status=capture.status,
        digest=record.fields.get("warc-payload-digest", "-"),
        length=length,
        offset=offset,
        filename=WARC_NAME,
    )


def _pages(captures: Iterable[Capture]) -> Iterator[dict[str, object]]:
    """The entries of pages.jsonl: what a reader of the file may want to begin with."""
    seen = set()
    for capture in captures:
        if capture.role in PAGE_ROLES and capture.status == 200 and capture.url not in seen:
            seen.add(capture.url)
            yield {"url": capture.url, "ts": capture.fetched_at, "title": capture.title_hint or capture.url}


def _lines(entries: Iterable[dict[str, object]]) -> str:
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)


class _Package:
    """A zip file that remembers path, size and hash of what was put into it."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self.hashes: dict[str, str] = {}
        self.sizes: dict[str, int] = {}

    def entry(self, name: str) -> _Entry:
        """An entry to be written piece by piece."""
        # One fixed time: the same captures give the same file.
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        return _Entry(self, name, self._package.open(info, "w", force_zip64=True))

    def text(self, name: str, text: str) -> None:
        """A whole entry of text."""
        with self.entry(name) as out:
            out.write(text.encode())

    def description(self, title: str) -> dict[str, object]:
        """datapackage.json: everything put in so far."""
        resources = [
            {"name": name.rpartition("/")[2], "path": name, "hash": digest, "bytes": self.sizes[name]}
            for name, digest in self.hashes.items()
        ]
        return {
            "profile": "data-package",
            "title": title,
            "wacz_version": "1.1.1",
            "software": SOFTWARE,
            "resources": resources,
        }


class _Entry:
    """One entry of the package while it is written."""

    def __init__(self, package: _Package, name: str, out: IO[bytes]) -> None:
        self._package, self._name, self._out = package, name, out
        self._hash, self._size = hashlib.sha256(), 0

    def __enter__(self) -> _Entry:
        return self

    def write(self, data: bytes) -> None:
        """Adds bytes."""
        self._out.write(data)
        self._hash.update(data)
        self._size += len(data)

    def __exit__(self, *_: object) -> None:
        self._out.close()
        self._package.hashes[self._name] = f"sha256:{self._hash.hexdigest()}"
        self._package.sizes[self._name] = self._size
