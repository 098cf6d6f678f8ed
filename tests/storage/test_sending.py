"""WARC files on their way to a bucket: killed at any moment, nothing is lost, and nothing half is taken for whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from archive.captures import (
    CaptureError,
    CaptureStore,
    DamagedRecord,
    Location,
    MissingBytes,
    captures_of,
)
from archive.captures.places import FIRST_RANGE, LONGEST_RANGE
from archive.ledger import Ledger
from archive.storage import Address, Bucket, Home, Occupied, StorageError, bind
from archive.storage import bucket as module
from tests.captures.pages import PLAIN, assert_clean, capture_of, ends, page
from tests.route.crawled import crawled
from tests.storage.killed import PART, POINTS
from tests.storage.server import client

LARGE = 2 * PART + 100_000


@pytest.fixture
def store(bucket: Bucket, tmp_path: Path) -> CaptureStore:
    """An empty store that takes its files to a bucket."""
    return CaptureStore(tmp_path, bucket=bucket)


def objects(bucket: Bucket) -> list[str]:
    """The names of the objects in a place, as another client lists them."""
    found = client().list_objects_v2(Bucket=bucket.address.bucket, Prefix=f"{bucket.address.prefix}/")
    return [one["Key"].removeprefix(f"{bucket.address.prefix}/") for one in found.get("Contents", ())]


def bodies(store: CaptureStore, locations: list[Location]) -> list[bytes]:
    return [store.read(at.warc, at.offset).body for at in locations]


def test_a_file_stays_here_until_the_run_ends_and_is_then_there_alone(
    bucket: Bucket, store: CaptureStore, tmp_path: Path
) -> None:
    with store:
        store.cut_torn_tail({})
        held = [store.append(page(number)) for number in range(3)]
        again = store.append_revisit(replace(page(1), fetched_at="2026-04-01T00:00:00Z"), capture_of(held[1]))
        assert store.here() == store.files() == [held[0].warc]
        whole = (tmp_path / held[0].warc).read_bytes()
        assert store.cut_torn_tail(ends([*held, again])).bytes_cut == 0
    assert store.here() == []
    assert store.files() == objects(bucket) == [held[0].warc]
    assert b"".join(bucket.pieces(held[0].warc)) == whole
    assert bodies(store, [*held, again]) == [page(number).body for number in (0, 1, 2, 1)]
    assert store.size(held[0].warc) == len(whole)
    assert store.read_member(held[2].warc, held[2].offset)[0] == whole[held[2].offset :][: held[2].length]
    (report,) = store.verify(ends(held))
    assert (report.answers, report.damage) == (4, ())


def test_the_next_run_starts_a_file_of_its_own(bucket: Bucket, store: CaptureStore, tmp_path: Path) -> None:
    held: list[Location] = []
    for number in range(3):
        with store:
            store.cut_torn_tail(ends(held))
            held.append(store.append(page(number)))
            # What was not read back by anybody is still read: from here, or from there.
            assert bodies(store, held) == [page(one).body for one in range(number + 1)]
            store.cut_torn_tail(ends(held))
    assert objects(bucket) == [at.warc for at in held]
    assert len(set(objects(bucket))) == 3


def test_full_files_go_while_others_are_written(bucket: Bucket, tmp_path: Path) -> None:
    with CaptureStore(tmp_path, bucket=bucket, max_file_bytes=6000) as store:
        held = [store.append(page(number)) for number in range(7)]
        last = store.here()[-1]
        assert bodies(store, held) == [page(number).body for number in range(7)]
    assert store.here() == [last]
    assert objects(bucket) == sorted({at.warc for at in held} - {last})
    assert bodies(store, held) == [page(number).body for number in range(7)]


def test_torn_tails_are_cut_before_a_file_goes(bucket: Bucket, store: CaptureStore, tmp_path: Path) -> None:
    with store:
        kept, unknown = store.append(page(1)), store.append(page(2))
    with (tmp_path / kept.warc).open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")
    with store:
        report = store.cut_torn_tail(ends([kept]))
    assert [one.urls for one in report.set_aside] == [(page(2).url,)]
    assert bucket.stat(kept.warc).size == unknown.offset - (unknown.offset - ends([kept])[kept.warc])
    (checked,) = store.verify(ends([kept]))
    assert (checked.answers, checked.damage) == (1, ())
    assert_clean(tmp_path)  # what was set aside stays here


def test_acknowledged_bytes_that_are_nowhere_stop_the_start(store: CaptureStore) -> None:
    with store, pytest.raises(MissingBytes, match=r"5 bytes are acknowledged, 0 are there"):
        store.cut_torn_tail({"gongkai-000009-20260101000000.warc.gz": 5})


def test_a_start_without_a_usable_bucket_fails_before_anything_is_fetched(tmp_path: Path, s3: Address) -> None:
    with CaptureStore(tmp_path, bucket=Bucket(Address("made-up-nowhere"))) as store:
        at = store.append(PLAIN)
        with pytest.raises(StorageError, match="there is no bucket made-up-nowhere"):
            store.cut_torn_tail(ends([at]))
        assert store.read(at.warc, at.offset).body == PLAIN.body
    assert store.here() == [at.warc]


def test_lost_notes_are_made_anew(store: CaptureStore, tmp_path: Path) -> None:
    with store:
        at = store.append(PLAIN)
        store.cut_torn_tail(ends([at]))
    (note,) = tmp_path.glob("*.sealed")
    before = note.read_text()
    note.unlink()
    assert store.read(at.warc, at.offset).body == PLAIN.body
    with store:
        store.cut_torn_tail(ends([at]))
    assert note.read_text() == before
    note.write_text("{")
    with pytest.raises(CaptureError, match=r"\.sealed cannot be read .* remove it, and it is made anew"):
        store.size(at.warc)


def test_other_bytes_are_never_overwritten(bucket: Bucket, store: CaptureStore, tmp_path: Path) -> None:
    with store:
        at = store.append(PLAIN)
    client().put_object(Bucket=bucket.address.bucket, Key=f"{bucket.address.prefix}/{at.warc}", Body=b"of others")
    with store, pytest.raises(Occupied, match=rf"{at.warc} already holds other bytes"):
        store.cut_torn_tail(ends([at]))
    assert bucket.read(at.warc, 0, 100) == b"of others"
    assert store.here() == [at.warc]
    assert store.read(at.warc, at.offset).body == PLAIN.body


# --------------------------------------------------------------------------- kill -9


def crawl(data: Path, s3: Address) -> tuple[list[bytes], list[Location]]:
    """DATA with captures large enough to go in parts, not there yet."""
    sent = [page(number, size).body for number, size in enumerate((2000, LARGE, 3000))]
    with crawled(data) as crawl:
        held = [crawl.fetch(f"{number}.html", body) for number, body in enumerate(sent)]
    bind(Home(data, s3))
    return sent, held


def upload(data: Path) -> None:
    """What the next run does first."""
    with Ledger(data / "ledger.db") as ledger, captures_of(data) as store:
        store.cut_torn_tail(ledger.committed_ends())


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_loses_nothing_and_half_an_upload_is_no_object(
    s3: Address, tmp_path: Path, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PART", PART)
    data = tmp_path / "data"
    sent, held = crawl(data, s3)
    (path,) = (data / "warc").glob("*.warc.gz")
    whole, bucket = path.read_bytes(), Bucket(s3).below("warc")
    ended = subprocess.run(
        [sys.executable, "-m", "tests.storage.killed", str(data), point], stderr=subprocess.PIPE, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert path.read_bytes() == whole  # it goes last
    is_there = point in {"after complete_multipart_upload", "before sealing", "after sealing"}
    assert objects(bucket) == ([path.name] if is_there else [])
    store = captures_of(data)
    assert bodies(store, held) == sent
    upload(data)
    assert not path.exists()
    assert b"".join(bucket.pieces(path.name)) == whole
    assert bodies(captures_of(data), held) == sent
    unfinished = client().list_multipart_uploads(Bucket=s3.bucket).get("Uploads", ())
    assert not unfinished
    upload(data)
    assert objects(bucket) == [path.name]


# --------------------------------------------------------------------------- damage there


def tamper(bucket: Bucket, name: str, data: bytes) -> None:
    client().put_object(Bucket=bucket.address.bucket, Key=f"{bucket.address.prefix}/{name}", Body=data)


def test_what_was_changed_there_is_named(bucket: Bucket, store: CaptureStore) -> None:
    with store:
        held = [store.append(page(number)) for number in range(3)]
        store.cut_torn_tail(ends(held))
    name = held[0].warc
    whole = b"".join(bucket.pieces(name))
    flipped = bytearray(whole)
    flipped[held[1].offset + 300] ^= 1
    tamper(bucket, name, bytes(flipped))
    fresh = CaptureStore(store.directory, bucket=bucket)
    with pytest.raises(DamagedRecord, match=rf"{name} at byte {held[1].offset}: "):
        fresh.read(name, held[1].offset)
    assert bodies(fresh, [held[0], held[2]]) == [page(0).body, page(2).body]
    (report,) = fresh.verify(ends(held))
    assert [damage.offset for damage in report.damage] == [held[1].offset]
    # Records that are sound each, and not those that were put there.
    tamper(bucket, name, whole[: held[1].offset + held[1].length] * 2)
    (report,) = CaptureStore(store.directory, bucket=bucket).verify(ends(held))
    assert [damage.kind for damage in report.damage] == ["digest"]
    tamper(bucket, name, whole[: held[1].offset + 10])
    (report,) = CaptureStore(store.directory, bucket=bucket).verify(ends(held))
    assert [(damage.offset, damage.kind) for damage in report.damage] == [(held[1].offset, "torn")]
    client().delete_object(Bucket=bucket.address.bucket, Key=f"{bucket.address.prefix}/{name}")
    (report,) = CaptureStore(store.directory, bucket=bucket).verify(ends(held))
    assert [damage.kind for damage in report.damage] == ["missing"]
    with pytest.raises(DamagedRecord, match="missing"):
        CaptureStore(store.directory, bucket=bucket).read(name, held[0].offset)


# --------------------------------------------------------------------------- how much is asked for


def test_records_in_a_row_are_few_requests_and_one_alone_is_small(
    bucket: Bucket, store: CaptureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store:
        held = [store.append(page(number, 30_000)) for number in range(300)]
        store.cut_torn_tail(ends(held))
    asked: list[int] = []
    real = Bucket.read

    def read(self: Bucket, name: str, start: int, end: int) -> bytes:
        asked.append(end - start)
        return real(self, name, start, end)

    monkeypatch.setattr(Bucket, "read", read)
    assert bodies(store, held) == [page(number, 30_000).body for number in range(300)]
    assert len(asked) <= 8
    assert asked[0] == FIRST_RANGE
    assert max(asked) <= LONGEST_RANGE
    asked.clear()
    for at in (held[250], held[20], held[130]):
        store.read(at.warc, at.offset)
    assert asked == [FIRST_RANGE] * 3
