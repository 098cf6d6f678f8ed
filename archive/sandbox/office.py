"""LibreOffice as the second way to files that our reader refuses, where it is installed: bounded and marked.

It writes files, which the children that read may not, so it runs below a child with limits of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace

from archive.models import ParsedReport, ParseResult, Unreadable, UnreadableDocument
from archive.readers import libreoffice
from archive.sandbox.child import Limits, Stage
from archive.sandbox.worker import Worker

CONVERTED = {"doc": "doc", "ole": "wps", "word xml": "xml"}
"""The kinds of file (`archive.readers.sniff`) that it may open, and the suffix it knows them by."""

SECONDS = 60
LIMITS = Limits(
    memory=3 << 30, cpu_seconds=SECONDS, seconds=SECONDS + 15.0, output=64 << 20, file_size=256 << 20, documents=1
)
_NOT = b"-"  # no .docx begins so


def read_converted(data: bytes, kind: str, refused: Unreadable, read: Callable[[bytes], ParseResult]) -> ParseResult:
    """What `read` makes of the file converted to .docx, or `refused` with why that did not help either.

    `refused` is returned unchanged for kinds of file that are not in `CONVERTED`, and without LibreOffice.
    """
    if kind not in CONVERTED or libreoffice.program() is None:
        return refused
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        worker = Worker(_convert(CONVERTED[kind], folder), LIMITS)
        reply = worker.ask(data)
    if reply.answer is None:
        return Unreadable(f"{refused.why}; LibreOffice was ended: {reply.why}")
    if reply.answer.startswith(_NOT):
        return Unreadable(f"{refused.why}; {reply.answer.removeprefix(_NOT).decode()}")
    result = read(reply.answer)
    if isinstance(result, ParsedReport):
        note = f"converted by LibreOffice before it was read, because our reader refused it: {refused.why}"
        return replace(result, warnings=(note, *result.warnings))
    # It makes some text of any bytes, so what holds no report afterwards may still have held one before.
    return Unreadable(f"{refused.why}; converted by LibreOffice: {result.why}")


def _convert(suffix: str, folder: str) -> Callable[[bytes, Stage], bytes]:
    """What the child does: the .docx, or `_NOT` and the reason."""

    def work(data: bytes, stage: Stage) -> bytes:
        stage("LibreOffice")
        tempfile.tempdir = folder  # the parent removes it, whatever happens here
        try:
            return libreoffice.convert(data, suffix=suffix, seconds=SECONDS)
        except UnreadableDocument as error:
            return _NOT + str(error).encode()

    return work
