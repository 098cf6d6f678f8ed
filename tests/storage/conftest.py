"""An S3 server for the session, and a bucket of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from archive.storage import Address, Bucket
from tests.storage.server import ENVIRONMENT, WHY_NOT, client, has_server, serving

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of an S3 server."""
    if not has_server():
        pytest.skip(WHY_NOT)
    with serving() as address:
        yield address


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    """A place in a new bucket of that server, which the environment names."""
    from s3fs import S3FileSystem

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    S3FileSystem.clear_instance_cache()
    address = Address(f"made-up-{next(_NUMBERS)}", "archive/one")
    client().create_bucket(Bucket=address.bucket)
    yield address
    S3FileSystem.clear_instance_cache()


@pytest.fixture
def bucket(s3: Address) -> Bucket:
    """That place."""
    return Bucket(s3)
