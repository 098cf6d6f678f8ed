"""Unites the DATA of several crawls: `sources` reads one, `unite` makes one ledger, `merge` brings the bytes."""

from __future__ import annotations

from archive.merging.merge import Summary, merge
from archive.merging.sources import MergeError

__all__ = ["MergeError", "Summary", "merge"]
