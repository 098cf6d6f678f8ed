"""The ledger: frontier, outcomes, capture index and parses of a crawl, in one SQLite file."""

from archive.ledger.ledger import SCHEMA_VERSION, Ledger
from archive.ledger.lock import CRAWL_LOCK, LockedError, locked
from archive.ledger.records import (
    FAILURES,
    TAKEN_FROM,
    Attempt,
    Completeness,
    Fetch,
    Found,
    FrontierUrl,
    HostState,
    LedgerError,
    Parse,
    Run,
    Showing,
    Standing,
)
from archive.ledger.results import Results

__all__ = [
    "CRAWL_LOCK",
    "FAILURES",
    "SCHEMA_VERSION",
    "TAKEN_FROM",
    "Attempt",
    "Completeness",
    "Fetch",
    "Found",
    "FrontierUrl",
    "HostState",
    "Ledger",
    "LedgerError",
    "LockedError",
    "Parse",
    "Results",
    "Run",
    "Showing",
    "Standing",
    "locked",
]
