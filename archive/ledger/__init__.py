"""The ledger: frontier, outcomes, capture index and parses of a crawl, in one SQLite file."""

from archive.ledger.ledger import SCHEMA_VERSION, Ledger
from archive.ledger.lock import LockedError, locked
from archive.ledger.records import (
    FAILURES,
    Attempt,
    Completeness,
    Fetch,
    Found,
    FrontierUrl,
    HostState,
    LedgerError,
    Parse,
    Run,
    Standing,
)

__all__ = [
    "FAILURES",
    "SCHEMA_VERSION",
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
    "Run",
    "Standing",
    "locked",
]
