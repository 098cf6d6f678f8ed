"""Packages of documents: names, order, nesting, limits, and what cannot be unpacked."""

from __future__ import annotations

import gzip
import io
import shutil
import struct
import zipfile

import pytest

from archive.models import UnreadableDocument
from archive.readers import archive_tools, package
from archive.readers.package import Member, members
from archive.readers.sniff import sniff
from tests.readers.package_builder import rar, tarred, zipped

needs_tool = pytest.mark.skipif(
    shutil.which("bsdtar") is None and shutil.which("unar") is None, reason="needs bsdtar or unar on the machine"
)
REPORT = b"<html><body><p>1</p></body></html>"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_names_are_read_as_their_maker_wrote_them(encoding: str) -> None:
    data = zipped({"青禾市/年度报告.html": REPORT, "附件一.txt": b"a"}, encoding=encoding)
    assert list(members(data)) == [Member("青禾市/年度报告.html", REPORT), Member("附件一.txt", b"a")]


def test_utf8_names_without_their_flag() -> None:
    data = bytearray(zipped({"年度报告.html": REPORT}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(mark) + at
        (flags,) = struct.unpack_from("<H", data, place)
        struct.pack_into("<H", data, place, flags & ~0x800)
    assert [member.name for member in members(bytes(data))] == ["年度报告.html"]


def test_litter_and_folders_are_left_out() -> None:
    files = {"__MACOSX/._a.doc": b"x", "a/.DS_Store": b"x", "a/Thumbs.db": b"x", "a/~$报告.doc": b"x", "a/b.txt": b"y"}
    assert [member.name for member in members(zipped(files))] == ["a/b.txt"]


def test_packages_are_opened_one_level_deep() -> None:
    inner = zipped({"c.txt": b"c", "deep.zip": zipped({"d.txt": b"d"})})
    found = list(members(zipped({"inner.zip": inner, "e.txt": b"e", "torn.zip": inner[:-30]})))
    assert [(member.name, member.data) for member in found if member.problem is None] == [
        ("inner.zip/c.txt", b"c"),
        ("e.txt", b"e"),
        ("torn.zip", inner[:-30]),
    ]
    assert [(member.name, member.problem) for member in found if member.problem] == [
        ("inner.zip/deep.zip", "a package inside of a package inside of a package")
    ]


def test_members_that_cannot_be_unpacked_are_named() -> None:
    data = bytearray(zipped({"a.txt": b"a" * 100, "b.txt": b"b"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    assert [(member.name, member.problem) for member in members(bytes(data))] == [
        ("a.txt", "encrypted with a password"),
        ("b.txt", None),
    ]
    wrong = bytearray(zipped({"a.txt": bytes(range(256))}))
    wrong[60] ^= 0xFF
    ((_, _, problem),) = [(m.name, m.data, m.problem) for m in members(bytes(wrong))]
    assert problem is not None
    assert problem.startswith("damaged")


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"a.txt": b"\0" * (20 << 20), "b.txt": b"b"})
    first, second = members(bomb)
    assert first.problem is not None
    assert first.problem.startswith("would unpack from")
    assert second == Member("b.txt", b"b")
    monkeypatch.setattr(package, "MAX_TOTAL", 1000)
    with pytest.raises(UnreadableDocument, match="more than 1,000 bytes"):
        list(members(zipped({"a.txt": b"x" * 600, "b.txt": b"y" * 600})))
    monkeypatch.setattr(package, "MAX_MEMBERS", 2)
    with pytest.raises(UnreadableDocument, match="more than 2 files"):
        list(members(zipped(dict.fromkeys("abc", b""))))


def test_members_come_one_at_a_time() -> None:
    data = bytearray(zipped({"a.txt": b"a", "b.txt": b"b"}))
    first = next(members(bytes(data)))
    assert first.name == "a.txt"


def test_a_damaged_package_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", "a")
    with pytest.raises(UnreadableDocument):
        list(members(out.getvalue()[:-10]))


@needs_tool
def test_rar_files_are_unpacked_by_a_tool() -> None:
    data = rar({"a.txt": b"abc", "b.html": REPORT})
    assert sniff(data) == "rar"
    assert list(members(data)) == [Member("a.txt", b"abc"), Member("b.html", REPORT)]
    with pytest.raises(UnreadableDocument, match="could not be unpacked"):
        list(members(data[:-40]))


@pytest.mark.skipif(shutil.which("unar") is None, reason="needs unar on the machine")
def test_unar_serves_where_bsdtar_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(archive_tools.shutil, "which", lambda name: None if name == "bsdtar" else which(name))
    assert list(members(rar({"a.txt": b"abc"}))) == [Member("a.txt", b"abc")]


def test_without_a_tool_a_rar_file_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_tools.shutil, "which", lambda name: None)
    with pytest.raises(UnreadableDocument, match="install bsdtar or unar"):
        list(members(rar({"a.txt": b"abc"})))


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_tar_archives_are_packages_and_links_in_them_are_nothing(encoding: str) -> None:
    data = tarred({"./青禾市/年度报告.html": REPORT, "a/._b.doc": b"x"}, encoding=encoding)
    assert sniff(data) == "tar"
    assert list(members(data)) == [Member("青禾市/年度报告.html", REPORT)]


def test_what_gzip_compressed_is_unpacked_inside_of_packages_too() -> None:
    packed = zipped({"a.html.gz": gzip.compress(REPORT), "torn.gz": gzip.compress(REPORT)[:-9], "b.txt": b"b"})
    assert list(members(packed)) == [
        Member("a.html", REPORT),
        Member("torn.gz", b"", "a damaged gzip file: it is cut short"),
        Member("b.txt", b"b"),
    ]
    assert package.gunzipped(gzip.compress(tarred({"a.html": REPORT}))) == tarred({"a.html": REPORT})


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (gzip.compress(bytes(40 << 20)), "would unpack from 40,"),
        (gzip.compress(gzip.compress(REPORT)), "inside of a gzip file"),
        (b"\x1f\x8b\x08\x00junk", "damaged gzip"),
    ],
    ids=["bomb", "nested", "junk"],
)
def test_hostile_gzip_files_are_refused_by_name(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableDocument, match=why):
        package.gunzipped(data)


def test_a_tar_archive_cut_short_or_too_large_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tarred({"a.txt": b"a" * 5000})
    with pytest.raises(UnreadableDocument, match="a damaged TAR archive"):
        list(members(whole[:3000]))
    monkeypatch.setattr(package, "MAX_TOTAL", 4000)
    with pytest.raises(UnreadableDocument, match="would unpack to more than 4,000 bytes"):
        list(members(whole))
