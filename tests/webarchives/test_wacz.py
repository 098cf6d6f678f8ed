"""A portal's captures as a WACZ: the bytes of the store, read by another library, with an index that finds them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from archive.models import Outcome, Role
from archive.webarchives.cdxj import url_key
from archive.webarchives.wacz import Written, write_wacz
from tests.route.crawled import HOST, Crawled, crawled


def filled(data: Crawled) -> None:
    data.fetch("list", b"a list", role=Role.LISTING, title="年报")
    data.fetch("a", "一份报告".encode(), title="2021年报告")
    data.fetch("b", b"\x00\xffbinary" * 1000, role=Role.ATTACHMENT)
    data.fetch("other", b"of another portal", portal="elsewhere")
    data.fetch("a", "改过的报告".encode(), at="2026-03-01T00:00:00.000Z")
    data.fetch("wall", b"<html>challenge</html>", outcome=Outcome.BLOCKED)


def written(tmp_path: Path) -> tuple[Path, Written]:
    with crawled(tmp_path) as data:
        filled(data)
        path = tmp_path / "tz.wacz"
        return path, write_wacz(data.ledger, data.store, "tz", path, title="滕州")


def test_another_library_reads_every_record_of_the_portal(tmp_path: Path) -> None:
    path, made = written(tmp_path)
    with zipfile.ZipFile(path) as package, package.open("archive/data.warc.gz") as stream:
        found = [
            (record.rec_headers.get_header("WARC-Target-URI").removeprefix(f"http://{HOST}/"), record.raw_stream.read())
            for record in ArchiveIterator(stream, check_digests="raise")
            if record.rec_type == "response"
        ]
    assert found == [
        ("list", b"a list"),
        ("a", "一份报告".encode()),
        ("b", b"\x00\xffbinary" * 1000),
        ("a", "改过的报告".encode()),
        ("wall", b"<html>challenge</html>"),
    ]
    assert (made.records, made.damaged) == (5, [])


def test_the_index_leads_to_each_record(tmp_path: Path) -> None:
    path, _ = written(tmp_path)
    with zipfile.ZipFile(path) as package:
        lines = package.read("indexes/index.cdx").decode().splitlines()
        warc = package.read("archive/data.warc.gz")
    assert lines == sorted(lines)
    assert len(lines) == 5
    for line in lines:
        key, at, rest = line.split(" ", 2)
        fields: dict[str, Any] = json.loads(rest)
        start, length = int(fields["offset"]), int(fields["length"])
        (record,) = ArchiveIterator(BytesIO(warc[start : start + length]))
        assert record.rec_headers.get_header("WARC-Target-URI") == fields["url"]
        assert record.rec_headers.get_header("WARC-Payload-Digest") == fields["digest"]
        assert key == url_key(fields["url"])
        assert record.rec_headers.get_header("WARC-Date").replace("-", "").replace(":", "").replace("T", "")[:14] == at


def test_every_entry_is_described_with_its_hash(tmp_path: Path) -> None:
    path, _ = written(tmp_path)
    with zipfile.ZipFile(path) as package:
        description = json.loads(package.read("datapackage.json"))
        named = {resource["path"]: resource for resource in description["resources"]}
        assert set(named) == set(package.namelist()) - {"datapackage.json", "datapackage-digest.json"}
        for name, resource in named.items():
            data = package.read(name)
            assert (resource["hash"], resource["bytes"]) == (f"sha256:{hashlib.sha256(data).hexdigest()}", len(data))
        digest = json.loads(package.read("datapackage-digest.json"))["hash"]
        assert digest == f"sha256:{hashlib.sha256(package.read('datapackage.json')).hexdigest()}"
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").decode().splitlines()]
    assert [page.get("title") for page in pages[1:]] == ["年报", "2021年报告", f"http://{HOST}/wall"]


def test_a_damaged_capture_is_named_and_the_others_are_written(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        filled(data)
        hit = next(capture for capture in data.ledger.captures() if capture.url.endswith("/b"))
        with (tmp_path / "warc" / hit.warc).open("r+b") as file:
            file.seek(hit.offset + hit.length // 2)
            file.write(b"\xff\xff\xff\xff")
        made = write_wacz(data.ledger, data.store, "tz", tmp_path / "tz.wacz", title="滕州")
    assert made.records == 4
    assert len(made.damaged) == 1
    assert hit.warc in made.damaged[0]


def test_the_same_captures_give_the_same_file(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        filled(data)
        paths = [tmp_path / name for name in ("one.wacz", "two.wacz")]
        for path in paths:
            write_wacz(data.ledger, data.store, "tz", path, title="滕州")
    head = b"WARC-Record-ID"  # of the warcinfo record, the only part that is made anew
    assert head not in paths[0].read_bytes()  # it stands inside the gzip member
    sizes = {path.stat().st_size for path in paths}
    assert max(sizes) - min(sizes) < 64
