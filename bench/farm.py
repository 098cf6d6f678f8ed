"""A farm of portals for the crawl benchmark: many loopback hosts, one process, pages made once and kept in memory.

Each host 127.0.1.N has one column of annual reports in the TRS dialect: list pages of twenty rows, and under each row
an article of about 27 kB with forty-five links of site furniture. The server does next to nothing per request, so that
what is measured is the client.

Run: `python -m bench.farm --port 8900 --hosts 20 --articles 100`.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from pathlib import Path

ROWS = 20
HOSTS_A_NET = 250
COLUMN = "/zwgk/xxgknb/"


def hosts(count: int) -> list[str]:
    """The loopback addresses of the farm, 250 in each net from 127.0.1 up."""
    return [f"127.0.{1 + n // HOSTS_A_NET}.{1 + n % HOSTS_A_NET}" for n in range(count)]


def article_path(number: int) -> str:
    """The address of one article below its column, in the TRS manner."""
    return f"{COLUMN}202401/t20240123_{1000 + number}.html"


def furniture(links: int) -> str:
    """Menus such as every page of a portal carries: the links that a crawler must look at and leave."""
    items = "".join(f'<li><a href="/zwgk/lm{n}/" title="栏目{n}">政务栏目第{n}项</a></li>' for n in range(links))
    return f'<div class="nav"><ul>{items}</ul></div>'


def article(number: int, size: int = 27_000) -> bytes:
    """An article page of about `size` bytes."""
    title = f"演示第{number}局2023年政府信息公开工作年度报告"
    sentence = "本年度按照要求主动公开政府信息，畅通申请渠道，加强信息管理。"
    head = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="ArticleTitle" content="{title}">'
        f'<meta name="PubDate" content="2024-01-23 09:00"><title>{title}</title></head><body>'
        f"{furniture(45)}<h1>{title}</h1>"
        '<div class="TRS_Editor"><p>一、总体情况</p>'
    )
    foot = "</div></body></html>"
    paragraph = f"<p>{sentence * 6}</p>"
    room = size - len((head + foot).encode())
    return (head + paragraph * max(1, room // len(paragraph.encode())) + foot).encode()


def list_page(page: int, articles: int) -> bytes:
    """One list page: twenty rows and the pager script."""
    pages = -(-articles // ROWS)
    rows = "".join(
        f'<li><a href="./202401/t20240123_{1000 + n}.html" title="演示第{n}局2023年政府信息公开工作年度报告">'
        f"演示第{n}局2023年政府信息公开…</a><span>2024-01-23</span></li>"
        for n in range(page * ROWS, min((page + 1) * ROWS, articles))
    )
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="ColumnName" content="政府信息公开年报">'
        f"<title>政府信息公开年报</title></head><body>{furniture(45)}<ul class='list'>{rows}</ul>"
        f'<script>createPageHTML({pages}, {page}, "index", "html");</script></body></html>'
    ).encode()


def pages(articles: int) -> dict[str, bytes]:
    """Every address of one host with its page; all hosts are alike."""
    count = -(-articles // ROWS)
    site = {COLUMN if n == 0 else f"{COLUMN}index_{n}.html": list_page(n, articles) for n in range(count)}
    site[f"{COLUMN}index.html"] = site[COLUMN]
    site |= {article_path(n): article(n) for n in range(articles)}
    return site


class Portal(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as little of it as a benchmark needs."""

    def __init__(self, answers: dict[bytes, bytes], delay: float) -> None:
        self.answers = answers
        self.delay = delay
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport to answer on."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answers every whole request in the buffer."""
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            path = head.split(b" ", 2)[1]
            answer = self.answers.get(path, self.answers[b"404"])
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self.write, answer)
            else:
                self.write(answer)

    def write(self, answer: bytes) -> None:
        """Sends an answer unless the client has gone."""
        if not self.transport.is_closing():
            self.transport.write(answer)  # type: ignore[attr-defined]


def answers(articles: int) -> dict[bytes, bytes]:
    """Whole HTTP answers by path."""

    def ok(body: bytes) -> bytes:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    missing = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nNot found"
    return {path.encode(): ok(body) for path, body in pages(articles).items()} | {b"404": missing}


async def serve(port: int, count: int, articles: int, delay: float) -> None:
    """Serves the farm until it is ended; prints `ready` once it answers."""
    loop = asyncio.get_running_loop()
    known = answers(articles)
    for host in hosts(count):
        await loop.create_server(lambda: Portal(known, delay), host, port, backlog=256)
    print("ready", flush=True)
    await asyncio.Event().wait()


def write_registry(path: Path, port: int, count: int) -> None:
    """Writes the portals.csv of the farm."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "division", "level", "home_url", "annual_report_url", "platform", "notes"])
        for n, host in enumerate(hosts(count)):
            base = f"http://{host}:{port}"
            writer.writerow([f"farm-{n}", f"演示{n}", "990100", "county", f"{base}/", base + COLUMN, "trs", ""])


def main() -> None:
    """Reads the arguments and serves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    options = parser.parse_args()
    try:
        asyncio.run(serve(options.port, options.hosts, options.articles, options.latency))
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
