"""One column of reports, each of which fails in its own way: every URL ends in the outcome that it should."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from time import time

import pytest

from archive.captures import CaptureStore
from archive.models import Outcome
from tests.crawler.crawling import Ended, by_path, check_books, crawl, ledger_of, outcomes
from tests.crawler.fault_server import Exchange, FaultServer, answer, listing, redirect, report, titles

GOOD = report("云岭县甲局")
LONG = report("云岭县乙局") * 4


def gz(extra: str = "gzip", body: bytes | None = None) -> bytes:
    return answer(
        gzip.compress(GOOD.encode()) if body is None else body, "200 OK", "text/html", f"Content-Encoding: {extra}"
    )


def bomb() -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(squeeze.compress(bytes(1 << 20)) for _ in range(300)), squeeze.flush()])


async def reset(exchange: Exchange) -> None:
    await exchange.send(answer(GOOD)[:300])
    exchange.reset()


async def hang(exchange: Exchange) -> None:
    await asyncio.sleep(30)


async def drip(exchange: Exchange) -> None:
    await exchange.send(answer("", length=10_000))
    for _ in range(100):
        await exchange.send(b"<p>")
        await asyncio.sleep(0.3)


async def short(exchange: Exchange) -> None:
    await exchange.send(answer(GOOD, length=100_000))
    exchange.writer.close()


async def no_length(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + GOOD.encode())
    exchange.writer.close()


async def torn_chunk(exchange: Exchange) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    await exchange.send(head + b"1000\r\n" + GOOD.encode()[:500])
    exchange.writer.close()


async def endless(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not exchange.writer.is_closing():
        await exchange.send(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


async def busy(exchange: Exchange) -> None:
    await exchange.send(answer(GOOD) if exchange.number > 1 else answer("", "503 Busy", "text/html", "Retry-After: 1"))


async def slow_down(exchange: Exchange) -> None:
    when = f"Retry-After: {formatdate(time() + 2, usegmt=True)}"
    await exchange.send(answer(GOOD) if exchange.number > 1 else answer("", "429 Slow down", "text/html", when))


async def cookie(exchange: Exchange) -> None:
    if "CT6T=1" in exchange.hit.headers.get("cookie", ""):
        await exchange.send(answer(GOOD))
    else:
        await exchange.send(redirect("/cookie.html", "Set-Cookie: CT6T=1; Path=/; Domain=.gov.cn", "Set-Cookie: x=2"))


SECRET = "127.0.0.99"
EXPECTED: dict[str, tuple[object, Outcome, str | None]] = {
    "/good.html": (answer(GOOD), Outcome.OK, None),
    "/gone.html": (answer("", "404 Not Found"), Outcome.NOT_FOUND, "http_404"),
    "/gone2.html": (answer("", "410 Gone"), Outcome.NOT_FOUND, "http_410"),
    "/broken.html": (answer("error", "500 Error"), Outcome.HTTP_ERROR, "http_500"),
    "/teapot.html": (answer("", "418 Teapot"), Outcome.HTTP_ERROR, "http_418"),
    "/reset.html": (reset, Outcome.UNREADABLE, "damaged_body"),
    "/hang.html": (hang, Outcome.UNREACHABLE, "timeout"),
    "/drip.html": (drip, Outcome.UNREACHABLE, "timeout"),
    "/short.html": (short, Outcome.UNREADABLE, "damaged_body"),
    "/torn.html": (torn_chunk, Outcome.UNREADABLE, "damaged_body"),
    "/nolength.html": (no_length, Outcome.OK, None),
    "/gzip.html": (gz(), Outcome.OK, None),
    "/gzip-short.html": (gz(body=gzip.compress(LONG.encode())[:-40]), Outcome.UNREADABLE, "damaged_body"),
    "/gzip-lie.html": (gz(body=GOOD.encode()), Outcome.OK, None),
    "/deflate.html": (gz("deflate", zlib.compress(GOOD.encode())), Outcome.OK, None),
    "/brotli.html": (gz("br", b"\x8b\x00"), Outcome.UNREADABLE, "damaged_body"),
    "/bomb.html": (gz(body=bomb()), Outcome.UNREADABLE, "damaged_body"),
    "/empty.html": (answer(""), Outcome.UNREADABLE, "empty_body"),
    "/large.html": (answer("", length=5 << 30), Outcome.TOO_LARGE, "download_maxsize"),
    "/endless.html": (endless, Outcome.TOO_LARGE, "download_maxsize"),
    "/charset-lie.html": (answer(GOOD.encode("gb18030"), kind="text/html; charset=utf-8"), Outcome.OK, None),
    "/busy.html": (busy, Outcome.OK, None),
    "/slow-down.html": (slow_down, Outcome.OK, None),
    "/moved.html": (redirect("/target.html"), Outcome.REDIRECTED, None),
    "/gbk.html": (redirect("/公开.html".encode("gbk").decode("latin-1")), Outcome.REDIRECTED, None),
    "/loop-a.html": (redirect("/loop-b.html"), Outcome.REDIRECTED, None),
    "/loop-b.html": (redirect("/loop-a.html"), Outcome.HTTP_ERROR, "redirect_loop"),
    "/self.html": (redirect("/self.html"), Outcome.HTTP_ERROR, "redirect_to_itself"),
    "/cookie.html": (cookie, Outcome.OK, None),
    "/chain0.html": (redirect("/chain1.html"), Outcome.REDIRECTED, None),
    "/file.html": (redirect("file:///etc/passwd"), Outcome.REDIRECTED, "scheme"),
    "/away.html": (redirect("http://www.example.com/"), Outcome.REDIRECTED, "off_site"),
    "/meta.html": (
        answer(f'<html><head><meta http-equiv="refresh" content="0;url=http://{SECRET}:PORT/x"></head></html>'),
        Outcome.REDIRECTED,
        "private_address",
    ),
    "/meta-decimal.html": (
        answer('<html><head><meta http-equiv="refresh" content="0;url=http://2130706531:PORT/x"></head></html>'),
        Outcome.REDIRECTED,
        "private_address",
    ),
}
for number, spelling in enumerate(
    (SECRET, "2130706531", "0x7f000063", "0177.0.0.0143", "127.99", "[::ffff:127.0.0.99]")
):
    EXPECTED[f"/private{number}.html"] = (
        redirect(f"http://{spelling}:PORT/x"), Outcome.REDIRECTED, "private_address"
    )  # fmt: skip
EXPECTED["/localhost.html"] = (redirect("http://localhost:PORT/x"), Outcome.REDIRECTED, "off_site")
EXPECTED["/user.html"] = (redirect("http://127.0.0.41@127.0.0.99:PORT/x"), Outcome.REDIRECTED, "userinfo")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended, FaultServer, FaultServer]:
    data = tmp_path_factory.mktemp("faults") / "data"
    with FaultServer(SECRET) as secret, FaultServer() as server:
        port = str(secret.port).encode()
        for path, (what, _, _) in EXPECTED.items():
            server.routes[path] = what.replace(b"PORT", port) if isinstance(what, bytes) else what  # type: ignore[assignment]
        for path in ("/meta.html", "/meta-decimal.html"):
            page = server.routes[path]
            assert isinstance(page, bytes)
            server.routes[path] = answer(page.partition(b"\r\n\r\n")[2])
        server.routes["/target.html"] = answer(GOOD)
        server.routes["/%B9%AB%BF%AA.html"] = answer(GOOD)
        for number in range(1, 20):
            server.routes[f"/chain{number}.html"] = redirect(f"/chain{number + 1}.html")
        server.routes["/nb/"] = answer(listing(titles(list(EXPECTED))))
        ended = crawl(
            data,
            [server.portal()],
            DOWNLOAD_TIMEOUT="0.7",
            DOWNLOAD_MAXSIZE="500000",
            GONGKAI_ATTEMPTS="2",
        )
        return data, ended, server, secret


@pytest.mark.parametrize("path", EXPECTED)
def test_every_fault_has_its_outcome(crawled: tuple[Path, Ended, FaultServer, FaultServer], path: str) -> None:
    data, ended, _, _ = crawled
    assert outcomes(data).get(path) == EXPECTED[path][1:], ended.err


def test_the_crawl_ends_with_its_failures_listed(crawled: tuple[Path, Ended, FaultServer, FaultServer]) -> None:
    data, ended, _, _ = crawled
    assert ended.code == 3
    assert "http_error (http_500)" in ended.err
    check_books(data)


def test_nothing_reaches_a_private_target(crawled: tuple[Path, Ended, FaultServer, FaultServer]) -> None:
    assert crawled[3].hits == []


def test_a_redirect_leads_on_as_a_url_of_its_own(crawled: tuple[Path, Ended, FaultServer, FaultServer]) -> None:
    urls = by_path(crawled[0])
    assert (urls["/moved.html"].redirect_to or "").endswith("/target.html")
    assert urls["/target.html"].outcome is Outcome.OK
    assert urls["/target.html"].title_hint == urls["/moved.html"].title_hint
    assert urls["/%B9%AB%BF%AA.html"].outcome is Outcome.OK
    assert urls["/chain10.html"].outcome is Outcome.REDIRECTED
    assert urls["/chain11.html"].reason == "too_many_redirects"
    assert "/chain12.html" not in urls


def test_failures_that_may_pass_are_tried_again(crawled: tuple[Path, Ended, FaultServer, FaultServer]) -> None:
    paths = crawled[2].paths()
    assert paths.count("/broken.html") == 2
    assert paths.count("/hang.html") == 2
    assert paths.count("/gone.html") == 1
    assert paths.count("/self.html") == 1
    assert paths.count("/large.html") == 1


@pytest.mark.parametrize(("path", "least"), [("/busy.html", 1.0), ("/slow-down.html", 0.9)])
def test_retry_after_pauses_the_whole_host(
    crawled: tuple[Path, Ended, FaultServer, FaultServer], path: str, least: float
) -> None:
    hits = crawled[2].hits
    first = next(number for number, hit in enumerate(hits) if hit.path == path)
    assert hits[first + 1].start - hits[first].end >= least


def test_bytes_are_kept_as_received(crawled: tuple[Path, Ended, FaultServer, FaultServer]) -> None:
    data = crawled[0]
    store = CaptureStore(data / "warc")
    with ledger_of(data) as ledger:
        captures = {capture.url.rpartition("/")[2]: capture for capture in ledger.captures(outcomes=())}
        unread = {one.url.rpartition("/")[2] for one in ledger.unparsed("1")}
    lie = captures["gzip-lie.html"]
    assert "but the body is not gzip" in (lie.problem or "")
    assert store.read(lie.warc, lie.offset).payload == GOOD.encode()
    assert captures["short.html"].truncated == "disconnect"
    assert store.read(captures["short.html"].warc, captures["short.html"].offset).body == GOOD.encode()
    cookie_answer = store.read(captures["cookie.html"].warc, captures["cookie.html"].offset)
    assert cookie_answer.status == 200
    assert captures["charset-lie.html"].charset == "utf-8"
    assert {"good.html", "gzip.html", "target.html"} <= unread
    assert not {"gone.html", "short.html", "gzip-short.html", "bomb.html", "moved.html"} & unread


def test_every_value_of_a_header_is_kept(crawled: tuple[Path, Ended, FaultServer, FaultServer]) -> None:
    data = crawled[0]
    store = CaptureStore(data / "warc")
    with ledger_of(data) as ledger:
        fetches = [one for one in ledger.fetches() if one.url.endswith("/cookie.html")]
        first = next(ledger.captures(outcomes=(Outcome.HTTP_ERROR,), url=fetches[0].url))
    values = [value for name, value in store.read(first.warc, first.offset).headers if name.lower() == "set-cookie"]
    assert [one.final for one in fetches] == [False, True]
    assert len(values) == 2


def test_one_request_at_a_time(crawled: tuple[Path, Ended, FaultServer, FaultServer]) -> None:
    # Of answers that the crawler gave up on, the server notices the end only later.
    given_up = {"/hang.html", "/drip.html", "/endless.html", "/large.html"}
    hits = crawled[2].hits
    for one, following in pairwise(hits):
        assert one.path in given_up or one.end <= following.start


def test_the_headers_are_honest(crawled: tuple[Path, Ended, FaultServer, FaultServer]) -> None:
    hit = next(hit for hit in crawled[2].hits if hit.path == "/good.html")
    assert hit.headers["user-agent"].startswith("Gongkai/")
    assert hit.headers["accept-language"].startswith("zh-CN")
    assert hit.headers["referer"].endswith("/nb/")


@pytest.mark.parametrize(
    ("to", "reason"), [("http://www.example.com/a.html", "off_site"), ("http://10.1.2.3/a.html", "private_address")]
)
def test_a_report_that_was_moved_out_of_reach_is_listed(tmp_path: Path, to: str, reason: str) -> None:
    with FaultServer("127.0.0.58") as server:
        server.routes |= {"/a.html": answer(report("云岭县甲局")), "/moved.html": redirect(to)}
        server.routes["/nb/"] = answer(listing(titles(["/a.html", "/moved.html"])))
        ended = crawl(tmp_path / "data", [server.portal()])
    assert ended.code == 3
    assert f"redirected ({reason}): {server.url}/moved.html" in ended.err
    assert "1 report pages and files held" in ended.out
