"""Signatures as datasketch 2.0.0 made them: `MinHash(num_perm=64, seed=7, hashfunc=int)`, recorded."""

from __future__ import annotations

import numpy as np
import pytest

from archive.checks.minhash import PERMUTATIONS, signature

MOST = 2**32 - 1
RECORDED = {
    (0,): (1599380060, 4085580540, 2050422343, 2787944240),
    (0, 1, 2, 12345, MOST): (1599380060, 498124216, 346975932, 466976326),
    (): (MOST, MOST, MOST, MOST),
}
"""Sets, and the first three and the last number of their signatures."""


@pytest.mark.parametrize("members", RECORDED)
def test_a_signature_is_the_one_recorded(members: tuple[int, ...]) -> None:
    made = signature(np.array([*members, *members], np.uint32))
    assert (made.shape, made.dtype) == ((PERMUTATIONS,), np.uint32)
    assert tuple(int(made[place]) for place in (0, 1, 2, -1)) == RECORDED[members]
