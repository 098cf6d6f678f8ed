"""Damage is found and named, and never taken for content."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from archive.captures import CaptureStore, DamagedRecord
from tests.captures.pages import PLAIN, page


def test_every_flipped_bit_is_noticed(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(page(1, 200))
        path = tmp_path / location.warc
        good = path.read_bytes()
        flips = random.Random(3)
        harmless = []
        for position in range(location.length):
            bad = bytearray(good)
            bad[location.offset + position] ^= 1 << flips.randrange(8)
            path.write_bytes(bad)
            try:
                back = store.read(location.warc, location.offset)
            except DamagedRecord:
                continue
            assert (back.body, back.headers, back.url) == (page(1, 200).body, PLAIN.headers, page(1).url)
            harmless.append(position)
    # Flags, time and system of the gzip header carry no content, nor do the bits that fill up its last byte.
    assert set(harmless) <= {*range(3, 10), location.length - 9}


def test_a_wrong_offset_is_named(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(PLAIN)
        for offset, kind in [(location.offset + 3, "gzip"), (0, "header"), (10**9, "torn")]:
            with pytest.raises(DamagedRecord) as caught:
                store.read(location.warc, offset)
            assert caught.value.kind == kind
        for name in ["gongkai-000777-20260101000000.warc.gz", "../ledger.db", "/etc/passwd"]:
            with pytest.raises(DamagedRecord) as caught:
                store.read(name, 0)
            assert caught.value.kind == "missing"


def test_verify_names_damage_and_goes_on_behind_it(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        locations = [store.append(page(number)) for number in range(5)]
    path = tmp_path / locations[0].warc
    data = bytearray(path.read_bytes())
    data[locations[1].offset + 500] ^= 0x10
    path.write_bytes(data + b"\x1f\x8b\x08\x00half a record")
    store = CaptureStore(tmp_path)
    (report,) = store.verify()
    assert report.answers == 4
    assert report.records == 1 + 5 + 4
    assert [(damage.offset, damage.length) for damage in report.damage] == [
        (locations[1].offset, locations[1].length),
        (len(data), 17),
    ]
    assert report.damage[1].kind in {"gzip", "torn"}
    assert store.read(locations[2].warc, locations[2].offset).body == page(2).body


def test_verify_names_what_the_ledger_knows_and_the_disk_does_not(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(PLAIN)
        gone = "gongkai-000009-20260101000000.warc.gz"
        reports = list(store.verify({location.warc: location.offset + location.length + 50, gone: 70}))
    assert [[(d.warc, d.kind, d.length) for d in report.damage] for report in reports] == [
        [(location.warc, "missing", 50)],
        [(gone, "missing", 70)],
    ]
    assert "missing" in str(reports[0].damage[0])


# --------------------------------------------------------------------------- records of others


RECORD = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
    b"WARC-Target-URI: http://a.example/\r\nContent-Length: 22\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc\r\n\r\n"
)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b"WARC/1.1", b"FILE/1.1", "header"),
        (b"WARC-Type: response", b"WARC-Type response", "header"),
        (b"Length: 22", b"Length: many", "header"),
        (b"Length: 22", b"Length: 21", "length"),
        (b"Length: 22", b"Length: 23", "length"),
        (b"HTTP/1.1 200 OK", b"HTTP/1.1 two hu", "header"),
        (b"WARC-Date", b"WARC-Dote", "header"),
        (b"WARC-Type: response", b"WARC-Type: revisit", "header"),
        (b"WARC-Type: response", b"WARC-Type: metadata", "header"),
        (b"http://a", b"http://b", None),
    ],
)
def test_what_makes_a_record_unusable(tmp_path: Path, old: bytes, new: bytes, kind: str | None) -> None:
    name = "gongkai-000001-20260101000000.warc.gz"
    (tmp_path / name).write_bytes(gzip.compress(RECORD.replace(old, new)))
    store = CaptureStore(tmp_path)
    if kind is None:
        assert store.read(name, 0).body == b"abc"
        return
    with pytest.raises(DamagedRecord) as caught:
        store.read(name, 0)
    assert caught.value.kind == kind


def test_records_are_found_again_behind_any_rubbish(tmp_path: Path) -> None:
    name = "gongkai-000001-20260101000000.warc.gz"
    record = gzip.compress(RECORD)
    rubbish = b"\x1f\x8b\x08 not a member" + bytes(70_000) + gzip.compress(b"not a record") + b"\x1f\x8b"
    (tmp_path / name).write_bytes(record + rubbish + record + record[:-5] + record)
    (report,) = CaptureStore(tmp_path).verify()
    assert report.answers == 3
    assert [(damage.offset, damage.length) for damage in report.damage] == [
        (len(record), len(rubbish)),
        (2 * len(record) + len(rubbish), len(record) - 5),
    ]
