"""Where a URL is asked for in place of its own address: a robots.txt that moved, a page under the number of a visit."""

from __future__ import annotations


class Detours:
    """The detours of the URLs that are being asked for, in memory: a run that was cut short begins at their addresses.

    Each URL keeps its row in the ledger and its name in the archive; what is asked for next is the last address that it
    led to.
    """

    def __init__(self) -> None:
        self._taken: dict[str, list[str]] = {}

    def take(self, url: str, to: str) -> None:
        """Notes where a URL is to be asked for next."""
        self._taken.setdefault(url, []).append(to)

    def taken(self, url: str) -> int:
        """How many detours of a URL were taken since it was last settled."""
        return len(self._taken.get(url, ()))

    def end_of(self, url: str) -> str:
        """The address at which a URL is to be asked for now."""
        return self._taken[url][-1] if url in self._taken else url

    def settle(self, url: str) -> None:
        """Forgets the detours of a URL that has its answer."""
        self._taken.pop(url, None)
