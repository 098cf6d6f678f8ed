"""An S3 server on loopback: moto's, in a process of its own, ended by its number."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from archive.storage import available

WHY_NOT = "needs moto's server (the dependency group `test`) and the extra `s3`"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "made-up-key",
    "AWS_SECRET_ACCESS_KEY": "made-up-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}

_SERVER = """
import ctypes, signal
from moto.server import main
prctl = getattr(ctypes.CDLL(None), "prctl", lambda *_: None)
prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: on Linux it ends with the tests, however they end
main(["-H", "127.0.0.1", "-p", "0"])
"""


def has_server() -> bool:
    """Whether the server and its client are installed."""
    return available() and all(find_spec(name) for name in ("moto", "flask", "flask_cors"))


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server of its own, empty; it ends with the block."""
    command = [sys.executable, "-u", "-c", _SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            said = ""
            for line in process.stdout:
                said += line
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    break
            else:
                raise RuntimeError(f"the S3 server did not start: {said}")
            # It says something on each request, and would wait for a reader of a full pipe.
            drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
            try:
                yield found.group()
            finally:
                process.terminate()
                drain.wait()
        finally:
            process.kill()


def client() -> Any:
    """An S3 client of its own, to look at the server from the side and to make buckets."""
    import boto3

    return boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
