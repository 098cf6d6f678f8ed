"""All sections of an archive compared with one another, from nothing or beside what is remembered of the one before.

What is said of a section follows from its own runs of letters, from which of them are stock phrases, from the section
of the year before, and from its partners. Where all of that is as it was, so is what is said, and the section is not
looked at again. What stock phrases are, and who is whose partner, is worked out each time, from numbers alone.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from tempfile import TemporaryFile
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from archive.checks.copied import (
    COUNTERS,
    LEAST,
    PERMUTATIONS,
    STOCK_AGENCIES,
    STOCK_SHARE,
    Hashes,
    Originality,
    Pair,
    Passage,
    overlaps,
    partners_of,
    prepare,
    signature,
)
from archive.checks.passages import SHINGLE

SECTION = np.dtype(
    [
        ("id", "i8"),
        ("text", "V16"),
        ("inputs", "V16"),
        ("stock", "u8"),
        ("end", "i8"),
        ("agency", "i4"),
        ("year", "i4"),
        ("number", "i4"),
        ("letters", "i4"),
        ("template", "i4"),
        ("signature", "i4"),
        ("pairs", "i4"),
    ]
)
"""What is remembered of a section: its number, digests of its text, of all that is looked at, and of which of its runs
are stock phrases; where its runs end among all, the row of its signature (-1: none), how many pairs were told."""
MOST = 65_535
"""A counter that has come so far stays there: the run is a stock phrase, whoever comes or goes."""
CHUNK = 4_000
"""Sections that are held as objects of Python, and whose runs are looked up, in one go: some ten MB."""

Slots = NDArray[np.uint32]
Said = tuple[Originality, tuple[Pair, ...]]


class Runs:
    """The counters of the runs of all sections, section after section, read from a file where they are asked for."""

    def __init__(self, file: BinaryIO | None) -> None:
        """Without a file there are none; with one, it is to stay open."""
        self._file = file

    def part(self, start: int, end: int) -> Slots:
        """Those from `start` up to `end`; raises ValueError where the file is shorter."""
        if start == end or self._file is None:
            return np.empty(0, np.uint32)
        found: Slots = np.frombuffer(os.pread(self._file.fileno(), 4 * (end - start), 4 * start), np.uint32)
        if len(found) != end - start:
            raise ValueError(f"the runs of letters end after {start + len(found)}, not {end}")
        return found


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of all sections, in their order: agencies, numbers (`SECTION`), signatures, runs.

    `stock` and `counts` are the counters that are not zero and the number of agencies that print a run which falls on
    them.
    """

    agencies: tuple[str, ...]
    sections: NDArray[np.void]
    signatures: NDArray[np.uint32]
    runs: Runs
    stock: Slots
    counts: NDArray[np.uint16]


NOTHING = Memory(
    agencies=(),
    sections=np.empty(0, SECTION),
    signatures=np.empty((0, PERMUTATIONS), np.uint32),
    runs=Runs(None),
    stock=np.empty(0, np.uint32),
    counts=np.empty(0, np.uint16),
)


def compare(read: Callable[[], Iterable[Passage]], text_of: Callable[[int], str]) -> Iterator[Said]:
    """Every section in the order read: what it is made of, and the sections that it has most text in common with.

    `text_of` gives a text again by the number of its section.
    """
    with TemporaryFile() as slots:
        for said in Comparison(read(), text_of, slots).said():
            assert not isinstance(said, int)
            yield said


