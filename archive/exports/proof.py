"""Whether the files of a generation are still those that its manifest names, before they are handed on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from archive.exports.feed_files import DIRECTORY, SUMS
from archive.exports.files import describe
from archive.exports.names import MANIFEST_FILE


def damaged(exports: Path, archive: Path) -> Iterator[str]:
    """The names of files that are gone or have other bytes than when they were made, each with what is wrong.

    `archive` is the archive.db that the manifest in `exports` names as well. Raises ValueError for a manifest that is
    none, and OSError.
    """
    for name, digest in _promised(exports):
        path = archive if name == archive.name else exports / name
        if not path.is_file():
            yield f"{name} is not there"
        elif describe(path, name).sha256 != digest:
            yield f"{name} has other bytes than when it was made"


def _promised(exports: Path) -> Iterator[tuple[str, str]]:
    """Each file with its SHA-256: of the manifest, and of the list of the feeds of agencies."""
    manifest = exports / MANIFEST_FILE
    try:
        yield from ((entry["name"], entry["sha256"]) for entry in json.loads(manifest.read_text("utf-8"))["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{manifest} is no manifest: {type(error).__name__}: {error}") from error
    if (sums := exports / DIRECTORY / SUMS).is_file():
        for line in sums.read_text("utf-8").splitlines():
            digest, _, name = line.partition("  ")
            yield f"{DIRECTORY}/{name}", digest
