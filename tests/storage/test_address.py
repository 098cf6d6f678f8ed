"""Addresses of buckets, and the directory that remembers one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.storage import Address, Home, OtherAddress, bind, home_of, kept_at, read_address


@pytest.mark.parametrize(
    ("text", "bucket", "prefix"),
    [
        ("s3://shixi", "shixi", ""),
        ("s3://shixi/", "shixi", ""),
        ("s3://shixi.example-1/a/b.c/", "shixi.example-1", "a/b.c"),
    ],
)
def test_an_address_is_a_bucket_and_a_prefix(text: str, bucket: str, prefix: str) -> None:
    address = read_address(text)
    assert address == Address(bucket, prefix)
    assert str(address) == text.rstrip("/")
    assert read_address(str(address)) == address
    assert str(address.below("warc")) == f"{text.rstrip('/')}/warc"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("gs://shixi/a", "is no address of a bucket: write s3://bucket or s3://bucket/prefix"),
        ("shixi/a", "is no address of a bucket"),
        ("s3://", "'' is no name of a bucket"),
        ("s3://Shixi/a", "'Shixi' is no name of a bucket"),
        ("s3://a..b/c", "is no name of a bucket"),
        ("s3://shixi//a", "'' cannot be part of a prefix"),
        ("s3://shixi/a/../b", r"'\.\.' cannot be part of a prefix"),
        ("s3://shixi/a?b=c", "cannot be part of a prefix"),
        ("s3://shixi/年报", "cannot be part of a prefix"),
    ],
)
def test_what_is_no_address_is_told_what_to_write(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_address(text)


def test_a_key_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="AWS_ACCESS_KEY_ID") as caught:
        read_address("s3://key:made-up-secret@shixi/a")
    assert "made-up-secret" not in str(caught.value)


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=40))
def test_whatever_is_read_is_written_the_same(text: str) -> None:
    try:
        address = read_address(f"s3://{text}")
    except ValueError:
        return
    assert read_address(str(address)) == address
    assert ".." not in str(address)


def test_a_directory_remembers_its_address(tmp_path: Path) -> None:
    data, address = tmp_path / "data", read_address("s3://shixi/a")
    assert kept_at(data) is None
    assert bind(Home(data)) == data
    assert not data.exists()
    assert bind(Home(data, address)) == data
    assert kept_at(data) == address
    assert bind(Home(data, address)) == data
    assert bind(Home(data)) == data
    with pytest.raises(OtherAddress, match="keeps its captures at s3://shixi/a, not at s3://shixi/b"):
        bind(Home(data, read_address("s3://shixi/b")))
    assert kept_at(data) == address


@pytest.mark.parametrize("text", ["", "address = 3", "address = 's3://'", "adress = 's3://shixi'", "="])
def test_a_spoilt_note_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "storage.toml").write_text(text, "utf-8")
    with pytest.raises(OSError, match=r"storage\.toml should have one line"):
        kept_at(tmp_path)


def test_an_address_stands_for_the_directory_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GONGKAI_HOME", raising=False)
    assert home_of("data-1") == Home(Path("data-1"))
    assert home_of("s3://shixi/a") == Home(Path("data"), Address("shixi", "a"))
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    assert home_of("data-1") == Home(Path("data-1"))
    assert home_of("s3://shixi/a") == Home(tmp_path, Address("shixi", "a"))
    monkeypatch.setenv("GONGKAI_HOME", "s3://shixi/b")
    with pytest.raises(ValueError, match="GONGKAI_HOME names a directory"):
        home_of("s3://shixi/a")
