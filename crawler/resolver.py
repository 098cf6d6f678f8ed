"""Names to addresses, with every answer checked where the connection is made: a name that turns private is refused."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.request import getproxies

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.guard import BadUrl, is_public, read_url

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, but what it answers is on the open Internet, or named by the registry.

    Twisted connects to the very address that is checked here, so a name cannot answer twice differently; addresses
    written in a URL come through here as well. The proxy that the environment names is exempt, and names of targets are
    not resolved at all behind it. `exempt` holds further names; `refused` says why a name was refused, since Twisted
    only tells that nothing was found.
    """

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.exempt: set[str] = {name for url in getproxies().values() if (name := _name(url))}
        self.refused: dict[str, str] = {}

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        """Resolves a name; fails with DNSLookupError where the address may not be connected to."""
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        name = name.rstrip(".").lower()
        if name in self.exempt or is_public(ipaddress.ip_address(address)):
            return address
        self.refused[name] = f"{name} resolves to {address}, which is not on the open Internet"
        raise DNSLookupError(self.refused[name])


def _name(proxy: str) -> str | None:
    """The host name of a proxy as the environment gives it, with or without a scheme and a user."""
    rest = proxy.rpartition("://")[2]
    try:
        return read_url(f"http://{rest.rpartition('@')[2]}").name
    except BadUrl:
        return None
