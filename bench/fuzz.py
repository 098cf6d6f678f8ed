"""Every reader on mutated documents: no exception but UnreadableDocument, no crash of a library, no input without end.

`python -m bench.fuzz [--seconds N] [--hang N] [--to FOLDER] [READER…]` gives each reader N seconds (20) in a child
process, guided by coverage where atheris is installed (`pip install atheris`), else blindly. An input that takes longer
than `--hang` seconds (10) counts as a hang. Prints executions and findings; the inputs found are kept in FOLDER. The
exit code is 1 if anything was found.
"""

from __future__ import annotations

import argparse
import json
import mmap
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from itertools import islice
from pathlib import Path

from archive.readers import sniff
from archive.readers.registry import READERS
from bench.fuzz_child import HEAD, SLATE_SIZE, has_atheris
from demo.render import docx, html, text
from demo.reports import many
from tests.readers.ofd_writer import Sheet, ofd
from tests.readers.xlsx_builder import sheet, xlsx

ROOT = Path(__file__).parents[1]
SMALL = 300_000
RESTARTS = 25
START_UP = 30.0  # seconds that a child may take before its first input


@dataclass(frozen=True)
class Finding:
    """One way in which a reader went wrong, and the file with the shortest input for it."""

    what: str
    where: str
    size: int
    path: Path


def made_up() -> Iterator[bytes]:
    """Documents of an invented report in the shapes that the demonstration renders."""
    report = next(islice(many(1), 1))
    pages = [html.page(report, style) for style in html.STYLES]
    yield from pages
    yield html.page(report, "clean", "gb18030")
    yield docx.render(report)
    yield docx.render(report, numbered=True, tracked=True)
    yield text.render(report).encode()
    yield text.render(report, text.tab_lines).encode("gb18030")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "report"
    message.set_content(pages[1].decode(), subtype="html")
    message.make_related()
    yield b"MIME-Version: 1.0\r\n" + message.as_bytes()


def committed() -> Iterator[bytes]:
    """The small fixtures of the tests of the readers."""
    for folder in (ROOT / "tests" / "readers" / "fixtures", ROOT / "tests" / "fixtures" / "documents"):
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"):
            yield path.read_bytes()
    yield xlsx({"统计表": sheet((("项目", "数量"), ("申请", "3"), ("合计", "")), ("A1:B1",))})
    yield ruled_ofd()


def ruled_ofd() -> bytes:
    """A page of OFD with a line of text and a ruled table of two rows."""
    page = Sheet()
    page.text(80, 780, "2023年政府信息公开工作年度报告")
    for n in range(3):
        page.line(80, 700 - 20 * n, 280, 700 - 20 * n)
        page.line(80 + 100 * n, 700, 80 + 100 * n, 660)
    for x, y, words in ((85, 686, "规章"), (185, 686, "0"), (85, 666, "合计"), (185, 666, "12")):
        page.text(x, y, words, 10)
    return ofd([page])


def seeds_of(reader: str, folder: Path) -> int:
    """Writes the seeds of a reader's format into a folder; returns how many there are."""
    chosen = [data for data in (*made_up(), *committed()) if len(data) <= SMALL and sniff(data) == reader]
    for number, data in enumerate(chosen):
        (folder / f"seed{number:02}").write_bytes(data)
    return len(chosen)


def fuzz(reader: str, seconds: float, hang: float, to: Path) -> tuple[int, list[Finding]]:
    """Executions and findings of one reader; a child that dies or hangs is replaced while there is time."""
    findings = to / reader
    findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        seeds, slate = Path(scratch, "seeds"), Path(scratch, "slate")
        seeds.mkdir()
        if not seeds_of(reader, seeds):
            print(f"  {reader}: no seed of this format", flush=True)
        slate.write_bytes(bytes(SLATE_SIZE))
        until = time.monotonic() + seconds
        for _ in range(RESTARTS):
            left = until - time.monotonic()
            if left < 1 or not _one_child(reader, left, hang, slate, seeds, findings):
                break
        with slate.open("rb") as file:
            executions: int = HEAD.unpack(file.read(HEAD.size))[0]
    found = [json.loads(path.read_text()) | {"body": path.with_suffix(".bin")} for path in findings.glob("*.json")]
    return executions, [
        Finding(entry["what"], entry["where"], entry["body"].stat().st_size, entry["body"]) for entry in found
    ]


def _one_child(reader: str, seconds: float, hang: float, slate: Path, seeds: Path, findings: Path) -> bool:
    """Runs a child to its end; True if it died or had to be ended, so that another should go on."""
    command = [sys.executable, "-m", "bench.fuzz_child", reader, f"{seconds:.0f}", *map(str, (slate, seeds, findings))]
    with (
        tempfile.TemporaryFile() as said,
        slate.open("r+b") as file,
        mmap.mmap(file.fileno(), SLATE_SIZE) as shared,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said) as child,
    ):
        HEAD.pack_into(shared, 0, HEAD.unpack_from(shared)[0], 0.0, 0)
        end = time.monotonic() + seconds + START_UP + hang
        while child.poll() is None:
            time.sleep(0.05)
            executions, started, length = HEAD.unpack_from(shared)
            now = time.monotonic()
            if (started and now - started > hang) or now > end:
                child.kill()
                child.wait()
                _note(findings, f"hang over {hang:.0f} s", "hang", shared, length)
                _skip(shared, executions)
                return now < end
        executions, started, length = HEAD.unpack_from(shared)
        if not started:
            if child.returncode:
                said.seek(0)
                raise SystemExit(f"the child failed: {said.read().decode(errors='replace')[-2000:]}")
            return False
        said.seek(0)
        tail = said.read().decode(errors="replace")[-600:]
        _note(findings, f"the process ended by {child.returncode}: {tail}", f"crash{child.returncode}", shared, length)
        _skip(shared, executions)
        return True


def _skip(shared: mmap.mmap, executions: int) -> None:
    """Counts the input that ended a child, so that the next one begins elsewhere."""
    HEAD.pack_into(shared, 0, executions + 1, 0.0, 0)


def _note(findings: Path, what: str, where: str, shared: mmap.mmap, length: int) -> None:
    """Keeps the input that ended a child; a shorter one for the same end takes its place."""
    body = findings / f"{where}.bin"
    if body.exists() and body.stat().st_size <= length:
        return
    body.write_bytes(shared[HEAD.size : HEAD.size + length])
    body.with_suffix(".json").write_text(json.dumps({"what": what, "where": where}))


def main() -> int:
    """Prints one line a reader and one a finding; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="time for each reader")
    parser.add_argument("--hang", type=float, default=10.0, help="seconds after which an input counts as a hang")
    parser.add_argument("--to", type=Path, default=Path(tempfile.gettempdir()) / "gongkai-fuzz", help="where inputs go")
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"among {', '.join(READERS)}; else all of them")
    wished = parser.parse_args()
    if unknown := set(wished.readers) - READERS.keys():
        parser.error(f"no reader {', '.join(sorted(unknown))}")
    print(f"fuzz: {wished.seconds:.0f} s a reader, {'guided by coverage (atheris)' if has_atheris() else 'blind'}")
    total = 0
    for reader in wished.readers or READERS:
        shutil.rmtree(wished.to / reader, ignore_errors=True)
        executions, found = fuzz(reader, wished.seconds, wished.hang, wished.to)
        print(f"  {reader}: {executions} executions, {len(found)} findings", flush=True)
        for finding in sorted(found, key=lambda one: one.where):
            print(f"    {finding.where}: {finding.what} ({finding.size} bytes: {finding.path})", flush=True)
        total += len(found)
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
