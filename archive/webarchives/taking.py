"""`gongkai import`: captures that others made, through the same route as the crawler's own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from archive.captures import CaptureStore, content_type, decode_content
from archive.ledger import TAKEN_FROM, Found, Ledger
from archive.models import CapturedPage, Role
from archive.registry import Registry
from archive.webarchives.foreign import Foreign, NotAWebArchive, read_answers
from archive.webarchives.pictures import Shown

HTML = frozenset({"text/html", "application/xhtml+xml"})
NO_DOCUMENTS = (
    *("image/", "audio/", "video/", "font/", "text/css", "text/javascript", "application/javascript"),
    *("application/x-javascript", "application/font-", "application/json", "application/wasm"),
)
"""Media types, or beginnings of them, that no report has."""
_NO_DOCUMENT = "no document"

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Summary:
    """What became of every answer: taken into the ledger, or passed over by reason.

    `hosts` are those of no portal; `without_answers` are files that hold none at all.
    """

    taken: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    damaged: list[str] = field(default_factory=list)
    without_answers: list[str] = field(default_factory=list)

    @property
    def answers(self) -> int:
        """All answers that were met."""
        return self.taken + sum(self.passed.values())


def take_in(
    ledger: Ledger,
    store: CaptureStore,
    registry: Registry,
    files: Sequence[Path],
    *,
    portal: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Takes the documents in WARC and WACZ files into DATA, as if the crawler had met them then.

    An answer belongs to the portal of the registry that names its host, or to `portal` if that is given; others are
    passed over. Dates are those of the archive. What is held already is not taken twice. A picture is taken if a page
    that is titled as a report shows it, wherever in the files the two stand. `dry_run` writes nothing. `progress` is
    told (files done, files in all). Raises NotAWebArchive if that is the only file, OSError and those of the store.
    """
    names = [path.name for path in files]
    run = 0 if dry_run else ledger.begin_run("gongkai import", {TAKEN_FROM: names}, [])
    taking = _Taking(ledger, store, run, _owners(registry), portal, dry_run)
    summary, state = taking.summary, "failed"
    try:
        for number, path in enumerate(files, 1):
            before = summary.answers + len(summary.damaged)
            for answer in _answers(path, summary, alone=len(files) == 1):
                taking.answer(answer, path)
            if summary.answers + len(summary.damaged) == before:
                summary.without_answers.append(path.name)
            if progress:
                progress(number, len(files))
        taking.pictures_met_early()
        state = "complete"
    finally:
        if not dry_run:
            ledger.end_run(run, state, {"taken": summary.taken, "passed_over": dict(summary.passed)})
    return summary


