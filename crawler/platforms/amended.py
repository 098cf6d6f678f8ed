"""A finished reading with something added to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from crawler.platforms.contract import ExcludedLink, FollowLink, PageReading, Partial


def with_steps(reading: PageReading, steps: Iterable[FollowLink], excluded: Iterable[ExcludedLink] = ()) -> PageReading:
    """The same reading with further steps and refusals; what is known already stays as it is."""
    follow = {(link.url, link.method, link.body): link for link in (*steps, *reading.follow)}
    taken = {link.url for link in (*follow.values(), *reading.next)}
    refused = {link.url: link for link in (*excluded, *reading.excluded)}
    return replace(
        reading,
        follow=tuple(sorted(follow.values(), key=lambda link: -link.score)),
        excluded=tuple(link for url, link in refused.items() if url not in taken),
    )


def with_partial(reading: PageReading, partial: Partial) -> PageReading:
    """The same reading with what it owes."""
    return replace(reading, partial=partial)


def with_facts(reading: PageReading, facts: Iterable[tuple[str, str]]) -> PageReading:
    """The same reading with further words for the ledger."""
    return replace(reading, facts={**reading.facts, **{key: value for key, value in facts if value}})


def with_pages(found: PageReading, pages: tuple[FollowLink, ...], owed: int | None = None) -> PageReading:
    """The same reading with requests for further pages, of `owed` in all where that is known."""
    return replace(found, next=pages, pages_owed=owed)
