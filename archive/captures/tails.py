"""Cuts WARC files back to what the ledger acknowledges, and destroys no whole answer on the way."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from archive.captures.damage import ANSWERS, Damage, walk
from archive.captures.places import Directory, stretch

SET_ASIDE = "set-aside"


@dataclass(frozen=True, slots=True)
class SetAside:
    """Whole answers that the ledger did not know: moved to file `kept_in`, with their URLs."""

    warc: str
    offset: int
    kept_in: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TailReport:
    """What `cut_torn_tail` did: bytes cut by file, and the whole answers among them that were set aside."""

    cut: Mapping[str, int]
    set_aside: tuple[SetAside, ...]

    @property
    def bytes_cut(self) -> int:
        """All bytes cut, those that were set aside included."""
        return sum(self.cut.values())


def cut_tails(directory: Path, names: Iterable[str], committed: Mapping[str, int]) -> TailReport:
    """Cuts the files of these names in a directory to their committed ends; those without one go."""
    place = Directory(directory)
    cut: dict[str, int] = {}
    aside: list[SetAside] = []
    for name in names:
        end, size = committed.get(name, 0), place.size(name)
        if size > end:
            if kept := _set_aside(place, name, end):
                aside.append(kept)
            cut[name] = size - end
            if end:
                os.truncate(directory / name, end)
            else:
                (directory / name).unlink()
    return TailReport(cut, tuple(aside))


def _set_aside(place: Directory, name: str, start: int) -> SetAside | None:
    """Copies the whole records from `start` on to a file of their own, if there is an answer among them."""
    urls: list[str] = []
    target = _free_name(place.path, f"{name.removesuffix('.warc.gz')}-{start}")
    target.parent.mkdir(exist_ok=True)
    part = target.with_suffix(".part")
    with place.opened(name) as pread, part.open("wb") as out:
        for offset, item in walk(pread, place.size(name), name, start):
            if isinstance(item, Damage):
                continue
            out.writelines(stretch(pread, offset, offset + item.length))
            if item.type in ANSWERS:
                urls.append(item.fields.get("warc-target-uri", ""))
        out.flush()
        if urls:
            os.fsync(out.fileno())
    if not urls:
        part.unlink()
        return None
    part.rename(target)
    return SetAside(name, start, f"{SET_ASIDE}/{target.name}", tuple(urls))


def _free_name(directory: Path, stem: str) -> Path:
    """A name in `set-aside/` that is not taken: the same place may be torn twice, and both are kept."""
    candidates = (f"{stem}{f'-{number}' if number > 1 else ''}.warc.gz" for number in count(1))
    return next(path for name in candidates if not (path := directory / SET_ASIDE / name).exists())
