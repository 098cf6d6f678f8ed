"""The outside of the sandbox: starts a child, asks it, and says what happened when it does not come back."""

from __future__ import annotations

import logging
import os
import resource
import selectors
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from archive.sandbox.child import FAILED, HEADER, LENGTH, NO_MEMORY, STAGE, Limits, Work, be_child, write_all

_CHUNK = 1 << 18
_MAX_STDERR = 16_384
_STATM = Path("/proc/self/statm")

_log = logging.getLogger(__name__)
_said: set[str] = set()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one question: the `answer`, or `why` there is none, completing "the reader was ended: …".

    `traceback` is that of an exception in the child, which lives on. `stage` is what the child last said it was doing,
    `stderr` the beginning of what it printed. `seconds` are wall clock. `peak` is what a child that is gone ever had
    resident, in bytes, the pages shared with the parent included; None while it lives. `out_of_time` tells an end by a
    clock from one by memory or a crash.
    """

    answer: bytes | None
    why: str = ""
    traceback: str = ""
    stage: str = ""
    stderr: str = ""
    seconds: float = 0.0
    peak: int | None = None
    out_of_time: bool = False


class Worker:
    """A child that answers questions by `work` until it ends or is ended; fork it from one thread only.

    Raises OSError where the system makes no child.
    """

    def __init__(self, work: Work, limits: Limits) -> None:
        self.limits = limits
        self.asked = 0
        self.usage: resource.struct_rusage | None = None
        memory = _memory_limit(limits.memory)
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # as in a service without a terminal
                stream.flush()
        ends = [*os.pipe(), *os.pipe(), *os.pipe()]
        try:
            self.pid = os.fork()
        except OSError:
            for end in ends:
                os.close(end)
            raise
        questions, self._questions, self._answers, answers, self._stderr, stderr = ends
        if self.pid == 0:
            be_child(work, limits, memory, questions, answers, stderr)
        for end in (questions, answers, stderr):
            os.close(end)
        os.set_blocking(self._stderr, False)
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(self.pid, self.pid)  # as the child does for itself: whoever comes first

    def ask(self, question: bytes) -> Reply:
        """The child's reply; a child that ran into a limit is gone afterwards (`usage` is set).

        Whatever interrupts the wait (Ctrl-C above all) ends the child before it goes on.
        """
        started = time.monotonic()
        self.asked += 1
        heard = _Heard()
        try:
            # A child that is already dying breaks the pipe; listening tells what it died of.
            with suppress(BrokenPipeError):
                write_all(self._questions, LENGTH.pack(len(question)))
                write_all(self._questions, question)
            fault = self._listen(heard, started + self.limits.seconds)
            self._drain(heard)
            status = self.end() if fault or heard.kind in (b"", NO_MEMORY) or self._is_spent() else 0
        except BaseException:
            self.end()
            raise
        why = fault or self._explained(heard, status)
        return Reply(
            answer=None if why else bytes(heard.buffer),
            why=why,
            traceback=heard.text() if heard.kind == FAILED and not fault else "",
            stage=heard.stage,
            stderr=heard.stderr.decode("utf-8", "replace"),
            seconds=time.monotonic() - started,
            peak=self.usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) if self.usage else None,
            out_of_time=fault == _out_of_time(self.limits)
            or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in _CLOCKS),
        )

    def end(self) -> int:
        """Ends the child and all it started, and returns its status; an idle child has nothing to lose."""
        if self.usage is not None:
            return 0
        # A child that is dying by itself keeps its own status: it was fixed before its pipes closed.
        for kill in (os.killpg, os.kill):
            with suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)
        _, status, self.usage = os.wait4(self.pid, 0)
        for end in (self._questions, self._answers, self._stderr):
            os.close(end)
        return status

    def _is_spent(self) -> bool:
        return self.asked >= self.limits.documents

    def _listen(self, heard: _Heard, deadline: float) -> str:
        """Reads until there is an answer or the child closed its end; returns what it did wrong, or nothing."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            selector.register(self._stderr, selectors.EVENT_READ)
            while not heard.is_complete():
                left = deadline - time.monotonic()
                if left <= 0:
                    return _out_of_time(self.limits)
                for key, _ in selector.select(left):
                    data = os.read(key.fd, _CHUNK)
                    if key.fd == self._stderr:
                        heard.overhear(data)
                    elif data:
                        heard.hear(data)
                    else:
                        return ""
                if heard.expected > self.limits.output:
                    return f"its result is too large (limit {_size(self.limits.output)})"
        return ""

    def _drain(self, heard: _Heard) -> None:
        """Takes what was printed up to now, so that nobody takes it for the words of the next document's reader."""
        with suppress(BlockingIOError):
            while data := os.read(self._stderr, _CHUNK):
                heard.overhear(data)

    def _explained(self, heard: _Heard, status: int) -> str:
        """Why there is no answer, or nothing if there is one."""
        if heard.kind == NO_MEMORY:
            return f"out of memory (limit {_size(self.limits.memory)})"
        if heard.kind == FAILED:
            return heard.text().rpartition("\n")[2]
        if heard.kind:
            return ""
        if not os.WIFSIGNALED(status):
            return f"it left with exit code {os.waitstatus_to_exitcode(status)}"
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return f"out of processor time (limit {self.limits.cpu_seconds} s)"
        if number == signal.SIGALRM:
            return _out_of_time(self.limits)
        return f"{'the system killed it' if number == signal.SIGKILL else 'it crashed'} ({_name(number)})"


class _Heard:
    """What a child has said so far: its stage, and its answer as it comes in."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.stderr = bytearray()
        self.kind = b""
        self.stage = ""
        self.expected = 0

    def hear(self, data: bytes) -> None:
        self.buffer += data
        while not self.kind and len(self.buffer) >= HEADER.size:
            kind, length = HEADER.unpack_from(self.buffer)
            self.expected = length
            if len(self.buffer) < HEADER.size + length:
                return
            del self.buffer[: HEADER.size]
            if kind != STAGE:
                self.kind = kind
                return
            self.stage = self.buffer[:length].decode("utf-8", "replace")
            del self.buffer[:length]

    def overhear(self, data: bytes) -> None:
        self.stderr += data[: max(0, _MAX_STDERR - len(self.stderr))]

    def is_complete(self) -> bool:
        return self.kind != b""

    def text(self) -> str:
        return self.buffer.decode("utf-8", "replace").strip()


_CLOCKS = frozenset({signal.SIGXCPU, signal.SIGALRM})


def _out_of_time(limits: Limits) -> str:
    return f"out of time (limit {limits.seconds:g} s)"


def _size(count: int) -> str:
    return f"{count / (1 << 30):g} GiB" if count >= 1 << 30 else f"{count >> 20} MiB"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _memory_limit(memory: int) -> int | None:
    """The address space a child may have, or None (said once) where the system does not tell what is mapped."""
    try:
        mapped = int(_STATM.read_text().split()[0]) * resource.getpagesize()
    except OSError:
        _say_once("this system does not tell how much memory is mapped: documents are read without a memory limit")
        return None
    return mapped + memory


def _say_once(message: str) -> None:
    if message not in _said:
        _said.add(message)
        _log.warning("%s", message)
