"""What is remembered of the sections of an archive, in files beside it: `passages/`, for the next one to be built.

It may be left out or deleted: the next build then compares all sections anew. Only that of the latest archive is kept.
"""

from __future__ import annotations

import hashlib
import json
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from archive.checks.comparison import Memory, Runs

PASSAGES = "passages"
_SLOTS, _MANIFEST = "slots.u32", "manifest.json"
_AGENCIES = "agencies.txt"
_ARRAYS = ("sections", "signatures", "stock", "counts")


class NotRemembered(Exception):
    """Raised where nothing, or nothing sound, is remembered of an archive; the message says what is wrong."""


@contextmanager
def slots_file(directory: Path) -> Iterator[BinaryIO]:
    """The file for the runs of letters of an archive in `directory`, empty, open for writing and reading."""
    (directory / PASSAGES).mkdir()
    with (directory / PASSAGES / _SLOTS).open("w+b") as file:
        yield file


def save(memory: Memory, directory: Path) -> None:
    """Writes what is remembered of the archive in `directory`, beside its runs, the list of digests last."""
    home = directory / PASSAGES
    (home / _AGENCIES).write_text("".join(f"{agency}\n" for agency in memory.agencies), "utf-8")
    for name in _ARRAYS:
        np.save(home / f"{name}.npy", getattr(memory, name), allow_pickle=False)
    digests = {path.name: _digest(path) for path in sorted(home.iterdir())}
    (home / _MANIFEST).write_text(json.dumps(digests, indent=1) + "\n", "utf-8")


def load(directory: Path) -> Memory:
    """What is remembered of the archive in `directory`; raises NotRemembered unless every byte is as it was written."""
    home = directory / PASSAGES
    try:
        stated = json.loads((home / _MANIFEST).read_text("utf-8"))
        for name, digest in stated.items():
            if _digest(home / name) != digest:
                raise NotRemembered(f"{home / name} is not as it was written")
        agencies = (home / _AGENCIES).read_text("utf-8").split("\n")[:-1]
        # As plain arrays over the mapped files: a slice of a memmap costs more than what is done with it.
        arrays = {
            name: np.asarray(np.load(home / f"{name}.npy", mmap_mode="r", allow_pickle=False)) for name in _ARRAYS
        }
        slots = (home / _SLOTS).open("rb")
        runs = Runs(slots)
        weakref.finalize(runs, slots.close)
        return Memory(agencies=tuple(agencies), runs=runs, **arrays)
    except (OSError, ValueError, AttributeError) as error:
        raise NotRemembered(f"what was remembered of its texts cannot be read: {error}") from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
