"""Records that stand for bytes that are stored already."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from archive.captures import CaptureStore, DamagedRecord
from tests.captures.pages import PAGE, PLAIN, assert_clean, capture_of, page


def test_a_revisit_brings_the_bytes_back(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        first = store.append(PAGE)
        again = replace(PAGE, fetched_at="2026-04-01T00:00:00Z")
        second = store.append_revisit(again, capture_of(first))
        third = store.append_revisit(replace(again, fetched_at="2026-05-01T00:00:00Z"), capture_of(second))
        unmodified = store.append_revisit(
            replace(again, status=304, reason="Not Modified", body=b""), capture_of(first)
        )
        back = [store.read(at.warc, at.offset) for at in (second, third, unmodified)]
    assert {second.sha256, third.sha256, unmodified.sha256} == {first.sha256}
    assert [item.body for item in back] == [PAGE.body, PAGE.body, b""]
    assert back[0].payload.decode("gbk").startswith("石溪县水务局")
    assert all(item.revisit and (item.revisit.warc, item.revisit.offset) == (first.warc, first.offset) for item in back)
    assert back[2].revisit is not None
    assert back[2].revisit.profile == "server-not-modified"
    assert back[0].fetched_at == "2026-04-01T00:00:00Z"
    assert_clean(tmp_path, payloads=False)


def test_a_revisit_never_stands_for_other_bytes(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        first = store.append(PLAIN)
        with pytest.raises(ValueError, match="is not the one stored"):
            store.append_revisit(replace(PLAIN, body=b"other"), capture_of(first))


def test_a_revisit_that_refers_to_other_bytes_is_named(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        first, other = store.append(PLAIN), store.append(page(1))
        again = store.append_revisit(PLAIN, capture_of(first))
        path = tmp_path / again.warc
        data = path.read_bytes()
        member = gzip.decompress(data[again.offset :])
        forged = member.replace(f"File-Offset: {first.offset}".encode(), f"File-Offset: {other.offset}".encode())
        path.write_bytes(data[: again.offset] + gzip.compress(forged))
        with pytest.raises(DamagedRecord, match="these are other bytes"):
            store.read(again.warc, again.offset)
        itself = member.replace(f"File-Offset: {first.offset}".encode(), f"File-Offset: {again.offset}".encode())
        path.write_bytes(data[: again.offset] + gzip.compress(itself))
        with pytest.raises(DamagedRecord, match="refers to itself"):
            store.read(again.warc, again.offset)
