"""Files made to do harm, through the whole of reading: each ends soon, in little memory, with a reason, and alone."""

from __future__ import annotations

import base64
import io
import resource
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from archive.models import ParsedReport, Unreadable
from archive.sandbox import Limits, Reply, Sandbox
from demo.render import docx, html
from demo.reports import many
from tests.shared import SHARED, needs_shared

SECONDS = 15
PEAK = 1 << 30
COMMAND = 100 << 20
"""What the command itself has resident when it starts to read."""
STATM = Path("/proc/self/statm")

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP file of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return out.getvalue()


def word(body: str) -> bytes:
    """A Word file with this body."""
    document = f"<w:document {_W}><w:body>{body}</w:body></w:document>"
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode()})


def pdf(*objects: bytes) -> bytes:
    """A PDF file of these objects, the first of them the catalogue."""
    out, places = bytearray(b"%PDF-1.5\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def page(content: bytes, page_entries: bytes = b"", stream_entries: bytes = b"") -> bytes:
    """A PDF file of one page with this content stream."""
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % page_entries,
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), stream_entries, content),
    )


def deflated(times: int, what: bytes) -> bytes:
    """`what`, `times` over, compressed without ever being whole in memory."""
    packer = zlib.compressobj(9)
    chunk, count = what * 10_000, times // 10_000
    return b"".join([*(packer.compress(chunk) for _ in range(count)), packer.flush()])


@cache
def bomb() -> bytes:
    """A Word file that unpacks to 400 MB."""
    head, tail = f"<w:document {_W}><w:body><w:p><w:r><w:t>".encode(), b"</w:t></w:r></w:p></w:body></w:document>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        with package.open("word/document.xml", "w") as part:
            part.write(head)
            for _ in range(400):
                part.write(b"0" * 1_000_000)
            part.write(tail)
    return out.getvalue()


def nested_packages(depth: int) -> bytes:
    """A package in a package in a package…"""
    inner = b"the end"
    for level in range(depth):
        inner = zipped({f"{level}.zip": inner})
    return inner


CELL = "<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>"

MADE: dict[str, Callable[[], bytes]] = {
    "a Word file that unpacks to 400 MB": bomb,
    "a Word file of 20,000 nested elements": lambda: word("<w:sdt>" * 20_000 + "</w:sdt>" * 20_000),
    "a Word file of 200 tables in tables": lambda: word(
        "<w:tbl><w:tr><w:tc>" * 200 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 200
    ),
    "a Word file with cells over a million columns": lambda: word(
        "<w:tbl>"
        + '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000"/></w:tcPr><w:p/></w:tc></w:tr>' * 2_000
        + "</w:tbl>"
    ),
    "a Word file of 200,000 cells": lambda: word("<w:tbl>" + f"<w:tr>{CELL * 10}</w:tr>" * 20_000 + "</w:tbl>"),
    "a Word file whose only part is a directory of itself": lambda: zipped({"word/document.xml": b"PK\x03\x04" * 999}),
    "a page with cells over a million columns and rows": lambda: (
        b"<table>" + b"<tr><td rowspan=1000000 colspan=1000000>1</td></tr>" * 3_000
    ),
    "a page with endless attributes": lambda: b"<div " + b" ".join(b"a%d=1" % n for n in range(300_000)) + b">x</div>",
    "a page of 200,000 nested elements": lambda: b"<html>" + b"<div><b>" * 100_000,
    "a page of a million cells": lambda: b"<html><table>" + (b"<tr>" + b"<td>1" * 20) * 50_000,
    "a page that carries a Word file of 400 MB": lambda: (
        b"<html><body><script>var data = '" + base64.b64encode(bomb()) + b"';</script>"
    ),
    "a page of beginnings of files inside": lambda: b"<html><body>" + b"'JVBERi0" * 200_000,
    "a page of endless joined strings": lambda: b"<html><body>'JVBERi0" + b"' + '" * 300_000,
    "a PDF file whose page unpacks to 300 MB": lambda: page(
        deflated(25_000_000, b"0 0 m 9 9 l\n"), stream_entries=b"/Filter /FlateDecode"
    ),
    "a PDF file packed five times over": lambda: page(
        zlib.compress(zlib.compress(zlib.compress(zlib.compress(deflated(50_000_000, b"0 0 m l S "))))),
        stream_entries=b"/Filter [/FlateDecode /FlateDecode /FlateDecode /FlateDecode /FlateDecode]",
    ),
    "a PDF file of 300,000 lines": lambda: page(b"".join(b"0 %d m 595 %d l S\n" % (n, n) for n in range(300_000))),
    "a PDF file whose pages hold themselves": lambda: pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 900000 >>"
    ),
    "a PDF file of a huge page": lambda: page(b"", b"/UserUnit 1e30 /MediaBox [0 0 1e38 1e38]"),
    "a PDF file that is cut off": lambda: page(b"0 0 m")[:200],
    "an RTF file of 200,000 groups": lambda: b"{\\rtf1" + b"{\\b " * 200_000,
    "an RTF file of endless cells": lambda: b"{\\rtf1 " + b"\\trowd\\cellx1 1\\cell\\row " * 60_000 + b"}",
    "a package of 20 packages inside of each other": lambda: nested_packages(20),
    "a package of 2,000 files": lambda: zipped({f"{n}.txt": b"1" for n in range(2_000)}),
    "a package of 40 Word files of 400 MB": lambda: zipped(dict.fromkeys([f"{n}.docx" for n in range(40)], bomb())),
    "a web archive of 100,000 parts": lambda: (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n" * 100_000
    ),
}


