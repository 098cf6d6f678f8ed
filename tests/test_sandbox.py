"""A child may die of anything: its document gets a reason, and everything else goes on as if nothing had happened."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from archive.models import NotAReport, ParsedReport, ParseResult, Unreadable
from archive.parsing import parse_captures
from archive.reading import read_report
from archive.sandbox import Limits, Reply, Sandbox, office, read_safely, worker
from demo.render import docx, html
from demo.reports import many
from tests.route.crawled import crawled

PATIENT = Limits(memory=256 << 20, cpu_seconds=60, seconds=120.0, output=1 << 20)
"""For what must not end by its time, however slow the machine: some take a second to give out 256 MiB."""
HURRIED = {"spin": replace(PATIENT, cpu_seconds=1), "sleep": replace(PATIENT, seconds=3.0)}
"""For what ends by nothing but its time."""
HOARD: list[bytearray] = []


def read(data: bytes, **hints: Any) -> ParseResult:
    """Does to its process what the document says; anything else is a notice."""
    match data.decode():
        case "abort":
            os.abort()
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "null pointer":
            ctypes.string_at(0)
        case "memory":
            HOARD.extend(bytearray(16 << 20) for _ in range(1_000))
        case "a part of the memory":
            HOARD.append(bytearray(160 << 20))
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(60)
        case "flood":
            return NotAReport("x" * (2 << 20))
        case "chatter":
            for _ in range(2_000):
                print("chatter" * 100)
                os.write(1, b"more chatter" * 100)
        case "leave":
            os._exit(7)
        case "write":
            Path(hints["name"]).write_bytes(b"x")
        case "raise":
            raise IndexError("list index out of range")
        case "recursion":
            return read(data)
        case "descriptors":
            return NotAReport(",".join(sorted((path.name for path in Path("/proc/self/fd").iterdir()), key=int)))
        case "forge":
            return NotAReport(3)  # type: ignore[arg-type]  # as by machine code gone astray
        case "pid":
            return NotAReport(str(os.getpid()))
    return NotAReport(f"a notice: {data.decode()}")


@pytest.fixture(autouse=True)
def nobody_left_behind() -> Iterator[None]:
    """No test leaves a child, neither running nor waiting to be reaped."""
    before = children()
    yield
    assert children() <= before


def children() -> set[int]:
    """The processes whose parent is this one, zombies included (none known without /proc)."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            state = path.read_text().rpartition(")")[2].split()
            if int(state[1]) == os.getpid():
                found.add(int(path.parent.name))
    return found


@pytest.fixture
def replies() -> list[Reply]:
    return []


@pytest.fixture
def sandbox(replies: list[Reply]) -> Iterator[Sandbox]:
    with Sandbox(PATIENT, read=read, told=replies.append) as opened:
        yield opened


