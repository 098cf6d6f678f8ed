"""Reads one document: `python -m archive.originals`, hints as a line of JSON and then its bytes on standard input.

Writes what the reader saw, or why there is nothing to show (`archive.originals.seen`), and leaves with `os.EX_TEMPFAIL`
where it ran out of time. It reads in a child under limits, as all documents are read; the process around that is there
because a site has threads, and a process with threads must not be forked.
"""

from __future__ import annotations

import json
import os
import sys

from archive.models import ParsedReport, Unreadable
from archive.originals.seen import encode, refuse
from archive.reading import read_document
from archive.sandbox.child import Limits, Stage
from archive.sandbox.worker import Worker

LIMITS = Limits(memory=512 << 20, cpu_seconds=8, seconds=10.0, output=8 << 20, documents=1)
"""Less than a build allows: here somebody waits."""
NICENESS = 10


def work(question: bytes, stage: Stage) -> bytes:
    """What the child does: hints and document in, what was seen of it or why nothing was out."""
    hints, _, data = question.partition(b"\n")
    stage("document")
    result, document = read_document(data, **json.loads(hints))
    if document is not None:
        cells = result.cells if isinstance(result, ParsedReport) else ()
        return encode(document, {cell.place for cell in cells if cell.place})
    return refuse(result.why if isinstance(result, Unreadable) else "which document is the report is not known")


def main() -> int:
    """Answers the one question."""
    os.nice(NICENESS)
    reply = Worker(work, LIMITS).ask(sys.stdin.buffer.read())
    if reply.out_of_time:
        return os.EX_TEMPFAIL
    sys.stderr.write(reply.traceback)
    sys.stdout.buffer.write(reply.answer if reply.answer is not None else refuse(reply.why))
    return 0


if __name__ == "__main__":
    sys.exit(main())
