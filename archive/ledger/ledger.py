"""The crawl's only state in one SQLite file: every URL found, its outcome, where its bytes are, and how they parsed.

A URL is entered once and ends in one outcome, or is still open; what happens to it is recorded in one transaction after
its bytes are on disk, so that a killed crawl loses nothing that it acknowledged. The file is read while it is written.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from archive.ledger.attempts import Attempts
from archive.ledger.captures import Captures
from archive.ledger.connection import SCHEMA_VERSION, connect
from archive.ledger.parses import Parses
from archive.ledger.runs import Runs
from archive.ledger.taken import Taken

__all__ = ["SCHEMA_VERSION", "Ledger"]


class Ledger(Runs, Attempts, Taken, Captures, Parses):
    """A ledger file, open, with all its parts. Close it, or use it as a context manager.

    `create=False` refuses to make a new one. Raises LedgerError for a file that is not a ledger or that a newer version
    of the program wrote.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        super().__init__(connect(path, create=create))
        self.path = path

    def close(self) -> None:
        """Closes the file; the write-ahead log is folded into it."""
        self._db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
