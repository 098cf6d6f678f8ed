"""What this machine keeps of a WARC file that lies in a bucket: its size and digest, in a file beside the others.

DATA/warc/NAME.sealed is written once the bytes were read back from the bucket, and before the file itself is removed.
So a file is here, or sealed, or (killed between the two) both, and never neither.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from archive.captures.records import CaptureError
from archive.storage import Stored

SUFFIX = ".sealed"


def read_sealed(directory: Path, name: str) -> Stored | None:
    """What was sealed under that name, None where nothing was; raises CaptureError where its note is damaged."""
    path = directory / (name + SUFFIX)
    try:
        return Stored(**json.loads(path.read_text("utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, TypeError) as error:
        raise CaptureError(
            f"{path} cannot be read ({error}): remove it, and it is made anew from what lies in the bucket"
        ) from error


def write_sealed(directory: Path, name: str, stored: Stored) -> None:
    """Notes what lies in the bucket; the note is on the disk when this returns."""
    part = directory / f"{name}.part"
    with part.open("w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(stored)) + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(directory / (name + SUFFIX))
    sync_directory(directory)


def sync_directory(directory: Path) -> None:
    """Forces a directory's entries to the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
