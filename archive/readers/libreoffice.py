"""LibreOffice as a second way to files that our own readers refuse (Word 6/95, text boxes): explicit, never required.

It takes seconds and hundreds of megabytes, so nothing here is called by `readers.read`; it also writes files, which a
process without that right cannot.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from archive.models import Document, UnreadableDocument
from archive.readers.docx.reader import read_docx
from archive.readers.limits import MAX_BYTES, refuse

SECONDS = 120
_PROGRAMS = ("soffice", "libreoffice")


def program() -> str | None:
    """The path of LibreOffice on this machine, or None."""
    return next((path for name in _PROGRAMS if (path := shutil.which(name))), None)


def convert(data: bytes, *, suffix: str = "doc", seconds: float = SECONDS) -> bytes:
    """The bytes of a file as .docx; `suffix` is what the file would be called by.

    Raises UnreadableDocument where LibreOffice is missing, fails or takes longer than `seconds`.
    """
    path = program()
    if path is None:
        raise UnreadableDocument("LibreOffice, which could convert the file, is not installed")
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    with tempfile.TemporaryDirectory(prefix="convert-") as folder:
        source = Path(folder, f"document.{suffix}")
        source.write_bytes(data)
        target = Path(folder, "out", "document.docx")
        command = [
            path, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--norestore",
            "--convert-to", "docx", "--outdir", str(target.parent), str(source),
        ]  # fmt: skip
        message = _run(command, folder, seconds)
        if not target.is_file():
            raise UnreadableDocument(f"LibreOffice could not convert the file: {message[-200:] or 'no reason given'}")
        return target.read_bytes()


def read_with_libreoffice(data: bytes, *, suffix: str = "doc", seconds: float = SECONDS) -> Document:
    """Reads a file through LibreOffice; raises UnreadableDocument as `convert` and the reader of .docx do."""
    document = read_docx(convert(data, suffix=suffix, seconds=seconds))
    return replace(document, warnings=(*document.warnings, "converted by LibreOffice before it was read"))


def _run(command: list[str], folder: str, seconds: float) -> str:
    """Runs a program in a session of its own, so that its children end with it."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": folder, "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment,
        cwd=folder, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as fault:
            os.killpg(process.pid, signal.SIGKILL)
            raise UnreadableDocument(f"LibreOffice took more than {seconds} seconds") from fault
    return output.decode("utf-8", "replace").strip()
