"""A made-up DATA directory with reports, pages that are none and files made to do harm; and what came of reading it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

from archive.captures import CaptureStore
from archive.ledger import Ledger
from archive.models import Role
from archive.parsing import parse_captures
from archive.workers.answers import Answer, Job
from archive.workers.tasks import read_stretch
from demo.render import docx, html
from demo.reports import many
from tests.route.crawled import crawled

DEADLY = "deadly"
HARM = {
    "deep": b"<html><body>" + b"<table><tr><td>" * 60 + b"</body></html>",
    "binary": bytes(range(256)) * 40,
    "empty": b"",
    "entities.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "notice": "<p>关于开展植树活动的通知</p>".encode(),
    "span": b"<table>" + b"<tr><td colspan=99999 rowspan=99999>x</td></tr>" * 50 + b"</table>",
    "torn.docx": b"PK\x03\x04" + b"\x00" * 200,
}


def fill(directory: Path, reports: int) -> Path:
    """Crawled reports with harm between them, and one capture that was damaged afterwards."""
    with crawled(directory) as data:
        moment = {"at": "2026-02-01T00:00:00.000Z"}
        captures = []
        for number, report in enumerate(islice(many(reports), reports)):
            body = docx.render(report) if number % 7 == 0 else html.page(report)
            captures.append(data.fetch(f"{number}.html", body, title=report.title, **moment))
        for name, body in HARM.items():
            data.fetch(name, body, role=Role.ATTACHMENT, **moment)
        data.fetch(DEADLY, "<p>一则通知</p>".encode(), **moment)
        damaged = captures[reports // 2]
        assert damaged is not None
        path = directory / "warc" / damaged.warc
        content = bytearray(path.read_bytes())
        content[damaged.offset + damaged.length // 2] ^= 0xFF
        path.write_bytes(content)
    return directory


def copied(data: Path, to: Path) -> Path:
    """Another DATA with the same content."""
    shutil.copytree(data, to)
    return to


def read_alone(data: Path) -> None:
    """Reads all by one process."""
    with Ledger(data / "ledger.db") as ledger:
        parse_captures(ledger, CaptureStore(data / "warc"))


Row = tuple[int, str, str, str | None, str | None]


def parses(data: Path) -> list[Row]:
    """All that the ledger keeps of results, but for the moment in which they were had."""
    with closing(sqlite3.connect(data / "ledger.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute(
            "SELECT capture, parser_version, status, why, result FROM parses ORDER BY capture, parser_version"
        ).fetchall()


def deadly(job: Job) -> list[Answer]:
    """Reads a stretch in a worker, which one document of it kills."""
    if any(capture.url.endswith(DEADLY) for capture in job.captures):
        os.kill(os.getpid(), signal.SIGKILL)
    return read_stretch(job)


def processes(name: str) -> list[int]:
    """The processes below this one with `name` in their command lines, those apart that such a one forked."""
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            pid = int(folder.name)
            parents[pid] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            commands[pid] = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
    return [
        pid
        for pid, command in commands.items()
        if name in command and commands.get(parents[pid]) != command and _is_below(pid, parents)
    ]


def _is_below(pid: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == os.getpid():
            return True
    return False
