"""`gongkai platforms new`: from an address that nobody has fetched yet to what would be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import main
from tests.crawler.fault_server import FaultServer, answer, listing, titles

ROOT = Path(__file__).parents[2]


def test_a_page_is_fetched_politely_and_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["platforms", "new", "kunpeng", "--to", str(ROOT), "--data", str(tmp_path), "--dry-run"]
    with FaultServer("127.0.0.60") as server:
        rows = titles(["/open/item/1207/88121.do", "/open/item/1207/88122.do"])
        server.routes["/open/board/1207/p1.do"] = answer(listing(rows, '<div class="kpPager"></div>'))
        page = f"{server.url}/open/board/1207/p1.do"
        unknown = CliRunner().invoke(main, [*words, "--from", page])
        assert unknown.exit_code == 2
        assert f"holds no page of {page}: give --look" in capfd.readouterr().err
        assert server.hits == []
        found = CliRunner().invoke(main, [*words, "--from", page, "--look", "-s", "DOWNLOAD_DELAY=0"])
        assert found.exit_code == 0
        assert server.paths() == ["/robots.txt", "/open/board/1207/p1.do"]
    said = capfd.readouterr().out
    assert "Known by path: /\\d+/p\\d+\\.do$" in said
    assert "Read from http://www.qingshi.gov.cn/open/board/1207/p1.do: 2 reports, 0 more pages" in said
    assert "Would write: tests/crawler/platforms/kunpeng/p1.json" in said
    assert not (ROOT / "crawler" / "platforms" / "kunpeng.py").exists()
