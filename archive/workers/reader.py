"""A process that reads captures for a worker: `python -m archive.workers.reader`, a filter of lines of JSON.

A worker of Dask runs several threads, and a process with threads is no place to fork the children of the sandbox from.
So the sandbox stands in this process, which has one thread and reads as the process of `gongkai parse` does. In comes
an `Order`, then one `Capture` a line; out come its setup, then one `Answer` a line. It ends when its input does, when
the worker dies, and when there has been nothing to read for a while.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

import msgspec

from archive.captures import CaptureReader, DamagedRecord, open_captures
from archive.models import Capture
from archive.parsing import as_stored, read_capture
from archive.reading import Read
from archive.sandbox import Sandbox
from archive.workers.answers import Answer, Order
from archive.workers.setup import setup_here

IDLE_SECONDS = 60.0

_PARENT_DIED = 1  # PR_SET_PDEATHSIG, prctl(2)


def main() -> None:
    """Answers until there is nothing more to read."""
    signal.signal(signal.SIGTERM, _leave)  # by an exception, which ends the child of the sandbox on its way
    _end_with_the_worker()
    questions, answers = _streams()
    with answers, contextlib.suppress(BrokenPipeError):
        order = msgspec.json.decode(questions.readline(), type=Order)
        answers.write(msgspec.json.encode(setup_here(ocr=order.ocr)) + b"\n")
        answers.flush()
        with Sandbox(ocr=order.ocr) as sandbox:
            store = open_captures(order.store)
            for capture in _captures(questions):
                answers.write(msgspec.json.encode(answer(store, capture, sandbox.read)) + b"\n")
                answers.flush()


def answer(store: CaptureReader, capture: Capture, read: Read) -> Answer:
    """What one capture comes to here."""
    try:
        return Answer(as_stored(read_capture(store, capture, read), capture.url))
    except DamagedRecord as error:
        return Answer(damage=str(error))
    except OSError as error:
        return Answer(trouble=str(error))


def _captures(questions: BinaryIO) -> Iterator[Capture]:
    """The captures asked for, one at a time; between two of them nothing is read ahead."""
    decoder = msgspec.json.Decoder(Capture)
    while select.select([questions], [], [], IDLE_SECONDS)[0] and (line := questions.readline()):
        yield decoder.decode(line)


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Where questions come from and answers go; what a library prints goes to the log of the worker instead."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Without a buffer, `select` knows all that there is to read.
    return os.fdopen(0, "rb", buffering=0, closefd=False), answers


def _end_with_the_worker() -> None:
    """On Linux the kernel tells us when the worker dies; elsewhere its end is seen after the document at hand."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PARENT_DIED, signal.SIGTERM)


def _leave(_number: int, _frame: object) -> NoReturn:
    sys.exit(1)


if __name__ == "__main__":
    main()
