"""Which URLs may be asked for: no private targets in any notation, and only the hosts of the portal. Pure.

Names are checked here as written; what they resolve to is checked where the connection is made (`crawler.resolver`).
Sources: IANA special-purpose address registries (by `ipaddress`), WHATWG URL §4.4 (how a host is read as IPv4).
"""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

import tldextract
from w3lib.url import safe_url_string

from archive.models import Portal

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL_LENGTH = 2083

# The suffix list that came with the package: a crawl must not depend on a download, nor change with one.
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")


class BadUrl(ValueError):
    """Raised for a URL that is never asked for; `reason` is a short code for the ledger."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Target:
    """A URL read in full: `url` in its one spelling, `host` with the port unless it is the scheme's own.

    `name` is the host without the port, lower-case ASCII, no trailing dot; `address` is set where that is an IP address
    in any notation.
    """

    url: str
    host: str
    name: str
    origin: str
    address: Address | None


@lru_cache(maxsize=8192)  # the furniture of a site stands on each of its pages
def read_url(url: str) -> Target:
    """Reads an absolute URL into its one spelling; raises BadUrl for one that the crawler never asks for.

    The fragment is dropped, characters outside ASCII are percent-encoded in UTF-8, the host is lower-case IDNA.
    """
    url = url.strip()
    if len(url) > MAX_URL_LENGTH:
        raise BadUrl("url_too_long", f"{len(url)} characters")
    try:
        # A backslash is a slash for browsers, so it must not hide a host from us.
        parts = urlsplit(url.replace("\\", "/"))
        port = parts.port
    except ValueError as error:
        raise BadUrl("not_a_url", str(error)) from error
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise BadUrl("scheme", f"{scheme or 'no scheme'}: only http and https are asked for")
    if "@" in parts.netloc:
        raise BadUrl("userinfo", "a user name in the URL can pass for the host")
    name = _host_name(parts.hostname or "")
    address = literal_address(name)
    if address is not None:
        name = str(address)
    shown = f"[{name}]" if isinstance(address, ipaddress.IPv6Address) else name
    host = shown if port in (None, _DEFAULT_PORTS[scheme]) else f"{shown}:{port}"
    rest = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    if not rest.startswith("/"):
        rest = "/" + rest
    # safe_url_string must not meet a path that begins with `//`: it would take it for a host.
    safe = safe_url_string(f"http://host{rest}").removeprefix("http://host")
    return Target(f"{scheme}://{host}{safe}", host, name, f"{scheme}://{host}", address)


def _host_name(host: str) -> str:
    host = unicodedata.normalize("NFKC", host).lower().rstrip(".")
    if not host:
        raise BadUrl("not_a_url", "no host")
    if host.isascii():
        name = host
    else:
        try:
            name = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise BadUrl("not_a_url", f"host {host!r}: {error}") from error
    if not all(character.isalnum() or character in "-._:" for character in name):
        raise BadUrl("not_a_url", f"host {host!r}")
    return name


def literal_address(name: str) -> Address | None:
    """The IP address that a host name is, in any notation a resolver takes (decimal, octal, hex, short), else None.

    Raises BadUrl for a name that ends in a number and yet is no address: resolvers differ on what it means.
    """
    if ":" in name:
        try:
            return ipaddress.IPv6Address(name.partition("%")[0])
        except ValueError as error:
            raise BadUrl("not_a_url", f"host {name!r}: {error}") from error
    labels = name.rstrip(".").split(".")
    if not _number_like(labels[-1]):
        return None
    try:
        numbers = [_number(label) for label in labels]
    except ValueError as error:
        raise BadUrl("not_a_url", f"host {name!r} ends in a number, but is no address") from error
    if len(numbers) > 4 or any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise BadUrl("not_a_url", f"host {name!r} ends in a number, but is no address")
    value = numbers[-1] + sum(number << (8 * (3 - place)) for place, number in enumerate(numbers[:-1]))
    return ipaddress.IPv4Address(value)


def _number_like(label: str) -> bool:
    return label.isdigit() or (label[:2] in ("0x", "0X") and all(c in "0123456789abcdefABCDEF" for c in label[2:]))


def _number(label: str) -> int:
    if not _number_like(label):
        raise ValueError(label)
    if label[:2] in ("0x", "0X"):
        return int(label[2:] or "0", 16)
    return int(label, 8) if label[0] == "0" and len(label) > 1 else int(label)


def is_public(address: Address) -> bool:
    """Whether an address is one of the open Internet, also inside the IPv6 forms that carry an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo:
            inner = address.teredo[1]
        elif any(address in network for network in (*_NAT64, _IPV4_COMPATIBLE)):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@lru_cache(maxsize=4096)
