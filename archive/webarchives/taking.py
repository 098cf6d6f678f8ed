"""`gongkai import`: captures that others made, through the same route as the crawler's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from archive.captures import CaptureStore, content_type, decode_content
from archive.ledger import TAKEN_FROM, Found, Ledger
from archive.models import Capture, CapturedPage, Role
from archive.registry import Registry
from archive.webarchives.foreign import Foreign, NotAWebArchive, read_answers

HTML = frozenset({"text/html", "application/xhtml+xml"})
NO_DOCUMENTS = (
    *("image/", "audio/", "video/", "font/", "text/css", "text/javascript", "application/javascript"),
    *("application/x-javascript", "application/font-", "application/json", "application/wasm"),
)
"""Media types, or beginnings of them, that no report has."""

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Summary:
    """What became of every answer: taken into the ledger, or passed over by reason; `hosts` are those of no portal."""

    taken: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    damaged: list[str] = field(default_factory=list)

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
    passed over. Dates are those of the archive. What is held already is not taken twice. `dry_run` writes nothing.
    `progress` is told (files done, files in all). Raises NotAWebArchive if that is the only file, OSError and the
    errors of the store.
    """
    summary, owners = Summary(), _owners(registry)
    names = [path.name for path in files]
    run = 0 if dry_run else ledger.begin_run("gongkai import", {TAKEN_FROM: names}, [])
    state = "failed"
    try:
        for number, path in enumerate(files, 1):
            for answer in _answers(path, summary, alone=len(files) == 1):
                if answer.page is None:
                    reason = answer.why or ""
                    if reason.startswith("damaged"):
                        summary.damaged.append(f"{answer.url}: {reason}")
                        reason = "damaged"
                    summary.passed[reason] += 1
                    continue
                why = _why_not(answer.page)
                owner = portal or owners.get(_host(answer.page.url))
                if why is None and owner is None:
                    why = "host of no portal"
                    summary.hosts[_host(answer.page.url)] += 1
                if why is None and ledger.holds(answer.page.url, answer.page.fetched_at):
                    why = "held already"
                if why is not None:
                    summary.passed[why] += 1
                    continue
                assert owner is not None
                if not dry_run:
                    _take(ledger, store, run, owner, answer.page, path.name)
                summary.taken += 1
            if progress:
                progress(number, len(files))
        state = "complete"
    finally:
        if not dry_run:
            ledger.end_run(run, state, {"taken": summary.taken, "passed_over": dict(summary.passed)})
    return summary


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


def _why_not(page: CapturedPage) -> str | None:
    if page.status != 200:
        return f"status {page.status}"
    media_type, _ = content_type(page.headers)
    if media_type.startswith(NO_DOCUMENTS) or urlsplit(page.url).path == "/robots.txt":
        return "no document"
    return None if page.body else "empty"


def _take(ledger: Ledger, store: CaptureStore, run: int, portal: str, page: CapturedPage, source: str) -> None:
    """Bytes first, then the ledger, as the crawler does it."""
    payload, problem = decode_content(page.body, page.headers)
    location = store.append(page, payload=payload)
    media_type, charset = content_type(page.headers)
    role = Role.ARTICLE if media_type in HTML or not media_type else Role.ATTACHMENT
    capture = Capture(
        sha256=location.sha256,
        url=page.url,
        fetched_at=page.fetched_at,
        status=page.status,
        media_type=media_type,
        warc=location.warc,
        offset=location.offset,
        length=location.length,
        charset=charset,
        truncated=page.truncated,
        problem=problem,
    )
    host = urlsplit(page.url).netloc.rpartition("@")[2].lower()
    found = Found(page.url, host, portal, role, why="import", detail=source)
    ledger.take_in(run, found, capture, len(page.body))
