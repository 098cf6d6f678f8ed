"""The peers of the crawl benchmark, each run as a process of its own so that its CPU time is its own.

`python -m bench.peers scrapy|aiohttp --port P --hosts N` walks the same farm: every list page, every link of every
page looked at, every article fetched once. Prints one line: pages, CPU seconds, wall seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from bench.farm import COLUMN, hosts


def wanted(url: str) -> bool:
    """Only list pages and articles of the column; the site furniture is looked at and left."""
    return COLUMN in url


def run_aiohttp(starts: list[str], per_host: int) -> int:
    """Bare aiohttp with lxml for the links: the floor that a Python crawler stands on."""
    import aiohttp
    from lxml import html

    async def walk() -> int:
        seen = set(starts)
        queue: asyncio.Queue[str] = asyncio.Queue()
        for url in starts:
            queue.put_nowait(url)
        count = 0
        connector = aiohttp.TCPConnector(limit=64, limit_per_host=per_host)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def worker() -> None:
                nonlocal count
                while True:
                    url = await queue.get()
                    async with session.get(url) as response:
                        body = await response.read()
                    count += 1
                    for link in html.fromstring(body).xpath("//a/@href"):
                        target = urljoin(url, link)
                        if wanted(target) and target not in seen:
                            seen.add(target)
                            queue.put_nowait(target)
                    for number in pager(body):
                        target = urljoin(url, f"index_{number}.html")
                        if target not in seen:
                            seen.add(target)
                            queue.put_nowait(target)
                    queue.task_done()

            async with asyncio.TaskGroup() as group:  # a worker that fails ends the walk, and nobody waits for ever
                workers = [group.create_task(worker()) for _ in range(64)]
                await queue.join()
                for task in workers:
                    task.cancel()
        return count

    return asyncio.run(walk())


def pager(body: bytes) -> Iterator[int]:
    """The further list pages that the pager script owes."""
    _, found, rest = body.partition(b"createPageHTML(")
    if found:
        yield from range(1, int(rest.split(b",", 1)[0]))


def run_scrapy(starts: list[str], per_host: int) -> int:
    """Plain Scrapy with its link extractor, default settings but for the concurrency that all peers have."""
    import scrapy
    from scrapy.crawler import CrawlerProcess
    from scrapy.linkextractors import LinkExtractor

    extractor = LinkExtractor(allow=COLUMN)
    count = 0

    class Plain(scrapy.Spider):
        name = "plain"
        start_urls = starts

        def parse(self, response: Any) -> Iterator[Any]:
            nonlocal count
            count += 1
            for link in extractor.extract_links(response):
                yield scrapy.Request(link.url)
            for number in pager(response.body):
                yield response.follow(f"index_{number}.html")

    process = CrawlerProcess(
        {
            "LOG_ENABLED": False,
            "ROBOTSTXT_OBEY": False,
            "CONCURRENT_REQUESTS": 64,
            "CONCURRENT_REQUESTS_PER_DOMAIN": per_host,
            "DOWNLOAD_DELAY": 0,
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    process.crawl(Plain)
    process.start()
    return count


PEERS = {"scrapy": run_scrapy, "aiohttp": run_aiohttp}


def main() -> None:
    """Runs one peer and prints its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--hosts", type=int, required=True)
    parser.add_argument("--per-host", type=int, default=1)
    options = parser.parse_args()
    starts = [f"http://{host}:{options.port}{COLUMN}" for host in hosts(options.hosts)]
    cpu, wall = time.process_time(), time.perf_counter()
    count = PEERS[options.peer](starts, options.per_host)
    print(count, round(time.process_time() - cpu, 3), round(time.perf_counter() - wall, 3))


if __name__ == "__main__":
    main()
