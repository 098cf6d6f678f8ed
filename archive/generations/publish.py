"""Publishing: build into a directory of its own, verify, force to the disk, move the link, remove what is too old."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from archive.generations.store import (
    ARCHIVE,
    INSPECT,
    KEEP,
    Generation,
    GenerationError,
    current,
    digest_of,
    directory,
    next_number,
    point_to,
    prune,
    sync_directory,
    sync_tree,
)
from archive.generations.verify import TOLERANCE, Verification, verify

Fill = Callable[[Path, int], bool | None]
"""Builds a generation: writes `archive.db` into the directory given, for the generation of that number.

True says that it is a copy of the published archive, with some rows changed, and that the published one was proved to
be as it was when it was published.
"""

Finish = Callable[[Path, str], None]
"""Adds to a generation what is made from its archive, which passed its verification: the directory, and the SHA-256 of
`archive.db`."""

SPARE = 64 * 1024 * 1024
GROWTH = 1.25
"""A new generation may need this many times the room of the last one."""


class NotEnoughSpace(GenerationError):
    """Raised before anything is built if the disk has too little room for another generation."""


class VerificationFailed(GenerationError):
    """Raised for an archive that must not be published; `verification` says what is wrong, `path` is where it lies."""

    def __init__(self, path: Path, verification: Verification) -> None:
        self.path = path
        self.verification = verification
        reasons = "\n".join(f"  - {failure}" for failure in verification.failures)
        super().__init__(
            f"the new archive failed its checks and was not published; the site stays as it is.\n{reasons}\n"
            f"It is kept in {path} to be looked at, until the next build."
        )


def publish(
    data: Path, fill: Fill, finish: Finish | None = None, *, tolerance: float = TOLERANCE, keep: int = KEEP
) -> Generation:
    """Builds, verifies, finishes and publishes the next generation, and returns it.

    `tolerance` is the share of rows of the published generation that may be missing from the new one. Two publications
    at once are for the caller to prevent (the lock of DATA). Raises NotEnoughSpace, VerificationFailed (exit code 5),
    and whatever `fill` and `finish` raise; the published generation stays as it is in every case.
    """
    data = data.resolve()
    home = directory(data)
    home.mkdir(parents=True, exist_ok=True)
    number = next_number(data)
    for path in home.iterdir():
        if path.suffix in (".building", ".rejected"):  # of a run that was killed, or refused and now outdated
            shutil.rmtree(path)
    published = current(data)
    check_space(data, published)
    building = home / f"{number}.building"
    building.mkdir()
    with _removed_where_it_fails(building):
        copied = fill(building, number)
    before = published.archive if published else None
    verification = verify(building / ARCHIVE, before, copied=bool(copied), tolerance=tolerance, seed=number)
    _write_json(building / "verification.json", asdict(verification))
    if not verification.passed:
        raise VerificationFailed(building.rename(home / f"{number}.rejected"), verification)
    with _removed_where_it_fails(building):
        digest = digest_of(building / ARCHIVE)
        _write_json(building / INSPECT, inspect_data(building / ARCHIVE, home / str(number) / ARCHIVE, digest))
        if finish is not None:
            finish(building, digest)
    sync_tree(building)
    finished = building.rename(home / str(number))
    sync_directory(home)
    point_to(data, finished)
    prune(data, keep)
    made = current(data)
    if made is None or made.number != number:
        raise GenerationError(f"{data / 'current'} does not point to generation {number}, which was just published")
    return made


@contextmanager
def _removed_where_it_fails(building: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(building)
        raise


def check_space(data: Path, published: Generation | None) -> None:
    """Raises NotEnoughSpace unless there is room for a generation somewhat larger than the published one."""
    size = 0
    if published is not None:
        size = sum(path.stat().st_size for path in published.path.rglob("*") if path.is_file())
    needed = int(size * GROWTH) + SPARE
    free = shutil.disk_usage(data).free
    if free < needed:
        raise NotEnoughSpace(
            f"building the next archive needs about {needed / 1e6:.0f} MB, and {data} has {free / 1e6:.0f} MB free; "
            "nothing was built, and the published archive is untouched"
        )


def inspect_data(archive: Path, final: Path, digest: str) -> dict[str, object]:
    """What `datasette inspect` says of an archive that will stand at `final` and has this SHA-256; with it, Datasette
    need not count."""
    connection = sqlite3.connect(f"{archive.resolve().as_uri()}?immutable=1", uri=True)
    try:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        counts = {
            name: {"count": connection.execute(f'select count(*) from "{name}"').fetchone()[0]} for name in tables
        }
    finally:
        connection.close()
    entry = {"hash": digest, "size": archive.stat().st_size, "file": str(final), "tables": counts}
    return {archive.stem: entry}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")
