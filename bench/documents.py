"""Documents per second and core, from bytes to report, beside the bare read of the same bytes by the format's library.

`python -m bench.documents [FOLDER]`; without a folder, on documents of made-up reports. CPU time of this process and
its children together, so that other work on the machine counts little.
"""

from __future__ import annotations

import io
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import olefile
import pypdfium2
import python_calamine
from lxml import etree, html

from archive.models import ParsedReport
from archive.readers import sniff
from archive.reading import read_report
from archive.sandbox import Limits, Sandbox
from demo.render import docx as as_docx
from demo.render import html as as_html
from demo.render import text as as_text
from demo.reports import many

REPEATS = 4
SERIES = 0.3  # seconds of CPU


def bare_html(data: bytes) -> None:
    """lxml's tree and the text of it."""
    html.fromstring(data).text_content()


def bare_docx(data: bytes) -> None:
    """The body unzipped, lxml's tree and the text of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        "".join(etree.fromstring(package.read("word/document.xml")).itertext())


def bare_odt(data: bytes) -> None:
    """The content unzipped, lxml's tree and the text of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        "".join(etree.fromstring(package.read("content.xml")).itertext())


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


def least(run: Callable[[], object]) -> float:
    """The CPU seconds of one run, the best mean of a few series; some systems count CPU time in steps of 4 ms only."""
    count = max(1, round(SERIES / max(timed(run), timed(run), 1e-5)))

    def series() -> None:
        for _ in range(count):
            run()

    return min(timed(series) for _ in range(REPEATS)) / count


def main(folder: Path | None = None) -> None:
    """Prints one line a document: size, documents per second and core, and the ratio to the bare read."""
    documents = (
        made_up()
        if folder is None
        else ((path.name, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file())
    )
    print("documents: from bytes to report, documents per second and core (CPU time)")
    for name, data in documents:
        line(name, data)


def line(name: str, data: bytes) -> None:
    """Prints the figures of one document."""
    kind = sniff(data)
    if kind not in BARE:
        print(f"  {name}: {kind}, no library to compare with")
        return
    outcome = read_report(data, name=name)
    if not isinstance(outcome, ParsedReport):
        print(f"  {name}: {outcome.why}")
        return
    library, bare = BARE[kind]
    plain, theirs = least(lambda: read_report(data, name=name)), least(lambda: bare(data))
    safe = in_sandbox(data, name)
    print(
        f"  {name:28} {kind:5} {len(data) / 1000:6.1f} kB {1 / safe:6.0f}/s in the sandbox, {1 / plain:6.0f}/s without"
        f" {safe / theirs:7.1f} x {library} ({1 / theirs:.0f}/s)"
    )


def in_sandbox(data: bytes, name: str) -> float:
    """CPU seconds of one reading, with the share that each has in the start and the end of its child."""
    count = Limits().documents

    def life_of_a_child() -> None:
        with Sandbox() as sandbox:
            for _ in range(count):
                sandbox.read(data, name=name)

    return min(timed(life_of_a_child) for _ in range(REPEATS)) / count


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
