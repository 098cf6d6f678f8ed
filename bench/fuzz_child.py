"""The child of `bench.fuzz`: one reader, input after input, each told to the parent before it is tried.

What it is at stands in a shared file, so that the parent knows the input even if the process dies or never comes back.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import mmap
import random
import resource
import struct
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from archive.models import UnreadableDocument
from bench.mutation import LARGEST, mutate

HEAD = struct.Struct("<QdQ")
"""Executions, when the present one started (monotonic seconds, 0 = none is under way), length of its input."""
SLATE_SIZE = HEAD.size + 2 * LARGEST
MEMORY = 4 << 30


class Child:
    """Tries inputs on one reader and writes down every exception but UnreadableDocument, once for each place."""

    def __init__(self, reader: str, slate: Path, findings: Path) -> None:
        self.findings = findings
        with slate.open("r+b") as file:
            self.slate = mmap.mmap(file.fileno(), SLATE_SIZE)
        self.executions: int = HEAD.unpack_from(self.slate)[0]
        self.read = importlib.import_module("archive.readers.registry").READERS[reader]

    def __call__(self, data: bytes) -> None:
        """Tries one input."""
        data = data[:LARGEST]
        self.slate[HEAD.size : HEAD.size + len(data)] = data
        HEAD.pack_into(self.slate, 0, self.executions, time.monotonic(), len(data))
        try:
            self.read(data)
        except UnreadableDocument:
            pass
        except Exception as error:  # noqa: BLE001  # to find exceptions of any kind is what this is for
            self.note(error, data)
        self.executions += 1
        HEAD.pack_into(self.slate, 0, self.executions, 0.0, 0)

    def note(self, error: Exception, data: bytes) -> None:
        """Keeps the shortest input for each kind of exception and place."""
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/archive/" in frame.filename] or list(frames)
        where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
        name = f"{type(error).__name__}-{where}".replace(":", "-")
        record, body = self.findings / f"{name}.json", self.findings / f"{name}.bin"
        if record.exists() and body.stat().st_size <= len(data):
            return
        body.write_bytes(data)
        said = "".join(traceback.format_exception(error)[-3:])
        record.write_text(json.dumps({"what": f"{type(error).__name__}: {error}"[:300], "where": where, "trace": said}))


def guided(child: Child, seeds: Path, seconds: float) -> None:
    """Coverage-guided by atheris, until the time is up; does not return."""
    atheris: Any = importlib.import_module("atheris")

    def custom(data: bytes, size: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < 0.5:
            return mutate(data, rng)[:size]
        return mutate(data, rng, plain=lambda raw, _: bytes(atheris.Mutate(raw, max(len(raw) + 64, 64))))[:size]

    options = (
        "-timeout=100000",
        "-rss_limit_mb=0",
        "-handle_segv=0",
        "-handle_abrt=0",
        "-handle_fpe=0",
        "-len_control=0",
    )
    arguments = [sys.argv[0], str(seeds), f"-max_total_time={max(1, int(seconds))}", f"-max_len={LARGEST}", *options]
    atheris.Setup(arguments, child, custom_mutator=custom)
    atheris.Fuzz()


def blind(child: Child, seeds: Path, seconds: float) -> None:
    """Without guidance: neighbours of the seeds, and neighbours of those, until the time is up."""
    rng = random.Random(child.executions)
    start = [path.read_bytes() for path in sorted(seeds.iterdir())]
    for data in start:
        child(data)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        data = rng.choice(start)
        for _ in range(rng.randint(1, 4)):
            data = mutate(data, rng, start)
        child(data)


def has_atheris() -> bool:
    """Whether inputs can be chosen by what they reach."""
    return importlib.util.find_spec("atheris") is not None


def main(reader: str, seconds: str, slate: str, seeds: str, findings: str) -> None:
    """Tries inputs for some seconds."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if has_atheris():
        atheris: Any = importlib.import_module("atheris")
        with atheris.instrument_imports(include=["archive.readers", "archive.charset"]):
            child = Child(reader, Path(slate), Path(findings))
        guided(child, Path(seeds), float(seconds))
    else:
        blind(Child(reader, Path(slate), Path(findings)), Path(seeds), float(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
