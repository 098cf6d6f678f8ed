"""The farm over real HTTP: what the README promises is what a client gets."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import pytest
from lxml import html

from archive.models import State
from archive.registry import load_registry
from demo import bulk
from demo.__main__ import main
from demo.bulk import build_bulk
from demo.farm import PORTALS, Farm, build_farm, manifest, write_registry
from demo.portals import closed, linxi, qinghe, songlan, weitang
from demo.server import Record, free_port, serving
from demo.site import Publication
from demo.truth import Quirk

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return []


@pytest.fixture(scope="module")
def farm(records: list[Record]) -> Iterator[Farm]:
    with serving(build_farm(free_port()), note=records.append) as farm:
        yield farm


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request without following anything. Raises what the connection raises."""
    parts = urlsplit(url)
    assert parts.hostname
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    try:
        target = parts.path + ("?" + parts.query if parts.query else "")
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def follow(url: str) -> tuple[str, bytes]:
    """The page at the end of the redirects, 503 asked again, as a patient client does."""
    for _ in range(6):
        status, headers, body = ask(url)
        if status == 301:
            url = urljoin(url, headers["location"])
        elif status == 200:
            return url, body
        else:
            assert status == 503, (url, status)
    raise AssertionError(url)


def links(url: str) -> list[str]:
    """The absolute links of a page, in order."""
    url, body = follow(url)
    return [urljoin(url, href) for href in html.document_fromstring(body.decode("utf-8")).xpath("//a/@href")]


def publication(farm: Farm, report: str) -> Publication:
    return next(each for each in farm.publications if each.report.id == report)


def test_every_report_that_is_not_lost_can_be_fetched(farm: Farm) -> None:
    assert len(farm.reports) >= 60
    for each in farm.publications:
        if each.lost:
            continue
        for url in each.urls:
            _, body = follow(url)
            if url.endswith(".docx") or "/download.jsp" in url:
                assert body.startswith(b"PK")
                continue
            text = body.decode("gb18030" if (each.portal, each.report.year) == ("qinghe", 2019) else "utf-8")
            assert each.report.title in text
            assert ("勾稽关系" in text) is not each.attachment


def walk(farm: Farm, name: str, start: str, turns: str) -> set[str]:
    """Every URL linked from the pages of a portal that are reached from `start` through links matching `turns`."""
    base = farm.site(name).base
    seen, waiting, found = set[str](), [base + start], set[str]()
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        for url in links(page):
            found.add(url)
            if url.startswith(base) and re.search(turns, url) and "nbcg" not in url:
                waiting.append(url)
    return found


def test_qinghe_links_its_reports_from_the_year_folders(farm: Farm) -> None:
    base = farm.site("qinghe").base
    found = walk(farm, "qinghe", qinghe.COLUMN, r"nxxgknb/($|\w+/$)")
    for year in qinghe.PAGERS:  # the lists turn by script only: index.html, index_1.html, …
        for number in range(1, 3):
            status, _, body = ask(f"{base}{qinghe.COLUMN}{year}nxxgknb/bmzjxxgknb/index_{number}.html")
            if status == 200 and len(body) > 400:
                found |= set(links(f"{base}{qinghe.COLUMN}{year}nxxgknb/bmzjxxgknb/index_{number}.html"))
    for each in farm.publications:
        if each.portal == "qinghe":
            assert (each.urls[0] in found) is not bool(each.lost), each.report.id


def test_what_stands_on_the_stub_of_2020_is_lost(farm: Farm) -> None:
    lost = [each.report.id for each in farm.publications if "stub" in each.lost]
    assert lost == ["qinghe-zjj-2020", "qinghe-ydz-2020", "qinghe-spz-2020"]


def test_linxi_leads_from_home_to_every_report(farm: Farm) -> None:
    base = farm.site("linxi").base
    _, home = follow(base + "/")
    refresh = re.search(r"url=(\S+?)\"", home.decode())
    assert refresh
    assert base + "/zfxxgk" in links(base + refresh[1])
    assert base + linxi.LIST + ".htm" in links(base + "/zfxxgk")
    found = {follow(url)[0] for url in walk(farm, "linxi", "/zfxxgk", r"/xxgk/\w+\.htm$") if "/ysq/" not in url}
    for each in farm.publications:
        if each.portal == "linxi":
            assert each.urls[0] in found, each.report.id


def test_songlan_shows_one_report_under_two_urls(farm: Farm) -> None:
    base = farm.site("songlan").base
    twice = [each for each in farm.publications if len(each.urls) == 2 and each.portal == "songlan"]
    assert len(twice) == 6
    assert set(links(base + songlan.OWN)) >= {each.urls[1] for each in twice}
    assert ask(base + "/robots.txt")[0] == 404


