"""The route with its captures in a bucket gives what it gives with them in a directory."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.captures import captures_of
from archive.cli import main
from archive.commands.exits import Exit
from archive.ledger import CRAWL_LOCK, Ledger, LockedError, locked
from archive.merging import MergeError, merge
from archive.nightly import run_night
from archive.registry import load_registry
from archive.route import building, exchanging, exporting, reading
from archive.storage import Address, Bucket, Home, Occupied, StorageError, bind
from archive.workers import available
from tests.route.crawled import crawled
from tests.storage.server import client
from tests.workers.filled import copied, fill, parses

REPORTS = 6


@pytest.fixture(scope="session")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DATA directory that nobody has read yet; take copies of it."""
    return fill(tmp_path_factory.mktemp("unread") / "data", REPORTS)


@pytest.fixture
def there(crawl: Path, s3: Address, tmp_path: Path) -> Path:
    """A copy of it with its captures in a bucket, and none here."""
    data = bind(Home(copied(crawl, tmp_path / "there"), s3))
    assert reading.upload_captures(data)[0] == 1
    assert not list((data / "warc").glob("*.gz"))
    return data


@pytest.fixture(scope="session")
def here(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it with its captures here, read and built."""
    data = copied(crawl, tmp_path_factory.mktemp("here") / "data")
    reading.read_captures(data)
    building.build(data, load_registry())
    return data


def published(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the published archive, but for when and by which generation it was made."""
    with closing(sqlite3.connect(data / "current" / "archive.db")) as archive:
        tables = [name for (name,) in archive.execute("SELECT name FROM pragma_table_list WHERE type = 'table'")]
        return {
            name: sorted(archive.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in tables
            if name != "build_info" and not name.startswith("sqlite_")
        }


def test_what_is_read_and_built_is_the_same(here: Path, there: Path) -> None:
    summary = reading.read_captures(there)
    assert summary.ok >= REPORTS - 1
    assert parses(there) == parses(here)
    building.build(there, load_registry())
    assert published(there) == published(here)
    assert len(published(there)["reports"]) >= REPORTS - 1


@pytest.mark.skipif(not available(), reason="needs the extra `cluster`")
def test_workers_read_the_same_without_a_disk_to_share(here: Path, there: Path, crawl: Path, s3: Address) -> None:
    # What is still here when the pass begins goes there first.
    for path in (there / "warc").glob("*.sealed"):
        path.with_name(path.name.removesuffix(".sealed")).write_bytes((crawl / "warc" / path.stem).read_bytes())
        path.unlink()
    reading.read_captures(there, workers=1)
    assert not list((there / "warc").glob("*.gz"))
    assert parses(there) == parses(here)


def test_captures_leave_as_wacz_with_the_same_bytes(here: Path, there: Path, tmp_path: Path) -> None:
    contents = []
    for data in (here, there):
        (written,) = exchanging.export_wacz(data, tmp_path / data.parent.name)
        assert len(written.damaged) == 1
        with zipfile.ZipFile(written.path) as package:
            # What comes first says when the package was made.
            contents.append((package.read("indexes/index.cdx"), package.read("archive/data.warc.gz")[-4000:]))
    assert contents[0][1] == contents[1][1]
    assert contents[0][0].count(b"\n") == contents[1][0].count(b"\n") > REPORTS


def test_nothing_goes_there_while_captures_are_added(crawl: Path, s3: Address, tmp_path: Path) -> None:
    data = bind(Home(copied(crawl, tmp_path / "data"), s3))
    with locked(data / CRAWL_LOCK), pytest.raises(LockedError):
        reading.upload_captures(data)
    assert list((data / "warc").glob("*.gz"))


def test_a_pass_that_the_bucket_ends_goes_on_later(here: Path, there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger(there / "ledger.db") as ledger:
        beyond = list(ledger.captures())[8].offset
    real = Bucket.read

    def read(self: Bucket, name: str, start: int, end: int) -> bytes:
        if end > beyond:
            raise StorageError("s3://made-up: the server does not answer")
        return real(self, name, start, end)

    with monkeypatch.context() as patch:
        patch.setattr("archive.parsing.alone._BATCH", 3)
        for size in ("damage._CHUNK", "places.FIRST_RANGE", "places.LONGEST_RANGE"):
            patch.setattr(f"archive.captures.{size}", 512)
        patch.setattr(Bucket, "read", read)
        with pytest.raises(StorageError):
            reading.read_captures(there)
    # What was read is recorded, and a bucket that fails makes no document unreadable.
    held = parses(there)
    assert len(held) == 6
    assert held == parses(here)[:6]
    reading.read_captures(there)
    assert parses(there) == parses(here)


def test_a_night_says_that_the_bucket_failed(there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from s3fs import S3FileSystem

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    S3FileSystem.clear_instance_cache()
    night = run_night(there, load_registry, lambda: 0)
    assert night.exit_code == Exit.FAILED
    (problem,) = night.problems
    assert "the server at http://127.0.0.1:1 does not answer" in problem
    assert problem in next((there / "nights").glob("*.txt")).read_text("utf-8")


# --------------------------------------------------------------------------- exports


def test_exports_go_below_their_generation_and_the_manifest_last(
    here: Path, s3: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    real = Bucket.put

    def put(self: Bucket, path: Path, name: str, **how: bool) -> object:
        stored = real(self, path, name, **how)
        names.append(name)
        return stored

    monkeypatch.setattr(Bucket, "put", put)
    place, stored = exporting.export_to_bucket(here, Bucket(s3))
    assert place == f"{s3}/1"
    assert names[-1] == "manifest.json"
    assert len(stored) == len(names) > 20
    folder = tmp_path / "exports"
    exporting.export(here, folder)
    assert set(names) == {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    there = Bucket(s3).below("1")
    for name in names:
        assert b"".join(there.pieces(name)) == (folder / name).read_bytes()
    assert exporting.export_to_bucket(here, Bucket(s3)) == (place, stored)


def test_the_command_puts_exports_where_data_keeps_them_or_where_it_is_told(
    here: Path, s3: Address, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(here, tmp_path / "data", symlinks=True))
    (data / "warc").rename(tmp_path / "warc")
    told = CliRunner().invoke(main, ["export", "--data", str(data), "--to", f"{s3}/public"])
    kept = CliRunner().invoke(main, ["export", "--data", str(bind(Home(data, s3)))])
    for said, place in ((told, "public"), (kept, "exports")):
        assert said.exit_code == 0, said.output
        assert f"{s3}/{place}/1  " in said.output
        assert Bucket(s3).stat(f"{place}/1/manifest.json") is not None
    assert not (data / "exports").exists()


def test_exports_of_others_are_not_replaced(here: Path, s3: Address) -> None:
    where = {"Bucket": s3.bucket, "Key": f"{s3.prefix}/1/reports.jsonl"}
    client().put_object(**where, Body=b"of others")
    with pytest.raises(Occupied, match=r"/1/reports\.jsonl already holds other bytes"):
        exporting.export_to_bucket(here, Bucket(s3))
    assert client().get_object(**where)["Body"].read() == b"of others"
    assert Bucket(s3).stat("1/manifest.json") is None


# --------------------------------------------------------------------------- merging


def visits(data: Path, *numbers: int) -> Path:
    """A DATA with pages of these numbers; called again, what follows goes on in its last file."""
    with crawled(data) as made:
        made.store.cut_torn_tail(made.ledger.committed_ends())
        for number in numbers:
            made.fetch(f"{number}.html", f"第{number}页".encode() * 500, at=f"2026-02-{number:02d}T00:00:00.000Z")
    return data


def contents(data: Path) -> dict[str, bytes]:
    """Every page that is held."""
    store = captures_of(data)
    with Ledger(data / "ledger.db") as ledger:
        return {one.url: store.read(one.warc, one.offset).body for one in ledger.captures()}


@pytest.mark.parametrize("kept", ["target", "source"])
def test_merging_into_and_out_of_a_bucket(s3: Address, tmp_path: Path, kept: str) -> None:
    one, two = visits(tmp_path / "one", 1, 2), visits(tmp_path / "two", 3)
    data = tmp_path / "all"
    bind(Home(data if kept == "target" else one, s3))
    if kept == "source":
        reading.upload_captures(one)
    merge([one, two], data)
    assert len(contents(data)) == 3
    # A source whose last file grew: what lies in the bucket of the target grows with it.
    visits(two, 4, 5)
    added = merge([one, two], data)
    assert added.rows["captures"] == 2
    held = contents(data)
    assert sorted(held.values()) == sorted(f"第{number}页".encode() * 500 for number in range(1, 6))
    assert bool(list((data / "warc").glob("*.gz"))) == (kept == "source")
    assert not merge([two, one], data).changed
    with Ledger(data / "ledger.db") as ledger:
        assert not [damage for report in captures_of(data).verify(ledger.committed_ends()) for damage in report.damage]


def test_what_was_changed_in_the_bucket_is_not_taken_for_the_start_of_a_file(s3: Address, tmp_path: Path) -> None:
    data = bind(Home(tmp_path / "all", s3))
    one = visits(tmp_path / "one", 1)
    merge([one], data)
    (note,) = (data / "warc").glob("*.sealed")
    key = f"{s3.prefix}/warc/{note.name.removesuffix('.sealed')}"
    whole = client().get_object(Bucket=s3.bucket, Key=key)["Body"].read()
    client().put_object(Bucket=s3.bucket, Key=key, Body=whole[:30] + b"?" + whole[31:])
    visits(one, 2)
    with pytest.raises(MergeError, match="began as one file and went on differently"):
        merge([one], data)
    with Ledger(data / "ledger.db") as ledger:
        assert len(list(ledger.captures())) == 1
