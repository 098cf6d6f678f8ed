"""All sections of an archive compared with one another, from nothing or beside what is remembered of the one before.

What is said of a section follows from its own runs of letters, from which of them are stock phrases, from the section
of the year before, and from its partners. Where all of that is as it was, so is what is said, and the section is not
looked at again. What stock phrases are, and who is whose partner, is worked out each time, from numbers alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from tempfile import TemporaryFile
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from archive.checks.copied import (
    COUNTERS,
    LEAST,
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
"""What is remembered of a section: digests of its text, of all that is looked at, and of which of its runs
are stock phrases; where its runs end among all, the row of its signature (-1: none), how many pairs were told."""
CHUNK = 4_000
"""Sections whose runs are looked up in one go: some ten MB."""

Slots = NDArray[np.uint32]
Said = tuple[Originality, tuple[Pair, ...]]


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of all sections, in their order: names, agencies, numbers (`SECTION`), signatures, runs.

    `slots` has the counters of all runs, section after section; `stock` and `counts` are the counters that are not zero
    and the number of agencies that print a run which falls on them.
    """

    names: tuple[str, ...]
    agencies: tuple[str, ...]
    sections: NDArray[np.void]
    signatures: NDArray[np.uint32]
    slots: Slots
    stock: Slots
    counts: NDArray[np.uint16]

    def runs(self, index: int) -> Slots:
        """The counters of the runs of a section."""
        start = int(self.sections["end"][index - 1]) if index else 0
        return self.slots[start : int(self.sections["end"][index])]


