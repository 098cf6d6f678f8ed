"""The guard: no private target in any notation, no host but the portal's own."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import reactor
from twisted.internet.error import DNSLookupError

from archive.models import Portal
from crawler.guard import AllowList, BadUrl, is_public, literal_address, private_names, read_url, registrable
from crawler.resolver import GuardedResolver


def portal(home: str = "http://www.yunling.gov.cn/", *hosts: str) -> Portal:
    return Portal("yunling", "云岭县", "370481", None, home, hosts=hosts)


ALLOW = AllowList.of(portal("http://www.yunling.gov.cn/", "img.example.com", "127.0.0.5:8001"))

# Every spelling of an IPv4 address that a resolver of the C library takes.
SPELLINGS = (
    lambda a, b, c, d: f"{a}.{b}.{c}.{d}",
    lambda a, b, c, d: f"{a}.{b}.{c}.{d}.",
    lambda a, b, c, d: f"{a}.{b}.{c * 256 + d}",
    lambda a, b, c, d: f"{a}.{b * 65536 + c * 256 + d}",
    lambda a, b, c, d: str(((a * 256 + b) * 256 + c) * 256 + d),
    lambda a, b, c, d: hex(((a * 256 + b) * 256 + c) * 256 + d),
    lambda a, b, c, d: f"0X{a:x}.0x{b:x}.{c}.{d:#x}",
    lambda a, b, c, d: f"0{a:o}.0{b:03o}.{c}.0{d:o}",
    lambda a, b, c, d: f"{a}.{b}.{c}.{d}".translate(str.maketrans("0123456789.", "０１２３４５６７８９。")),
    lambda a, b, c, d: f"[::ffff:{a}.{b}.{c}.{d}]",
    lambda a, b, c, d: f"[64:ff9b::{a:02x}{b:02x}:{c:02x}{d:02x}]",
    lambda a, b, c, d: f"[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1]",
    lambda a, b, c, d: f"[::{a}.{b}.{c}.{d}]",
)
PRIVATE = (
    "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "0.0.0.0/8",
    "224.0.0.0/4", "240.0.0.0/4", "198.18.0.0/15",
)  # fmt: skip


@given(st.sampled_from(PRIVATE), st.integers(min_value=0), st.sampled_from(SPELLINGS), st.sampled_from(("", ":8080")))
def test_no_spelling_of_a_private_address_passes(network: str, number: int, spell: object, port: str) -> None:
    block = ipaddress.IPv4Network(network)
    address = block[number % block.num_addresses]
    url = f"http://{spell(*address.packed)}{port}/x"  # type: ignore[operator]
    assert not ALLOW.allows(url)
    target = read_url(url)
    assert target.address is not None
    assert not is_public(target.address)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://{text}/", f"http://www.yunling.gov.cn/{text}"):
        try:
            target = read_url(url)
        except BadUrl:
            continue
        assert target.url.isascii()
        assert "#" not in target.url
        assert read_url(target.url) == target  # one spelling, read again the same


@given(st.text(alphabet="abc019.:@/\\?#[]%x-_ＡＢ。", max_size=40))
def test_whatever_stands_around_the_own_name_leads_to_it_or_nowhere(text: str) -> None:
    url = f"http://{text}www.yunling.gov.cn"
    if ALLOW.allows(url):
        name = read_url(url).name
        assert name == "img.example.com" or name.endswith("yunling.gov.cn")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://www.yunling.gov.cn/nb/", None),
        ("https://kjj.yunling.gov.cn:8443/nb/", None),
        ("http://yunling.gov.cn./", None),
        ("http://cdn.img.example.com/1.pdf", None),
        ("http://127.0.0.5:8001/nb/", None),
        ("http://127.0.0.5/nb/", "private_address"),
        ("http://127.0.0.5:8002/nb/", "private_address"),
        ("http://8.8.8.8/", "off_site"),
        ("http://[2606:4700::1]/", "off_site"),
        ("http://[::1]/", "private_address"),
        ("http://[fe80::1]/", "private_address"),
        ("http://[fc00::1]/", "private_address"),
        ("http://[ff02::1]/", "private_address"),
        ("http://[fec0::1]/", "private_address"),
        ("http://[4000::1]/", "private_address"),  # of a block that is not given out
        ("http://www.gov.cn/", "off_site"),
        ("http://www.other.gov.cn/", "off_site"),
        ("http://yunling.gov.cn.example.com/", "off_site"),
        ("http://evilimg.example.com.evil.com/", "off_site"),
        ("http://evilimg.example.com/", "off_site"),
        ("http://localhost/", "off_site"),
        ("ftp://www.yunling.gov.cn/", "scheme"),
        ("javascript:void(0)", "scheme"),
        ("//www.yunling.gov.cn/", "scheme"),
        ("http://www.yunling.gov.cn@evil.com/", "userinfo"),
        ("http://evil.com\\@www.yunling.gov.cn/", "off_site"),
        ("http://1.2.3.999/", "not_a_url"),
        ("http://www.yunling.gov.cn/" + "x" * 2100, "url_too_long"),
        ("http://", "not_a_url"),
    ],
)
def test_what_is_allowed(url: str, reason: str | None) -> None:
    if reason is None:
        assert ALLOW.allows(url)
        return
    with pytest.raises(BadUrl) as refused:
        ALLOW.check(url)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("url", "spelled", "host"),
    [
        ("HTTP://Yunling.GOV.cn:80/a b?年=1#top", "http://yunling.gov.cn/a%20b?%E5%B9%B4=1", "yunling.gov.cn"),
        ("https://yunling.gov.cn:443", "https://yunling.gov.cn/", "yunling.gov.cn"),
        ("http://yunling.gov.cn:8080//a//b", "http://yunling.gov.cn:8080//a//b", "yunling.gov.cn:8080"),
        ("http://云岭.cn/", "http://xn--9kqv75a.cn/", "xn--9kqv75a.cn"),
        ("http://yunling.gov.cn?page=2", "http://yunling.gov.cn/?page=2", "yunling.gov.cn"),
    ],
)  # fmt: skip
def test_a_url_has_one_spelling(url: str, spelled: str, host: str) -> None:
    target = read_url(url)
    assert target.url == spelled
    assert target.host == host


def test_gov_cn_is_a_public_suffix() -> None:
    assert registrable("kjj.tengzhou.gov.cn") == "tengzhou.gov.cn"
    assert registrable("www.gov.cn") == "www.gov.cn"
    assert registrable("portal.github.io") == "portal.github.io"


def test_a_number_is_not_taken_for_a_name() -> None:
    assert literal_address("cafe.babe") is None
    assert literal_address("0x7f000001") == ipaddress.ip_address("127.0.0.1")
    with pytest.raises(BadUrl):
        literal_address("1.2.3.4.5")
    with pytest.raises(BadUrl):
        literal_address("www.09")


def test_only_what_the_registry_names_may_resolve_to_a_private_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://user:secret@proxy.internal:3128")
    names = private_names([ALLOW, AllowList.of(portal("http://localhost:8001/"))])
    assert names == {"127.0.0.5", "localhost"}
    resolver = GuardedResolver(reactor, 0, 1.0)
    resolver.exempt |= names
    assert resolver._checked("127.0.0.1", "localhost") == "127.0.0.1"
    assert resolver._checked("10.0.0.9", "proxy.internal") == "10.0.0.9"
    assert resolver._checked("8.8.8.8", "www.yunling.gov.cn") == "8.8.8.8"
    with pytest.raises(DNSLookupError, match="not on the open Internet"):
        resolver._checked("10.0.0.9", "www.yunling.gov.cn")
    assert set(resolver.refused) == {"www.yunling.gov.cn"}
