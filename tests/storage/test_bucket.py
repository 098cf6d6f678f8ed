"""A place in a bucket of a real server: what is put is proved, nothing is replaced, and failures have names."""

from __future__ import annotations

import hashlib
import json
import os
import random
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.storage import Address, Bucket, NoSuchObject, Occupied, StorageError, Stored, digest_of
from archive.storage import bucket as module
from tests.storage.server import client, serving

DATA = random.Random(7).randbytes(300_000)


def stored(data: bytes) -> Stored:
    """What is to be known of these bytes."""
    return Stored(len(data), hashlib.sha256(data).hexdigest())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to put."""
    path = tmp_path / "file"
    path.write_bytes(DATA)
    return path


def test_what_is_put_is_read_by_ranges(bucket: Bucket, file: Path, tmp_path: Path) -> None:
    assert bucket.stat("a/file") is None
    assert bucket.put(file, "a/file") == stored(DATA)
    assert bucket.stat("a/file") == stored(DATA)
    assert bucket.read("a/file", 0, 10) == DATA[:10]
    assert bucket.below("a").read("file", 299_990, 400_000) == DATA[-10:]
    assert bucket.read("a/file", 300_000, 300_010) == b""
    assert b"".join(bucket.pieces("a/file")) == DATA
    assert b"".join(bucket.pieces("a/file", 1000)) == DATA[:1000]
    assert bucket.fetch("a/file", tmp_path / "back") == stored(DATA)
    assert (tmp_path / "back").read_bytes() == DATA


def test_what_is_put_in_parts_is_whole(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PART", 5 << 20)
    data = random.Random(8).randbytes(12 << 20)
    (tmp_path / "large").write_bytes(data)
    assert bucket.put(tmp_path / "large", "large") == stored(data)
    assert digest_of(bucket.pieces("large")) == stored(data)
    assert "-" in client().head_object(Bucket=bucket.address.bucket, Key="archive/one/large")["ETag"]  # parts


def test_nothing_is_replaced(bucket: Bucket, file: Path) -> None:
    bucket.put(file, "file")
    assert bucket.put(file, "file") == stored(DATA)
    file.write_bytes(DATA + b"more")
    with pytest.raises(
        Occupied, match=r"s3://made-up-\d+/archive/one/file already holds other bytes \(300,000, sha256"
    ):
        bucket.put(file, "file")
    assert digest_of(bucket.pieces("file")) == stored(DATA)


def test_what_may_grow_only_grows(bucket: Bucket, file: Path) -> None:
    bucket.put(file, "file", may_grow=True)
    file.write_bytes(DATA + b"more")
    assert bucket.put(file, "file", may_grow=True) == stored(DATA + b"more")
    file.write_bytes(DATA)
    assert bucket.put(file, "file", may_grow=True) == stored(DATA + b"more")  # all of it is there, and stays
    file.write_bytes(DATA[:-1] + b"?")
    with pytest.raises(Occupied):
        bucket.put(file, "file", may_grow=True)
    file.write_bytes(DATA[:-1] + b"?" + b"and more")
    with pytest.raises(Occupied):
        bucket.put(file, "file", may_grow=True)


def test_bytes_that_come_back_otherwise_are_noticed_and_put_again(
    bucket: Bucket, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from s3fs import S3FileSystem

    real = S3FileSystem._put_file

    async def spoilt(self: S3FileSystem, path: str, *rest: object, **how: object) -> None:
        other = Path(path).with_name("other")
        other.write_bytes(DATA[:1000] + b"?" + DATA[1001:])
        await real(self, str(other), *rest, **how)

    with monkeypatch.context() as patch:
        patch.setattr(S3FileSystem, "_put_file", spoilt)
        S3FileSystem.clear_instance_cache()
        with pytest.raises(StorageError, match="came back as other bytes"):
            bucket.put(file, "file")
    S3FileSystem.clear_instance_cache()
    assert bucket.put(file, "file") == stored(DATA)


def test_parts_of_a_killed_upload_are_removed(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PART", 5 << 20)
    s3, where = client(), {"Bucket": bucket.address.bucket, "Key": "archive/one/large"}
    upload = s3.create_multipart_upload(**where)["UploadId"]
    s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=bytes(5 << 20))
    other = s3.create_multipart_upload(**where | {"Key": "archive/one/large-2"})["UploadId"]
    assert bucket.stat("large") is None
    with pytest.raises(NoSuchObject):
        bucket.read("large", 0, 1)
    (tmp_path / "large").write_bytes(bytes(11 << 20))
    bucket.put(tmp_path / "large", "large")
    left = s3.list_multipart_uploads(Bucket=bucket.address.bucket)["Uploads"]
    assert [one["UploadId"] for one in left] == [other]


# --------------------------------------------------------------------------- what fails has a name


def test_what_is_not_there_is_told_apart(bucket: Bucket, file: Path) -> None:
    bucket.check()
    with pytest.raises(NoSuchObject, match="archive/one/file: there is no such object"):
        bucket.read("file", 0, 1)
    gone = Bucket(Address("made-up-nowhere", "a"))
    for ask in (gone.check, lambda: gone.stat("file"), lambda: gone.read("file", 0, 1), lambda: gone.put(file, "file")):
        with pytest.raises(StorageError, match="there is no bucket made-up-nowhere at http://127") as caught:
            ask()
        assert not isinstance(caught.value, NoSuchObject)


def test_a_key_that_is_refused_is_named(bucket: Bucket, file: Path) -> None:
    # From now on moto looks at keys: ours are those of nobody.
    address = f"{os.environ['AWS_ENDPOINT_URL']}/moto-api/reset-auth"

    def look_at_keys(after: str) -> None:
        request = urllib.request.Request(address, after.encode(), {"Content-Type": "text/plain"})
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["status"] == "ok"

    look_at_keys("0")
    try:
        for ask in (bucket.check, lambda: bucket.stat("file"), lambda: bucket.put(file, "file")):
            with pytest.raises(StorageError, match=r"denies access \(.*AWS_ACCESS_KEY_ID") as caught:
                ask()
            assert "made-up-secret" not in str(caught.value)
    finally:
        look_at_keys("inf")


def test_without_a_key_the_message_says_where_it_comes_from(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    from s3fs import S3FileSystem

    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    S3FileSystem.clear_instance_cache()
    with pytest.raises(StorageError, match=r"no usable credentials .*; set AWS_ACCESS_KEY_ID"):
        bucket.check()


def test_a_server_that_ended_is_named(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    from s3fs import S3FileSystem

    with serving() as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        S3FileSystem.clear_instance_cache()
        client().create_bucket(Bucket=bucket.address.bucket)
        bucket.check()
    with pytest.raises(StorageError, match=rf"the server at {address} does not answer .* run the same command again"):
        bucket.read("file", 0, 1)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_server_that_says_nothing_is_waited_for_no_longer_than_told(
    s3: Address, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from s3fs import S3FileSystem

    monkeypatch.setenv("AWS_ENDPOINT_URL", silent)
    S3FileSystem.clear_instance_cache()
    with pytest.raises(StorageError, match=r"does not answer"):
        Bucket(s3, timeout=0.5).read("file", 0, 1)


def test_without_the_extra_the_message_says_how_to_get_it(s3: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "available", lambda: False)
    with pytest.raises(StorageError, match="needs s3fs, which is not installed: run `make bucket`"):
        Bucket(s3).read("file", 0, 1)


def test_nothing_of_the_extra_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, archive.cli, archive.route.building, archive.route.exporting, archive.route.reading\n"
        "print(*{'s3fs', 'aiobotocore', 'botocore'} & sys.modules.keys())"
    )
    python = [sys.executable, "-c", code]
    assert subprocess.run(python, capture_output=True, text=True, check=True).stdout.strip() == ""