class _Taking:
    """One import: what it takes, and which pictures it met before the page that shows them."""

    def __init__(
        self,
        ledger: Ledger,
        store: CaptureStore,
        run: int,
        owners: Mapping[str, str],
        portal: str | None,
        dry_run: bool,
    ) -> None:
        self.summary = Summary()
        self._ledger, self._store, self._run, self._dry_run = ledger, store, run, dry_run
        self._owners, self._portal = owners, portal
        self._shown = Shown()
        self._waiting: dict[Path, set[tuple[str, str]]] = defaultdict(set)

    def answer(self, answer: Foreign, path: Path) -> None:
        """Takes one answer, or counts why it is passed over."""
        page = answer.page
        if page is None:
            reason = answer.why or ""
            if reason.startswith("damaged"):
                self.summary.damaged.append(f"{answer.url}: {reason}")
                reason = "damaged"
            self.summary.passed[reason] += 1
        elif _is_picture(page):
            self._picture(page, path)
        else:
            self._document(page, path)

    def pictures_met_early(self) -> None:
        """Reads those files again that hold a picture which a page further on turned out to show."""
        for path, waiting in self._waiting.items():
            early = {(url, at) for url, at in waiting if self._shown.is_named(url)}
            for answer in read_answers(path) if early else ():
                if answer.page is not None and (answer.page.url, answer.page.fetched_at) in early:
                    self.summary.passed[_NO_DOCUMENT] -= 1
                    self._picture(answer.page, path)
        self.summary.passed += Counter()  # drops what has come to nothing

    def _document(self, page: CapturedPage, path: Path) -> None:
        why = _why_not(page)
        owner = self._portal or self._owners.get(_host(page.url))
        if why is None and owner is None:
            why = "host of no portal"
            self.summary.hosts[_host(page.url)] += 1
        if owner is not None and why is None:
            if _role(page) is Role.ARTICLE:
                self._shown.note(page, owner)
            self._take(page, owner, _role(page), path)
        elif why is not None:
            self.summary.passed[why] += 1

    def _picture(self, picture: CapturedPage, path: Path) -> None:
        pages = self._shown.pages_of(picture)
        if not pages:
            self.summary.passed[_NO_DOCUMENT] += 1
            self._waiting[path].add((picture.url, picture.fetched_at))
            return
        page, portal = next(iter(pages.items()))
        self._take(picture, portal, Role.PICTURE, path, referrer=page)
        if not self._dry_run:
            for page in pages:
                self._ledger.shows(page, picture.url)

    def _take(self, page: CapturedPage, portal: str, role: Role, path: Path, referrer: str | None = None) -> None:
        """Bytes first, then the ledger, as the crawler does it."""
        if self._ledger.holds(page.url, page.fetched_at):
            self.summary.passed["held already"] += 1
            return
        self.summary.taken += 1
        if self._dry_run:
            return
        payload, problem = decode_content(page.body, page.headers)
        location = self._store.append(page, payload=payload)
        capture = location.capture_of(page, problem)
        host = urlsplit(page.url).netloc.rpartition("@")[2].lower()
        found = Found(page.url, host, portal, role, referrer=referrer, why="import", detail=path.name)
        self._ledger.take_in(self._run, found, capture, len(page.body))


def holds_answers(files: Sequence[Path]) -> bool:
    """Whether there is any answer to look at in these files, before anything is made for them; raises as `take_in`."""
    everything = (answer for path in files for answer in _answers(path, Summary(), alone=len(files) == 1))
    return any(answer.page is not None for answer in everything)


def _answers(path: Path, summary: Summary, *, alone: bool) -> Iterator[Foreign]:
    """The answers of a file; one of several that is no archive is named, and the others are read all the same."""
    try:
        yield from read_answers(path)
    except NotAWebArchive as error:
        if alone:
            raise
        summary.damaged.append(str(error))


def _owners(registry: Registry) -> Mapping[str, str]:
    """The portal of every host that the registry names; a host of two portals is nobody's."""
    owners: dict[str, str] = {}
    shared = set()
    for portal in registry.portals.values():
        urls = [portal.home_url, portal.annual_report_url or ""]
        hosts = {_host(url) for url in urls} | {_host(f"http://{host}") for host in portal.hosts}
        for host in hosts - {""}:
            if owners.setdefault(host, portal.id) != portal.id:
                shared.add(host)
    return {host: owner for host, owner in owners.items() if host not in shared}


def _host(url: str) -> str:
    """Host and port, without `www.`: how registries and archives write it differs."""
    return urlsplit(url).netloc.rpartition("@")[2].lower().removeprefix("www.")


def _is_picture(page: CapturedPage) -> bool:
    return page.status == 200 and bool(page.body) and content_type(page.headers)[0].startswith("image/")


def _role(page: CapturedPage) -> Role:
    media_type, _ = content_type(page.headers)
    return Role.ARTICLE if media_type in HTML or not media_type else Role.ATTACHMENT


def _why_not(page: CapturedPage) -> str | None:
    if page.status != 200:
        return f"status {page.status}"
    media_type, _ = content_type(page.headers)
    if media_type.startswith(NO_DOCUMENTS) or urlsplit(page.url).path == "/robots.txt":
        return _NO_DOCUMENT
    return None if page.body else "empty"
