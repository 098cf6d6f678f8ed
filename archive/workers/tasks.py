"""What happens in a worker: a stretch is read, capture by capture, by a reader process of the worker's thread."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading

import msgspec

from archive.models import Capture
from archive.parsing import Parsed
from archive.workers import WorkersFailed
from archive.workers.answers import Answer, Job, Order
from archive.workers.setup import differences

TRIES = 3

_ANSWERS = msgspec.json.Decoder(Answer)
_own = threading.local()


class Reader:
    """A reader process at work for an order, with the `setup` that it told; from one thread.

    Raises WorkersFailed if it ends before it has begun.
    """

    def __init__(self, order: Order) -> None:
        self.order = order
        self._process = subprocess.Popen(
            [sys.executable, "-m", "archive.workers.reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C in a terminal is for the pass, whose end ends the workers and them us
        )
        told = self._ask(msgspec.json.encode(order))
        if not told:
            code = self.end()
            raise WorkersFailed(f"the reader process on {socket.gethostname()} ended at once (exit code {code})")
        self.setup = msgspec.json.decode(told, type=dict[str, str])

    def ask(self, capture: Capture) -> Answer | None:
        """What the capture comes to, or None if the process died over it."""
        told = self._ask(msgspec.json.encode(capture))
        return _ANSWERS.decode(told) if told.endswith(b"\n") else None

    def is_alive(self) -> bool:
        """Whether it can be asked; it goes by itself after some time without work."""
        return self._process.poll() is None

    def end(self) -> int:
        """Ends the process and returns its exit code."""
        self._process.terminate()
        with contextlib.suppress(BrokenPipeError), self._process:
            pass  # leaving closes the pipes and waits
        return self._process.returncode

    def _ask(self, line: bytes) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line + b"\n")
            self._process.stdin.flush()
        return self._process.stdout.readline()


def read_stretch(job: Job) -> list[Answer]:
    """The answers to a stretch, in its order.

    Raises WorkersFailed where this machine would not read as the one that asks, or has not got the captures.
    """
    return [_read(capture, job) for capture in job.captures]


def _read(capture: Capture, job: Job) -> Answer:
    for _ in range(TRIES):
        reader = _reader(job)
        answer = reader.ask(capture)
        if answer is None:
            # Its pipe closes a moment before it counts as gone: unless waited for, it would be asked again.
            reader.end()
            continue
        if answer.trouble is not None:
            raise WorkersFailed(f"the worker on {socket.gethostname()} cannot read the captures: {answer.trouble}")
        return answer
    return Answer(killed("process"))


def killed(what: str) -> Parsed:
    """The result of a document that nobody survived who read it."""
    return Parsed("unreadable", f"the {what} that read it died each time it was tried")


def _reader(job: Job) -> Reader:
    """The reader of this thread, started anew where there is none, where it is gone, or for another order."""
    reader: Reader | None = getattr(_own, "reader", None)
    if reader is not None and (not reader.is_alive() or reader.order != job.order):
        reader.end()
        reader = None
    if reader is None:
        reader = Reader(job.order)
        _own.reader = reader
    if differing := differences(job.setup, reader.setup):
        raise WorkersFailed(
            f"the worker on {socket.gethostname()} would not read as this machine does ({differing}): "
            "install the same Gongkai, with the same extras and programs, on both"
        )
    return reader