def test_stubs_answer_200_with_a_few_hundred_bytes(farm: Farm) -> None:
    base = farm.site("qinghe").base + qinghe.COLUMN
    for page in ("2020nxxgknb/bmzjxxgknb/index_2.html", "2023nxxgknb/bmzjxxgknb/index_3.html"):
        status, _, body = ask(base + page)
        assert (status, 300 < len(body) < 400) == (200, True)
    assert ask(base + "2023nxxgknb/bmzjxxgknb/index_4.html")[0] == 404


def test_pagers_speak_in_all_orders_of_arguments(farm: Farm) -> None:
    base = farm.site("qinghe").base + qinghe.COLUMN
    scripts = {
        year: follow(f"{base}{year}nxxgknb/bmzjxxgknb/")[1].decode().rpartition("<script>")[2] for year in qinghe.PAGERS
    }
    assert 'createPageHTML(4, 0, "index", "html")' in scripts[2023]
    assert re.search(r"createPageHTML\(\d+, 2, 0, \"index\", \"html\"\)", scripts[2024])
    assert "createPageHTML(2, 0, 'index', 'html')" in scripts[2021]
    assert "countPage = 2 //" in scripts[2019]


def test_old_pages_are_gbk_and_say_so_nowhere(farm: Farm) -> None:
    _, headers, body = ask(publication(farm, "qinghe-jyj-2019").urls[0])
    assert headers["content-type"] == "text/html"
    assert b"charset" not in body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_robots_open_close_and_fail(farm: Farm) -> None:
    rules = RobotFileParser()
    rules.parse(ask(farm.site("qinghe").base + "/robots.txt")[2].decode().splitlines())
    for decoy in farm.decoys:
        if decoy.why == "robots.txt" and urlsplit(decoy.url).hostname == farm.site("qinghe").host:
            assert not rules.can_fetch("*", decoy.url)
    assert rules.can_fetch("*", publication(farm, "qinghe-jyj-2023").urls[0])
    assert b"Crawl-delay: 0.2" in ask(farm.site("linxi").base + "/robots.txt")[2]
    assert ask(farm.site("xingwu").base + "/robots.txt")[0] == 503


def test_a_challenge_stands_before_everything_but_robots(farm: Farm) -> None:
    base = farm.site("yanhu").base
    assert ask(base + "/robots.txt")[0] == 200
    for path in ("/", closed.COLUMN, "/any/where.html"):
        status, _, body = ask(base + path)
        assert status == 412
        assert b"<script>" in body


def test_weitang_breaks_where_the_truth_says_so(farm: Farm) -> None:
    for report in weitang.RESET:
        with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
            ask(publication(farm, report).urls[0])
    for report in weitang.BUSY:
        status, headers, _ = ask(publication(farm, report).urls[0])
        assert (status, headers["retry-after"]) == (503, "1")
    with pytest.raises(http.client.IncompleteRead):
        ask(publication(farm, weitang.CUT).urls[0])


def test_the_second_edition_is_corrected_repaired_and_moved_on() -> None:
    port = free_port()
    first, second = build_farm(port), build_farm(port, edition=2)
    assert [each.id for each in first.missing] == ["-".join(map(str, qinghe.LATECOMER))]
    assert [each.id for each in second.missing] == [songlan.VANISHED]
    assert not [each for each in second.publications if each.portal == "weitang" and each.lost]
    before = {each.report.id: each for each in first.publications}
    changed = 0
    for each in second.publications:
        if each.report.id not in before:
            continue
        assert each.urls == before[each.report.id].urls
        old = before[each.report.id].report
        if Quirk.CORRECTED in old.quirks:
            changed += 1
            assert (old.version, each.report.version) == (1, 2)
            assert [(a.key, a.value) for a, b in zip(old.cells, each.report.cells, strict=True) if a != b] == [
                ("licensing_decisions", old.value("licensing_decisions"))
            ]
        else:
            assert old == each.report
    assert changed == 2
    with serving(second):
        for report in (*weitang.RESET, *weitang.BUSY, weitang.CUT, weitang.STUMBLING[0]):
            assert ask(publication(second, report).urls[0])[0] == 200


def test_busy_for_a_while_is_over_after_two_requests() -> None:
    with serving(build_farm(free_port())) as farm:
        url = publication(farm, weitang.STUMBLING[0]).urls[0]
        assert [ask(url)[0] for _ in range(4)] == [503, 503, 200, 200]


def test_unchanged_pages_answer_304_and_linxi_sends_gzip(farm: Farm) -> None:
    url = publication(farm, "linxi-nyj-2024").urls[0]
    _, headers, plain = ask(url)
    assert ask(url, If_None_Match=headers["etag"])[0] == 304
    status, packed, body = ask(url, Accept_Encoding="gzip, deflate")
    assert (status, packed["content-encoding"]) == (200, "gzip")
    assert gzip.decompress(body) == plain


