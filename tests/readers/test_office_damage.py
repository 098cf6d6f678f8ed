"""Damaged office files: every one is read or refused with a reason, and nothing else ever happens."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import UnreadableDocument
from archive.readers import read
from archive.readers.package import members
from archive.readers.sniff import sniff
from tests.readers import flat_builder as flat
from tests.readers.docx_builder import docx, par, row, table
from tests.readers.package_builder import tarred, zipped
from tests.readers.test_sheet import MERGES, ROWS
from tests.readers.xlsb_builder import sheet as binary_sheet
from tests.readers.xlsb_builder import xlsb
from tests.readers.xlsx_builder import sheet, xlsx

FIXTURES = Path(__file__).parent / "fixtures" / "office"
FILES = {path.name: path.read_bytes() for path in sorted(FIXTURES.iterdir()) if path.suffix != ".json"}
FILES["table.xlsx"] = xlsx({"统计表": sheet(ROWS, MERGES)})
FILES["table.xlsb"] = xlsb({"统计表": binary_sheet({0: {0: "规章", 1: 2.0}, 1: {1: 3.0}}, [(0, 1, 0, 0)])})
FILES["features.fodt"] = flat.fodt(FILES["features.odt"])
FILES["table.fods"] = flat.fods(FILES["table.ods"])
FILES["flat.xml"] = flat.flat_opc(docx(table(row("规章", "2"), row("其他", "3"))))
FILES["word2003.xml"] = flat.as_word_2003(docx(par("一、总体情况") + table(row("规章", "2"), row("其他", "3"))))
FILES["excel2003.xml"] = flat.excel_2003(
    {"统计表": f"<Row>{flat.excel_cell('规章')}{flat.excel_cell('2', MergeDown=1)}</Row>"}
)
FILES["page.mht"] = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
    b'Content-Type: text/html; charset="gbk"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    b"<html><body><p>=D6=D0</p></body></html>\r\n--b--\r\n"
)

# Where to change a byte, as a share of the file, and to what; where to cut it; what to take out.
Damage = tuple[list[tuple[float, int]], float, tuple[float, int]]
damages = st.tuples(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    st.one_of(st.just(1.0), st.floats(0, 1)),
    st.tuples(st.floats(0, 1), st.sampled_from([0, 0, 0, 1, 2, 512])),
)


def damaged(data: bytes, damage: Damage) -> bytes:
    changes, cut, (start, length) = damage
    made = bytearray(data)
    for share, value in changes:
        made[int(share * (len(made) - 1))] = value
    at = int(start * len(made))
    del made[at : at + length]
    return bytes(made[: int(cut * len(made))])


@pytest.mark.parametrize("name", sorted(FILES))
@settings(max_examples=40, deadline=None)
@given(damage=damages)
def test_a_damaged_file_is_read_or_refused(name: str, damage: Damage) -> None:
    data = damaged(FILES[name], damage)
    try:
        outcome = read(data).format
    except UnreadableDocument as refusal:
        outcome = str(refusal)
    assert outcome


@settings(max_examples=60, deadline=None)
@given(damage=damages)
def test_a_damaged_package_is_listed_or_refused(damage: Damage) -> None:
    data = damaged(zipped({"年报.txt": b"abc" * 50, "附件.zip": zipped({"b.txt": b"b"})}, encoding="gbk"), damage)
    found, reason = [], ""
    try:
        found = list(members(data))
    except UnreadableDocument as refusal:
        reason = str(refusal)
    assert found or reason or not data.startswith(b"PK\x03\x04")
    assert all(member.problem is None or member.data == b"" for member in found)


@settings(max_examples=60, deadline=None)
@given(damage=damages)
def test_a_damaged_tar_archive_is_listed_or_refused(damage: Damage) -> None:
    data = damaged(tarred({"年报.txt": b"abc" * 50, "附件.zip": zipped({"b.txt": b"b"})}), damage)
    reason = ""
    try:
        assert all(member.problem is None or member.data == b"" for member in members(data))
    except UnreadableDocument as refusal:
        reason = str(refusal)
    assert reason or sniff(data) == "tar"


HOSTILE = {
    "word 2003 nesting": flat.word_2003("<wx:sub-section>" * 100_000),
    "word 2003 revisions": flat.word_2003("<aml:annotation w:type='Word.Comment'/>" * 400_000),
    "excel 2003 rows": flat.excel_2003({"a": "<Row><Cell/></Row>" * 300_000}),
    "excel 2003 spans": flat.excel_2003({"a": "<Row ss:Hidden='1' ss:Span='19999'/>" * 50_000 + "<Row ss:Index='1'><"}),
    "excel 2003 sheets": flat.excel_2003({f"{n}": "" for n in range(20_000)}),
    "flat opc parts": flat.XML.encode()
    + b"<pkg:package xmlns:pkg='http://schemas.microsoft.com/office/2006/xmlPackage'>"
    + b"<pkg:part pkg:name='/a'><pkg:binaryData>AAAA</pkg:binaryData></pkg:part>" * 100_000
    + b"</pkg:package>",
    "rtf paragraphs": b"{\\rtf1 " + b"x\\par " * 200_000 + b"}",
    "rtf rows": b"{\\rtf1 " + b"\\trowd\\cellx9\\cell\\row" * 60_000 + b"}",
    "rtf tables": b"{\\rtf1 " + b"".join(b"\\itap%d x\\nestcell" % n for n in range(1, 40)) + b"}",
    "xlsx open tags": xlsx({"a": "<c " * 300_000}),
    "mht boundaries": b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n" + b"--b\n\nz\n" * 100_000,
    "mht nesting": b"MIME-Version: 1.0\n" + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 3_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_files_are_refused_soon(name: str) -> None:
    start = time.process_time()
    with pytest.raises(UnreadableDocument):
        read(HOSTILE[name])
    assert time.process_time() - start < 5
