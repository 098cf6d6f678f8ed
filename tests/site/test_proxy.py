"""Behind Debian's nginx under a path prefix, with the configuration that docs/operating.md prints."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest

from bench.served import Served, served
from tests.site.sample import build

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (see .ci/system-packages)")
DOCUMENT = Path(__file__).parents[2] / "docs" / "operating.md"
LINK = re.compile(rb'(?:href|src|action)="([^"]*)"')
PAGES = (
    "",
    "search?q=%E5%85%AC%E5%BC%80",
    "report/u-0000000000-2023",
    "agency/u-0000000000",
    "confidence",
    "archive",
    "archive/reports?_facet=year&_size=2",
    "archive/sections?_search=%E5%85%AC%E5%BC%80&_size=2",
    "archive/reports/u-0000000000-2023",
    "archive?sql=select+1",
    "archive?sql=select+wrong",
    "archive/q01_refusals",
    "nowhere",
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def documented(upstream: str, port: int, folder: Path) -> str:
    """A whole nginx.conf around the two blocks of the document, with ports of our own and everything in one folder."""
    blocks = re.findall(r"```nginx\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 2, "the document has one block for http and one for the server"
    http, server = blocks
    http = http.replace("/var/cache/nginx/gongkai", str(folder / "cache"))
    server = server.replace("http://127.0.0.1:8001", upstream).replace("listen 80;", f"listen 127.0.0.1:{port};")
    places = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # it could not enter a folder of root's tests otherwise
    return (
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 2048; }}\nhttp {{\naccess_log off;\n{places}\n{http}\n{server}\n}}\n"
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("proxied")
    (data / "generations" / "1").mkdir(parents=True)
    build(data / "generations" / "1" / "archive.db", 6, data=data)
    (data / "current").symlink_to("generations/1")
    with served(data, "--base-url", "gongkai") as running:
        yield running


@pytest.fixture(scope="module")
def home(site: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site as nginx shows it."""
    folder = tmp_path_factory.mktemp("nginx")
    port = free_port()
    (folder / "nginx.conf").write_text(documented(site.base, port, folder), "utf-8")
    assert NGINX is not None
    with subprocess.Popen(
        [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE
    ) as nginx:
        try:
            for _ in range(100):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except ConnectionRefusedError:
                    assert nginx.poll() is None, nginx.stderr and nginx.stderr.read()
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}/gongkai/"
        finally:
            nginx.terminate()
            nginx.wait(20)


def get(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urlopen(Request(address, headers=named), timeout=30) as response:
            return response.status, {name.lower(): value for name, value in response.headers.items()}, response.read()
    except HTTPError as error:
        with error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


@needs_nginx
@pytest.mark.parametrize("page", PAGES)
def test_every_link_stays_under_the_prefix(home: str, page: str) -> None:
    status, _, body = get(home + page, Accept_Language="en")
    assert status == (404 if page == "nowhere" else 400 if "wrong" in page else 200)
    links = [link.decode().replace("&amp;", "&") for link in LINK.findall(body)]
    assert len(links) > 10
    for link in links:
        whole = urljoin(home + page, link)
        if link.startswith(("data:", "#")) or urlsplit(whole).netloc != urlsplit(home).netloc:
            assert b'rel="nofollow noopener noreferrer external"' in body or link.startswith(("data:", "#"))
            continue
        assert whole.startswith((home, home.rstrip("/"))), link


@needs_nginx
def test_pages_and_files_reach_readers_through_the_proxy(home: str) -> None:
    _, _, body = get(home)
    sheet = next(link.decode() for link in LINK.findall(body) if b"site.css" in link)
    assert get(urljoin(home, sheet))[0] == 200
    status, headers, _ = get(home + "archive/reports.json", Accept_Encoding="gzip")
    assert status == 200
    assert headers["content-encoding"] == "gzip"
    tag = headers["etag"]
    assert get(home + "archive/reports.json", If_None_Match=tag)[0] == 304


@needs_nginx
def test_addresses_for_machines_name_the_host_the_reader_used(home: str) -> None:
    _, _, robots = get(home.replace("/gongkai/", "/robots.txt"), Host="archive.example.org")
    assert b"Sitemap: http://archive.example.org/gongkai/sitemap.xml" in robots
    assert b"Disallow: /gongkai/archive\n" in robots
    _, _, index = get(home + "sitemap.xml", Host="archive.example.org")
    assert b"<loc>http://archive.example.org/gongkai/sitemap-1.xml</loc>" in index
    _, _, part = get(home + "sitemap-1.xml", Host="archive.example.org")
    assert b"<loc>http://archive.example.org/gongkai/report/u-0000000000-2023</loc><lastmod>" in part


@needs_nginx
def test_the_scheme_is_the_one_the_reader_used(site: Served) -> None:
    _, _, index = get(f"{site.base}/gongkai/sitemap.xml", X_Forwarded_Proto="https", Host="archive.example.org")
    assert b"<loc>https://archive.example.org/gongkai/sitemap-1.xml</loc>" in index


@needs_nginx
def test_answers_are_kept_by_language(home: str) -> None:
    for _ in range(2):
        chinese = get(home + "confidence", Accept_Language="zh-CN")[2]
        english = get(home + "confidence", Accept_Language="en")[2]
        assert b'<html lang="zh-CN">' in chinese
        assert b'<html lang="en">' in english


@needs_nginx
def test_one_address_asking_too_fast_is_slowed_and_not_the_site(home: str) -> None:
    statuses = [get(f"{home}archive?sql=select+{number}")[0] for number in range(40)]
    assert statuses.count(429) > 0
    assert statuses[0] == 200
    assert get(home + "confidence")[0] == 200
