"""The inside of the sandbox: a forked process that answers questions, one at a time, under limits.

It is forked from a warm parent, so nothing is imported again; it shares the parent's memory as a copy and none of its
descriptors but three pipes; and it ends by `os._exit`, so that no handler, buffer or database connection of the parent
runs to its end twice. The limits guard against accidents and exhaustion by documents from strangers; they are no wall
against machine code that took over the process.
"""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import resource
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

STAGE, RESULT, FAILED, NO_MEMORY = b"s", b"r", b"x", b"m"
"""Kinds of message from the child: what it is doing, its answer, the traceback of an exception, memory exhausted."""

HEADER = struct.Struct(">cQ")
LENGTH = struct.Struct(">Q")

_MAX_DESCRIPTORS = 65_536
_GARBAGE = (20_000, 20, 20)
"""New containers before garbage is looked for: a tree of a page has some thousand, 700 visit it in vain."""
_FRAMES = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost, and how many `documents` a child reads before a fresh one takes its place.

    `memory` is in bytes beyond what the parent has mapped, so that the result does not depend on who asks: with the
    some 100 MiB of the command itself the default keeps a child within 1 GiB. `seconds` is wall clock. `output` bounds
    the answer and `file_size` each file written, in bytes.
    """

    memory: int = 768 << 20
    cpu_seconds: int = 15
    seconds: float = 20.0
    output: int = 32 << 20
    file_size: int = 0
    documents: int = 100


Stage = Callable[[str], None]
Work = Callable[[bytes, Stage], bytes]
"""Answers a question; says by the function it is given, in a word, what it is doing."""


def be_child(work: Work, limits: Limits, memory: int | None, questions: int, answers: int, stderr: int) -> NoReturn:
    """Everything that happens in the child: answers until there are no more questions, and leaves by `os._exit`."""
    try:
        _detach(stderr, questions, answers)
        _limit_always(limits, memory)
        while (question := _question(questions)) is not None:
            _limit_this(limits)
            _answer(work, question, answers)
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        os._exit(1)


def _answer(work: Work, question: bytes, answers: int) -> None:
    try:
        _send(answers, RESULT, work(question, lambda word: _send(answers, STAGE, word.encode())))
    except MemoryError:
        _send(answers, NO_MEMORY, b"")
        os._exit(0)
    # The outermost frame of a process: an exception of any kind becomes a message to the parent, which logs it.
    except BaseException:  # noqa: BLE001
        _send(answers, FAILED, traceback.format_exc(limit=-_FRAMES).encode("utf-8", "backslashreplace"))


def _detach(stderr: int, *kept: int) -> None:
    """Lets go of what belongs to the parent: signal handlers, descriptors, streams, its garbage."""
    os.setpgid(0, 0)  # Ctrl-C in the terminal is for the parent, which ends the child
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(stderr, 1)  # what a library prints must not get into the output of the command
    os.dup2(stderr, 2)
    low = 3
    for descriptor in sorted(kept):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, _MAX_DESCRIPTORS)
    sys.stdout = sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    logging.root.handlers = [logging.StreamHandler(sys.stderr)]
    faulthandler.enable(file=2)  # says where a native library crashed
    gc.freeze()  # the parent's objects are neither garbage nor worth a copy of their pages
    gc.set_threshold(*_GARBAGE)


def _limit_always(limits: Limits, memory: int | None) -> None:
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_FSIZE, limits.file_size)
    if memory is not None:
        _set(resource.RLIMIT_AS, memory)


def _limit_this(limits: Limits) -> None:
    """The limits of one question; processor time counts from the birth of a process, so the bound moves on."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = int(time.process_time()) + limits.cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
    # Should the parent be killed, nobody watches the clock any more: then the child ends itself.
    signal.setitimer(signal.ITIMER_REAL, limits.seconds + 1)


def _set(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _question(descriptor: int) -> bytes | None:
    header = _receive(descriptor, LENGTH.size)
    return None if header is None else _receive(descriptor, LENGTH.unpack(header)[0])


def _receive(descriptor: int, length: int) -> bytes | None:
    """Exactly `length` bytes, or None where the parent closed the pipe."""
    received = bytearray()
    while len(received) < length:
        data = os.read(descriptor, min(1 << 20, length - len(received)))
        if not data:
            return None
        received += data
    return bytes(received)


def _send(descriptor: int, kind: bytes, data: bytes) -> None:
    write_all(descriptor, HEADER.pack(kind, len(data)))
    write_all(descriptor, data)


def write_all(descriptor: int, data: bytes) -> None:
    """Writes all of `data`, however little the pipe takes at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