NOTHING = Memory(
    names=(),
    agencies=(),
    sections=np.empty(0, SECTION),
    signatures=np.empty((0, 0), np.uint32),
    slots=np.empty(0, np.uint32),
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

    `slots` is an empty file open for writing and reading, in which the runs are kept. Held in memory are the counters
    (128 MB), the signatures (256 bytes a section), names and numbers, and a few hundred texts.
    """

    def __init__(
        self,
        passages: Iterable[Passage],
        text_of: Callable[[int], str],
        slots: BinaryIO,
        before: Memory = NOTHING,
    ) -> None:
        self._before = before
        self._ids: list[int] = []
        self._text_of = lru_cache(512)(lambda index: prepare(text_of(self._ids[index])))
        self._names: list[str] = []
        self._agencies: dict[str, int] = {}
        was = {name: index for index, name in enumerate(before.names)}
        # Taken out of the arrays in one go: to ask a structured array for one field of one row costs a microsecond.
        texts, ends = before.sections["text"].tobytes(), [*before.sections["end"].tolist(), 0]
        counted = list(zip(before.sections["letters"].tolist(), before.sections["template"].tolist(), strict=True))
        rows: list[tuple[object, ...]] = []
        parts = [np.empty(0, SECTION)]
        self._was: list[int] = []
        end = 0
        for passage in passages:
            text, found = _digest(passage.text.encode()), was.get(passage.name, -1)
            if found >= 0 and texts[16 * found : 16 * found + 16] == text:
                runs = before.slots[ends[found - 1] : ends[found]]
                letters, template = counted[found]
            else:
                made = prepare(passage.text)
                runs, letters, template, found = _slots(made.hashes), made.letters, made.template, -1
            slots.write(runs.tobytes())
            end += len(runs)
            agency = self._agencies.setdefault(str(passage.agency), len(self._agencies))
            rows.append((text, b"", 0, end, agency, passage.year, passage.number, letters, template, -1, 0))
            self._ids.append(passage.id)
            self._names.append(passage.name)
            self._was.append(found)
            if len(rows) == CHUNK:
                parts.append(np.array(rows, SECTION))
                rows = []
        slots.flush()
        self._sections = np.concatenate([*parts, np.array(rows, SECTION)])
        self._slots: Slots = np.asarray(np.memmap(slots, np.uint32, "r")) if end else np.empty(0, np.uint32)
        self._counts = self._count()
        self._least = min(255, max(STOCK_AGENCIES, round(len(self._agencies) * STOCK_SHARE)) + 1)
        telling = self._stock()
        compared = np.flatnonzero(telling >= LEAST - SHINGLE)
        self._signatures = self._sign(compared)
        years, agencies = (self._sections[part].astype(np.int64) for part in ("year", "agency"))
        self._partners = partners_of(self._signatures, compared, agencies, years)

    def memory(self) -> Memory:
        """What the next archive is to remember, once everything was said."""
        stock = np.flatnonzero(self._counts).astype(np.uint32)
        return Memory(
            names=tuple(self._names),
            agencies=tuple(self._agencies),
            sections=self._sections,
            signatures=self._signatures,
            slots=self._slots,
            stock=stock,
            counts=self._counts[stock],
        )

    def said(self) -> Iterator[Said | int]:
        """What is said of each section in order; a number where it is what was said of that section before."""
        sections, before = self._sections, self._before.sections
        texts, masks, known = sections["text"].tobytes(), sections["stock"].tobytes(), before["inputs"].tobytes()
        told, all_inputs, all_pairs = before["pairs"].tolist(), bytearray(), []
        earlier_of = {
            place: index
            for index, place in enumerate(
                zip(*(sections[part].tolist() for part in ("agency", "year", "number")), strict=True)
            )
        }
        for index, (agency, year, number, letters, template) in enumerate(
            zip(*(sections[part].tolist() for part in ("agency", "year", "number", "letters", "template")), strict=True)
        ):
            earlier = None if letters == template else earlier_of.get((agency, year - 1, number))
            partners = () if letters == template else self._partners.get(index, ())
            own = [texts[16 * index : 16 * index + 16], masks[8 * index : 8 * index + 8], str(earlier is None).encode()]
            for other, likeness in (*([(earlier, -1.0)] if earlier is not None else []), *partners):
                own += [self._names[other].encode(), texts[16 * other : 16 * other + 16], repr(likeness).encode()]
            inputs = _digest(b"\0".join(own))
            all_inputs += inputs
            was = self._was[index]
            if was >= 0 and known[16 * was : 16 * was + 16] == inputs:
                all_pairs.append(told[was])
                yield was
            elif letters == template:
                all_pairs.append(0)
                yield Originality(self._ids[index], letters, template), ()
            else:
                fact, pairs = overlaps(index, earlier, partners, self._facts, self._text_of, self._is_stock)
                all_pairs.append(len(pairs))
                yield fact, pairs
        sections["inputs"] = np.frombuffer(bytes(all_inputs), "V16")
        sections["pairs"] = all_pairs

    def _facts(self, index: int) -> tuple[int, int, int]:
        row = self._sections[index]
        return self._ids[index], int(row["letters"]), int(row["template"])

    def _is_stock(self, hashes: Hashes) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self._counts[_slots(hashes)] >= self._least
        return found

    def _runs(self, index: int) -> Slots:
        start = int(self._sections["end"][index - 1]) if index else 0
        return self._slots[start : int(self._sections["end"][index])]

    def _count(self) -> NDArray[np.uint16]:
        """For each counter how many agencies print a run which falls on it; only those that changed are looked at."""
        counts = np.zeros(COUNTERS, np.uint16)
        before = self._before
        counts[before.stock] = before.counts
        now, then = _by_agency(tuple(self._agencies), self._sections), _by_agency(before.agencies, before.sections)
        for agency in {*now, *then}:
            sections, old = now.get(agency, []), then.get(agency, [])
            if [self._was[index] for index in sections] == old:
                continue
            counts[_union(map(before.runs, old))] -= 1
            counts[_union(map(self._runs, sections))] += 1
        return counts

    def _stock(self) -> NDArray[np.int64]:
        """Notes which runs of each section are stock phrases, as a digest; returns how many of its runs are none."""
        ends = self._sections["end"].astype(np.int64)
        telling = np.zeros(len(ends), np.int64)
        for first in range(0, len(ends), CHUNK):
            last = min(first + CHUNK, len(ends))
            start = int(ends[first - 1]) if first else 0
            stock = self._counts[self._slots[start : int(ends[last - 1])]] >= self._least
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
        before, made = self._before, []
        for row, index in enumerate(compared.tolist()):
            was = self._was[index]
            same = was >= 0 and before.sections["stock"][was] == self._sections["stock"][index]
            if same and before.sections["signature"][was] >= 0:
                made.append(before.signatures[before.sections["signature"][was]])
            else:
                hashes = self._text_of(index).hashes
                made.append(signature(hashes[~self._is_stock(hashes)]))
            self._sections["signature"][index] = row
        return np.array(made, np.uint32)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def _slots(hashes: Hashes) -> Slots:
    return (hashes & np.uint64(COUNTERS - 1)).astype(np.uint32)


def _union(runs: Iterable[Slots]) -> Slots:
    return np.unique(np.concatenate([np.empty(0, np.uint32), *runs]))


def _mixed(places: Hashes) -> Hashes:
    """A number for each place in a section, unlike all others (the finalizer of splitmix64)."""
    mixed = (places + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _by_agency(names: tuple[str, ...], sections: NDArray[np.void]) -> dict[str, list[int]]:
    """The sections of each agency, in order."""
    found: dict[str, list[int]] = {name: [] for name in names}
    for index, agency in enumerate(sections["agency"].tolist()):
        found[names[agency]].append(index)
    return found