def registrable(name: str) -> str:
    """The registrable domain of a host name (`gov.cn` is a public suffix, so `www.x.gov.cn` gives `x.gov.cn`).

    An address and a name without a suffix are their own.
    """
    return _SUFFIXES(name).top_domain_under_public_suffix or name


def _private(target: Target) -> tuple[str, str] | None:
    """Why nobody but the registry may name a host, as a code and a detail; None for one of the open Internet."""
    public = is_public(target.address) if target.address else bool(_SUFFIXES(target.name).suffix)
    return None if public else ("private_address", f"{target.name} is not on the open Internet")


@dataclass(frozen=True, slots=True)
class AllowList:
    """The hosts that may be asked for on behalf of a portal: its registrable domain, and what the registry adds.

    `named` are the hosts that the registry writes out (with a port where it gives one): they alone may be private.
    """

    domains: frozenset[str] = field(default_factory=frozenset)
    hosts: frozenset[str] = field(default_factory=frozenset)
    named: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, portal: Portal) -> AllowList:
        """Reads the allow-list of a portal from its registry entry; raises BadUrl for a URL in it that is none."""
        targets = [read_url(url) for url in (portal.home_url, portal.annual_report_url) if url]
        added = [read_url(host if "://" in host else f"http://{host}") for host in portal.hosts]
        domains = {registrable(target.name) for target in targets if target.address is None}
        return cls(
            frozenset(domains),
            frozenset(target.host for target in added),
            frozenset(target.host for target in (*targets, *added)),
        )

    def refusal(self, target: Target) -> tuple[str, str] | None:
        """Why a URL is not asked for on behalf of this portal, as a code and a detail; None = it may be."""
        if target.host in self.named:
            return None
        if target.address is not None:
            return _private(target) or ("off_site", f"{target.host} is not a host of this portal")
        if registrable(target.name) in self.domains:
            return None
        if any(target.name == host or target.name.endswith("." + host) for host in self.hosts):
            return None
        return "off_site", f"{target.name} is not a host of this portal"

    def check(self, url: str) -> Target:
        """Reads a URL that may be asked for; raises BadUrl with the reason for any other."""
        target = read_url(url)
        if refusal := self.refusal(target):
            raise BadUrl(*refusal)
        return target

    def reachable(self, url: str) -> Target:
        """Reads a URL on a host of the open Internet, or one named for this portal; raises BadUrl for any other.

        A name without a public suffix is of somebody's own network. Another portal may have it; this one has no word in
        what is asked there.
        """
        target = read_url(url)
        if target.host not in self.named and (refusal := _private(target)):
            raise BadUrl(*refusal)
        return target

    def allows(self, url: str) -> bool:
        """Whether a URL may be asked for."""
        try:
            self.check(url)
        except BadUrl:
            return False
        return True


def private_names(lists: Iterable[AllowList]) -> frozenset[str]:
    """The hosts that the registry itself names and that may lead to a private address, without their ports.

    These are the addresses that it writes out and the names without a public suffix (`localhost`, a machine of one's
    own network). A public name that turns private was turned there by somebody, and stays refused.
    """
    names = (read_url(f"http://{host}") for one in lists for host in one.named)
    return frozenset(target.name for target in names if target.address or _private(target))
