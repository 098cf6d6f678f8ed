"""A running `gongkai serve` for benchmarks and tests: its address, its processes, their memory."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.error import URLError
from urllib.request import urlopen


def arguments_of(pid: int) -> list[str]:
    """The command line of a process; empty for one that has just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def cpu_seconds(pid: int) -> float:
    """What a process has used of a processor so far, its own and the system's time, threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> tuple[int, int]:
    """Bytes of a process: its proportional share now, and the most that it ever had resident."""
    share = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text("ascii"), re.MULTILINE)
    peak = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("ascii"), re.MULTILINE)
    return (int(share[1]) if share else 0) * 1024, (int(peak[1]) if peak else 0) * 1024


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

    def worker(self) -> int:
        """The process that answers pages."""
        return next(pid for pid in self.processes() if "archive.site.start" in arguments_of(pid))

    def named(self) -> dict[str, int]:
        """The supervisor, the worker, and the processes of readers' SQL, by what they are."""
        readers = [pid for pid in self.processes() if "archive.site.sql_process" in arguments_of(pid)]
        return {
            "the supervisor": self.process.pid,
            "the worker": self.worker(),
            **{f"readers' SQL, {number}": pid for number, pid in enumerate(readers, 1)},
        }

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
            said = []
            for line in process.stderr:
                said.append(line)
                found = re.search(r"http://127\.0\.0\.1:\d+", line)
                if found and "metrics" in line:
                    operators = found.group(0)
                elif found and "serving" in line:
                    base = found.group(0)
                    break
            if base is None or operators is None:
                raise RuntimeError(f"gongkai serve did not begin to serve:\n{''.join(said)}")
            # What it says later is read by nobody, but into a pipe that is full it could not say anything any more.
            Thread(target=deque, args=(process.stderr, 0), daemon=True).start()
            yield Served(process, base, operators)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


STARTED_WITHIN = 60.0
PLAIN = "import sys; sys._called_from_test = True; from datasette.cli import cli; cli()"
"""Datasette as it is: plugins that are installed are left alone only by its own tests."""


@contextmanager
def plain_datasette(archive: Path) -> Iterator[tuple[str, int]]:
    """Stock `datasette serve` on an archive without any plugin, with its own settings: its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", PLAIN, "serve", "--immutable", str(archive), "--port", str(port)]
    inspect = archive.with_name("inspect.json")
    if inspect.is_file():
        command += ["--inspect-file", str(inspect)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            base, deadline = f"http://127.0.0.1:{port}", time.monotonic() + STARTED_WITHIN
            while not _answers(f"{base}/-/versions.json"):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("stock datasette did not begin to serve")
                time.sleep(0.2)
            yield base, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=10):
            return True
    except URLError:
        return False