def test_methods(farm: Farm) -> None:
    url = farm.site("qinghe").base + "/"
    status, headers, body = ask(url, "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0
    assert ask(url, "POST")[0] == 405


def test_the_calendar_has_no_end(farm: Farm) -> None:
    url = farm.site("linxi").base + "/xxgk/rili/202401.htm"
    for _ in range(30):
        url = [link for link in links(url) if "rili" in link][-1]
    assert url.endswith("/202607.htm")
    assert ask(farm.site("linxi").base + "/xxgk/rili/202413.htm")[0] == 404


def test_every_request_is_on_record(farm: Farm, records: list[Record]) -> None:
    ask(farm.site("outside").base + "/for/the/record", User_Agent="test")
    last = records[-1]
    assert (last.site, last.path, last.status, last.user_agent) == ("outside", "/for/the/record", 200, "test")
    assert abs(last.time - time.time()) < 5


def test_requests_in_hand_are_counted_by_host() -> None:
    seen: list[Record] = []
    with serving(build_farm(free_port()), delay=0.2, note=seen.append) as farm:
        first, second = farm.site("qinghe").base, farm.site("songlan").base
        threads = [threading.Thread(target=ask, args=(base + "/",)) for base in (first, first, first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(each.in_flight for each in seen if each.site == "qinghe") == [1, 2, 3]
    assert [each.in_flight for each in seen if each.site == "songlan"] == [1]
    assert all(each.duration >= 0.19 for each in seen)


def test_connections_that_a_client_keeps_open_are_dropped_at_the_end() -> None:
    with serving(build_bulk(1, 5, free_port()), delay=0.3) as farm:
        host, port = farm.sites[0].host, farm.sites[0].port
        idle, waiting = socket.create_connection((host, port)), socket.create_connection((host, port))
        waiting.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.1)
    for client in (idle, waiting):
        with client:
            client.settimeout(5)
            with suppress(ConnectionResetError):
                assert client.recv(1) == b""


def test_one_address_with_a_port_for_each_portal() -> None:
    with serving(build_farm(free_port(len(PORTALS) + 1), host="127.0.0.1")) as farm:
        assert len({site.port for site in farm.sites}) == len(farm.sites)
        for site in farm.sites[:3]:
            assert ask(site.base + "/")[0] == 200


def test_a_bulk_farm_lists_and_serves_what_it_promises(tmp_path: Path) -> None:
    with serving(build_bulk(3, 45, free_port())) as farm:
        for site in farm.sites:
            base = site.base + bulk.COLUMN
            found = {url for name in ("", "index_1.html", "index_2.html") for url in links(base + name)}
            own = [each for each in farm.publications if each.portal == site.id]
            assert len(own) == 45
            assert {each.urls[0] for each in own} <= found
            assert own[7].report.title in follow(own[7].urls[0])[1].decode()
        write_registry(farm, tmp_path)
        registry = load_registry(tmp_path / "portals.csv", tmp_path / "agencies.csv")
    assert [*registry.portals] == ["bulk-0", "bulk-1", "bulk-2"]


def test_a_taken_port_is_reported_and_frees_the_others() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.13", port)):
        with pytest.raises(OSError, match=r"127\.0\.0\.13"), serving(build_farm(port)):
            pass
        socket.create_server(("127.0.0.11", port)).close()


def test_the_committed_registry_is_that_of_the_farm(tmp_path: Path) -> None:
    write_registry(build_farm(), tmp_path)
    for name in ("portals.csv", "agencies.csv"):
        assert (tmp_path / name).read_text("utf-8") == (ROOT / "demo" / name).read_text("utf-8")


def test_the_manifest_tells_every_report_once(farm: Farm) -> None:
    lines = [json.loads(line) for line in manifest(farm)]
    told = [line["report_id"] for line in lines if line["kind"] in ("report", "missing")]
    owed = sum(agency.last_year - agency.first_year + 1 for agency in farm.agencies)
    assert len(told) == len(set(told)) == owed
    assert {line["why"] for line in lines if line["kind"] == "decoy"} >= {"explainer", "infographic", "robots.txt"}


def test_the_command_serves_and_ends_cleanly(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "requests.jsonl"
    command = [sys.executable, "-m", "demo", "--port", str(port), "--log", str(log)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if "Ctrl-C" in line:
                break
        assert ask(f"http://127.0.0.11:{port}/")[0] == 200
        process.terminate()
        assert process.wait(timeout=120) == 0
    assert json.loads(log.read_text("utf-8"))["path"] == "/"


def test_the_command_says_that_a_port_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.11", port)):
        assert main(["--port", str(port), "--quiet"]) == 1
    assert "--host 127.0.0.1" in capsys.readouterr().err


def test_the_command_lists_the_truth(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--edition", "2"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["report_id"] for line in lines if line.get("version") == 2] == ["qinghe-szf-2024", "linxi-zrj-2024"]


def test_blank_cells_are_blank_on_the_page(farm: Farm) -> None:
    each = publication(farm, "linxi-nyj-2023")
    blanks = sum(cell.state is State.BLANK for cell in each.report.cells)
    page = html.document_fromstring(follow(each.urls[0])[1].decode())
    assert blanks == sum(not cell.text_content().strip() for cell in page.xpath("//div[@class='zw']//td"))
