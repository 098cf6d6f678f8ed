"""Which portals one of several crawls takes, so that no host is ever asked by two of them at once. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.models import Portal
from crawler.guard import AllowList, read_url, registrable

_SHARD = re.compile(r"(\d{1,6})/(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of the registry: `number` from 1 to `of`."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def read_shard(text: str) -> Shard:
    """Reads `2/3`; raises ValueError for anything else, with what to give instead."""
    match = _SHARD.fullmatch(text.strip())
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise ValueError(f"a shard is written as number/of, such as 1/3, 2/3 and 3/3, not {text!r}")
    return Shard(int(match[1]), int(match[2]))


def sites_of(portal: Portal, allow: AllowList) -> frozenset[str]:
    """The sites a portal may be asked at: registrable domains, and addresses without their ports."""
    names = {read_url(f"http://{host}").name for host in (*allow.named, *allow.hosts)}
    return allow.domains | {registrable(name) for name in names}


def sites_by_portal(portals: Iterable[Portal], allow: Mapping[str, AllowList]) -> dict[str, str]:
    """For each portal the name of its site: the first, by the alphabet, of all sites that it is tied to.

    Portals that share a site are tied together, also over a third one, and so have the same name.
    """
    sites = {portal.id: sites_of(portal, allow[portal.id]) for portal in portals}
    leader: dict[str, str] = {}

    def find(site: str) -> str:
        while (above := leader.setdefault(site, site)) != site:
            leader[site] = leader[above]
            site = leader[site]
        return site

    for names in sites.values():
        first, *others = sorted(names)
        for other in others:
            one, two = sorted((find(first), find(other)))
            leader[two] = one
    return {portal: find(min(names)) for portal, names in sites.items()}


def shard_of(site: str, of: int) -> int:
    """The number of the shard a site falls in, from 1 to `of`; the same on every machine and in every version."""
    return int.from_bytes(hashlib.sha256(site.encode()).digest()[:8]) % of + 1


def in_shard(portals: Mapping[str, Portal], allow: Mapping[str, AllowList], shard: Shard) -> frozenset[str]:
    """The portals of one shard; `portals` must be the whole registry, since all of it says which hosts are shared."""
    sites = sites_by_portal(portals.values(), allow)
    return frozenset(portal for portal, site in sites.items() if shard_of(site, shard.of) == shard.number)
