"""The exports of the generation before, as far as what they say still holds: files are copied from only as recorded.

Rows are taken over for a report of which nothing changed. Whether they may be at all is asked once for the whole of the
exports: the same code, form, rules and words, and the same reports but for those that are said to have come or gone.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, FileIO, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
from pyarrow import parquet

from archive.database.inputs import code_digest
from archive.exports.files import BLOCK, whole
from archive.exports.names import MANIFEST_FILE
from archive.exports.resources import Resource
from archive.exports.rows import numbered_schema

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SAMPLE = 20
"""So many reports that are taken over are made anew as well, to be compared."""


class NotUsable(Exception):
    """Raised where nothing can be taken over from the exports before; the message says why."""


@dataclass(frozen=True, slots=True)
class Before:
    """Where the exports before are, and the ids of the reports that are in them as they are to be."""

    folder: Path
    kept: frozenset[str]


@dataclass(frozen=True, slots=True)
class Previous:
    """Exports that may be copied from. `reports` are the ids in them, in order; `kept` those whose rows are taken over,
    and `sample` some of these."""

    folder: Path
    files: Mapping[str, Mapping[str, Any]]
    reports: tuple[str, ...]
    kept: frozenset[str]
    sample: frozenset[str]

    @contextmanager
    def proven(self, name: str) -> Iterator[BinaryIO]:
        """A file of them, to be read once and from its start.

        Raises NotUsable at the end of the block, if what was read is not the file that the manifest names: what was
        made of it counts only after that.
        """
        entry = self.files.get(name)
        if entry is None:
            raise NotUsable(f"the manifest of the exports before has no {name}")
        with _opened(self.folder / name, name) as source:
            reader = BufferedReader(source, BLOCK)
            yield reader
            while reader.read(BLOCK):
                pass
            if source.digest.hexdigest() != entry["sha256"]:
                raise NotUsable(f"{name} is not the file that its manifest names")

    def checked(self, name: str) -> Path:
        """A file of them, for those who read it out of order; raises NotUsable as above, at once."""
        with self.proven(name):
            return self.folder / name

    def copy_small(self, name: str, digest: str, to: Path) -> None:
        """Puts a file that a list of hashes names at `to`; raises NotUsable if its bytes have another hash.

        No file of a generation is ever written again, so that two may share one on the disk where that can be.
        """
        try:
            data = (self.folder / name).read_bytes()
        except OSError as error:
            raise _unreadable(name, error) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise NotUsable(f"{name} is not the file that is listed")
        try:
            os.link(self.folder / name, to)
        except OSError:  # another disk, one without such links, or a file that is there already
            with whole(to) as part:
                part.write_bytes(data)

    def batches(self, resource: Resource) -> Iterator[pa.RecordBatch]:
        """The rows of a table `by_report` as they are there, texts numbered as in the new ones."""
        schema = numbered_schema(resource)
        with parquet.ParquetFile(
            self.checked(resource.parquet), read_dictionary=sorted(resource.numbered), pre_buffer=False
        ) as file:
            if file.schema_arrow.names != schema.names:
                raise NotUsable(f"{resource.parquet} has other columns")
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, use_threads=False).combine_chunks()
                for batch in table.to_batches():
                    yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)


class _Source(RawIOBase):
    """A file that is hashed while it is read; whatever fails raises NotUsable."""

    def __init__(self, file: FileIO, name: str) -> None:
        self._file, self._name = file, name
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        """It is read, and nothing else."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Reads the bytes that come next."""
        try:
            count = self._file.readinto(buffer)
        except OSError as error:
            raise _unreadable(self._name, error) from error
        self.digest.update(memoryview(buffer)[:count])
        return count

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
        super().close()


def _opened(path: Path, name: str) -> _Source:
    try:
        return _Source(FileIO(path), name)
    except OSError as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: OSError) -> NotUsable:
    return NotUsable(f"{name} cannot be read: {error.strerror}")


def made_by() -> str:
    """What the exports are made by: the digest of code, form and rules, and the libraries that pack them."""
    return f"{code_digest('exports')} pyarrow-{pa.__version__} zlib-{zlib.ZLIB_RUNTIME_VERSION}"


def open_previous(before: Before, reports: Sequence[str], facts: Mapping[str, Any]) -> Previous:
    """The exports before, for a generation with these reports (ids in order) and facts; raises NotUsable."""
    manifest = _manifest(before.folder)
    for name in ("schema_version", "parser_version"):
        if manifest.get(name) != facts[name]:
            raise NotUsable(f"they were made with another {name} ({manifest.get(name)}, now {facts[name]})")
    if manifest.get("made_by") != facts["made_by"]:
        raise NotUsable("the code, the rules or the libraries that pack them have changed (made_by)")
    files = {str(entry["name"]): entry for entry in manifest["files"]}
    bare = Previous(before.folder, files, (), frozenset(), frozenset())
    try:
        held = parquet.read_table(bare.checked("reports.parquet"), columns=["report_id"])["report_id"].to_pylist()
    except pa.ArrowException as error:
        raise NotUsable(f"reports.parquet cannot be read: {error}") from error
    if not (before.kept.issubset(held) and before.kept.issubset(reports)):
        raise NotUsable("they do not hold the reports that are said to be there")
    ordered = sorted(before.kept)
    sample = frozenset(ordered[:: max(1, len(ordered) // SAMPLE)])
    return Previous(before.folder, files, tuple(held), before.kept, sample)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST_FILE
    if not path.is_file():
        raise NotUsable(f"there are none in {folder}")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        for entry in manifest["files"]:
            entry["name"], entry["sha256"], entry["bytes"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NotUsable(f"{path} cannot be read: {type(error).__name__}: {error}") from error
    return manifest
