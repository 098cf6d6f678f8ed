"""The reader of web archives."""

from __future__ import annotations

import base64
import quopri

import pytest

from archive.models import Grid, UnreadableDocument
from archive.readers import read, sniff
from tests.readers.docx_builder import docx, par

PAGE = (
    "<html><head><title>年度报告</title></head><body><p>青禾市</p>"
    "<table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table></body></html>"
)


def part(content: bytes, kind: str, encoding: str, more: str = "") -> bytes:
    coded = base64.encodebytes(content) if encoding == "base64" else quopri.encodestring(content)
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n{more}\r\n"
    return head.encode() + coded + b"\r\n"


def archive(*parts: bytes, more: str = "") -> bytes:
    kind = f'Content-Type: multipart/related;\r\n\tboundary="=_b"{more}'
    head = f"From: <saved>\r\nMIME-Version: 1.0\r\n{kind}\r\n\r\nnote\r\n"
    return head.encode() + b"".join(b"--=_b\r\n" + item for item in parts) + b"--=_b--\r\n"


def texts(data: bytes) -> list[str]:
    return [block.text for block in read(data).blocks if not isinstance(block, Grid)]


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_the_page_is_read_with_its_own_charset(encoding: str, charset: str) -> None:
    data = archive(part(PAGE.encode(charset), f'text/html; charset="{charset}"', encoding))
    assert sniff(data) == "mhtml"
    document = read(data, name="报告.doc")
    assert document.format == "mhtml"
    assert document.title == "年度报告"
    (grid,) = [block for block in document.blocks if isinstance(block, Grid)]
    assert [[cell.text for cell in row] for row in grid.rows] == [["甲", "1"], ["乙", "2"]]
    assert texts(data) == ["青禾市"]


def test_the_root_is_the_part_that_the_archive_names() -> None:
    frame = part(b"<html><body><p>frame</p></body></html>", "text/html", "base64", "Content-ID: <f>\r\n")
    root = part(b"<html><body><p>root</p></body></html>", "text/html", "base64", "Content-ID: <r>\r\n")
    image = part(b"GIF89a", "image/gif", "base64")
    assert texts(archive(image, frame, root)) == ["frame"]
    assert texts(archive(image, frame, root, more='; start="<r>"')) == ["root"]


def test_refusals() -> None:
    with pytest.raises(UnreadableDocument, match="without a page"):
        read(archive(part(b"GIF89a", "image/gif", "base64")))
    with pytest.raises(UnreadableDocument, match="multipart bodies"):
        read(archive(*[b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"] * 30))


def mail(*parts: bytes) -> bytes:
    head = "Received: from a.example\r\nFrom: <b@a.example>\r\nSubject: =?utf-8?b?5bm05oql?=\r\nMIME-Version: 1.0\r\n"
    kind = 'Content-Type: multipart/mixed; boundary="=_b"\r\n\r\n'
    return (head + kind).encode() + b"".join(b"--=_b\r\n" + item for item in parts) + b"--=_b--\r\n"


def test_a_mail_is_its_text_and_the_documents_attached_to_it() -> None:
    report = docx(par("年度报告"))
    note = part("请见附件。".encode("gbk"), "text/plain; charset=gbk", "base64")
    attached = "Content-Disposition: attachment; filename=a.bin\r\n"
    data = mail(
        note,
        part(report, "application/octet-stream", "base64", attached),
        part(b"\x89PNG\r\n\x1a\n", "image/png", "base64", attached),
        part("不是正文".encode(), "text/plain; charset=utf-8", "base64", attached),
    )
    assert sniff(data) == "mhtml"
    document = read(data, name="转发.eml")
    assert [block.text for block in document.blocks if not isinstance(block, Grid)] == ["请见附件。"]
    assert document.embedded == (report,)


def test_a_mail_without_a_text_still_has_its_documents() -> None:
    data = mail(*[part(docx(par(f"{n}")), "application/msword", "base64") for n in range(11)])
    document = read(data)
    assert document.blocks == ()
    assert len(document.embedded) == 10
    assert document.warnings == ("more than 10 documents attached: not all were read",)
