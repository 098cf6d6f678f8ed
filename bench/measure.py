"""What a process takes: seconds of CPU and by the clock, and the peak memory of the largest process in it."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

_WATCHER = (
    "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]); "
    "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(done.returncode)"
)
"""Stands between, so that a peak is that of one process and its children, not of all that ran so far."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU and by the clock, and peak memory in MB, of one process."""

    cpu: float
    wall: float
    peak: float

    def __str__(self) -> str:
        return f"{self.cpu:8.1f} s of CPU, {self.wall:8.1f} s by the clock, peak memory {self.peak:6.0f} MB"


def measured(command: Sequence[str]) -> tuple[Cost, str]:
    """Runs a command of `gongkai` and returns what it took and said; raises SystemExit where it fails."""
    return run(["archive", *command])


def run_module(module: str, *arguments: str) -> Cost:
    """Runs a module of Python and returns what it took; raises SystemExit where it fails."""
    return run([module, *arguments])[0]


def run(words: Sequence[str]) -> tuple[Cost, str]:
    """Runs a module of Python with its arguments: what it took and said; raises SystemExit where it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", _WATCHER, sys.executable, "-m", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = int(done.stdout.rstrip().rpartition(" ")[2]) / 1024
    return Cost(cpu, wall, peak), done.stderr + done.stdout
