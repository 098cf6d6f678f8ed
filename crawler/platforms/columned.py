"""What most platforms have in common: a column that may be met on the way to it, and articles read as anywhere."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from crawler.pages import Page
from crawler.platforms import articles, reading
from crawler.platforms.contract import Context, PageReading


class Columned(ABC):
    """A platform whose columns look like any: what it has of its own is how its lists are read."""

    name: str
    """The name in the registry's `platform` column."""
    files: re.Pattern[str] | None = None
    """Where an article's own files stand, searched in URLs, for a system that keeps them apart from the article."""

    def read_home(self, page: Page, context: Context) -> PageReading:
        """Reads a page on the way to the column; one that is a column already is read as such."""
        if reading.is_column(page):
            return self.read_listing(page, context)
        return self.read_way(page, context)

    def read_way(self, page: Page, context: Context) -> PageReading:
        """Reads a page that is no column yet, by its links."""
        return reading.read_home(page, context)

    @abstractmethod
    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads a page of the column: its rows, sub-columns and further pages."""

    def read_article(self, page: Page, context: Context) -> PageReading:
        """Reads an article page: the files beside its text, and whether the text itself is the report."""
        return articles.read_article(page, context, self.files)
