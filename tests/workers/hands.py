"""Dask started by hand, as the guide says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def dask(
    *arguments: str, ready: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[re.Match[str], subprocess.Popen[str]]]:
    """A command of Dask at work: what it said when it was ready, and its process."""
    command = [sys.executable, "-m", "dask", *arguments, "--dashboard-address", "127.0.0.1:0"]
    command += [] if "--host" in arguments else ["--host", "127.0.0.1"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
    ) as process:
        assert process.stderr is not None
        try:
            said = next(match for line in process.stderr if (match := re.search(ready, line)))
            # Unless somebody reads on, a worker that says much would wait for its pipe.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield said, process
        finally:
            process.terminate()
            process.wait()