class Comparison:
    """The sections of an archive, read once, beside what is remembered of those of the archive before.

    `slots` is an empty file open for writing and reading, in which the runs are kept. A section is known by its number,
    which no other one had in the archive before. Held in memory are the counters (128 MB), the signatures (256 bytes a
    section), some 150 bytes of numbers a section, and a few hundred texts.
    """

    def __init__(
        self,
        passages: Iterable[Passage],
        text_of: Callable[[int], str],
        slots: BinaryIO,
        before: Memory = NOTHING,
    ) -> None:
        self._before = before
        self._runs = Runs(slots)
        self._agencies: dict[str, int] = {}
        self._sections, self._was = self._read(passages, slots)
        ids = array("q", self._sections["id"].tobytes())
        self._text_of = lru_cache(512)(lambda index: prepare(text_of(ids[index])))
        self._counts = self._count()
        self._least = max(STOCK_AGENCIES, round(len(self._agencies) * STOCK_SHARE)) + 1
        telling = self._stock()
        compared = np.flatnonzero(telling >= LEAST - SHINGLE)
        self._signatures = self._sign(compared)
        years, agencies = (self._sections[part].astype(np.int64) for part in ("year", "agency"))
        self._partners = partners_of(self._signatures, compared, agencies, years)

    def _read(self, passages: Iterable[Passage], slots: BinaryIO) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """The sections as numbers, with their runs in `slots`; and where each stood before with the same text, or -1.

        What was before is taken out of its arrays in one go: to ask a structured array for one field of one row costs a
        microsecond.
        """
        before = self._before.sections
        texts, ends = before["text"].tobytes(), array("q", [*before["end"].tolist(), 0])
        letters, templates = (array("i", before[part].tobytes()) for part in ("letters", "template"))
        places = {number: place for place, number in enumerate(before["id"].tolist())}
        parts: list[NDArray[np.void]] = [np.empty(0, SECTION)]
        rows: list[tuple[object, ...]] = []
        was, end = array("q"), 0
        for passage in passages:
            text, found = _digest(passage.text.encode()), places.get(passage.id, -1)
            if found >= 0 and texts[16 * found : 16 * found + 16] == text:
                runs, counted = self._before.runs.part(ends[found - 1], ends[found]), (letters[found], templates[found])
            else:
                made = prepare(passage.text)
                runs, counted, found = _slots(made.hashes), (made.letters, made.template), -1
            slots.write(runs.tobytes())
            end += len(runs)
            agency = self._agencies.setdefault(str(passage.agency), len(self._agencies))
            rows.append((passage.id, text, b"", 0, end, agency, passage.year, passage.number, *counted, -1, 0))
            was.append(found)
            if len(rows) == CHUNK:
                parts.append(np.array(rows, SECTION))
                rows = []
        slots.flush()
        return np.concatenate([*parts, np.array(rows, SECTION)]), np.array(was, np.int64)

    def memory(self) -> Memory:
        """What the next archive is to remember, once everything was said."""
        stock = np.flatnonzero(self._counts).astype(np.uint32)
        return Memory(
            agencies=tuple(self._agencies),
            sections=self._sections,
            signatures=self._signatures,
            runs=self._runs,
            stock=stock,
            counts=self._counts[stock],
        )

    def said(self) -> Iterator[Said | int]:
        """What is said of each section in order; a number where it is what was said of that section before."""
        sections, before = self._sections, self._before.sections
        texts, masks, known = sections["text"].tobytes(), sections["stock"].tobytes(), before["inputs"].tobytes()
        told, all_inputs, all_pairs = array("i", before["pairs"].tobytes()), bytearray(), array("i")
        ids = array("q", sections["id"].tobytes())
        for index, (was, year_before, all_form) in enumerate(self._each()):
            earlier = None if all_form or year_before < 0 else year_before
            partners = () if all_form else self._partners.of(index)
            own = [texts[16 * index : 16 * index + 16], masks[8 * index : 8 * index + 8], str(earlier is None).encode()]
            for other, likeness in (*([(earlier, -1.0)] if earlier is not None else []), *partners):
                own += [str(ids[other]).encode(), texts[16 * other : 16 * other + 16], repr(likeness).encode()]
            inputs = _digest(b"\0".join(own))
            all_inputs += inputs
            if was >= 0 and known[16 * was : 16 * was + 16] == inputs:
                all_pairs.append(told[was])
                yield was
            elif all_form:
                all_pairs.append(0)
                yield Originality(*self._facts(index)), ()
            else:
                fact, pairs = overlaps(index, earlier, partners, self._facts, self._text_of, self._is_stock)
                all_pairs.append(len(pairs))
                yield fact, pairs
        sections["inputs"] = np.frombuffer(bytes(all_inputs), "V16")
        sections["pairs"] = all_pairs

    def _each(self) -> Iterator[tuple[int, int, bool]]:
        """Of each section: where it stood before (-1: not, or with another text), which one is that of the year before
        (-1: none), and whether all of it is phrases of the form."""
        earlier, all_form = _years_before(self._sections), self._sections["letters"] == self._sections["template"]
        for first in range(0, len(earlier), CHUNK):
            some = slice(first, first + CHUNK)
            yield from zip(self._was[some].tolist(), earlier[some].tolist(), all_form[some].tolist(), strict=True)

    def _facts(self, index: int) -> tuple[int, int, int]:
        row = self._sections[index]
        return int(row["id"]), int(row["letters"]), int(row["template"])

    def _is_stock(self, hashes: Hashes) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self._counts[_slots(hashes)] >= self._least
        return found

    def _count(self) -> NDArray[np.uint16]:
        """For each counter how many agencies print a run which falls on it; only those that changed are looked at."""
        counts = np.zeros(COUNTERS, np.uint16)
        before = self._before
        counts[before.stock] = before.counts
        now, then = _by_agency(tuple(self._agencies), self._sections), _by_agency(before.agencies, before.sections)
        nothing = np.empty(0, np.int64)
        for agency in {*now, *then}:
            sections, old = now.get(agency, nothing), then.get(agency, nothing)
            if not np.array_equal(self._was[sections], old):
                gone, come = _union(before.runs, before.sections, old), _union(self._runs, self._sections, sections)
                counts[gone] -= counts[gone] < MOST
                counts[come] += counts[come] < MOST
        return counts

    def _stock(self) -> NDArray[np.int64]:
        """Notes which runs of each section are stock phrases, as a digest; returns how many of its runs are none."""
        ends = self._sections["end"].astype(np.int64)
        telling = np.zeros(len(ends), np.int64)
        for first in range(0, len(ends), CHUNK):
            last = min(first + CHUNK, len(ends))
            start = int(ends[first - 1]) if first else 0
            stock = self._counts[self._runs.part(start, int(ends[last - 1]))] >= self._least
            starts = np.concatenate([[start], ends[first : last - 1]]) - start
            lengths = ends[first:last] - start - starts
            places = (np.arange(len(stock)) - np.repeat(starts, lengths)).astype(np.uint64)
            full = lengths > 0
            if full.any():
                cuts = starts[full]
                self._sections["stock"][first:last][full] = np.add.reduceat(np.where(stock, _mixed(places), 0), cuts)
                telling[first:last][full] = lengths[full] - np.add.reduceat(stock.astype(np.int64), cuts)
        return telling

    def _sign(self, compared: NDArray[np.int64]) -> NDArray[np.uint32]:
        """The signatures of the sections that are compared, those that are as they were from memory."""
        before, was = self._before, self._was[compared]
        made = np.empty((len(compared), PERMUTATIONS), np.uint32)
        known = was >= 0
        rows = before.sections["signature"][was[known]]
        same = before.sections["stock"][was[known]] == self._sections["stock"][compared[known]]
        known[known] = same & (rows >= 0)
        made[known] = before.signatures[before.sections["signature"][was[known]]]
        for row in np.flatnonzero(~known).tolist():
            hashes = self._text_of(int(compared[row])).hashes
            made[row] = signature(hashes[~self._is_stock(hashes)])
        self._sections["signature"][compared] = np.arange(len(compared))
        return made


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def _slots(hashes: Hashes) -> Slots:
    return (hashes & np.uint64(COUNTERS - 1)).astype(np.uint32)


