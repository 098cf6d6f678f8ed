"""Addresses such as s3://bucket/prefix, and which of them a DATA directory keeps its captures and exports at."""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

SCHEME = "s3://"
HOME_ENVIRONMENT = "GONGKAI_HOME"
FILE = "storage.toml"
"""In DATA: names the address. Written once, since what was put there is looked for there."""

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PART = re.compile(r"[\w!'()=-][\w.!'()=-]*", re.ASCII)
_EXAMPLE = "s3://bucket or s3://bucket/prefix"


class OtherAddress(Exception):
    """Raised where a DATA directory that keeps its files at one address is named with another."""


@dataclass(frozen=True, slots=True)
class Address:
    """A place in a bucket; `prefix` has no slash at either end and may be empty."""

    bucket: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.prefix}".rstrip("/")

    def below(self, name: str) -> Address:
        """The place of that name in this one."""
        return replace(self, prefix=f"{self.prefix}/{name}" if self.prefix else name)


@dataclass(frozen=True, slots=True)
class Home:
    """What `--data` names: the directory on this machine, and the address where that was named instead."""

    directory: Path
    address: Address | None = None


def read_address(text: str) -> Address:
    """Reads s3://bucket/prefix; raises ValueError, with what to write instead, for anything else.

    Names of buckets as S3 has them (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
    """
    if not text.startswith(SCHEME):
        raise ValueError(f"{text} is no address of a bucket: write {_EXAMPLE}")
    if "@" in text:
        # Not repeated in the message, which may end in a log.
        raise ValueError(
            "an address names no user and no key; both come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from "
            "the files of AWS"
        )
    bucket, _, prefix = text.removeprefix(SCHEME).partition("/")
    prefix = prefix.rstrip("/")
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        raise ValueError(
            f"{bucket!r} is no name of a bucket (3 to 63 of a-z, 0-9, `-`, `.`, a letter or digit at either end): "
            f"write {_EXAMPLE}"
        )
    for part in prefix.split("/") if prefix else ():
        if not _PART.fullmatch(part):
            raise ValueError(
                f"{text}: {part!r} cannot be part of a prefix: letters, digits, `-`, `_`, and `.` inside will do"
            )
    return Address(bucket, prefix)


def home_of(text: str) -> Home:
    """What the value of `--data` means: a directory, or for an address the directory of GONGKAI_HOME, else ./data.

    Raises ValueError for an address that is none.
    """
    if "://" not in text:
        return Home(Path(text))
    directory = os.environ.get(HOME_ENVIRONMENT) or "data"
    if "://" in directory:
        raise ValueError(f"{HOME_ENVIRONMENT} names a directory of this machine, not {directory}")
    return Home(Path(directory), read_address(text))


def kept_at(data: Path) -> Address | None:
    """The address where a DATA directory keeps captures and exports; None for the directory itself.

    Raises OSError with the name of the file where it cannot be read as what `bind` writes.
    """
    path = data / FILE
    try:
        return read_address(tomllib.loads(path.read_text("utf-8"))["address"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OSError(f'{path} should have one line, address = "s3://bucket/prefix": {error}') from error


def bind(home: Home) -> Path:
    """Writes down where a DATA directory keeps its files, if an address was named, and returns the directory.

    What it already holds goes to the bucket with the next crawl. Raises OtherAddress where another one stands there.
    """
    data, address = home.directory, home.address
    if address is None:
        return data
    bound = kept_at(data)
    if bound is not None and bound != address:
        raise OtherAddress(
            f"{data} keeps its captures at {bound}, not at {address}. Leave --data out or give --data {data}; for "
            f"{address} name another directory by {HOME_ENVIRONMENT}"
        )
    if bound is None:
        data.mkdir(parents=True, exist_ok=True)
        part = data / f"{FILE}.part"
        part.write_text(f"address = {json.dumps(str(address))}\n", "utf-8")
        part.replace(data / FILE)
    return data