@pytest.fixture(scope="module")
def ends() -> list[Reply]:
    return []


@pytest.fixture(scope="module")
def sandbox(ends: list[Reply]) -> Iterator[Sandbox]:
    """One run over all the files of this module; a child for each, so that its memory is its own."""
    with Sandbox(Limits(documents=1), told=ends.append) as opened:
        yield opened


def check(data: bytes, name: str, sandbox: Sandbox, ends: list[Reply]) -> None:
    """A named outcome within the bounds, after which the run reads on.

    What the tests before have left in memory counts for the child too, which shares it: a command begins with less.
    """
    ours = int(STATM.read_text().split()[1]) * resource.getpagesize() if STATM.exists() else 0
    result = sandbox.read(data, name=name)
    end = ends[-1]
    assert not isinstance(result, ParsedReport)
    assert result.why.strip()
    assert not (isinstance(result, Unreadable) and result.why.startswith("the parser failed"))
    assert end.seconds <= SECONDS
    assert end.peak is not None
    assert end.peak <= PEAK + max(0, ours - COMMAND)


@pytest.mark.parametrize("name", MADE)
def test_a_file_made_to_do_harm_ends_with_a_reason(name: str, sandbox: Sandbox, ends: list[Reply]) -> None:
    check(MADE[name](), name, sandbox, ends)


@needs_shared
@pytest.mark.parametrize("path", sorted((SHARED / "hostile").glob("*")), ids=lambda path: path.name)
def test_a_file_of_others_made_to_do_harm_ends_with_a_reason(path: Path, sandbox: Sandbox, ends: list[Reply]) -> None:
    check(path.read_bytes(), path.name, sandbox, ends)


def test_the_run_reads_reports_between_them() -> None:
    report = next(islice(many(1), 1))
    truth = {(cell.key, cell.applicant): cell.value for cell in report.cells}
    with Sandbox() as sandbox:
        for name in ("a page of a million cells", "a PDF file packed five times over", "a package of 2,000 files"):
            assert not isinstance(sandbox.read(MADE[name]()), ParsedReport)
            for data in (html.page(report), docx.render(report)):
                result = sandbox.read(data)
                assert isinstance(result, ParsedReport)
                assert {(cell.key, cell.applicant): cell.value for cell in result.cells} == truth
