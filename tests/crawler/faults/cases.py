"""The faults as data: what a server does, by a name that says it, and the outcome and reason that it must end in."""

from __future__ import annotations

import asyncio
import gzip
import random
import zlib
from dataclasses import dataclass, replace

from archive.models import Outcome
from tests.crawler.fault_server import Answer, Exchange, answer, redirect, report
from tests.crawler.test_blocks import BLOCKED, FILE, SOFT, URL

GOOD = report("云岭县甲局")
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Fault:
    """One fault: what is answered, and the outcome and reason expected. `link` is the link as the list writes it."""

    what: Answer
    outcome: Outcome
    reason: str | None = None
    link: str | None = None


def raw(head: bytes, body: bytes = GOOD.encode()) -> bytes:
    """An answer of exactly these bytes."""
    return head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


def sized(*lines: str, body: str | bytes = GOOD, status: str = "200 OK") -> bytes:
    """An answer with honest length and these header lines more."""
    return answer(body, status, HTML, *lines)


def closing(data: bytes) -> Answer:
    """Sends the bytes and ends the connection."""

    async def send(exchange: Exchange) -> None:
        await exchange.send(data)
        exchange.writer.close()

    return send


def dripping(data: bytes, pause: float) -> Answer:
    """Sends the bytes one at a time."""

    async def send(exchange: Exchange) -> None:
        for number in range(len(data)):
            await exchange.send(data[number : number + 1])
            await asyncio.sleep(pause)

    return send


async def cookies_for_ever(exchange: Exchange) -> None:
    await exchange.send(redirect(exchange.hit.path, f"Set-Cookie: CT6T={exchange.number}; Path=/"))


