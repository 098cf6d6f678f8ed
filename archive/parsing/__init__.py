"""Captures into the ledger: each article and attachment that this parser version has not read yet, one result for each.

`alone` reads them in this process, one after the other; `archive.workers` in many. Both read a capture by the same
function and record it by the same one, so that what they leave behind is the same.
"""

from __future__ import annotations

from archive.parsing.alone import parse_captures
from archive.parsing.results import Parsed, as_stored, bytes_of, read_capture
from archive.parsing.work import ParsingSummary, Progress, Work

__all__ = [
    "Parsed",
    "ParsingSummary",
    "Progress",
    "Work",
    "as_stored",
    "bytes_of",
    "parse_captures",
    "read_capture",
]
