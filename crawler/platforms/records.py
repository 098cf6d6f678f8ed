"""Rows that come as data from a list service, decided on like rows of a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from archive.models import ListingEntry, Role
from crawler.discovery import Kind, decide, vocabulary
from crawler.pages import Page, file_extension
from crawler.platforms.contract import Context, FollowLink, PageReading, Partial
from crawler.platforms.gathering import Gathering, needless_file
from crawler.platforms.pagers import MAX_PAGES

PAGE_SCORE = 95.0
"""Further pages of a list go before its articles, as on pages."""
_FILE_SCORE = 90.0
# The office of a government publishes the government's own report as often as its own.
_OFFICE = re.compile(r"政府办公?[室厅]?$")


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a list service: absolute URL, whole title, ISO date or None.

    `publisher` is the body that the service names with the row, `files` are the URLs and names of files beside it.
    """

    url: str
    title: str
    date: str | None = None
    publisher: str = ""
    files: tuple[tuple[str, str], ...] = ()


def read_records(
    page: Page,
    context: Context,
    records: Iterable[Record],
    *,
    pages: Sequence[FollowLink] = (),
    pages_owed: int | None = None,
    partial: Partial | None = None,
    in_column: bool = True,
    **facts: str,
) -> PageReading:
    """Reads one answer of a service that was asked for the annual-report column.

    `in_column` says that its rows are those of the column, so that a weak title is enough.
    """
    gathering = Gathering(page, context)
    for record in records:
        _take(gathering, record, in_column)
    reading = gathering.reading(**facts)
    return replace(reading, next=tuple(pages), pages_owed=pages_owed, partial=partial, refresh=None)


def _take(gathering: Gathering, record: Record, in_column: bool) -> None:
    context = gathering.context
    trail = context.trail if in_column else ()
    decision = decide(record.title, record.url, date=record.date, in_column=in_column, article=True, trail=trail)
    if decision.kind is not Kind.REPORT and not in_column:
        return  # of all that a site publishes, what names no report is no row of the list
    if decision.kind is Kind.LOOK_ALIKE:
        gathering.refuse(record.url, f"look_alike:{decision.look_alike}", record.title)
    elif decision.kind is not Kind.REPORT:
        gathering.refuse(record.url, "not_a_report_title", record.title)
    elif not context.allows(record.url):
        gathering.refuse(record.url, "foreign_host", record.title)
    else:
        agency = decision.agency or _body(record.publisher)
        gathering.take(record, replace(decision, agency=agency), file_extension(record.url) is not None)
        entry = gathering.entries.get(record.url)
        if entry is not None:
            for url, name in record.files:
                _file(gathering, entry, url, name)


def _body(publisher: str) -> str | None:
    """The publisher where it is a body that can owe a report, and not an office that publishes for its government."""
    if _OFFICE.search(publisher) or not vocabulary().body_ending.search(publisher):
        return None
    return publisher or None


def _file(gathering: Gathering, row: ListingEntry, url: str, name: str) -> None:
    if file_extension(url, name) is None:
        return
    if not gathering.context.allows(url):
        gathering.refuse(url, "foreign_host", name)
    elif kind := needless_file(name):
        gathering.refuse(url, f"look_alike:{kind}", name)
    else:
        entry = ListingEntry(url, row.title, row.date, row.agency_hint, gathering.page.url)
        why = "a file that the list names beside the article"
        gathering.follow.setdefault(url, FollowLink(url, Role.ATTACHMENT, why, name, _FILE_SCORE, entry))


def further_pages(
    numbers: range, request: Callable[[int], FollowLink], owed: int
) -> tuple[tuple[FollowLink, ...], Partial | None]:
    """The requests for further pages of a list of `owed` pages, and what is cut where there are too many of them."""
    asked = tuple(request(number) for number in numbers[:MAX_PAGES])
    if len(numbers) <= MAX_PAGES:
        return asked, None
    return asked, Partial(owed, MAX_PAGES, f"a list of more than {MAX_PAGES} pages is cut", "pages")