def _union(runs: Runs, sections: NDArray[np.void], some: NDArray[np.int64]) -> Slots:
    """The counters on which a run of some sections falls."""
    ends = sections["end"]
    parts = (runs.part(int(ends[index - 1]) if index else 0, int(ends[index])) for index in some.tolist())
    return np.unique(np.concatenate([np.empty(0, np.uint32), *parts]))


def _mixed(places: Hashes) -> Hashes:
    """A number for each place in a section, unlike all others (the finalizer of splitmix64)."""
    mixed = (places + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _by_agency(names: tuple[str, ...], sections: NDArray[np.void]) -> dict[str, NDArray[np.int64]]:
    """The sections of each agency, in order."""
    order = np.argsort(sections["agency"], kind="stable")
    bounds = np.searchsorted(sections["agency"][order], np.arange(len(names) + 1))
    return {name: order[first:last] for name, (first, last) in zip(names, pairwise(bounds), strict=True)}


def _years_before(sections: NDArray[np.void]) -> NDArray[np.int64]:
    """Of each section the one of the same agency and number in the year before, or -1."""
    places = np.stack([sections[part].astype(np.int64) for part in ("agency", "number", "year")])
    low = places.min(axis=1, initial=0)
    spans = places.max(axis=1, initial=0) - low + 2  # so that no year before the first is the last of another agency
    agency, number, year = places - low[:, None]
    keys = (agency * spans[1] + number) * spans[2] + year + 1
    order = np.argsort(keys)
    at = np.searchsorted(keys, keys - 1, sorter=order)
    found = order[np.minimum(at, len(order) - 1)] if len(order) else order
    return np.where(keys[found] == keys - 1, found, -1)
