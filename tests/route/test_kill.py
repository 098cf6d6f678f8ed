"""A process that is killed between any two instructions loses nothing that it had acknowledged."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from pathlib import Path

from archive.captures import CaptureStore
from archive.ledger import Ledger

WRITER = """
import random, sys
from pathlib import Path
from tests.route.crawled import crawled
seed = int(sys.argv[2])
bodies = random.Random(seed)
with crawled(Path(sys.argv[1])) as data:
    data.store.cut_torn_tail(data.ledger.committed_ends())
    for number in range(10**6):
        capture = data.fetch(f"{seed}/{number}", bodies.randbytes(bodies.randrange(100, 60_000)))
        print(capture.url, capture.sha256, flush=True)
"""
KILLS = 5


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    moments = random.Random(7)
    acknowledged: dict[str, str] = {}
    for seed in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(seed)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        first = process.stdout.readline()  # it runs
        time.sleep(moments.uniform(0.02, 0.3))
        process.kill()
        rest, _ = process.communicate()
        lines = (first + rest).rpartition("\n")[0].splitlines()
        acknowledged |= {url: sha256 for url, _, sha256 in (line.partition(" ") for line in lines)}
    with Ledger(tmp_path / "ledger.db") as ledger, CaptureStore(tmp_path / "warc") as store:
        report = store.cut_torn_tail(ledger.committed_ends())
        captures = {capture.url: capture for capture in ledger.captures()}
        assert len(acknowledged) >= KILLS
        assert acknowledged.keys() <= captures.keys()
        for url, capture in captures.items():
            stored = store.read(capture.warc, capture.offset)
            assert stored.url == url
            assert hashlib.sha256(stored.payload).hexdigest() == capture.sha256 == acknowledged.get(url, capture.sha256)
        files = list(store.verify(ledger.committed_ends()))
    assert [damage for file in files for damage in file.damage] == []
    assert sum(file.answers for file in files) == len(captures)
    assert sum(len(item.urls) for item in report.set_aside) <= 1
