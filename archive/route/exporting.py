"""What was published handed out: archive.db and its exports, to a directory or a bucket."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.exports.files import whole
from archive.exports.handing_out import OTHERWISE, hand_out
from archive.exports.names import MANIFEST_FILE
from archive.exports.proof import damaged
from archive.generations import Generation, GenerationError, current
from archive.steps import EXPORTS, NothingToDo, Progress
from archive.storage import Bucket, Stored

_PUT_AT_ONCE = 8
"""Most exports are small: the time goes into waiting for answers."""


def export(data: Path, to: Path, *, progress: Progress | None = None) -> tuple[Path, ...]:
    """Copies archive.db and the exports of the published generation to a directory and returns the files.

    The manifest comes last: a directory with it is complete. Raises NothingToDo, GenerationError and OSError.
    """
    generation, sources = _exported(data)
    # That of an earlier export would go on naming files that are replaced one after another.
    (to / MANIFEST_FILE).unlink(missing_ok=True)
    copied = []
    for number, (source, name) in enumerate(sources.items(), 1):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        with whole(to / name) as part:
            shutil.copyfile(source, part)
        copied.append(to / name)
        if progress:
            progress("copying the exports", number, len(sources))
    return (*copied, *_made_for_others(generation, to))


def export_to_bucket(data: Path, to: Bucket, *, progress: Progress | None = None) -> tuple[str, tuple[Stored, ...]]:
    """Puts archive.db and the exports of the published generation below its number at an address.

    Returns where that is, and what lies there. Nothing is ever replaced, what is there already is not put again, and
    the manifest comes last. Raises NothingToDo, GenerationError, StorageError and OSError.
    """
    generation, sources = _exported(data)
    home = to.below(str(generation.number))
    put: list[Stored] = []
    with TemporaryDirectory() as folder, ThreadPoolExecutor(_PUT_AT_ONCE) as threads:
        *made, last = _made_for_others(generation, Path(folder))
        files = {**{path: path.relative_to(folder) for path in made}, **sources}
        sent = [threads.submit(home.put, source, name.as_posix()) for source, name in files.items()]
        try:
            for number, one in enumerate(sent, 1):
                put.append(one.result())
                if progress:
                    progress("putting the exports", number, len(sent) + 1)
        finally:
            threads.shutdown(cancel_futures=True)
        put.append(home.put(last, last.name))
        if progress:
            progress("putting the exports", len(put), len(put))
    return str(home), tuple(put)


def _made_for_others(generation: Generation, to: Path) -> tuple[Path, ...]:
    """Writes to a directory what is handed out in another form than it is kept, the manifest last."""
    try:
        return hand_out(generation.path / EXPORTS, to)
    except ValueError as error:
        raise _damaged(generation, str(error)) from error


def _exported(data: Path) -> tuple[Generation, dict[Path, Path]]:
    """The published generation, and its files that are handed out as they are, with their names for re-users.

    Raises GenerationError where one of all is not what it was when it was made: a damaged number must go nowhere.
    """
    generation = current(data)
    if generation is None:
        raise NothingToDo(f"there is no archive in {data} yet: run `gongkai build --data {data}` first")
    exports = generation.path / EXPORTS
    wrong = next((f"{name} is not there" for name in OTHERWISE if not (exports / name).is_file()), None)
    try:
        wrong = wrong or next(damaged(exports, generation.archive), None)
    except ValueError as error:
        wrong = str(error)
    if wrong:
        raise _damaged(generation, wrong)
    names = (path.relative_to(exports) for path in sorted(exports.rglob("*")) if path.is_file())
    sources = {exports / name: name for name in names if name.as_posix() not in OTHERWISE}
    return generation, {**sources, generation.archive: Path(generation.archive.name)}


def _damaged(generation: Generation, wrong: str) -> GenerationError:
    data = generation.path.parents[1]
    return GenerationError(
        f"generation {generation.number} is damaged and was not exported: {wrong}; "
        f"`gongkai build --full --data {data}` makes archive and exports anew"
    )
