"""The process that reads one document, as the site starts it: formats, packages, refusals, and its limits."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.models import Grid, NotAReport, ParsedReport, Unreadable
from archive.originals import __main__ as process
from archive.originals.seen import NotSeen, decode
from archive.reading import read_document, read_report
from tests.readers.docx_builder import docx, par, run
from tests.readers.package_builder import zipped

DOCUMENTS = Path(__file__).parents[1] / "fixtures" / "documents"
PAGE = (DOCUMENTS / "sums_fail.html").read_bytes()
NOTE = docx(par(run("联系人名单")))


def ask(data: bytes, **hints: str) -> subprocess.CompletedProcess[bytes]:
    question = json.dumps(hints).encode() + b"\n" + data
    return subprocess.run([sys.executable, "-m", "archive.originals"], input=question, capture_output=True, check=False)


def test_every_number_of_a_report_stands_at_its_place_in_the_document() -> None:
    recoded = PAGE.decode().replace('charset="utf-8"', "").encode("gb18030")
    done = ask(recoded, charset="gb18030")
    assert done.returncode == 0
    tables = [block for block in decode(done.stdout).blocks if isinstance(block, Grid)]
    texts = {cell.place: cell.text for table in tables for row in table.rows for cell in row}
    report = read_report(PAGE)
    assert isinstance(report, ParsedReport)
    numbers = {cell.place: cell.raw for cell in report.cells if cell.place}
    assert len(numbers) == 200
    assert {place: texts.get(place) for place in numbers} == numbers


def test_bytes_that_are_no_document_are_refused_with_the_reason() -> None:
    done = ask(b"\x00\x01\x02" * 99)
    assert done.returncode == 0
    with pytest.raises(NotSeen, match=r"\w{4}"):
        decode(done.stdout)


def test_a_reader_that_takes_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(question: bytes, stage: object) -> bytes:
        while True:
            len(question)

    monkeypatch.setattr(process, "work", endless)
    monkeypatch.setattr(process, "LIMITS", process.Limits(seconds=0.2, documents=1))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}\n")))
    monkeypatch.setattr(os, "nice", lambda by: 0)
    assert process.main() == os.EX_TEMPFAIL


def test_of_several_documents_it_is_the_one_that_is_the_report() -> None:
    result, document = read_document(zipped({"a.docx": NOTE, "b.html": PAGE}))
    assert isinstance(result, ParsedReport)
    assert document is not None
    assert document.format == "html"


def test_of_several_of_which_none_is_the_report_there_is_none() -> None:
    result, document = read_document(zipped({"a.docx": NOTE, "b.docx": NOTE}))
    assert isinstance(result, NotAReport)
    assert document is None
    assert read_document(b"\x00\x01")[1] is None
    assert isinstance(read_document(b"\x00\x01")[0], Unreadable)
