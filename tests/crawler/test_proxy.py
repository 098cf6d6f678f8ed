"""Behind a proxy: the proxy alone resolves names, and what must not be asked for is not asked of it either."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest

from archive.ledger import Ledger
from archive.models import Outcome, Role
from demo.render import html
from demo.reports import many

HOST = "www.qinghe-test.gov.cn"  # no such name exists: only the proxy knows it
RULES = "rules.fengxi-test.com"
COLUMN = f"http://{HOST}/zwgk/xxgknb/"
REPORTS = list(many(2))
LIST = "".join(
    f'<li><a href="./202401/t2024012{n}_100{n}.html" title="{report.title}">{report.title[:12]}…</a>'
    f"<span>2024-01-2{n}</span></li>"
    for n, report in enumerate(REPORTS)
)
CLOSED = '<li><a href="/closed/t20240120_4.html" title="密件局2023年政府信息公开工作年度报告">密件</a></li>'
ELSEWHERE = (
    '<li><a href="http://10.0.0.1/202401/t20240120_1.html" title="内网局2023年政府信息公开工作年度报告">内网</a></li>'
    '<li><a href="http://2130706433/202401/t20240120_2.html" title="本机局2023年政府信息公开工作年度报告">本机</a></li>'
    '<li><a href="http://foreign.example.com/t20240120_3.html" title="外站局2023年政府信息公开年报">外站</a></li>'
)
PAGES = {
    "/zwgk/xxgknb/": f"<html><meta charset=utf-8><ul>{LIST}{CLOSED}{ELSEWHERE}</ul>"
    '<script>createPageHTML(1, 0, "index", "html");</script></html>'.encode(),
    **{f"/zwgk/xxgknb/202401/t2024012{n}_100{n}.html": html.page(r, "trs", "utf-8") for n, r in enumerate(REPORTS)},
}


class Proxy(BaseHTTPRequestHandler):
    """Plays the portal for requests whose target is absolute, as a proxy gets them, and notes each of them."""

    asked: ClassVar[list[str]] = []
    moved = f"http://{HOST}/robots.txt"

    def do_GET(self) -> None:
        """Answers from the pages of the one host it knows."""
        self.asked.append(self.path)
        target = urlsplit(self.path)
        body = PAGES.get(target.path) if target.hostname == HOST else None
        if target.hostname == RULES:
            body = b"User-agent: *\nDisallow: /closed/"
        self.send_response(302 if self.path == self.moved else 200 if body else 404)
        self.send_header("Location", f"http://{RULES}/r.txt")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:
        """Keeps the test's output clean."""


@pytest.fixture
def proxy() -> Iterator[str]:
    Proxy.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_portal_is_crawled_through_a_proxy_without_resolving_its_name(proxy: str, tmp_path: Path) -> None:
    registry = tmp_path / "portals.csv"
    registry.write_text(
        "id,name,division,level,home_url,annual_report_url,platform,notes\n"
        f"qh,青禾市人民政府,990100,prefecture,http://{HOST}/,{COLUMN},,\n",
        "utf-8",
    )
    data = tmp_path / "data"
    environment = {**os.environ, "http_proxy": proxy, "no_proxy": "", "NO_PROXY": ""}
    command = [sys.executable, "-m", "archive", "crawl", "--portals", str(registry), "--data", str(data)]
    done = subprocess.run(
        [*command, "-s", "DOWNLOAD_DELAY=0", "--quiet"], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with Ledger(data / "ledger.db") as ledger:
        balance = ledger.completeness(portal="qh")
        fetched = {
            url.url for url in ledger.urls(portal="qh") if url.outcome is Outcome.OK and url.role is not Role.ROBOTS
        }
    assert balance.balanced
    assert balance.open == 0
    assert fetched == {f"http://{HOST}{path}" for path in PAGES}
    assert {urlsplit(url).hostname for url in Proxy.asked} == {HOST, RULES}
    assert len(Proxy.asked) == len(set(Proxy.asked)) == len(PAGES) + 2  # each page once, and robots.txt and its rules
