"""What happens in a worker that crawls a shard: a process of `gongkai crawl` at work, as long as there is leave for it.

The process is told by a file until when it may ask portals (`archive.ledger.lease`). If this worker dies, hangs, or
loses its scheduler, the file is not renewed, and the process ends by itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from archive.ledger import LedgerError
from archive.ledger.lease import LOST, extend, moment
from archive.ledger.watch import watch
from archive.workers import WorkersFailed
from archive.workers.leases import Terms

RESOURCE = "crawl"
"""What a worker must have to be given a shard: `dask worker … --resources crawl=1`."""

VANTAGE = "GONGKAI_VANTAGE"
"""The variable of the environment with the vantage of a worker."""

MARK = "shard.json"
GO, WAIT, LEAVE, STOP = "go", "wait", "leave", "stop"
"""What a place that asks is told: to crawl on; that another may still crawl; that another shall; to come to an end."""

_SAID = 4000
_LEDGER = "ledger.db"


@dataclass(frozen=True, slots=True)
class ShardOrder:
    """A shard to crawl: `words` for the crawler, the registry as CSV where it is not that of the package.

    `crawl` is the name of the crawl, by which its messages go; `directory` is DATA of the shard on the worker, where
    `~` is the worker's own home.
    """

    crawl: str
    shard: str
    directory: str
    words: tuple[str, ...]
    registry: Mapping[str, bytes]
    version: str
    vantage: str | None
    terms: Terms


@dataclass(frozen=True, slots=True)
class ShardEnd:
    """How a place ended with a shard: the crawler's exit code, or None where it had to leave before the end.

    `progress` is what `progress_in` says then; `out` is what the crawler printed, `err` the end of its messages.
    """

    shard: str
    holder: str
    code: int | None
    progress: Mapping[str, Any] = field(default_factory=dict)
    out: str = ""
    err: str = ""


def crawl_shard(order: ShardOrder) -> ShardEnd:
    """Crawls a shard to its end in this worker; runs in a thread of it. Raises WorkersFailed and OSError."""
    if (here := version("gongkai")) != order.version:
        raise WorkersFailed(f"{socket.gethostname()} has Gongkai {here}, the crawl is of {order.version}")
    return _Place(order).crawl()


class _Place:
    """One worker with one shard."""

    def __init__(self, order: ShardOrder) -> None:
        self._order = order
        self._terms = order.terms
        self._holder = uuid.uuid4().hex
        self._directory = Path(order.directory).expanduser()
        self._crawl = _Crawl(order.crawl, self._holder)
        self._until = 0.0
        self._asked = 0.0
        self._heard = 0.0

    def crawl(self) -> ShardEnd:
        self._heard = moment()
        while (word := self._word()) != GO:
            if word in (LEAVE, STOP) or moment() - self._heard > 2 * self._terms.lease:
                return ShardEnd(self._order.shard, self._holder, None)
            time.sleep(self._terms.look)
        self._directory.mkdir(parents=True, exist_ok=True)
        if not (self._directory / MARK).exists():
            mark = {"shard": self._order.shard, "disk": uuid.uuid4().hex}
            part = self._directory / f"{MARK}.part"
            part.write_text(json.dumps(mark) + "\n", "utf-8")
            part.replace(self._directory / MARK)
        with tempfile.TemporaryDirectory() as own:
            lease = Path(own) / "lease"
            extend(lease, self._until)
            with self._process(Path(own), lease) as process:
                return self._attend(process, lease)

    def _attend(self, process: subprocess.Popen[bytes], lease: Path) -> ShardEnd:
        """Stays with the crawler until it ends, and lets it know for how long there is leave."""
        code, told = None, False
        while moment() < self._until:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(self._terms.look)
                break
            word = self._word()
            extend(lease, self._until)
            if word == LEAVE:
                break
            if word == STOP and not told:
                process.terminate()
                told = True
        out, err = ((self._directory / name).read_text("utf-8", "replace") for name in ("crawl.out", "crawl.err"))
        lost = code is None or code < 0 or code == LOST or moment() >= self._until
        progress = progress_in(self._directory)
        return ShardEnd(self._order.shard, self._holder, None if lost else code, progress, out, err[-_SAID:])

    def _word(self) -> str:
        """Asks for leave, if it is time, and returns what the crawl said last."""
        now = moment()
        if now - self._asked >= self._terms.ask or not self._asked:
            self._asked = now
            self._crawl.ask({"shard": self._order.shard, "moment": now, **progress_in(self._directory)})
        answer = self._crawl.answer()
        if answer is None or answer["moment"] <= now - self._terms.lease:
            return WAIT
        self._heard = max(self._heard, answer["moment"])
        if answer["word"] in (GO, STOP):
            self._until = max(self._until, answer["moment"] + self._terms.lease)
        return str(answer["word"])

    @contextlib.contextmanager
    def _process(self, own: Path, lease: Path) -> Iterator[subprocess.Popen[bytes]]:
        """The crawler at work; on leaving it is gone."""
        command = [sys.executable, "-m", "crawler", "--data", str(self._directory), "--shard", self._order.shard]
        for option, table in self._order.registry.items():
            path = own / f"{option}.csv"
            path.write_bytes(table)
            command += [f"--{option}", str(path)]
        vantage = self._order.vantage or os.environ.get(VANTAGE)
        command += [*self._order.words, *(["--vantage", vantage] if vantage else []), "--lease", str(lease)]
        with (self._directory / "crawl.out").open("wb") as out, (self._directory / "crawl.err").open("wb") as err:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, process_group=0)
            try:
                yield process
            finally:
                process.kill()
                process.wait()


def disk_of(directory: Path) -> str | None:
    """The name of the disk that a shard's directory is on, which is one and the same wherever it is seen from."""
    try:
        return str(json.loads((directory / MARK).read_text("utf-8"))["disk"])
    except FileNotFoundError:
        return None


def progress_in(directory: Path) -> dict[str, Any]:
    """How far the shard in a directory is, and on which disk: `disk`, `requests` and `open`."""
    disk = disk_of(directory)
    try:
        with watch(directory / _LEDGER) as ledger:
            return {"disk": disk, "requests": ledger.requests(), "open": ledger.open_urls()}
    except LedgerError:  # there is none yet, or it is being made
        return {"disk": disk, "requests": 0, "open": 0}


class _Crawl:
    """The crawl as a place hears it: questions go by an event of the scheduler, answers come by a variable of it."""

    def __init__(self, crawl: str, holder: str) -> None:
        from distributed import Variable, get_worker

        self._worker = get_worker()
        self._topic = crawl
        self._holder = holder
        self._answers = Variable(f"{crawl}-{holder}")

    def ask(self, question: Mapping[str, Any]) -> None:
        address = self._worker.address
        self._worker.log_event(self._topic, {**question, "holder": self._holder, "address": address})

    def answer(self) -> dict[str, Any] | None:
        """The latest answer; None where there is none yet, or where the scheduler cannot be reached."""
        try:
            found: dict[str, Any] = self._answers.get(timeout=1.0)
        except (OSError, TimeoutError):
            return None
        return found
