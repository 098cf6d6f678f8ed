"""A real server: health and metrics on their own port, caching by generation, and a thousand slow clients."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.request import urlopen

import pytest

from archive.site.health import last_good_night
from archive.site.metrics import BUCKETS, Metrics
from bench.served import Served, served
from tests.site.sample import build

SLOW_CLIENTS = 1000


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("served")
    (data / "generations" / "7").mkdir(parents=True)
    build(data / "generations" / "7" / "archive.db", 6, generation=7)
    (data / "current").symlink_to("generations/7")
    (data / "nights").mkdir()
    for name, exit_code, generation in (("2026-02-01", 0, 6), ("2026-02-02", 3, 7), ("2026-02-03", 1, None)):
        night = {"ended_at": f"{name}T18:00:00+00:00", "exit_code": exit_code, "generation": generation}
        (data / "nights" / f"{name}.json").write_text(json.dumps(night), "utf-8")
    with served(data) as site:
        yield site


def ask(site: Served, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(site.base.removeprefix("http://"), timeout=30)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def metrics(site: Served) -> dict[str, float]:
    with urlopen(f"{site.operators}/-/metrics", timeout=60) as response:
        text = response.read().decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_health_says_what_is_served_and_the_last_good_night(running: Served) -> None:
    health = running.health()
    assert health["ok"] is True
    assert health["generation"] == 7
    assert health["last_good_night"] == "2026-02-02T18:00:00+00:00"  # the night after it published nothing


def test_readers_cannot_ask_for_health_or_metrics(running: Served) -> None:
    assert ask(running, "/-/health")[0].status == 404
    assert ask(running, "/-/metrics")[0].status == 404
    with socket.create_connection(("127.0.0.1", int(running.operators.rpartition(":")[2])), timeout=60) as client:
        client.sendall(b"GET /archive/reports HTTP/1.1\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 404")


def test_requests_are_counted_by_page_and_status(running: Served) -> None:
    before = metrics(running)
    for path in ("/", "/", "/report/nobody-2023", "/archive?sql=select+1", "/archive/reports", "/x/../-/y"):
        ask(running, path)
    after = metrics(running)

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert more('gongkai_requests_total{page="home",status="200"}') == 2
    assert more('gongkai_requests_total{page="report",status="404"}') == 1
    assert more('gongkai_requests_total{page="sql",status="200"}') == 1
    assert more('gongkai_requests_total{page="archive",status="200"}') == 1
    assert more('gongkai_requests_total{page="other",status="404"}') == 1
    assert more('gongkai_seconds_count{page="home"}') == more('gongkai_seconds_bucket{page="home",le="+Inf"}') == 2
    assert after["gongkai_generation"] == 7
    assert 20e6 < after["gongkai_memory_bytes"] < 400e6
    assert after["gongkai_last_good_night_seconds"] == 1770055200


def test_the_histogram_counts_up() -> None:
    counted = Metrics()
    for seconds in (0.001, 0.005, 0.3, 60.0):
        counted.count("home", 200, seconds)
    buckets = [line for line in counted.lines() if "_bucket" in line]
    numbers = [int(line.rpartition(" ")[2]) for line in buckets]
    bounds = [found.group(1) for line in buckets if (found := re.search(r'le="([^"]+)"', line))]
    assert bounds == [*map(str, BUCKETS), "+Inf"]
    assert dict(zip(bounds, numbers, strict=True)) | {"0.005": 2, "0.25": 2, "0.5": 3, "10.0": 3, "+Inf": 4} == dict(
        zip(bounds, numbers, strict=True)
    )


@pytest.mark.parametrize("path", ["/", "/archive/reports", "/archive/reports.json", "/robots.txt", "/sitemap.xml"])
def test_an_answer_is_asked_for_once_a_generation_and_language(running: Served, path: str) -> None:
    first, body = ask(running, path, Accept_Language="en")
    tag = first.headers["etag"]
    assert body
    assert '"7-' in tag
    assert first.headers["cache-control"] == "public, max-age=60"
    again, nothing = ask(running, path, Accept_Language="en", If_None_Match=f'"other", {tag}')
    assert (again.status, nothing) == (304, b"")
    assert again.headers["etag"] == tag
    assert ask(running, path, Accept_Language="zh", If_None_Match=tag)[0].status == 200
    assert ask(running, path, Accept_Language="en", If_None_Match=tag.replace("7-", "6-"))[0].status == 200


def test_errors_are_not_kept(running: Served) -> None:
    for path in ("/nowhere", "/archive?sql=select+nothing+at+all"):
        answer, _ = ask(running, path)
        assert answer.status in (400, 404)
        assert "etag" not in answer.headers


def test_the_site_is_read_only(running: Served) -> None:
    connection = HTTPConnection(running.base.removeprefix("http://"), timeout=30)
    connection.request("POST", "/archive/reports", body="a=b")
    answer = connection.getresponse()
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD"
    connection.close()


def test_a_thousand_slow_clients_keep_nobody_away(running: Served) -> None:
    address = ("127.0.0.1", int(running.base.rpartition(":")[2]))
    with ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(address, timeout=30)) for _ in range(SLOW_CLIENTS)]
        for number, client in enumerate(clients):
            if number % 3 == 0:
                client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")  # and never the rest
            elif number % 3 == 1:
                client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx")
        begun = time.monotonic()
        for _ in range(5):
            assert ask(running, "/archive/reports")[0].status == 200
        assert time.monotonic() - begun < 15
        deadline = time.monotonic() + 120
        while metrics(running)["gongkai_connections"] > 20:
            assert time.monotonic() < deadline, "slow clients were not sent away"
            time.sleep(0.5)
    assert ask(running, "/")[0].status == 200


def test_more_connections_than_there_is_room_for(running: Served) -> None:
    address = ("127.0.0.1", int(running.base.rpartition(":")[2]))
    with ExitStack() as stack:
        for _ in range(2100):
            stack.enter_context(socket.create_connection(address, timeout=30))
        assert ask(running, "/archive/reports")[0].status == 200  # the ones that waited longest have gone


def test_huge_heads_do_no_harm(running: Served) -> None:
    for path, headers in (("/search?q=" + "a" * 70_000, {}), ("/", {"X_Huge": "a" * 100_000})):
        try:
            answer, _ = ask(running, path, **headers)
        except (ConnectionError, TimeoutError):
            continue
        assert answer.status in ((400, 414) if "q=" in path else (200, 400, 431))
    assert ask(running, "/archive/reports")[0].status == 200


def test_a_night_without_generation_directories_is_no_night(tmp_path: Path) -> None:
    assert last_good_night(tmp_path / "generations" / "1" / "archive.db") is None
