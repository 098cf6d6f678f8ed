"""Child processes of the command line: the crawler, the demo's portals, the site."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from types import FrameType

STOP_SECONDS = 10
"""How long a child may take to end by itself after SIGTERM before it is killed."""


def run(module: str, *arguments: str) -> int:
    """Runs a module of the project to its end and returns its exit code.

    Ctrl-C reaches the child by itself, since it shares our terminal: we wait for its orderly end. SIGTERM is passed on.
    """
    with subprocess.Popen([sys.executable, "-m", module, *arguments]) as child, _signals_go_to(child):
        code = child.wait()
    # A child that died of a signal has failed, whatever the number says.
    return code if code >= 0 else 1


def output(module: str, *arguments: str) -> tuple[int, str]:
    """Runs a module of the project to its end and returns its exit code and what it printed; stderr is ours.

    Signals are dealt with as in `run`.
    """
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child, _signals_go_to(child):
        printed, _ = child.communicate()
    return (child.returncode if child.returncode >= 0 else 1), printed.decode("utf-8")


@contextlib.contextmanager
def _signals_go_to(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leaves Ctrl-C to the child and passes SIGTERM on; outside the main thread Python allows no handlers."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def forward(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    terminate = signal.signal(signal.SIGTERM, forward)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, terminate)


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
