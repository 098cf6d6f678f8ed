"""What was published handed out: archive.db and its exports, to a directory or a bucket."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from archive.exports.files import whole
from archive.exports.names import MANIFEST_FILE
from archive.exports.proof import damaged
from archive.generations import Generation, GenerationError, current
from archive.steps import EXPORTS, NothingToDo, Progress
from archive.storage import Bucket, Stored

_PUT_AT_ONCE = 8
"""Most exports are small: the time goes into waiting for answers."""


def export(data: Path, to: Path, *, progress: Progress | None = None) -> tuple[Path, ...]:
    """Copies archive.db and the exports of the published generation to a directory and returns the files.

    The manifest comes last: a directory with it is complete. Raises NothingToDo and OSError.
    """
    _, sources = _exported(data)
    copied = []
    for number, (source, name) in enumerate(sources.items(), 1):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        with whole(to / name) as part:
            shutil.copyfile(source, part)
        copied.append(to / name)
        if progress:
            progress("copying the exports", number, len(sources))
    return tuple(copied)


def export_to_bucket(data: Path, to: Bucket, *, progress: Progress | None = None) -> tuple[str, tuple[Stored, ...]]:
    """Puts archive.db and the exports of the published generation below its number at an address.

    Returns where that is, and what lies there. Nothing is ever replaced, what is there already is not put again, and
    the manifest comes last. Raises NothingToDo, StorageError and OSError.
    """
    generation, sources = _exported(data)
    home = to.below(str(generation.number))
    *before, (last, last_name) = sources.items()
    put: list[Stored] = []
    with ThreadPoolExecutor(_PUT_AT_ONCE) as threads:
        sent = [threads.submit(home.put, source, name.as_posix()) for source, name in before]
        try:
            for number, one in enumerate(sent, 1):
                put.append(one.result())
                if progress:
                    progress("putting the exports", number, len(sources))
        finally:
            threads.shutdown(cancel_futures=True)
    put.append(home.put(last, last_name.as_posix()))
    if progress:
        progress("putting the exports", len(sources), len(sources))
    return str(home), tuple(put)


def _exported(data: Path) -> tuple[Generation, dict[Path, Path]]:
    """The published generation, and its files with their names for re-users, the manifest last.

    Raises GenerationError where one of them is not what it was when it was made: a damaged number must go nowhere.
    """
    generation = current(data)
    if generation is None:
        raise NothingToDo(f"there is no archive in {data} yet: run `gongkai build --data {data}` first")
    exports = generation.path / EXPORTS
    sources = {path: path.relative_to(exports) for path in sorted(exports.rglob("*")) if path.is_file()}
    sources[generation.archive] = Path(generation.archive.name)
    manifest = exports / MANIFEST_FILE
    if manifest in sources:
        sources[manifest] = sources.pop(manifest)
        try:
            wrong = next(damaged(exports, generation.archive), None)
        except ValueError as error:
            wrong = str(error)
        if wrong:
            raise GenerationError(
                f"generation {generation.number} is damaged, and nothing was exported: {wrong}; "
                f"`gongkai build --full --data {data}` makes archive and exports anew"
            )
    return generation, sources
