"""Child processes of the command line: the crawler, the demo's portals, the site."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from types import FrameType

STOP_SECONDS = 10
"""How long a child may take to end by itself after SIGTERM before it is killed."""


_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PARENT_DIED = 1  # PR_SET_PDEATHSIG, prctl(2)
_PRCTL = getattr(ctypes.CDLL(None), "prctl", None)  # Linux only; elsewhere a child outlives a parent that is killed


def run(module: str, *arguments: str) -> int:
    """Runs a module of the project to its end and returns its exit code.

    The child has a process group of its own, so that a signal reaches it once, through us, whether it came from a
    terminal or from another process; we wait for its orderly end. If we are killed outright, so is the child: a crawl
    that nobody sees would go on and hold the lock.
    """
    command = [sys.executable, "-m", module, *arguments]
    with _child(command) as child, _signals_go_to(child):
        code = child.wait()
    # A child that died of a signal has failed, whatever the number says.
    return code if code >= 0 else 1


def output(module: str, *arguments: str) -> tuple[int, str]:
    """Runs a module of the project to its end and returns its exit code and what it printed; stderr is ours.

    Signals are dealt with as in `run`.
    """
    command = [sys.executable, "-m", module, *arguments]
    with _child(command, stdout=subprocess.PIPE) as child, _signals_go_to(child):
        printed, _ = child.communicate()
    return (child.returncode if child.returncode >= 0 else 1), printed.decode("utf-8")


def _child(command: Sequence[str], stdout: int | None = None) -> subprocess.Popen[bytes]:
    # Between fork and exec only one call into the C library, looked up before.
    return subprocess.Popen(command, stdout=stdout, process_group=0, preexec_fn=_die_with_the_parent)


def _die_with_the_parent() -> None:
    if _PRCTL is not None:
        _PRCTL(_PARENT_DIED, signal.SIGKILL)


@contextlib.contextmanager
def _signals_go_to(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Passes the signals that end a program on to the child; outside the main thread Python allows no handlers."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def forward(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    before = {number: signal.signal(number, forward) for number in _PASSED_ON}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def running(module: str, arguments: Sequence[str], *, ready: str) -> Iterator[subprocess.Popen[str]]:
    """Runs a module of the project beside us and ends it on the way out.

    The module must print a line with `ready` in it on stdout once it answers.

    Raises:
        RuntimeError: the child ended before it was ready; its own messages are on stderr.
    """
    child = subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        for line in child.stdout:
            if ready in line:
                break
        else:
            raise RuntimeError(f"`python -m {module}` ended before it was ready (exit code {child.wait()})")
        yield child
    finally:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout is not None:
            child.stdout.close()
