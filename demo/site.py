"""What a made-up portal consists of: answers by path, some ill-behaved, all rendered before the first request."""

from __future__ import annotations

import csv
import gzip
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs

from demo.form import DATA
from demo.truth import TrueAgency, TrueReport

TEMPLATES = Path(__file__).parent / "templates"
HTML = "text/html; charset=utf-8"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Manner(Enum):
    """How an answer is sent."""

    WHOLE = "whole"
    CUT = "cut"
    """Half of the body that Content-Length promises, then the connection closes."""
    RESET = "reset"
    """Nothing: the connection is reset."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `stumbles` is how many requests get 503 with `Retry-After: 1` before this answer is given."""

    body: bytes
    media_type: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    manner: Manner = Manner.WHOLE
    stumbles: int = 0


def redirect(location: str) -> Answer:
    """A permanent redirect."""
    return Answer(b"", status=301, headers=(("Location", location),))


def error(status: int, text: str, *headers: tuple[str, str]) -> Answer:
    """An error page."""
    return Answer(f"<html><body><h1>{status}</h1><p>{text}</p></body></html>".encode(), status=status, headers=headers)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to a service of a portal: `path` without its query, header names in lower case, values decoded.

    `query` holds the parameters of the address, `form` those of a body sent as a form.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def form(self) -> dict[str, str]:
        """The parameters of a body sent as a form, the first value of each."""
        return first_values(self.body.decode("utf-8", "replace"))


def first_values(query: str) -> dict[str, str]:
    """The parameters of a query, the first value of each, empty ones included."""
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


@dataclass(slots=True)
class Site:
    """One portal: `pages` by path with query, `elsewhere` answers what is not in `pages` (None: 404).

    `services` are asked by path without query, with the whole request; they alone take POST. `host` and `port` are
    where it listens, `compress` sends gzip to those who accept it.
    """

    id: str
    name: str
    host: str
    port: int
    pages: dict[str, Answer] = field(default_factory=dict, repr=False)
    elsewhere: Callable[[str], Answer | None] | None = None
    compress: bool = False
    services: dict[str, Callable[[Asked], Answer]] = field(default_factory=dict, repr=False)

    @property
    def base(self) -> str:
        """The address of the portal without a slash at its end."""
        return f"http://{self.host}:{self.port}"

    def add(self, path: str, page: Answer | str) -> str:
        """Puts a page at a path (text as UTF-8 HTML) and returns its URL. Raises ValueError if the path is taken."""
        if path in self.pages:
            raise ValueError(f"{self.id}: two pages at {path}")
        self.pages[path] = Answer(page.encode()) if isinstance(page, str) else page
        return self.base + path


@dataclass(frozen=True, slots=True)
class Publication:
    """Where a report stands: every URL that holds it, the article first. `attachment` if the form is only in the file.

    `lost` says why a crawler that behaves cannot get it (empty: it can).
    """

    report: TrueReport
    portal: str
    urls: tuple[str, ...]
    format: str
    style: str
    attachment: bool = False
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Decoy:
    """A URL that is no annual report, or must not be asked for at all (`forbidden`), and why."""

    url: str
    title: str
    why: str
    forbidden: bool = False


@dataclass(slots=True)
class Desk:
    """What a portal is built from and what it hands back: its agencies' reports, then publications and decoys.

    `drawn` are publications whose page holds pictures of the report in place of its text.
    """

    site: Site
    reports: dict[str, tuple[TrueReport, ...]]
    agencies: tuple[TrueAgency, ...]
    outside: str
    edition: int = 1
    publications: list[Publication] = field(default_factory=list)
    drawn: list[Publication] = field(default_factory=list)
    decoys: list[Decoy] = field(default_factory=list)

    def in_order(self) -> list[TrueReport]:
        """Every report, latest year first, agencies in the order of the register."""
        every = [report for reports in self.reports.values() for report in reports]
        return sorted(every, key=lambda report: -report.year)

    def visits(self, path: str) -> int:
        """The visitor counter at the foot of a page: it moves from edition to edition and means nothing."""
        return 300 + sum(path.encode()) % 900 + 137 * self.edition


@cache
def template(name: str) -> Template:
    """The page template of that name."""
    return Template((TEMPLATES / f"{name}.html").read_text("utf-8"))


def fill(name: str, **values: object) -> str:
    """A page from a template; every value is markup already. Raises KeyError if the template names one not given."""
    return template(name).substitute(values)


def relative(path: str, folder: str) -> str:
    """The path as an editor would link it from a page in `folder`: `./202401/…` or `../../…`."""
    found = posixpath.relpath(path, folder)
    return found if found.startswith("..") else "./" + found


def number_of(text: str, digits: int) -> int:
    """An article number of so many digits that depends on the text alone."""
    value: int = 7
    for byte in text.encode():
        value = (value * 131 + byte) % int(10**digits)
    lowest = int(10 ** (digits - 1))
    return value % (9 * lowest) + lowest


def quoted(text: str) -> str:
    """The text for use in markup and attributes."""
    return escape(text, quote=True)


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A page that is easily taken for an annual report: `why` it is none, `image` is markup or empty."""

    title: str
    date: str
    text: str
    why: str
    image: str


def lookalike_texts(place: str, year: int) -> list[Lookalike]:
    """The look-alikes of `data/lookalikes.csv` for one place and report year."""
    with (DATA / "lookalikes.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Lookalike(
                title=line["title"].format(year=year, place=place),
                date=f"{year + 1}-02-{day:02d}",
                text=line["text"],
                why=line["why"],
                image='<p><img src="./W020240101.png" alt=""></p>' if line["why"] == "infographic" else "",
            )
            for day, line in enumerate(csv.DictReader(lines), start=1)
        ]


def squeezed(body: bytes) -> bytes:
    """The body as gzip, the same bytes every time."""
    return gzip.compress(body, 6, mtime=0)
