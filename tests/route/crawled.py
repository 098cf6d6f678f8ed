"""A made-up DATA directory: a store and a ledger, filled as a crawl fills them, without a network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.captures import CaptureStore, content_type
from archive.ledger import Attempt, Found, Ledger
from archive.models import (
    Capture,
    CapturedPage,
    Cell,
    Era,
    Outcome,
    ParsedReport,
    Role,
    Section,
    SectionStatus,
    State,
)
from archive.report.form import load_form

HOST = "www.shixi.example"


@dataclass(slots=True)
class Crawled:
    """Fetches pages that never were: bytes to the store, then the attempt to the ledger."""

    ledger: Ledger
    store: CaptureStore
    run: int
    clock: int = 0

    def fetch(
        self,
        path: str,
        body: bytes | None,
        *,
        at: str | None = None,
        role: Role = Role.ARTICLE,
        portal: str = "tz",
        title: str | None = None,
        agency: str | None = None,
        referrer: str | None = None,
        outcome: Outcome = Outcome.OK,
    ) -> Capture | None:
        """One fetch of a page (`body` None = the outcome came without one; the same as before makes a repeat)."""
        self.clock += 1
        at = at or f"2026-02-01T00:00:{self.clock:02d}.000Z"
        url = f"http://{HOST}/{path}"
        if self.ledger.url(url) is None:
            found = Found(url, HOST, portal, role, referrer=referrer, title_hint=title, agency_hint=agency)
            self.ledger.add(self.run, [found])
        row = self.ledger.reopen(url)
        capture, last = None, self.ledger.last_capture(url)
        repeats = last if last and body is not None and last.sha256 == hashlib.sha256(body).hexdigest() else None
        if body is not None:
            headers = (("Content-Type", "text/html; charset=utf-8"),)
            page = CapturedPage(url=url, status=200, reason="OK", headers=headers, body=body, fetched_at=at)
            location = self.store.append_revisit(page, repeats) if repeats else self.store.append(page)
            media_type, charset = content_type(headers)
            capture = Capture(
                sha256=hashlib.sha256(body).hexdigest(),
                url=url,
                fetched_at=at,
                status=200,
                media_type=media_type,
                warc=location.warc,
                offset=location.offset,
                length=location.length,
                role=role,
                portal=portal,
                charset=charset,
            )
        self.ledger.record(
            self.run,
            Attempt(
                url=row, started_at=at, seconds=0.1, outcome=outcome, status=200, capture=capture, refers_to=repeats
            ),
        )
        return capture

    def next_night(self, at: str, listing: str) -> None:
        """Another run begins, in which a list is read that names nothing."""
        self.run = self.ledger.begin_run("test", {}, ["tz"])
        self.fetch(listing, b"an empty list", at=at, role=Role.LISTING)


@contextmanager
def crawled(directory: Path) -> Iterator[Crawled]:
    """An empty DATA directory, open."""
    with Ledger(directory / "ledger.db") as ledger, CaptureStore(directory / "warc") as store:
        yield Crawled(ledger, store, ledger.begin_run("test", {}, ["tz"]))


def report(
    agency: str | None = "滕州市科学技术局",
    year: int | None = 2021,
    *,
    received: int = 3,
    warnings: tuple[str, ...] = (),
) -> ParsedReport:
    """A whole report of era C: two hundred cells, all zero but the first."""
    era = load_form().eras[Era.C]
    cells = [
        Cell(key, applicant, received, State.NUMBER, str(received))
        if number == 0
        else Cell(key, applicant, 0, State.ZERO, "0")
        for number, (key, applicant) in enumerate(era.cells)
    ]
    sections = [Section(number, f"第{number}部分", SectionStatus.FOUND, "内容") for number in range(1, 7)]
    return ParsedReport(
        title=f"{agency}{year}年政府信息公开工作年度报告",
        agency=agency,
        year=year,
        era=Era.C,
        sections=tuple(sections),
        cells=tuple(cells),
        warnings=warnings,
        published="2022-01-20",
        parser_version="test-1",
    )
