"""TLS for servers that have grown old, where the registry says so of a portal, and nowhere else.

Without a word in the registry a connection is Scrapy's own, verified, and as strict as OpenSSL is by default: what
fails is recorded as `tls_error`. A relaxation is a reviewed row of data; each fetch under one says so in the ledger.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Any

from OpenSSL import SSL
from OpenSSL.crypto import X509
from service_identity import VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]  # ships no types

from archive.models import TlsRelaxation

_OLD_CIPHERS = b"ALL:@SECLEVEL=0"  # 3DES, small Diffie-Hellman groups, SHA-1 signatures; never without encryption


@implementer(IPolicyForHTTPS)
class RelaxedPolicy:
    """The connections of one set of relaxations."""

    def __init__(self, relaxations: Collection[TlsRelaxation]) -> None:
        self._verified = TlsRelaxation.UNVERIFIED not in relaxations
        self._context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        self._context.set_default_verify_paths()
        self._context.set_min_proto_version(SSL.TLS1_2_VERSION)
        if TlsRelaxation.LEGACY in relaxations:
            self._context.set_min_proto_version(SSL.TLS1_VERSION)
            self._context.set_cipher_list(_OLD_CIPHERS)
            self._context.set_options(SSL.OP_LEGACY_SERVER_CONNECT)  # renegotiation as before RFC 5746

    def creatorForNetloc(self, hostname: bytes, port: int) -> _Creator:
        """What makes connections to one host."""
        return _Creator(self._context, hostname.decode("ascii"), verified=self._verified)


@implementer(IOpenSSLClientConnectionCreator)
class _Creator:
    """Makes the connections to one host; the certificate is checked, and its name, unless it is not to be."""

    def __init__(self, context: SSL.Context, host: str, *, verified: bool) -> None:
        self._context = context
        self._host = host
        self._verified = verified

    def clientConnectionForTLS(self, protocol: Any) -> SSL.Connection:
        """A connection that is about to be opened."""
        connection = SSL.Connection(self._context, None)
        connection.set_app_data(protocol)
        if _address(self._host) is None:
            connection.set_tlsext_host_name(self._host.encode("ascii"))
        if self._verified:
            connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, self._check)
        else:
            connection.set_verify(SSL.VERIFY_NONE)
        return connection

    def _check(self, connection: SSL.Connection, certificate: X509, error: int, depth: int, valid: int) -> bool:
        """Whether a certificate of the chain passes; the server's own must also be made out to the host."""
        if not valid or depth > 0:
            return bool(valid)
        name = DNS_ID(self._host) if _address(self._host) is None else IPAddress_ID(self._host)
        try:
            verify_service_identity(extract_patterns(certificate), [name], [])
        except VerificationError:
            return False
        return True


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
