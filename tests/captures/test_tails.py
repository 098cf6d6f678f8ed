"""What the ledger never acknowledged is cut off, what it did stays; a full disk leaves a file as it was."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.captures import CaptureStore, MissingBytes, StoreWriteError
from tests.captures.pages import PLAIN, assert_clean, ends, page


def test_a_torn_tail_is_cut_wherever_it_tore(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        kept = [store.append(page(number, 300)) for number in range(3)]
        store.append(page(3, 300))
    path = tmp_path / kept[0].warc
    whole, end = path.read_bytes(), ends(kept)[kept[0].warc]
    for number, size in enumerate((end, end + 1, *range(end + 2, len(whole), 5), len(whole) - 1)):
        path.write_bytes(whole[:size])
        with CaptureStore(tmp_path) as store:
            report = store.cut_torn_tail(ends(kept))
            assert report.bytes_cut == size - end
            assert report.set_aside == ()
            assert path.stat().st_size == end
            if number % 25 == 1:
                added = store.append(page(4, 300))
                assert store.read(added.warc, added.offset).body == page(4, 300).body
                assert_clean(tmp_path)
            assert [store.read(at.warc, at.offset).body for at in kept] == [page(n, 300).body for n in range(3)]


def test_a_whole_answer_that_the_ledger_does_not_know_is_set_aside(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        kept, unknown = store.append(page(1)), store.append(page(2))
    before = (tmp_path / kept.warc).read_bytes()
    end = kept.offset + kept.length
    for _ in range(2):
        (tmp_path / kept.warc).write_bytes(before + b"\x1f\x8b\x08torn")
        with CaptureStore(tmp_path) as store:
            report = store.cut_torn_tail(ends([kept]))
        assert report.cut == {kept.warc: len(before) + 7 - end}
        (aside,) = report.set_aside
        assert (aside.warc, aside.offset, aside.urls) == (kept.warc, end, (page(2).url,))
        assert (tmp_path / aside.kept_in).read_bytes() == before[end:]
        assert (tmp_path / kept.warc).read_bytes() == before[:end]
    assert len(list((tmp_path / "set-aside").iterdir())) == 2
    assert_clean(tmp_path)
    assert unknown.warc == kept.warc


def test_a_file_that_the_ledger_does_not_name_is_set_aside_whole(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        store.append(PLAIN)
        report = store.cut_torn_tail({})
        assert store.files() == []
        again = store.append(page(1))
        assert store.read(again.warc, again.offset).body == page(1).body
    assert report.set_aside[0].urls == (PLAIN.url,)
    assert_clean(tmp_path)


def test_acknowledged_bytes_that_are_gone_stop_the_start(tmp_path: Path) -> None:
    with CaptureStore(tmp_path) as store:
        location = store.append(PLAIN)
    path = tmp_path / location.warc
    os.truncate(path, 100)
    with CaptureStore(tmp_path) as store:
        with pytest.raises(MissingBytes, match=rf"{location.warc}: \d+ bytes are acknowledged, 100 are there"):
            store.cut_torn_tail(ends([location]))
        with pytest.raises(MissingBytes, match="0 are there"):
            store.cut_torn_tail({"gongkai-000009-20260101000000.warc.gz": 5})
    assert path.stat().st_size == 100


# --------------------------------------------------------------------------- full disk


@pytest.mark.parametrize("first_write", [0, 1, 250])
@pytest.mark.parametrize("already", [0, 2])
def test_a_full_disk_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_write: int, already: int
) -> None:
    with CaptureStore(tmp_path) as store:
        kept = [store.append(page(number)) for number in range(already)]
        before = {path.name: path.read_bytes() for path in tmp_path.glob("*.warc.gz")}
        real, calls = os.pwrite, []

        def full(fd: int, data: bytes, offset: int) -> int:
            calls.append(offset)
            if len(calls) == 1 and first_write:
                return real(fd, data[:first_write], offset)
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "pwrite", full)
            with pytest.raises(StoreWriteError, match="No space left") as caught:
                store.append(page(9))
        assert caught.value.errno == errno.ENOSPC
        assert {path.name: path.read_bytes() for path in tmp_path.glob("*.warc.gz")} == before
        added = store.append(page(9))
        assert store.read(added.warc, added.offset).body == page(9).body
        for number, at in enumerate(kept):
            assert store.read(at.warc, at.offset).body == page(number).body
    assert_clean(tmp_path)


def test_a_real_file_size_limit(tmp_path: Path) -> None:
    """The same with the operating system's own refusal, in a process of its own."""
    script = f"""
import resource, signal, dataclasses, random
from pathlib import Path
from archive.captures import CaptureStore, StoreWriteError
from tests.captures.pages import page
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
store = CaptureStore(Path({str(tmp_path)!r}))
count = 0
try:
    while True:
        store.append(page(count)); count += 1
except StoreWriteError as error:
    print(count, error.errno)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    count, number = map(int, result.stdout.split())
    assert count > 3
    assert number == errno.EFBIG
    (report,) = CaptureStore(tmp_path).verify()
    assert (report.answers, report.damage) == (count, ())
    assert_clean(tmp_path)
