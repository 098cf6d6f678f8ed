"""Documents per second and core, from bytes to stored report, beside the library's bare read of the same bytes.

`python -m bench.documents [--format KIND]… [PATH…]` reads files and folders; without any, documents of a made-up
report. A kind is one that the reader tells by content: html, docx, doc, pdf, odt, rtf, xls, xlsx, text. All times are
CPU time of this process and its children together, so that other work on the machine counts little; and the three ways
take turns, so that what it still costs falls on each of them alike.
"""

from __future__ import annotations

import argparse
import io
import resource
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf
from pathlib import Path

import olefile
import pypdfium2
import python_calamine
from lxml import etree, html

from archive import wire
from archive.models import ParsedReport
from archive.readers import sniff
from archive.reading import read_report
from archive.sandbox import Limits, Sandbox
from demo.render import docx as as_docx
from demo.render import html as as_html
from demo.render import text as as_text
from demo.reports import many

REPEATS = 4
CHILDREN = 4
SERIES = 0.3  # seconds of CPU


def bare_html(data: bytes) -> None:
    """lxml's tree and the text of it."""
    html.fromstring(data).text_content()


def bare_docx(data: bytes) -> None:
    """The body unzipped, lxml's tree and the text of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        list(etree.fromstring(package.read("word/document.xml")).itertext())


def bare_odt(data: bytes) -> None:
    """The content unzipped, lxml's tree and the text of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        list(etree.fromstring(package.read("content.xml")).itertext())


def bare_pdf(data: bytes) -> None:
    """pdfium's text of every page."""
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            page.get_textpage().get_text_range()


def bare_doc(data: bytes) -> None:
    """The streams of the compound file, unread."""
    with olefile.OleFileIO(data) as compound:
        for name in compound.listdir():
            compound.openstream(name).read()


def bare_sheets(data: bytes) -> None:
    """The rows of every sheet by calamine."""
    with python_calamine.load_workbook(io.BytesIO(data)) as workbook:
        for name in workbook.sheet_names:
            workbook.get_sheet_by_name(name).to_python()


def bare_text(data: bytes) -> None:
    """Decoded; what is no UTF-8 as GB 18030."""
    try:
        data.decode()
    except UnicodeDecodeError:
        data.decode("gb18030", "replace")


BARE: dict[str, tuple[str, Callable[[bytes], None]]] = {
    "html": ("lxml", bare_html),
    "docx": ("zipfile+lxml", bare_docx),
    "odt": ("zipfile+lxml", bare_odt),
    "pdf": ("pypdfium2 text", bare_pdf),
    "doc": ("olefile streams", bare_doc),
    "xls": ("calamine", bare_sheets),
    "xlsx": ("calamine", bare_sheets),
    "text": ("decode", bare_text),
    "rtf": ("decode", bare_text),
}


def made_up() -> Iterator[tuple[str, bytes]]:
    """Documents of one invented report in every shape that the demonstration can render."""
    report = next(islice(many(1), 1))
    yield "made_up.html", as_html.page(report)
    yield "made_up.docx", as_docx.render(report)
    yield "made_up.txt", as_text.render(report).encode()


def cpu() -> float:
    """Seconds of CPU that this process and its ended children took."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def timed(run: Callable[[], object]) -> float:
    """The CPU seconds of a run."""
    start = cpu()
    run()
    return cpu() - start


@dataclass(frozen=True, slots=True)
class Figures:
    """CPU seconds of one document: the library's `bare` read, ours without (`plain`) and in the sandbox (`safe`)."""

    bare: float
    plain: float
    safe: float


def measure(data: bytes, name: str, bare: Callable[[bytes], None], *, repeats: int = REPEATS) -> Figures:
    """The best of some turns of each way; the sandbox with the share in the start and end of its child."""
    least = {"bare": inf, "plain": inf, "safe": inf}
    for _ in range(repeats):
        turn = {
            "bare": mean(lambda: bare(data)),
            "plain": mean(lambda: wire.encode(read_report(data, name=name))),
            "safe": in_sandbox(data, name),
        }
        least = {way: min(least[way], seconds) for way, seconds in turn.items()}
    return Figures(**least)


def mean(run: Callable[[], object]) -> float:
    """The mean CPU seconds of a series of runs; some systems count CPU time in steps of 4 ms only."""
    count = max(1, round(SERIES / max(timed(run), timed(run), 1e-5)))

    def series() -> None:
        for _ in range(count):
            run()

    return timed(series) / count


def in_sandbox(data: bytes, name: str) -> float:
    """CPU seconds of one reading, with the share that each has in the start and the end of its child.

    One sandbox serves several children, one after the other, as in a pass over captures, where it serves hundreds.
    """
    count = Limits().documents * CHILDREN

    def lives_of_children() -> None:
        with Sandbox() as sandbox:
            for _ in range(count):
                wire.encode(sandbox.read(data, name=name))

    return timed(lives_of_children) / count


def documents(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """The files named, and those below the folders named, by name; made-up documents where none is."""
    chosen = list(paths)
    if not chosen:
        yield from made_up()
    for path in chosen:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from ((file.name, file.read_bytes()) for file in files if path == file or file.is_file())


def line(name: str, data: bytes) -> str:
    """The figures of one document in a line, or why there are none."""
    kind = sniff(data)
    if kind not in BARE:
        return f"  {name}: {kind}, no library to compare with"
    outcome = read_report(data, name=name)
    if not isinstance(outcome, ParsedReport):
        return f"  {name}: {outcome.why}"
    library, bare = BARE[kind]
    figures = measure(data, name, bare)
    return (
        f"  {name:28} {kind:5} {len(data) / 1000:6.1f} kB {1 / figures.safe:6.0f}/s in the sandbox,"
        f" {1 / figures.plain:6.0f}/s without {figures.safe / figures.bare:7.1f} x {library} ({1 / figures.bare:.0f}/s)"
    )


def main(arguments: Sequence[str] = ()) -> None:
    """Prints one line a document: size, documents per second and core, and the ratio to the bare read."""
    parser = argparse.ArgumentParser(prog="python -m bench.documents", description=__doc__.partition("\n")[0])
    parser.add_argument("--format", action="append", choices=BARE, help="only documents of this kind; may be repeated")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    asked = parser.parse_args(arguments)
    print("documents: from bytes to stored report, documents per second and core (CPU time)")
    for name, data in documents(asked.paths):
        if not asked.format or sniff(data) in asked.format:
            print(line(name, data), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
