"""Scans: read in a child of their own, with the memory and the time that character recognition takes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from archive.models import NotAReport, ParsedReport, ParseResult, Unreadable
from archive.sandbox.answers import result_of
from archive.sandbox.child import Limits, Work
from archive.sandbox.worker import Reply, Worker

SECONDS = 600
LIMITS = Limits(memory=3 << 30, cpu_seconds=SECONDS, seconds=SECONDS + 60.0, documents=1)
"""Measured: 0.9 GB resident and 1.2 GB mapped for pages of A4 at 200 dots an inch; 3 to 5 s of CPU a page."""

_log = logging.getLogger(__name__)


def read_recognised(
    work: Work, question: bytes, plain: Callable[[], Reply], told: Callable[[Reply], None] | None
) -> ParseResult:
    """What reading with character recognition comes to; where that was ended, what `plain` reading comes to.

    `told` learns of the reply, as it does of others.
    """
    reply = Worker(work, LIMITS).ask(question)
    if told:
        told(reply)
    if reply.answer is not None:
        return result_of(reply)
    why = f"OCR was ended: {reply.why}"
    if reply.traceback:
        _log.error("OCR failed\n%s", reply.traceback)
    without = plain()
    if without.answer is None:
        return Unreadable(f"{why}; the {without.stage} reader was ended: {without.why}")
    result = result_of(without)
    match result:
        case ParsedReport():
            return replace(result, warnings=(why, *result.warnings))
        case NotAReport() | Unreadable():
            return replace(result, why=f"{result.why}; {why}")
