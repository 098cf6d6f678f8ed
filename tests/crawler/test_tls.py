"""TLS: strict unless the registry says otherwise of a portal, and then every fetch says so."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from archive.models import Outcome, TlsRelaxation
from tests.crawler.crawling import by_path, check_books, crawl, ledger_of, outcomes
from tests.crawler.fault_server import FaultServer, answer, listing, report, titles

LEGACY, UNVERIFIED = TlsRelaxation.LEGACY, TlsRelaxation.UNVERIFIED


def self_signed(folder: Path, address: str = "127.0.0.99") -> ssl.SSLContext:
    """A TLS server's context with a certificate that nobody vouches for, made out to an address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "invented.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(certificate.public_bytes(pem) + plain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def column(server: FaultServer) -> None:
    server.routes["/nb/"] = answer(listing(titles(["/a.html"])))
    server.routes["/a.html"] = answer(report("云岭县甲局") * 3)


def old(context: ssl.SSLContext) -> ssl.SSLContext:
    """The same server as it was in 2010: TLS 1.0 and nothing newer."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSVersion"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def test_a_certificate_that_nobody_vouches_for_is_an_outcome(tmp_path: Path) -> None:
    with FaultServer(tls=self_signed(tmp_path)) as server:
        column(server)
        ended = crawl(tmp_path / "data", [server.portal()])
        assert server.hits == []
    assert ended.code == 3
    found = outcomes(tmp_path / "data")
    assert found["/robots.txt"] == (Outcome.TLS_ERROR, "tls")
    assert found["/nb/"][0] is Outcome.ROBOTS_DISALLOWED


def test_a_portal_may_be_fetched_unverified_and_every_fetch_says_so(tmp_path: Path) -> None:
    """Another portal of the same run, with the same fault and nothing said of it, stays refused."""
    with FaultServer(tls=self_signed(tmp_path)) as server, FaultServer("127.0.0.59", tls=server.tls) as strict:
        column(server)
        column(strict)
        portals = [replace(server.portal(), tls=(UNVERIFIED,)), strict.portal("strict")]
        ended = crawl(tmp_path / "data", portals)
        assert strict.hits == []
    assert ended.code == 3
    with ledger_of(tmp_path / "data") as ledger:
        fetched = [fetch for fetch in ledger.fetches() if fetch.portal == "yunling"]
    assert [fetch.outcome for fetch in fetched] == [Outcome.OK] * 3
    assert all((fetch.evidence or "").endswith("tls=unverified") for fetch in fetched)
    check_books(tmp_path / "data")


@pytest.mark.parametrize(
    ("relaxations", "had"),
    [
        ((), False),
        ((UNVERIFIED,), False),
        ((LEGACY,), False),  # its ciphers pass, its certificate does not
        ((LEGACY, UNVERIFIED), True),
    ],
)
def test_an_old_server_needs_the_word_for_it(tmp_path: Path, relaxations: tuple[TlsRelaxation, ...], had: bool) -> None:
    with FaultServer(tls=old(self_signed(tmp_path))) as server:
        column(server)
        crawl(tmp_path / "data", [replace(server.portal(), tls=relaxations)], GONGKAI_ATTEMPTS="1")
    assert (outcomes(tmp_path / "data")["/robots.txt"][0] is Outcome.OK) == had
    if had:
        assert by_path(tmp_path / "data")["/a.html"].detail.endswith("tls=legacy unverified")  # type: ignore[union-attr]


@pytest.mark.parametrize(("made_out_to", "outcome"), [("127.0.0.41", Outcome.OK), ("127.0.0.42", Outcome.TLS_ERROR)])
def test_an_old_server_still_has_to_be_the_one_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_out_to: str, outcome: Outcome
) -> None:
    with FaultServer(tls=old(self_signed(tmp_path, made_out_to))) as server:
        column(server)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))  # now somebody vouches for it
        crawl(tmp_path / "data", [replace(server.portal(), tls=(LEGACY,))], GONGKAI_ATTEMPTS="1")
    assert outcomes(tmp_path / "data")["/robots.txt"][0] is outcome
