"""The supervisor: one worker process per generation behind one listening socket.

A running Datasette never notices that its file was replaced, and may even mix two files in one page (SQLite connections
are opened lazily, one per thread). So a worker opens exactly one generation, by its resolved path, and a new generation
means a new process. The socket is the supervisor's; connections that arrive between two workers wait in its queue.
"""

from __future__ import annotations

import errno
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from archive.site.orders import BACKLOG, CHECKED, DRAIN, GO, QUIT, STOPPED, Order

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8001

CHECK_SECONDS = 120.0
CHECKED_A_SECOND = 10_000_000
"""How long a new worker may take to check its generation: some seconds, and those for reading the file whole, in bytes
a second. A national archive has gigabytes, and a machine that is building the next one has little time for it."""
AHEAD_SECONDS = 60.0
"""How long a new worker may go on answering ahead what takes a generation's first reader long, while the old one still
serves. Of 100,000 reports this takes half a minute of a processor."""
LOOK_SECONDS = 0.5
"""How often a supervisor that waits for a worker looks whether it is to stop."""
HANDOVER_SECONDS = 10.0
RETIRE_SECONDS = 60.0
LONGEST_PAUSE = 30.0

Report = Callable[[str], None]


class ServeError(Exception):
    """Raised when the site cannot be served at all; the message says what to do, for a person."""


def serve(
    data: Path,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    *,
    allow_sql: bool = True,
    prefix: str = "/",
    operators_port: int | None = None,
    poll: float = 1.0,
    report: Report = lambda line: print(line, file=sys.stderr, flush=True),
) -> None:
    """Serves DATA/current until SIGTERM or Ctrl-C, following the link whenever it moves.

    `port` 0 takes a free one. `prefix` is the path under which a proxy shows the site. `operators_port` is where health
    and metrics are answered, to this machine only; None leaves them out. `poll` is the number of seconds between two
    looks at the link; SIGHUP looks at once. `report` gets each line of news for the operator. Must run in the main
    thread, as it installs signal handlers.
    Raises `ServeError` if there is no generation, if the first one fails its check, or if the port is taken.
    """
    target = current_database(data)
    if target is None:
        raise ServeError(f"there is no archive in {data} yet: run `gongkai build` first (or `gongkai demo`)")
    prefix = f"/{prefix.strip('/')}/" if prefix.strip("/") else "/"
    with ExitStack() as stack:
        listener = stack.enter_context(listen(host, port))
        operators = None
        if operators_port is not None:
            operators = stack.enter_context(listen(DEFAULT_HOST, operators_port, option="--ops-port"))
            report(f"health and metrics at http://{DEFAULT_HOST}:{operators.getsockname()[1]}/-/health and /-/metrics")
        site = Site(listener, operators, allow_sql=allow_sql, prefix=prefix)
        Supervisor(data, site, poll=poll, report=report).run(target)


def current_database(data: Path) -> Path | None:
    """The resolved path of the published database (the link itself may move), or None if there is none."""
    path = (data / "current").resolve() / "archive.db"
    return path if path.is_file() else None


def listen(host: str, port: int, option: str = "--port") -> socket.socket:
    """A listening, inheritable socket; raises `ServeError` that names what is wrong with the address, and the `option`
    by which another port is chosen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise ServeError(f"cannot listen on {host!r}: {error.strerror}") from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ServeError(
                f"port {port} on {host} is taken by another program: choose another ({option} N)"
            ) from error
        if error.errno == errno.EACCES:
            raise ServeError(
                f"port {port} may not be used without rights: choose one above 1023 ({option} N)"
            ) from error
        raise ServeError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    listener.set_inheritable(True)
    return listener


@dataclass(frozen=True, slots=True)
class Site:
    """What all workers have in common: the listening sockets, and how the site is to be served."""

    listener: socket.socket
    operators: socket.socket | None
    allow_sql: bool
    prefix: str


@dataclass(slots=True)
class Worker:
    """One worker process and the socket pair over which it is told what to do."""

    database: Path
    process: subprocess.Popen[bytes]
    control: socket.socket

    @classmethod
    def start(cls, database: Path, site: Site, ahead: float) -> Worker:
        """Starts a process that checks the database, answers pages ahead for some seconds, and waits for `GO` before it
        accepts anything."""
        ours, theirs = socket.socketpair()
        operators = None if site.operators is None else site.operators.fileno()
        with theirs:
            order = Order(
                str(database), site.listener.fileno(), theirs.fileno(), operators, site.allow_sql, site.prefix, ahead
            )
            command = [sys.executable, "-m", "archive.site.start", order.text()]
            inherited = [order.listener, order.control, *([] if operators is None else [operators])]
            # A group of its own: Ctrl-C in a terminal then reaches the supervisor alone, which lets it finish first.
            process = subprocess.Popen(command, pass_fds=inherited, process_group=0)
        return cls(database, process, ours)

    def tell(self, what: bytes) -> None:
        """Sends one word; a worker that is gone already needs none (`alive` tells)."""
        try:
            self.control.send(what)
        except (BrokenPipeError, ConnectionResetError):
            return

    def hears(self, expected: bytes, seconds: float) -> bool:
        """Whether the worker answers `expected` within so many seconds; False also when it died."""
        self.control.settimeout(seconds)
        try:
            return self.control.recv(1) == expected
        except (TimeoutError, ConnectionResetError):
            return False

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def end(self, seconds: float = RETIRE_SECONDS) -> None:
        """Waits for the process to finish and kills it if it does not."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.control.close()


