"""The supervisor with real processes: no failed request at a swap, a corrupt generation refused, a clean end."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive.site.serve import ServeError, listen, serve
from tests.site.sample import build

RUN = (
    "import sys; from pathlib import Path; from archive.site.serve import ServeError, serve\n"
    "try: serve(Path(sys.argv[1]), port=0, poll=0.2)\n"
    "except ServeError as error: sys.exit(f'error: {error}')\n"
)
PATIENCE = 120.0


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)


@dataclass(slots=True)
class Served:
    """A running supervisor, what it said, and its port."""

    process: subprocess.Popen[str]
    data: Path
    lines: list[str] = field(default_factory=list)
    reader: threading.Thread | None = None

    def listen_to(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(line for line in self.process.stderr)

    def says(self, words: str) -> bool:
        return any(words in line for line in self.lines)

    @property
    def port(self) -> int:
        until(lambda: self.says("serving ") or self.process.poll() is not None, "the first line")
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", "".join(self.lines))
        assert found, self.lines
        return int(found.group(1))

    def workers(self) -> list[int]:
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def point_to(self, number: int) -> None:
        link = self.data / "current.new"
        link.symlink_to(f"generations/{number}")
        link.replace(self.data / "current")


@pytest.fixture(scope="module")
def generations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sound generations and two corrupt ones: noise, and a file cut in half."""
    directory = tmp_path_factory.mktemp("generations")
    for number in (1, 2):
        (directory / str(number)).mkdir()
        build(directory / str(number) / "archive.db", 6, generation=number)
    sound = (directory / "2" / "archive.db").read_bytes()
    for number, content in ((3, os.urandom(65536)), (4, sound[: len(sound) // 2])):
        (directory / str(number)).mkdir()
        (directory / str(number) / "archive.db").write_bytes(content)
    return directory


@pytest.fixture
def served(generations: Path, tmp_path: Path) -> Iterator[Served]:
    shutil.copytree(generations, tmp_path / "generations")
    (tmp_path / "current").symlink_to("generations/1")
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    running = Served(process, tmp_path)
    running.reader = threading.Thread(target=running.listen_to)
    running.reader.start()
    try:
        yield running
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)
        running.reader.join(PATIENCE)
        assert process.stderr is not None
        process.stderr.close()


def generation_of(connection: http.client.HTTPConnection) -> int:
    connection.request("GET", "/archive/build_info.json?_shape=array")
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (answer.status, body[:200])
    found = re.search(rb'"generation": (\d+)', body)
    assert found
    return int(found.group(1))


class Reader(threading.Thread):
    """Asks for pages all the time, over one kept-alive connection or a new one each time; keeps what went wrong."""

    def __init__(self, port: int, keep_alive: bool, stop: threading.Event) -> None:
        super().__init__()
        self.port, self.keep_alive, self.stop = port, keep_alive, stop
        self.seen: list[int] = []
        self.errors: list[Exception] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.stop.is_set():
            try:
                self.seen.append(generation_of(connection))
            except (OSError, http.client.HTTPException, AssertionError) as error:
                self.errors.append(error)
            if not self.keep_alive:
                connection.close()
            time.sleep(0.01)  # leaves the processors to the processes under test
        connection.close()


def test_no_request_fails_when_generations_change(served: Served) -> None:
    stop = threading.Event()
    readers = [Reader(served.port, keep_alive, stop) for keep_alive in (True, True, False, False)]
    for reader in readers:
        reader.start()
    try:
        served.point_to(2)
        until(lambda: all(reader.seen[-1:] == [2] for reader in readers), "generation 2")
        for corrupt in (3, 4):
            served.point_to(corrupt)
            until(lambda: served.says(f"refused {served.data / 'generations' / str(corrupt)}"), "a refusal")  # noqa: B023
        served.point_to(1)
        until(lambda: all(reader.seen[-1:] == [1] for reader in readers), "generation 1 again")
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert [reader.errors for reader in readers] == [[], [], [], []]
    for reader in readers:
        changes = [one for one, before in zip(reader.seen, [0, *reader.seen], strict=False) if one != before]
        assert changes == [1, 2, 1]  # each change is seen once: no answer flips back


def test_a_worker_that_dies_is_replaced(served: Served) -> None:
    port = served.port
    [worker] = served.workers()
    os.kill(worker, signal.SIGKILL)
    until(lambda: served.says("ended unasked"), "news of the death")
    until(lambda: served.says("now serving"), "a new worker")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    assert generation_of(connection) == 1
    connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(served: Served, number: signal.Signals) -> None:
    port = served.port
    workers = served.workers()
    served.process.send_signal(number)
    assert served.process.wait(PATIENCE) == 0
    until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers), "the end of the workers")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=60)


def test_a_worker_does_not_outlive_its_supervisor(served: Served) -> None:
    assert served.port
    [worker] = served.workers()
    served.process.kill()
    served.process.wait(PATIENCE)
    until(lambda: not running(worker), "the end of the orphan")


def running(pid: int) -> bool:
    """Whether a process runs (one that has ended and is not yet reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_without_a_generation_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="gongkai build"):
        serve(tmp_path)


def test_a_first_generation_that_is_corrupt_is_not_served(generations: Path, tmp_path: Path) -> None:
    shutil.copytree(generations, tmp_path / "generations")
    (tmp_path / "current").symlink_to("generations/3")
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, encoding="utf-8")
    assert done.returncode == 1
    assert "file is not a database" in done.stderr
    assert "failed its check" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_archive_of_another_version_is_not_served(generations: Path, tmp_path: Path) -> None:
    shutil.copytree(generations, tmp_path / "generations")
    (tmp_path / "current").symlink_to("generations/1")
    with closing(sqlite3.connect(tmp_path / "generations" / "1" / "archive.db")) as archive, archive:
        archive.execute("update build_info set schema_version = schema_version - 1")
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, encoding="utf-8")
    assert done.returncode == 1
    assert "run `gongkai build` once" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=f"port {port} on 127.0.0.1 is taken"):
            listen("127.0.0.1", port)
        (tmp_path / "current").mkdir()
        (tmp_path / "current" / "archive.db").touch()
        with pytest.raises(ServeError, match=r"--ops-port N"):
            serve(tmp_path, port=0, operators_port=port)
    with pytest.raises(ServeError, match="cannot listen"):
        listen("no-such-host.invalid", 0)
