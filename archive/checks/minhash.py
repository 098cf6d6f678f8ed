"""MinHash: a set of numbers as a short row of them, in which two sets agree as often as they have members in common.

A. Broder, On the resemblance and containment of documents, 1997 (https://doi.org/10.1109/SEQUEN.1997.666900). The
signatures are those of the library datasketch 2 (scheme `affine32`), seed and all, which loads the whole of scipy to
make them: every build would wait for that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PERMUTATIONS = 64
"""Length of a signature."""
_CHANCE = np.random.RandomState(7)
_FACTORS = _CHANCE.randint(0, 1 << 31, PERMUTATIONS, np.uint32) * np.uint32(2) + np.uint32(1)
"""Odd, so that no two numbers become one: the number times the factor, and so much more, is a permutation of 2^32."""
_MORE = _CHANCE.randint(0, 1 << 32, PERMUTATIONS, np.uint32)
_NOTHING = np.uint32(0xFFFFFFFF)


def signature(members: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The least member of a set under each of PERMUTATIONS permutations; the greatest number for an empty set."""
    mixed = _mixed(members)
    found: NDArray[np.uint32] = (mixed[:, None] * _FACTORS + _MORE).min(axis=0, initial=_NOTHING)
    return found


def _mixed(numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Each number as another one, unlike those of its neighbours (the finalizer of MurmurHash3)."""
    numbers = (numbers ^ (numbers >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    numbers = (numbers ^ (numbers >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    mixed: NDArray[np.uint32] = numbers ^ (numbers >> np.uint32(16))
    return mixed
