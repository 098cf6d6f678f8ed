"""Text in common between agencies and years: MinHash finds who may share text, exact overlap says how much.

Blanks, punctuation and numbers do not count, so that a report taken over with new figures is found. Phrases of the
official form (`template.yaml`) are cut out first, and so are stock phrases: runs that many agencies print. Time and
memory grow with the number of sections, not of pairs: each section is only held against those that stand beside it when
all are sorted by their signatures, several times over (the prefix trees of LSH forest,
https://doi.org/10.1145/1060745.1060840, as plain sorting).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from datasketch import MinHash  # type: ignore[import-untyped]
from numpy.typing import NDArray

from archive.checks.passages import CUT, NOT_LETTERS, SHINGLE, form_phrases
from archive.report.text import squeeze

LEAST = 60
"""Characters that a section must have, without phrases of the form, to be compared at all."""
LEAST_OVERLAP, LEAST_SHARE = 40, 0.1
"""What a pair must have in common to be told."""
PERMUTATIONS, ORDERS, PREFIX, BESIDE, PARTNERS = 64, 32, 1, 3, 3
"""Length of a signature; sortings; values that must agree at the front; neighbours looked at; partners kept."""
LEAST_SIMILARITY = 0.05
STOCK_AGENCIES, STOCK_SHARE = 10, 0.01
"""A run is a stock phrase if more agencies print it than these, whichever is more (the share is of all agencies)."""
COUNTERS = 1 << 26
"""Runs that fall on the same counter are counted together, about one in a hundred thousand sections."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_EMPTY = MinHash(num_perm=PERMUTATIONS, seed=7, hashfunc=int)

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Passage:
    """One section: a number of its own, which it keeps in the next archive, whose it is, of which year and place in the
    form."""

    id: int
    agency: int | str
    year: int
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sections with text in common: `share` is that of the first, phrases of the form left out."""

    id: int
    other: int
    same_agency: bool
    overlap: int
    share: float
    similarity: float


@dataclass(frozen=True, slots=True)
class Originality:
    """What the characters of a section are.

    `template` are phrases of the form, `stock` those that many agencies print, `repeated` what stood in the agency's
    own report of the year before, `shared` what another agency prints; each character counts once, in this order.
    """

    id: int
    chars: int
    template: int
    stock: int = 0
    repeated: int = 0
    shared: int = 0

    @property
    def own(self) -> int:
        """All others."""
        return self.chars - self.template - self.stock - self.repeated - self.shared


@dataclass(frozen=True, slots=True)
class Prepared:
    """The letters of a section, cut where a phrase of the form stood, and the hash of every run of `SHINGLE` of them.

    `starts` are the places of these runs; `template` counts the letters that were cut out.
    """

    letters: int
    template: int
    hashes: Hashes
    starts: NDArray[np.int64]


def prepare(text: str) -> Prepared:
    """A section as it is compared."""
    letters = NOT_LETTERS.sub("", squeeze(text))
    kept = form_phrases().sub(CUT, letters)
    cuts = kept.count(CUT)
    cut_out = len(letters) - (len(kept) - cuts)
    hashes, starts = _shingles(kept)
    return Prepared(len(letters), cut_out, hashes, starts)


def _shingles(text: str) -> tuple[Hashes, NDArray[np.int64]]:
    """The hash of every run of `SHINGLE` letters without a cut in it, and where it starts."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    count = len(codes) - SHINGLE + 1
    if count <= 0:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    hashes = np.zeros(count, np.uint64)
    whole = np.ones(count, np.bool_)
    for offset in range(SHINGLE):
        window = codes[offset : offset + count]
        hashes = hashes * _BASE + window
        hashes ^= hashes >> np.uint64(29)
        whole &= window != 0
    return hashes[whole], np.flatnonzero(whole).astype(np.int64)


def signature(hashes: Hashes) -> NDArray[np.uint32]:
    """The MinHash signature of a section."""
    sketch = _EMPTY.copy()
    sketch.update_batch(np.unique(hashes >> np.uint64(32)).tolist())
    values: NDArray[np.uint32] = sketch.hashvalues.astype(np.uint32)
    return values


