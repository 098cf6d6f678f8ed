"""What most platforms have in common: signs of their own, and a column that may be met on the way to it."""

from __future__ import annotations

from crawler.pages import Page
from crawler.platforms import reading
from crawler.platforms.contract import Context, PageReading
from crawler.platforms.fingerprints import evidence_of


class Columned:
    """A platform whose signs stand in fingerprints.yaml under its name, and whose columns look like any."""

    name: str

    def recognises(self, page: Page) -> str | None:
        """Returns the evidence that this system made the page."""
        return evidence_of(page, self.name)

    def read_home(self, page: Page, context: Context) -> PageReading:
        """Reads a page on the way to the column; one that is a column already is read as such."""
        if reading.is_column(page):
            return self.read_listing(page, context)
        return reading.read_home(page, context)

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads a list; how is what a platform is."""
        raise TypeError(f"platform {self.name} does not say how its lists are read")