@dataclass(slots=True)
class Supervisor:
    """Keeps one worker accepting, replaces it when the link moves, starts it again when it dies."""

    data: Path
    site: Site
    poll: float
    report: Report
    stopping: bool = False
    wake: socket.socket | None = None
    refused: Path | None = None
    retired: list[Worker] = field(default_factory=list)

    def run(self, target: Path) -> None:
        """Serves until told to stop; raises `ServeError` if the first generation fails its check."""
        inbox, outbox = socket.socketpair()
        inbox.setblocking(False)
        outbox.setblocking(False)
        self.wake = inbox
        handlers = {
            number: signal.signal(number, self.on_signal) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        }
        wakeup = signal.set_wakeup_fd(outbox.fileno())
        worker: Worker | None = None
        try:
            worker = self.checked(target)
            if worker is None:
                if self.stopping:
                    return
                raise ServeError(f"{target} failed its check (see above): build it again with `gongkai build`")
            worker.tell(GO)
            host, port = self.site.listener.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            self.report(f"serving {target} at http://{shown}:{port}{self.site.prefix} (Ctrl-C ends it)")
            worker = self.watch(worker)
        finally:
            self.stop(worker)
            signal.set_wakeup_fd(wakeup)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            inbox.close()
            outbox.close()

    def watch(self, worker: Worker) -> Worker:
        """The loop: looks at the link and at the worker, and returns the worker that is left when told to stop."""
        pause = 1.0
        while not self.stopping:
            self.sleep(self.poll)
            self.retired = [old for old in self.retired if not self.gone(old)]
            if self.stopping:
                break
            if not worker.alive:
                self.report(f"the worker ended unasked (exit code {worker.process.returncode}); starting it again")
                self.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                published = current_database(self.data)
                worker = self.replace(worker, worker.database if published in (None, self.refused) else published)
                continue
            target = current_database(self.data)
            if target is None or target == worker.database:
                self.refused = None
            elif target != self.refused:
                worker = self.replace(worker, target)
                pause = 1.0
        return worker

    def replace(self, old: Worker, target: Path) -> Worker:
        """A worker on `target` that accepts, the old one retired; or the old one, if `target` fails its check."""
        new = self.checked(target, ahead=AHEAD_SECONDS if old.alive else 0.0)
        if new is None:
            if not self.stopping:
                self.refused = target
                self.report(f"refused {target}: it failed its check; still serving {old.database}")
            return old
        if old.alive:
            old.tell(DRAIN)
            old.hears(STOPPED, HANDOVER_SECONDS)
            self.retired.append(old)
        new.tell(GO)
        self.report(f"now serving {target}")
        return new

    def checked(self, target: Path, *, ahead: float = 0.0) -> Worker | None:
        """A new worker that found its database sound, or None; it may answer ahead while another one serves."""
        worker = Worker.start(target, self.site, ahead)
        seconds = CHECK_SECONDS + target.stat().st_size / CHECKED_A_SECOND + ahead
        deadline = time.monotonic() + seconds
        while not worker.hears(CHECKED, LOOK_SECONDS):
            if self.stopping or not worker.alive or time.monotonic() > deadline:
                worker.process.kill()
                worker.end()
                return None
        return worker

    def stop(self, worker: Worker | None) -> None:
        """Ends every worker after what it is serving."""
        workers = [one for one in [*self.retired, worker] if one is not None]
        for one in workers:
            one.tell(QUIT)
        for one in workers:
            one.end()

    def gone(self, old: Worker) -> bool:
        """Whether a retired worker has finished; its process is then reaped."""
        if old.alive:
            return False
        old.end()
        return True

    def on_signal(self, number: int, _frame: object) -> None:
        """SIGTERM and SIGINT stop; SIGHUP only wakes the loop, which looks at the link, also at one refused before."""
        if number == signal.SIGHUP:
            self.refused = None
        else:
            self.stopping = True

    def sleep(self, seconds: float) -> None:
        """Sleeps, but no longer than until the next signal (which the wake-up socket hears of)."""
        if self.wake is None:
            raise RuntimeError("sleep() belongs to a running supervisor")
        deadline = time.monotonic() + seconds
        self.wake.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            self.wake.recv(64)
        except TimeoutError:
            return
