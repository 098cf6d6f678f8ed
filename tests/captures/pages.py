"""Pages to store, and what other libraries say of the files they end in."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from archive.captures import Location
from archive.models import Capture, CapturedPage

PAGE = CapturedPage(
    url="http://www.shixi.example/zwgk/xxgknb/202301/t20230117_1000001.html?a=1&b=2",
    status=200,
    reason="OK",
    headers=(
        ("Server", "Apache-Coyote/1.1"),
        ("Content-Type", "text/html"),
        ("Set-Cookie", "a=1; path=/"),
        ("Set-Cookie", "b=2"),
        ("Location", "/".join(["", "年报".encode("gbk").decode("latin-1")])),
        ("Transfer-Encoding", "chunked"),
        ("Content-Encoding", "gzip"),
    ),
    body=gzip.compress("石溪县水务局2022年政府信息公开工作年度报告".encode("gbk"), mtime=0),
    fetched_at="2026-03-01T02:03:04Z",
    request_headers=(("User-Agent", "gongkai (+http://archive.example/)"),),
    ip_address="192.0.2.7",
)
PLAIN = replace(PAGE, headers=(("Content-Type", "text/html"),), body=b"<p>plain</p>")


def page(number: int, size: int = 2000) -> CapturedPage:
    body = random.Random(number).randbytes(size)
    return replace(PLAIN, url=f"http://www.shixi.example/{number}", body=body)


def capture_of(location: Location, role: None = None) -> Capture:
    return Capture(
        sha256=location.sha256,
        url="",
        fetched_at="",
        status=200,
        media_type="",
        warc=location.warc,
        offset=location.offset,
        length=location.length,
    )


def assert_clean(directory: Path, *, payloads: bool = True) -> None:
    """The two libraries of others find nothing wrong with any file.

    `payloads` False where there are revisits: FastWARC holds their payload digest, which is that of the original,
    against their own empty body.
    """
    for path in sorted(directory.rglob("*.warc.gz")):
        for command in (["warcio", "check", "-v"], ["fastwarc", "check", "-q", *(["-p"] if payloads else [])]):
            program = Path(sys.executable).with_name(command[0])
            result = subprocess.run([program, *command[1:], path], capture_output=True, text=True, check=False)
            assert result.returncode == 0, (command, path, result.stdout, result.stderr)


def ends(locations: list[Location]) -> dict[str, int]:
    committed: dict[str, int] = {}
    for location in locations:
        committed[location.warc] = max(committed.get(location.warc, 0), location.offset + location.length)
    return committed
