"""Formats told by their bytes, whatever they are called, and the reasons for what has no reader."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from archive.models import UnreadableDocument
from archive.readers import read
from archive.readers.registry import PICTURE_READERS, READERS, REASONS
from archive.readers.sniff import sniff
from tests.readers.docx_builder import docx, par
from tests.readers.flat_builder import excel_2003, flat_opc, fods, fodt, word_2003
from tests.readers.xlsb_builder import sheet as binary_sheet
from tests.readers.xlsb_builder import xlsb

ODT = Path(__file__).parent / "fixtures" / "office" / "features.odt"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in parts.items():
            file.writestr(name.replace("__", "/"), data)
    return out.getvalue()


CASES = {
    "html": [
        b"<html><body>x",
        b"\xef\xbb\xbf\r\n<!DOCTYPE html><p>x",
        "<p>一".encode("utf-16"),
        "<html><body><p>一".encode("utf-16-le"),
        "一<span>二</span><span>三</span>".encode("gbk"),
        b"<?xml version='1.0'?><html xmlns='x'><body/></html>",
        b"x" * 9000 + b"<br>a<br>b<br>",
    ],
    "text": [
        "一、总体情况".encode(),
        "一、总体情况".encode("utf-16"),
        "印发<条例>的通知 a <b".encode("gb18030"),
        b"a < b and b > c",
        ("正文" * 5000 + " 用<br>换行").encode(),
    ],
    "docx": [docx(par("x")), docx(par("x"), main="word/document7.xml").replace(b"x", b"x")],
    "doc": [OLE + "WordDocument".encode("utf-16-le") + b"\0\0"],
    "xls": [OLE + "Workbook".encode("utf-16-le") + b"\0\0"],
    "ppt": [OLE + "PowerPoint Document".encode("utf-16-le") + b"\0\0"],
    "encrypted": [OLE + "EncryptedPackage".encode("utf-16-le") + b"\0\0"],
    "ole": [OLE],
    "xlsx": [zipped(xl__workbook=b"", **{"xl/workbook.xml": b"<x/>"})],
    "pptx": [zipped(**{"ppt/presentation.xml": b"<x/>"})],
    "ofd": [zipped(**{"OFD.xml": b"<x/>"})],
    "odt": [zipped(mimetype=b"application/vnd.oasis.opendocument.text")],
    "ods": [zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet")],
    "zip": [zipped(a=b"x")],
    "damaged zip": [zipped(a=b"x")[:30]],
    "pdf": [b"%PDF-1.4\n", b"junk\n%PDF-1.7"],
    "rtf": [b"{\\rtf1\\ansi <p>"],
    "mhtml": [b"From: a\r\nSubject: b\r\n c\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\nx"],
    "word xml": [b"<?xml version='1.0'?><w:wordDocument xmlns:w='x'>", word_2003("").decode().encode("utf-16")],
    "flat opc": [flat_opc(docx(par("x")))],
    "sheet xml": [excel_2003({"x": ""})],
    "fodt": [fodt(ODT.read_bytes())],
    "fods": [fods(ODT.with_name("table.ods").read_bytes())],
    "xlsb": [xlsb({"x": binary_sheet({0: {0: "x"}})})],
    "tar": [tarfile.TarInfo("报告.doc").tobuf()],
    "bzip2": [bz2.compress(b"<html>")],
    "xz": [lzma.compress(b"<html>")],
    "rar": [b"Rar!\x1a\x07\x01\x00"],
    "7z": [b"7z\xbc\xaf\x27\x1c\x00"],
    "gzip": [gzip.compress(b"<html>")],
    "image": [
        b"\x89PNG\r\n\x1a\n\0",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"II*\x00",
        b"BM\x36\x00\x00\x00\x00\x00\x00\x00",
    ],
    "empty": [b"", b" \r\n", b"\xef\xbb\xbf", b"\0" * 9],
    "unknown": [bytes(range(256)) * 4],
}


@pytest.mark.parametrize(
    ("kind", "data"),
    # Named by their kind: some of the bytes hold the time, and would give each worker of a test run other names.
    [pytest.param(kind, data, id=f"{kind}-{n}") for kind, all_data in CASES.items() for n, data in enumerate(all_data)],
)
def test_sniff(kind: str, data: bytes) -> None:
    assert sniff(data) == kind


def test_every_format_has_a_reader_or_a_reason() -> None:
    assert set(CASES) == READERS.keys() | PICTURE_READERS.keys() | REASONS.keys()
    assert not READERS.keys() & REASONS.keys()


def test_the_name_never_chooses_the_reader_but_stands_in_the_message() -> None:
    assert read(b"<p>x</p><p>y", name="a.docx", media_type="application/msword").format == "html"
    with pytest.raises(UnreadableDocument, match=r"a file compressed by gzip.* \(it came as a.html, text/html\)"):
        read(b"\x1f\x8b\x08", name="a.html", media_type="text/html")


@pytest.mark.parametrize(("fixture", "name"), [("report.doc", "年报.wps"), ("table.xls", "年报.et")])
def test_the_files_of_wps_office_are_what_their_bytes_are(fixture: str, name: str) -> None:
    data = ODT.with_name(fixture).read_bytes()
    assert read(data, name=name, media_type="application/kswps") == read(data, name=fixture)


def test_labelled_lines_cost_no_time() -> None:
    assert sniff(b"label: value\r\n" * 5000) == "text"
