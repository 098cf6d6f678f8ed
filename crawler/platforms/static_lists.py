"""Systems whose lists are plain pages and that differ only in their addresses: one reader, the addresses as data.

`static_lists.yaml` holds for each system what its rows and its columns look like in a URL; how to recognise it stands
in `fingerprints.yaml` like that of all systems. Titles, dates and pages are found as on any page: what these systems
need beyond `generic` is to know that a row is one of the list although it stands in another folder, and that a column
with an opaque number is a sister of this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from crawler.pages import Page, links_of
from crawler.platforms import reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import Context, PageReading
from crawler.platforms.pagers import pager_of
from crawler.platforms.reading import Territory

_FILE = Path(__file__).with_name("static_lists.yaml")


@dataclass(slots=True)
class StaticList(Columned):
    """One system of plain lists: its name in the registry, and where its rows and columns stand."""

    name: str
    territory: Territory

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads rows wherever the system keeps its articles, sister columns, and further pages."""
        links = links_of(page)
        pager = pager_of(page, links)
        return reading.read_rows(page, context, links, pager, self.territory)


def static_lists() -> tuple[StaticList, ...]:
    """Every system of `static_lists.yaml`; raises KeyError, re.error or yaml.YAMLError where the file is broken."""
    entries: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text("utf-8"))
    return tuple(
        StaticList(entry["name"], Territory(re.compile(entry["rows"]), re.compile(entry["columns"])))
        for entry in entries
    )
