"""Reading that cannot be killed: documents are read in a child process, which may die without harm to the run.

Whatever a document does to its reader, the result is a report or a reason. What the child says is the JSON of a
report (`archive.wire`), so that nothing a document from strangers may have forged is run or unpickled in the parent.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from types import TracebackType
from typing import Self, Unpack

from archive import wire
from archive.models import Ocr, ParseResult, Picture, Unreadable
from archive.readers import scan, sniff
from archive.readers.package import MAX_TOTAL
from archive.reading import Hints, Read, read_report
from archive.sandbox.answers import result_of
from archive.sandbox.child import LENGTH, Limits, Stage, Work
from archive.sandbox.ocr import read_recognised
from archive.sandbox.office import read_converted
from archive.sandbox.worker import Reply, Worker

__all__ = ["Limits", "Reply", "Sandbox", "read_safely"]

_LONGEST_REASON = 300
_WRITERS = {"rar": ("unar",), "7z": ("unar",)}
"""Kinds of package that a program may open which writes files: tried where reading without writing did not help."""

_SAMPLE = """<html><head><meta charset="utf-8"><title>某局2023年政府信息公开工作年度报告</title></head><body>
<p>一、总体情况</p><p>无。</p><p>二、主动公开政府信息情况</p><table><tr><td>规章</td><td>0</td></tr></table></body></html>"""

_log = logging.getLogger(__name__)


class Sandbox:
    """Reads documents one at a time in a child under limits; use it in a `with` block, from one thread.

    A child serves for many documents, because forking one for each costs as much as reading it. When it ends, only the
    document it was reading is lost; and unless time ran out, that one is first tried again in a child of its own, so
    that no result depends on the documents before. `read` may be another function for tests; it is inherited by
    the fork. `told` learns of every reply, for measurements. `ocr` False leaves scans unread, also where the extra
    for them is installed; recognising one takes seconds a page, so `scans` is told its name before.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        read: Read = read_report,
        told: Callable[[Reply], None] | None = None,
        ocr: bool = True,
        scans: Callable[[str], None] | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._work = _work(read)
        self._told = told
        self._scans = scans
        self._ocr = ocr and read is read_report and scan.available()
        self._worker: Worker | None = None
        warm_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the child, if there is one."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def read(self, data: bytes, **hints: Unpack[Hints]) -> ParseResult:
        """What `archive.reading.read_report` returns, or `Unreadable` for a document that ended its reader.

        A mistake in a reader or in the parser is logged with its traceback and is `Unreadable` too, and so is an
        answer that is none. Files that our reader refuses go to LibreOffice where that is installed
        (`archive.sandbox.office`).
        """
        what = hints.get("name") or "a document"
        question = _question(hints, data, Ocr.DEFER if self._ocr else Ocr.OFF)
        reply = self._ask(question)
        if reply.stage in _WRITERS and _is_refused(reply) and any(map(shutil.which, _WRITERS[reply.stage])):
            reply = self._ask_with_files(question)
        if reply.answer is not None:
            result = result_of(reply)
            if not isinstance(result, Unreadable):
                return result
            if result.needs_ocr and self._ocr:
                plain = partial(self._ask, _question(hints, data))
                if self._scans:
                    self._scans(what)
                return read_recognised(self._work, _question(hints, data, Ocr.ON), plain, self._told)
            return read_converted(data, reply.stage, result, partial(self.read, **_without_form(hints)))
        if reply.traceback:
            _log.error("the parser failed on %s\n%s", what, reply.traceback)
            return Unreadable(f"the parser failed: {reply.why[:_LONGEST_REASON]}")
        _log.warning("the reader of %s was ended: %s\n%s", what, reply.why, reply.stderr)
        return Unreadable(f"the {reply.stage} reader was ended: {reply.why}".replace("  ", " "))

    def _ask_with_files(self, question: bytes) -> Reply:
        """Asks a child of its own that may write, in a folder that is removed whatever happens."""
        with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:

            def work(asked: bytes, stage: Stage) -> bytes:
                tempfile.tempdir = folder
                return self._work(asked, stage)

            reply = Worker(work, replace(self._limits, file_size=MAX_TOTAL, documents=1)).ask(question)
        if self._told:
            self._told(reply)
        return reply

    def _ask(self, question: bytes) -> Reply:
        while True:
            if self._worker is None or self._worker.usage is not None:
                self._worker = Worker(self._work, self._limits)
            reply = self._worker.ask(question)
            if self._told:
                self._told(reply)
            was_fresh = self._worker.asked == 1
            if self._worker.usage is None or was_fresh or reply.answer is not None or reply.out_of_time:
                return reply


def read_safely(data: bytes, *, limits: Limits | None = None, **hints: Unpack[Hints]) -> ParseResult:
    """Reads one document in a child of its own; for many, `Sandbox` is faster."""
    with Sandbox(limits) as sandbox:
        return sandbox.read(data, **hints)


@cache
def warm_up() -> None:
    """Does in the parent, once, what every child would else do again: tables loaded, patterns compiled."""
    read_report(_SAMPLE.encode())


def _question(hints: Hints, data: bytes, ocr: Ocr = Ocr.OFF) -> bytes:
    """What a child is asked: the length of a head of JSON, the head, the document, and the pictures beside it."""
    pictures = hints.get("pictures", ())
    asked: dict[str, object] = {name: value for name, value in hints.items() if name != "pictures"}
    if pictures:
        asked["pictures"] = [[url, None if picture is None else len(picture)] for url, picture in pictures]
        asked["length"] = len(data)
    head = json.dumps(asked if ocr is Ocr.OFF else asked | {"ocr": ocr}).encode()
    return b"".join((LENGTH.pack(len(head)), head, data, *(picture for _, picture in pictures if picture)))


def _pictures(question: bytes, start: int, lengths: list[tuple[str, int | None]]) -> Iterator[Picture]:
    """The pictures at the end of a question."""
    for url, length in lengths:
        yield url, None if length is None else question[start : start + length]
        start += length or 0


def _without_form(hints: Hints) -> Hints:
    """The hints on a document that hold for it in another format too."""
    return Hints(
        title_hint=hints.get("title_hint"), date_hint=hints.get("date_hint"), agency_hint=hints.get("agency_hint")
    )


def _is_refused(reply: Reply) -> bool:
    return reply.answer is not None and isinstance(result_of(reply), Unreadable)


def _work(read: Read) -> Work:
    """What the child does with a question: hints and document in, the JSON of the result out."""

    def work(question: bytes, stage: Stage) -> bytes:
        start = LENGTH.size + LENGTH.unpack_from(question)[0]
        hints = json.loads(question[LENGTH.size : start])
        if "ocr" in hints:
            hints["ocr"] = Ocr(hints["ocr"])
        data = question[start : start + hints.pop("length", len(question))]
        if "pictures" in hints:
            hints["pictures"] = tuple(_pictures(question, start + len(data), hints["pictures"]))
        stage(sniff(data))
        return wire.encode(read(data, **hints))

    return work
