"""RAR and 7-Zip archives, unpacked by a program of the machine: no permissive library reads RAR.

`bsdtar` (libarchive) turns the archive into a tar stream without touching the disk; `unar` unpacks into a folder that
is gone afterwards. Neither is required.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from archive.models import UnreadableDocument
from archive.readers.limits import refuse

_SECONDS = 60
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", os.defpath)}
# The shell only sets the limits: seconds of processor time, blocks of 512 bytes a file, and what comes out at most.
_STREAM = 'ulimit -t 60; "$1" -cf - --format=pax @- | head -c "$2"'
_FOLDER = 'ulimit -t 60; ulimit -f "$3"; exec "$1" -quiet -no-directory -force-skip -output-directory "$2" "$4"'


def unpacked(data: bytes, *, limit: int) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file; raises UnreadableDocument where the archive cannot be opened on this machine."""
    problems: list[str] = []
    for program, unpack in (("bsdtar", _by_bsdtar), ("unar", _by_unar)):
        path = shutil.which(program)
        if path is None:
            continue
        try:
            return iter(unpack(path, data, limit))
        except UnreadableDocument as fault:
            problems.append(f"{program}: {fault}")
    if problems:
        raise UnreadableDocument(f"an archive that could not be unpacked ({'; '.join(problems)})")
    raise UnreadableDocument("an archive (RAR or 7-Zip) that this machine has no program for: install bsdtar or unar")


def _by_bsdtar(program: str, data: bytes, limit: int) -> list[tuple[str, bytes]]:
    done = _run(["sh", "-c", _STREAM, "sh", program, str(limit + 1)], data)
    if len(done.stdout) > limit:
        raise refuse(f"would unpack to more than {limit:,} bytes")
    if done.stderr.strip():
        raise UnreadableDocument(done.stderr.decode("utf-8", "replace").strip()[:200])
    found: list[tuple[str, bytes]] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(done.stdout), mode="r:") as archive:
            for entry in archive:
                part = archive.extractfile(entry) if entry.isreg() else None
                if part is not None:
                    found.append((entry.name, part.read()))
    except (tarfile.TarError, EOFError, ValueError) as fault:
        raise UnreadableDocument(f"damaged: {fault}") from fault
    if not found:
        raise UnreadableDocument("no file in it")
    return found


def _by_unar(program: str, data: bytes, limit: int) -> list[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory(prefix="package-") as folder:
        source, target = Path(folder, "archive"), Path(folder, "files")
        target.mkdir()
        try:
            source.write_bytes(data)
        except OSError as fault:
            raise UnreadableDocument(f"no room to unpack: {fault}") from fault
        done = _run(["sh", "-c", _FOLDER, "sh", program, str(target), str(limit // 512), str(source)], b"")
        files = sorted(path for path in target.rglob("*") if path.is_file() and not path.is_symlink())
        if done.returncode or not files:
            raise UnreadableDocument(f"damaged or encrypted (exit code {done.returncode})")
        if sum(path.stat().st_size for path in files) > limit:
            raise refuse(f"would unpack to more than {limit:,} bytes")
        return [(path.relative_to(target).as_posix(), path.read_bytes()) for path in files]


def _run(command: list[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, input=data, capture_output=True, timeout=_SECONDS, env=_ENVIRONMENT, check=False)
    except subprocess.TimeoutExpired as fault:
        raise UnreadableDocument(f"took more than {_SECONDS} seconds to unpack") from fault
    except OSError as fault:
        raise UnreadableDocument(f"could not be started: {fault}") from fault
