"""A running `gongkai serve` for benchmarks and tests: its address, its processes, their memory."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen


@dataclass(frozen=True, slots=True)
class Served:
    """A supervisor that serves, where it does, and where it answers operators."""

    process: subprocess.Popen[str]
    base: str
    operators: str

    def processes(self) -> list[int]:
        """The workers and the processes of readers' SQL beneath them."""
        found: list[int] = []
        todo = [self.process.pid]
        while todo:
            pid = todo.pop()
            try:
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
                # a worker may start its children from any of its threads
                for task in Path(f"/proc/{pid}/task").iterdir():
                    children += (task / "children").read_text("ascii").split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            new = {int(child) for child in children} - set(found)
            found += new
            todo += new
        return found

    def memory(self) -> dict[int, int]:
        """Resident bytes of each process, at its highest so far."""
        found = {}
        for pid in self.processes():
            try:
                status = Path(f"/proc/{pid}/status").read_text("ascii")
            except (FileNotFoundError, ProcessLookupError):
                continue
            peak = re.search(r"VmHWM:\s+(\d+) kB", status)
            if peak:
                found[pid] = int(peak.group(1)) * 1024
        return found

    def health(self) -> dict[str, object]:
        """What `/-/health` says."""
        with urlopen(f"{self.operators}/-/health", timeout=10) as response:
            health: dict[str, object] = json.loads(response.read())
        return health


@contextmanager
def served(data: Path, *options: str) -> Iterator[Served]:
    """`gongkai serve` on a data directory, on free ports, ended when the block ends."""
    command = [
        sys.executable,
        "-m",
        "archive",
        "serve",
        "--data",
        str(data),
        "--port",
        "0",
        "--ops-port",
        "0",
        *options,
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            assert process.stderr is not None
            operators = base = None
            for line in process.stderr:
                found = re.search(r"http://127\.0\.0\.1:\d+", line)
                if found and "metrics" in line:
                    operators = found.group(0)
                elif found and "serving" in line:
                    base = found.group(0)
                    break
            if base is None or operators is None:
                raise RuntimeError("gongkai serve did not begin to serve")
            yield Served(process, base, operators)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
