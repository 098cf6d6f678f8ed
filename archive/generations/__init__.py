"""Generations of the archive: each is built whole, verified, published by moving one link, and never touched again.

DATA/generations/N.building/   being built
DATA/generations/N.rejected/   the last build that failed its verification, with the reasons
DATA/generations/N/            archive.db, inspect.json, verification.json and the exports
DATA/current                   → generations/N
"""

from __future__ import annotations

from archive.generations.publish import Fill, NotEnoughSpace, VerificationFailed, publish
from archive.generations.store import Generation, GenerationError, current, generations, rollback
from archive.generations.verify import TOLERANCE, Verification, verify

__all__ = [
    "TOLERANCE",
    "Fill",
    "Generation",
    "GenerationError",
    "NotEnoughSpace",
    "Verification",
    "VerificationFailed",
    "current",
    "generations",
    "publish",
    "rollback",
    "verify",
]