def overlaps(
    index: int,
    earlier: int | None,
    others: Iterable[tuple[int, float]],
    facts: Callable[[int], tuple[int, int, int]],
    prepared: Callable[[int], Prepared],
    is_stock: Callable[[Hashes], NDArray[np.bool_]],
) -> tuple[Originality, tuple[Pair, ...]]:
    """The exact overlap of one section with the year before and with its partners.

    `facts` gives the number of a section, its letters and those of them that are phrases of the form.
    """
    identity, letters, template = facts(index)
    made = prepared(index)
    size = letters + 1  # cuts stand for at least one letter each
    stock_runs = is_stock(made.hashes)
    stocked = _covered(made.starts[stock_runs], size)
    base = letters - template - int(stocked.sum())
    repeated, shared = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    pairs: list[Pair] = []
    for other, similarity in ([(earlier, -1.0)] if earlier is not None else []) + list(others):
        runs = np.isin(made.hashes, prepared(other).hashes) & ~stock_runs
        covered = _covered(made.starts[runs], size) & ~stocked
        overlap = int(covered.sum())
        if other == earlier:
            repeated = covered
        else:
            shared |= covered
        if overlap >= LEAST_OVERLAP and overlap >= LEAST_SHARE * base:
            estimate = _similarity(made.hashes, prepared(other).hashes) if similarity < 0 else similarity
            pairs.append(Pair(identity, facts(other)[0], other == earlier, overlap, overlap / base, estimate))
    shared &= ~repeated
    parts = (int(part.sum()) for part in (stocked, repeated, shared))
    return Originality(identity, letters, template, *parts), tuple(pairs)


def _covered(starts: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
    """Which letters stand in a run that starts at one of these places."""
    steps = np.zeros(size + SHINGLE + 1, np.int32)
    np.add.at(steps, starts, 1)
    np.add.at(steps, starts + SHINGLE, -1)
    covered: NDArray[np.bool_] = np.cumsum(steps)[:size] > 0
    return covered


def _similarity(one: Hashes, other: Hashes) -> float:
    first, second = np.unique(one), np.unique(other)
    common = len(np.intersect1d(first, second, assume_unique=True))
    return common / max(1, len(first) + len(second) - common)


class Partners:
    """For each section the few of other agencies that are most alike."""

    def __init__(self, pairs: NDArray[np.float64], sections: int) -> None:
        """`pairs` has one row for each: section, other section, likeness; by section."""
        self._pairs = pairs
        self._bounds = array("q", np.searchsorted(pairs[:, 0], np.arange(sections + 1)).astype(np.int64).tobytes())

    def of(self, section: int) -> list[tuple[int, float]]:
        """Those of one section, with their likeness, the most alike first."""
        found = self._pairs[self._bounds[section] : self._bounds[section + 1]]
        return [(int(other), likeness) for _, other, likeness in found.tolist()]


def partners_of(
    signatures: NDArray[np.uint32], compared: NDArray[np.int64], agencies: NDArray[np.int64], years: NDArray[np.int64]
) -> Partners:
    """For each section the few of other agencies, no later year, whose signatures are most alike.

    `signatures` are those of the sections with the numbers `compared`; `agencies` and `years` those of all sections.
    """
    best = np.empty((0, 3))
    for order in range(ORDERS if len(compared) > 1 else 0):
        first = order * (PERMUTATIONS // ORDERS)
        columns = [(first + step) % PERMUTATIONS for step in range(PERMUTATIONS // ORDERS + 2)]
        ranks = np.lexsort([signatures[:, column] for column in reversed(columns)])
        for shift in range(1, BESIDE + 1):
            near = _neighbours(signatures, ranks, columns[:PREFIX], shift, compared, agencies, years)
            best = np.concatenate([best, near])
        best = _keep_best(best)
    return Partners(best, len(agencies))


def _neighbours(
    signatures: NDArray[np.uint32],
    ranks: NDArray[np.int64],
    front: list[int],
    shift: int,
    compared: NDArray[np.int64],
    agencies: NDArray[np.int64],
    years: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Pairs (later, earlier or of the same year, likeness) that stand `shift` apart in an order and agree in front."""
    one, other = ranks[:-shift], ranks[shift:]
    alike = np.ones(len(one), np.bool_)
    for column in front:
        alike &= signatures[one, column] == signatures[other, column]
    alike &= agencies[compared[one]] != agencies[compared[other]]
    one, other = one[alike], other[alike]
    similarity = np.zeros(len(one))
    for column in range(PERMUTATIONS):
        similarity += signatures[one, column] == signatures[other, column]
    similarity /= PERMUTATIONS
    near = similarity >= LEAST_SIMILARITY
    a, b, similarity = compared[one[near]], compared[other[near]], similarity[near]
    apart = years[a] - years[b]
    forward = np.column_stack([a, b, similarity])[apart >= 0]
    back = np.column_stack([b, a, similarity])[apart <= 0]
    return np.concatenate([forward, back])


def _keep_best(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each pair once, and of each section only the `PARTNERS` that are most alike."""
    pairs = np.unique(pairs, axis=0)
    pairs = pairs[np.lexsort([pairs[:, 1], -pairs[:, 2], pairs[:, 0]])]
    starts = np.flatnonzero(np.r_[True, pairs[1:, 0] != pairs[:-1, 0]]) if len(pairs) else np.empty(0, np.int64)
    rank = np.arange(len(pairs)) - np.repeat(starts, np.diff(np.r_[starts, len(pairs)]))
    return pairs[rank < PARTNERS]