def squeezed(megabytes: int, *, zlib_bits: int = 31) -> bytes:
    """So many megabytes of nothing, as gzip, zlib (15) or raw deflate (-15)."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, zlib_bits)
    return b"".join([*(squeeze.compress(bytes(1 << 20)) for _ in range(megabytes)), squeeze.flush()])


def coded(coding: str, body: bytes, kind: str = HTML) -> bytes:
    return answer(body, "200 OK", kind, f"Content-Encoding: {coding}")


OK = Outcome.OK
DAMAGED = (Outcome.UNREADABLE, "damaged_body")
MANY_HEADERS = [f"X-Header-{number}: {number}" for number in range(20_000)]
RAW_DEFLATE = zlib.compressobj(6, zlib.DEFLATED, -15)
DEFLATED = RAW_DEFLATE.compress(GOOD.encode()) + RAW_DEFLATE.flush()
HALF = gzip.compress(GOOD.encode())

WIRE: dict[str, Fault] = {
    "header line without a colon": Fault(sized("Server nginx"), OK),
    "20,000 header lines": Fault(sized(*MANY_HEADERS), OK),
    "header line of 60 kB": Fault(sized("X-Long: " + "x" * 60_000), Outcome.UNREACHABLE, "broken_answer"),
    "GBK bytes in a header": Fault(sized("X-Name: " + "公开".encode("gbk").decode("latin-1")), OK),
    "status line without a reason": Fault(raw(b"HTTP/1.1 200\nContent-Length: %d" % len(GOOD.encode())), OK),
    "status line that is none": Fault(closing(b"nonsense\r\n\r\n"), Outcome.UNREACHABLE, "broken_answer"),
    "a status of 999": Fault(sized(status="999 Denied"), Outcome.HTTP_ERROR, "http_999"),
    "100 Continue first": Fault(b"HTTP/1.1 100 Continue\r\n\r\n" + sized(), OK),
    "body shorter than its length": Fault(closing(answer(GOOD, length=100_000)), *DAMAGED),
    "body longer than its length": Fault(closing(answer(GOOD * 2, length=len(GOOD.encode()))), OK),
    "no length, ended by closing": Fault(closing(raw(b"HTTP/1.1 200 OK\nContent-Type: text/html")), OK),
    "chunk with a size that is none": Fault(
        closing(raw(b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked", b"zz\r\n" + GOOD.encode())), *DAMAGED
    ),
    "chunks that stop half-way": Fault(
        closing(raw(b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked", b"1000\r\n" + GOOD.encode()[:400])), *DAMAGED
    ),
    "header lines dripping": Fault(dripping(b"HTTP/1.1 200 OK\r\nX: x", 0.2), Outcome.UNREACHABLE, "timeout"),
    "nothing sent before closing": Fault(closing(b""), Outcome.UNREACHABLE, "broken_answer"),
    "304 that was not asked for": Fault(answer("", "304 Not Modified"), Outcome.HTTP_ERROR, "http_304"),
    "206 that was not asked for": Fault(sized(status="206 Partial Content"), Outcome.HTTP_ERROR, "http_206"),
    "204": Fault(b"HTTP/1.1 204 No Content\r\n\r\n", Outcome.HTTP_ERROR, "http_204"),
    "203": Fault(sized(status="203 Non-Authoritative"), OK),
    "300 without a choice": Fault(sized(status="300 Choices"), Outcome.HTTP_ERROR, "http_300"),
    "302 without Location": Fault(sized(status="302 Found"), Outcome.HTTP_ERROR, "http_302"),
    "302 to what is no URL": Fault(redirect("http://[::1"), Outcome.HTTP_ERROR, "bad_redirect"),
    "302 to itself with ever new cookies": Fault(cookies_for_ever, Outcome.HTTP_ERROR, "redirect_to_itself"),
    "gzip in two members": Fault(coded("gzip", HALF + gzip.compress(b"<p>x</p>")), OK),
    "gzip within gzip": Fault(coded("gzip, gzip", gzip.compress(HALF)), OK),
    "gzip called x-gzip": Fault(coded("x-gzip", HALF), OK),
    "deflate without its zlib frame": Fault(coded("deflate", DEFLATED), OK),
    "zstd that nobody accepted": Fault(coded("zstd", b"\x28\xb5\x2f\xfd" + b"x" * 40), *DAMAGED),
    "coding that nobody knows": Fault(coded("x-secret", bytes(random.Random(1).randbytes(400))), *DAMAGED),
    "NUL bytes in the page": Fault(sized(body=GOOD.replace("<p>", "<p>\x00")), OK),
    "GBK page that says UTF-8": Fault(answer(GOOD.encode("gb18030"), "200 OK", HTML), OK),
    "UTF-8 page that says ISO-8859-1": Fault(answer(GOOD, "200 OK", "text/html; charset=iso-8859-1"), OK),
    "page in no known character set": Fault(answer(GOOD, "200 OK", "text/html; charset=martian"), OK),
    "Retry-After that is no time": Fault(
        answer("", "503 Busy", HTML, "Retry-After: soon"), Outcome.HTTP_ERROR, "http_503"
    ),
    "slashes in a row in the path": Fault(sized(), OK, link="/wire//odd///page.html"),
    "Chinese in the path": Fault(sized(), OK, link="/wire/年报.html"),
    "number of a visit in the path": Fault(sized(), OK, link="/wire/visit.html;jsessionid=0A1B2C.n1"),
}  # fmt: skip


def recognised() -> dict[str, Fault]:
    """Challenge pages, stubs and soft 404s as a server gives them in the place of an article or a file."""
    found = {}
    for number, (name, (status, url, markup, reason)) in enumerate({**BLOCKED, **SOFT}.items()):
        if url not in (URL, FILE):
            continue
        outcome = Outcome.BLOCKED if reason.startswith("blocked") else Outcome.SOFT_404
        link = f"/judged/{number}/{url.rpartition('/')[2]}"
        found[name] = Fault(answer(markup, f"{status} X", HTML), outcome, reason, link)
    return found


BOMBS: dict[str, Fault] = {
    "gzip bomb of 400 MB": Fault(coded("gzip", squeezed(400)), *DAMAGED),
    "deflate bomb of 400 MB": Fault(coded("deflate", squeezed(400, zlib_bits=15)), *DAMAGED),
    "gzip bomb in many members": Fault(coded("gzip", squeezed(2) * 200), *DAMAGED),
    "gzip bomb within gzip": Fault(coded("gzip, gzip", gzip.compress(squeezed(400))), *DAMAGED),
    "5 GB promised": Fault(answer("", length=5 << 30), Outcome.TOO_LARGE, "download_maxsize"),
    "100,000 nested elements": Fault(sized(body=GOOD + "<div>" * 100_000), OK),
    "100,000 links": Fault(sized(body=GOOD + "".join(f'<a href="/z/{n}/">栏目{n}</a>' for n in range(100_000))), OK),
    "a tag of 5 MB": Fault(sized(body=GOOD + "<p " + "a=1 " * 1_250_000 + ">"), OK),
}
HEAVY = {
    "60 MB of elements": b"<p>x</p>" * 7_500_000,
    "20 MB of links": b"<a href=/x>x</a>" * 1_250_000,
    "60 MB of text": "公开".encode() * 10_000_000,
}
for name, filling in HEAVY.items():
    BOMBS[name] = Fault(coded("gzip", gzip.compress(GOOD.encode() + filling, 1)), OK, "partial")


async def endless(exchange: Exchange) -> None:
    """An answer that never ends."""
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not exchange.writer.is_closing():
        await exchange.send(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")


BOMBS["answer without an end"] = Fault(endless, Outcome.TOO_LARGE, "download_maxsize")


def placed(faults: dict[str, Fault], folder: str) -> dict[str, Fault]:
    """The faults with a link for each, by which its list names it."""
    return {
        name: replace(fault, link=fault.link or f"/{folder}/{number}.html")
        for number, (name, fault) in enumerate(faults.items())
    }