DEATHS = {
    "abort": "the text reader was ended: it crashed (SIGABRT)",
    "kill": "the text reader was ended: the system killed it (SIGKILL)",
    "null pointer": "the text reader was ended: it crashed (SIGSEGV)",
    "memory": "the text reader was ended: out of memory (limit 256 MiB)",
    "spin": "the text reader was ended: out of processor time (limit 1 s)",
    "sleep": "the text reader was ended: out of time (limit 3 s)",
    "flood": "the text reader was ended: its result is too large (limit 1 MiB)",
    "leave": "the text reader was ended: it left with exit code 7",
    "forge": "the text reader gave no valid result: Expected `str | null`, got `int` - at `$.not_a_report`",
    "raise": "the parser failed: IndexError: list index out of range",
    "recursion": "the parser failed: RecursionError: maximum recursion depth exceeded",
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_document_that_ends_its_reader_is_named_and_the_next_one_is_read(death: str) -> None:
    with Sandbox(HURRIED.get(death, PATIENT), read=read) as sandbox:
        assert sandbox.read(b"before") == NotAReport("a notice: before")
        result = sandbox.read(death.encode(), name="a.txt")
        assert isinstance(result, Unreadable)
        assert result.why.startswith(DEATHS[death])
        assert sandbox.read(b"after") == NotAReport("a notice: after")


def test_the_log_tells_where_it_happened(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        sandbox.read(b"raise", name="raising.txt")
        sandbox.read(b"abort", name="aborting.txt")
    raised, aborted = caplog.messages
    assert raised.startswith("the parser failed on raising.txt")
    assert "test_sandbox.py" in raised
    assert aborted.startswith("the reader of aborting.txt was ended")
    assert "test_sandbox.py" in aborted


def test_what_a_reader_prints_stays_out_of_the_output(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    assert sandbox.read(b"chatter") == NotAReport("a notice: chatter")
    assert sandbox.read(b"next") == NotAReport("a notice: next")
    assert capfd.readouterr() == ("", "")


def test_a_reader_writes_no_file(sandbox: Sandbox, tmp_path: Path) -> None:
    result = sandbox.read(b"write", name=str(tmp_path / "written"))
    assert isinstance(result, Unreadable)
    assert "File too large" in result.why
    assert (tmp_path / "written").read_bytes() == b""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_a_reader_holds_no_descriptor_of_its_parent(sandbox: Sandbox, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w"):
        result = sandbox.read(b"descriptors")
    assert isinstance(result, NotAReport)
    held = result.why.split(",")
    assert held[:3] == ["0", "1", "2"]
    assert len(held) <= 7  # two pipes, /dev/null and the listing itself


def test_a_child_serves_many_documents_and_then_goes(replies: list[Reply]) -> None:
    with Sandbox(Limits(documents=3), read=read) as sandbox:
        pids = [sandbox.read(b"pid") for _ in range(7)]
    assert len(set(pids)) == 3
    assert pids[0] == pids[2] != pids[3] == pids[5] != pids[6]


def test_no_document_suffers_for_the_one_before(sandbox: Sandbox, replies: list[Reply]) -> None:
    for _ in range(3):
        assert sandbox.read(b"a part of the memory") == NotAReport("a notice: a part of the memory")
    assert [reply.why for reply in replies] == [
        "", "out of memory (limit 256 MiB)", "", "out of memory (limit 256 MiB)", ""
    ]  # fmt: skip


def test_an_interrupt_ends_the_child_before_the_parent_goes_on(sandbox: Sandbox) -> None:
    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = children()
    old = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            sandbox.read(b"sleep")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert children() == before
    assert sandbox.read(b"after") == NotAReport("a notice: after")


def test_a_child_whose_parent_was_killed_ends_itself(tmp_path: Path) -> None:
    script = (
        "import os, time\nfrom archive.sandbox import Limits, Sandbox, worker\n"
        "def read(data, **hints):\n    time.sleep(60)\n"
        "began = worker.Worker.ask\n"
        "def ask(self, question):\n    print(self.pid, flush=True)\n    return began(self, question)\n"
        "worker.Worker.ask = ask\n"
        "Sandbox(Limits(seconds=0.5), read=read).read(b'x')\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 120
    while is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether a process that may be another one's child lives; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_system_that_cannot_bound_memory_is_told_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "_STATM", tmp_path / "missing")
    monkeypatch.setattr(worker, "_said", set())
    with caplog.at_level(logging.WARNING), Sandbox(Limits(documents=1), read=read) as sandbox:
        assert [sandbox.read(b"x"), sandbox.read(b"y")] == [NotAReport("a notice: x"), NotAReport("a notice: y")]
    assert [message for message in caplog.messages if "without a memory limit" in message] == caplog.messages
    assert len(caplog.messages) == 1


def test_the_result_is_that_of_reading_without_a_sandbox() -> None:
    report = next(islice(many(1), 1))
    for data in (html.page(report), docx.render(report), "今天上午召开会议。".encode(), b"\x00\x01" * 99):
        assert read_safely(data, name="a", title_hint=report.title) == read_report(
            data, name="a", title_hint=report.title
        )


def test_a_killer_in_the_middle_of_a_crawl_takes_nothing_with_it(tmp_path: Path) -> None:
    words = ["0", "1", "abort", "3", "memory", "5", "raise", "7", "kill", "9"]
    with crawled(tmp_path) as data, Sandbox(PATIENT, read=read) as sandbox:
        for number, word in enumerate(words):
            data.fetch(str(number), word.encode(), agency="滕州市科学技术局")
        summary = parse_captures(data.ledger, data.store, parser_version="v1", read=sandbox.read)
        parses = {parse.capture.url.rpartition("/")[2]: (parse.status, parse.why) for parse in data.ledger.parses("v1")}
    assert (summary.total, summary.not_a_report, len(summary.unreadable)) == (10, 6, 4)
    for number, word in enumerate(words):
        status, why = parses[str(number)]
        if word in DEATHS:
            assert status == "unreadable"
            assert (why or "").startswith(DEATHS[word])
        else:
            assert (status, why) == ("not_a_report", f"a notice: {word}")


# --------------------------------------------------------------------------- LibreOffice

REFUSED = Unreadable("a Word 6/95 file")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of LibreOffice, to be filled by a test; `converted.docx` beside it is a report."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "converted.docx").write_bytes(docx.render(next(islice(many(1), 1))))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder / "soffice"


def play(program: Path, script: str) -> ParseResult:
    """What comes of a refused file when the program is this shell script (arguments as LibreOffice gets them)."""
    program.write_text(f"#!/bin/sh\nhere={program.parent}\n{script}\n")
    program.chmod(0o755)
    with Sandbox() as sandbox:
        return office.read_converted(b"bytes", "doc", REFUSED, sandbox.read)


def test_a_converted_file_is_marked(program: Path) -> None:
    result = play(
        program, 'out=$(dirname "$8"); mkdir -p "$out/out"; cp "$here/converted.docx" "$out/out/document.docx"'
    )
    assert isinstance(result, ParsedReport)
    assert result.warnings[0].startswith("converted by LibreOffice")
    assert result.warnings[0].endswith(REFUSED.why)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo no such filter; exit 1", "no such filter"),
        ("sleep 30", "more than 1 seconds"),
        ('out=$(dirname "$8"); mkdir -p "$out/out"; echo junk > "$out/out/document.docx"', "converted by LibreOffice"),
    ],
)
def test_a_conversion_that_fails_is_named_beside_the_first_reason(
    program: Path, monkeypatch: pytest.MonkeyPatch, script: str, why: str
) -> None:
    monkeypatch.setattr(office, "SECONDS", 1)
    result = play(program, script)
    assert isinstance(result, Unreadable)
    assert result.why.startswith(REFUSED.why)
    assert why in result.why


def test_other_kinds_of_file_are_not_converted() -> None:
    assert office.read_converted(b"bytes", "pdf", REFUSED, read) is REFUSED
