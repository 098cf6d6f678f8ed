"""WACZ files in a replay tool: every capture asked for at its own moment, its bytes compared by sha256.

The tool is pywb (GPL), which is no part of the project: install it in an environment of its own, and name the folder
of its commands.

Run: `python -m bench.replay DATA --tools FOLDER`.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from archive.captures import CaptureStore, captures_of
from archive.ledger import Ledger
from archive.models import Capture
from archive.route.exchanging import export_wacz
from archive.steps import LEDGER

PORT = 8971
WAIT = 20.0


@contextmanager
def replayed(tools: Path, files: Sequence[Path]) -> Iterator[None]:
    """A pywb that serves these files as collection `t`."""
    with tempfile.TemporaryDirectory() as folder:
        manager = str(tools / "wb-manager")
        subprocess.run([manager, "init", "t"], cwd=folder, check=True, capture_output=True)
        for file in files:
            subprocess.run(
                [manager, "add", "--unpack-wacz", "t", str(file)], cwd=folder, check=True, capture_output=True
            )
        command = [str(tools / "wayback"), "-p", str(PORT), "-b", "127.0.0.1"]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                _wait()
                yield
            finally:
                server.terminate()


def _wait() -> None:
    end = time.monotonic() + WAIT
    while True:
        try:
            socket.create_connection(("127.0.0.1", PORT), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise SystemExit(f"nothing answers on port {PORT} after {WAIT:.0f} s") from None
            time.sleep(0.2)
        else:
            return


def equal(capture: Capture, store: CaptureStore) -> bool:
    """Whether the replay of a capture has its bytes, as they came over the wire."""
    moment = "".join(filter(str.isdigit, capture.fetched_at[:19]))
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=WAIT)
    address = quote(f"/t/{moment}id_/{capture.url}", safe="/:?=&%;,+@!$'()*~[]#")
    connection.request("GET", address, headers={"Accept-Encoding": "gzip, deflate"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    stored = store.read(capture.warc, capture.offset).body
    return answer.status == capture.status and hashlib.sha256(body).digest() == hashlib.sha256(stored).digest()


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints how many captures come back byte for byte, and the addresses of those that do not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="a data directory that was crawled, such as demo-data")
    parser.add_argument("--tools", type=Path, required=True, help="the folder of wb-manager and wayback")
    options = parser.parse_args(arguments)
    store = captures_of(options.data)
    with Ledger(options.data / LEDGER, create=False) as ledger:
        posted = ledger.posted()
        captures = [
            capture
            for capture in ledger.captures(outcomes=(), repeats=True)
            # A body cut short by its server is shorter than its own headers say, and no client can ask for it back.
            if capture.status == 200 and capture.truncated is None and (capture.warc, capture.offset) not in posted
        ]
    with tempfile.TemporaryDirectory() as folder:
        files = [written.path for written in export_wacz(options.data, Path(folder))]
        with replayed(options.tools, files):
            different = [capture.url for capture in captures if not equal(capture, store)]
    print(f"{len(captures) - len(different)} of {len(captures)} captures replayed byte for byte, {len(files)} files")
    for url in different:
        print(f"  not {url}")


if __name__ == "__main__":
    main()
