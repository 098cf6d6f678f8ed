"""What a run is asked to do and makes no sense is refused with the name of what is wrong, before anything is made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.run import main
from tests.crawler.crawling import ROOT, command
from tests.crawler.fault_server import FaultServer


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--portal", "nowhere"], "no portal nowhere in the registry; it has: yunling"),
        (["--years", "2023-2021"], "--years takes a range"),
        (["-s", "DOWNLOAD_DELAY"], "-s takes NAME=VALUE"),
        (["-s", "DOWNLOD_DELAY=3"], "there is no setting DOWNLOD_DELAY"),
        (["-s", "DOWNLOAD_DELAY=slow"], "DOWNLOAD_DELAY takes a number of 0 or more, such as 3.0, not 'slow'"),
        (["-s", "DOWNLOAD_DELAY=-1"], "DOWNLOAD_DELAY takes"),
        (["-s", "DOWNLOAD_DELAY=nan"], "DOWNLOAD_DELAY takes"),
        (["-s", "DOWNLOAD_DELAY_JITTER=2"], "a number between 0 and 1"),
        (["-s", "DOWNLOAD_TIMEOUT=0"], "a number above 0"),
        (["-s", "CONCURRENT_REQUESTS=2.5"], "CONCURRENT_REQUESTS takes a whole number"),
        (["-s", "DOWNLOAD_VERIFY_CERTIFICATES=maybe"], "DOWNLOAD_VERIFY_CERTIFICATES takes 0 or 1"),
        (["-s", "DOWNLOADER_MIDDLEWARES=none"], "DOWNLOADER_MIDDLEWARES takes a table in JSON"),
        (["-s", "GONGKAI_RECHEK_DAYS=3"], "did you mean GONGKAI_RECHECK_DAYS?"),
        (["--frobnicate"], "No such option"),
    ],
)
def test_wrong_use_is_said_so(tmp_path: Path, arguments: list[str], says: str) -> None:
    line = command(tmp_path / "data", [FaultServer(port=9).portal()], {})
    ended = CliRunner().invoke(main, [*line[3:], *arguments])
    assert ended.exit_code == 2
    assert says in ended.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("-s", "DOWNLOAD_DELAY=slow"), "DOWNLOAD_DELAY takes a number"),
        (("-s", "GONGKAI_RECHEK_DAYS=3"), "did you mean GONGKAI_RECHECK_DAYS?"),
        (("-a", "portal=nowhere"), "no portal nowhere in the registry"),
        (("-a", "years=soon"), "--years takes a range"),
    ],
)
def test_scrapy_crawl_says_wrong_use_without_a_traceback(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    line = [sys.executable, "-m", "scrapy", "crawl", "annual_reports", "-a", f"data={tmp_path / 'data'}", *words]
    done = subprocess.run(line, capture_output=True, cwd=ROOT, timeout=60, text=True)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()
