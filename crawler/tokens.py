"""Parameters of addresses that change at each view and mean nothing: learnt from what was fetched, never guessed.

A site without cookies writes the number of a visit, or a token, into every link. Names that everybody uses are taken
out of a URL where it is read (`crawler.pages.urls`); one with a name of its own would make every report of a list new
in every night. It costs each report one more fetch until it is known, and a second look at the address that no list
names any more, as at any; none after that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive.ledger import Found, Ledger
from archive.models import Outcome, Role

SAME_PAGE = "same_page"
"""Why a URL is left out: it differs from one that is held only in a parameter that means nothing there."""
PROOFS = 3
"""Different documents that must have come alike under different values before a parameter is believed to be idle."""
_CANONICAL = "canonical="


@dataclass(frozen=True, slots=True)
class Held:
    """A fetched URL: the digest of its bytes, the address that the page calls its own (or None), whether it stands."""

    url: str
    sha256: str
    canonical: str | None
    stands: bool

    def same_as(self, other: Held) -> bool:
        """Whether two URLs gave one document: equal bytes, or pages that name one address as their own."""
        return self.sha256 == other.sha256 or (self.canonical is not None and self.canonical == other.canonical)


def idle_names(held: Iterable[Held]) -> frozenset[str]:
    """The names of parameters that never mattered, among URLs of one path.

    A name is idle if at least PROOFS different documents came alike under different values of it, and none ever came
    otherwise: the number of an article fails the second, a page that stands for all missing articles the first.
    """
    groups: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for one in held:
        for name in set(_names(one.url)):
            groups[name, without(one.url, {name})].append(one)
    proofs: dict[str, set[str]] = defaultdict(set)
    refuted = set()
    for (name, _), alike in groups.items():
        first, *others = alike
        if not all(first.same_as(other) for other in others):
            refuted.add(name)
        elif others:
            proofs[name].add(first.sha256)
    return frozenset(name for name, seen in proofs.items() if len(seen) >= PROOFS and name not in refuted)


def without(url: str, names: Iterable[str]) -> str:
    """A URL without the parameters of these names."""
    left_out = set(names)
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair.partition("=")[0] not in left_out]
    return parts._replace(query="&".join(kept)).geturl()


def _names(url: str) -> list[str]:
    query = urlsplit(url).query
    return [pair.partition("=")[0] for pair in query.split("&")] if query else []


class Tokens:
    """What a run knows of idle parameters; each path is looked up in the ledger once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[str, tuple[frozenset[str], dict[str, Held]]] = {}

    def sift(self, found: Iterable[Found]) -> Iterator[Found]:
        """The URLs found, those that are held under another value of an idle parameter left out with the reason.

        Each such URL is followed by the one that is held: the page still names it, under whatever address.
        """
        for item in found:
            same = self._same(item)
            if same is None:
                yield item
                continue
            yield replace(item, excluded=SAME_PAGE, detail=f"an idle parameter apart, this is {same.url}"[:1000])
            yield replace(item, url=same.url)

    def _same(self, item: Found) -> Held | None:
        """The held URL that this one is the same page as, the latest that stands: its token lasts longest."""
        asked = item.method == "GET" and item.excluded is None and item.role in (Role.ARTICLE, Role.ATTACHMENT)
        path, question, query = item.url.partition("?")
        if not asked or not question or not query:
            return None
        idle, held = self._of(path)
        if idle.isdisjoint(_names(item.url)) or item.url in held:
            return None
        wanted = without(item.url, idle)
        return next((one for one in reversed(held.values()) if one.stands and without(one.url, idle) == wanted), None)

    def _of(self, path: str) -> tuple[frozenset[str], dict[str, Held]]:
        if path not in self._known:
            held = {one.url: one for one in self._held(path)}
            self._known[path] = idle_names(held.values()), held
        return self._known[path]

    def _held(self, path: str) -> Iterator[Held]:
        for url, sha256 in self._ledger.held_below(f"{path}?"):
            canonical = next((part for part in (url.detail or "").split("; ") if part.startswith(_CANONICAL)), "")
            stands = url.state == "done" and url.outcome in (Outcome.OK, Outcome.NOT_MODIFIED)
            yield Held(url.url, sha256, canonical.removeprefix(_CANONICAL) or None, stands)
