"""Where the pages of a new CMS come from: saved files, or addresses whose bytes a crawl or a walk holds already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from archive.captures import captures_of
from archive.ledger import Ledger
from crawler.discover import FOLDER
from crawler.guard import read_url
from crawler.pages import Page, resolve

_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S{8,2000})\s*-->")


class NoPage(ValueError):
    """Raised for a page that cannot be had; the message says what to do."""


def read_pages(sources: Sequence[str], addresses: Sequence[str], data: Path) -> Iterator[Page]:
    """The pages in the order of their sources; `addresses` are those of the files that do not say their own.

    Raises NoPage, BadUrl for an address that is none, LedgerError and CaptureError for damaged data, and OSError.
    """
    given = iter(addresses)
    for source in sources:
        yield _held(source, data) if "://" in source else _file(Path(source), given)
    if (left := next(given, None)) is not None:
        raise NoPage(f"--url {left} belongs to no file: every other page says its own address")


def _file(path: Path, given: Iterator[str]) -> Page:
    body = path.read_bytes()
    page = Page.of("http://localhost/", 200, {"Content-Type": "text/html"}, body)
    url = _own_address(page) or next(given, None)
    if url is None:
        raise NoPage(f"{path} does not say its address; give it with --url")
    return Page.of(read_url(url).url, 200, {"Content-Type": "text/html"}, body)


def _own_address(page: Page) -> str | None:
    """The address that a saved page states: a browser's note, or its canonical link."""
    if match := _SAVED_FROM.search(page.body[:4096]):
        return match[1].decode("ascii", "replace")
    for element in page.tree.iter("link"):
        href = element.get("href") or ""
        if (element.get("rel") or "").lower() == "canonical" and "://" in href:
            return resolve(href, href)
    return None


def _held(url: str, data: Path) -> Page:
    wanted = read_url(url).url
    for folder in (data, *sorted((data / FOLDER).glob("*/"))):
        if not (folder / "ledger.db").exists():
            continue
        with Ledger(folder / "ledger.db", create=False) as ledger:
            capture = ledger.last_capture(wanted)
        if capture is not None:
            with captures_of(folder) as store:
                stored = store.read(capture.warc, capture.offset)
            return Page.of(capture.url, stored.status, stored.headers, stored.payload)
    raise NoPage(f"{data} holds no page of {wanted}: give --look, or save the page and give the file")
