"""Which pictures a page showed each time that it was there, and which pages are to be read anew because of them.

A page and its pictures are captures of their own, and pictures may come late, fail, or change while the page does not.
What a page showed in a run is what was first fetched of each picture in that run or later, else what was held before.
So the result of a page is a function of captures: the digest of its pictures stands beside it in the ledger, and a page
is read anew where that is no longer the digest of what is held.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from archive.ledger import Ledger, Showing
from archive.models import Capture, Role, ShownPicture

Place = tuple[str, int]
"""WARC file and offset of a capture."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """The pages of a ledger that show pictures: what each showed, by the place of its capture, and what is `stale`.

    `stale` are captures of which this parser version has a result that was made of other pictures, and those of pages
    that had not changed themselves while their pictures had.
    """

    shown: dict[Place, tuple[ShownPicture, ...]]
    stale: tuple[Capture, ...]

    def with_pictures(self, capture: Capture) -> Capture:
        """The capture with the pictures that it showed."""
        pictures = self.shown.get((capture.warc, capture.offset))
        return replace(capture, pictures=pictures) if pictures else capture


def pictured(
    ledger: Ledger,
    parser_version: str,
    *,
    again: bool = False,
    roles: Collection[Role],
    portals: Collection[str] | None = None,
) -> Pictured:
    """The pages that show pictures, as the ledger has them now; with `again` all changes by pictures are stale."""
    held: dict[str, dict[str, list[tuple[int, ShownPicture]]]] = defaultdict(lambda: defaultdict(list))
    for page, picture, run in ledger.pictures():
        held[page][picture.url].append((run, picture))
    shown: dict[Place, tuple[ShownPicture, ...]] = {}
    stale: list[Capture] = []
    last: dict[tuple[str, str], str | None] = {}
    for seen in ledger.showing(parser_version) if held else ():
        capture = seen.capture
        if capture.role not in roles or (portals is not None and capture.portal not in portals):
            continue
        pictures = tuple(_shown_in(seen.run, times) for times in held[capture.url].values())
        shown[capture.warc, capture.offset] = pictures
        made_of, content = digest(pictures), (capture.url, capture.sha256)
        if _is_stale(seen, made_of, is_new=last.get(content, made_of) != made_of, again=again):
            stale.append(replace(capture, pictures=pictures))
        last[content] = made_of
    return Pictured(shown, tuple(stale))


def digest(pictures: Sequence[ShownPicture]) -> str | None:
    """What tells sets of pictures apart: their addresses and bytes; None for no picture."""
    if not pictures:
        return None
    lines = sorted(f"{picture.url} {picture.sha256 or '-'}\n" for picture in pictures)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _shown_in(run: int, times: Sequence[tuple[int, ShownPicture]]) -> ShownPicture:
    """The picture as a page showed it in a run; `times` are when it was fetched, in order."""
    return next((picture for at, picture in times if at >= run), times[-1][1])


def _is_stale(seen: Showing, made_of: str | None, *, is_new: bool, again: bool) -> bool:
    if seen.capture.original is None:
        # One that has no result yet, and with `again` every one, is read as any other document is.
        return seen.parsed and seen.made_of != made_of and not again
    return (seen.parsed or is_new) and (again or seen.made_of != made_of)
