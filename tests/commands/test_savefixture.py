"""`gongkai savefixture`: a copy, an expectation that waits for its review, a warning."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.captures import CaptureStore
from archive.cli import main
from archive.commands.expectations import load
from archive.ledger import Attempt, Found, Ledger
from archive.models import Capture, CapturedPage, Outcome, Role
from demo.render import html
from demo.reports import many

REPORT = next(iter(many(1)))
URL = "http://portal.test/gknb/t2020_1.html?from=list"


def run(*words: str | Path) -> Result:
    result = CliRunner().invoke(main, ["savefixture", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_file_is_copied_and_waits_for_its_review(tmp_path: Path) -> None:
    body = html.page(REPORT).replace(b"</article>", "<p>联系人：某某某，电话0000-12345678。</p></article>".encode())
    source = tmp_path / "report.html"
    source.write_bytes(body)
    result = run(source, "--to", tmp_path / "new", "--name", "a report?")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "new" / "a_report.html").read_bytes() == body
    stated = load(tmp_path / "new" / "a_report.expected.json")
    assert stated["reviewed"] is False
    assert len(stated["statistics"]) == len(REPORT.cells)
    assert "no real person's name, number or address belongs into them" in result.stderr
    assert "联系人：某某某" in result.stderr
    assert "0000-12345678" in result.stderr
    again = run(source, "--to", tmp_path / "new", "--name", "a report?")
    assert again.exit_code == 1
    assert "exists; delete it to record it anew" in again.stderr


def test_a_document_in_its_place_gets_its_expectation(tmp_path: Path) -> None:
    source = tmp_path / "page.html"
    source.write_text("<p>青禾市召开防汛工作会议</p><p>会议要求各部门做好准备。</p>" * 5, "utf-8")
    assert run(source, "--to", tmp_path).exit_code == 0
    assert "not_a_report" in load(tmp_path / "page.expected.json")


def test_the_latest_capture_of_an_address(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    hold(data, html.page(REPORT))
    result = run(URL, "--data", data, "--to", tmp_path / "new")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "new" / "t2020_1.html").read_bytes() == html.page(REPORT)
    assert load(tmp_path / "new" / "t2020_1.expected.json")["title"] == REPORT.title
    assert "has no capture of" in run("http://portal.test/b", "--data", data, "--to", tmp_path / "new").stderr


def hold(data: Path, body: bytes) -> None:
    """Puts one captured answer into DATA, as the crawler does."""
    page = CapturedPage(URL, 200, "OK", (("Content-Type", "text/html"),), body, "2024-01-02T03:04:05Z")
    with CaptureStore(data / "warc") as store, Ledger(data / "ledger.db") as ledger:
        place = store.append(page)
        capture = Capture(
            place.sha256, URL, page.fetched_at, 200, "text/html", place.warc, place.offset, place.length, Role.ARTICLE
        )
        number = ledger.begin_run("test", {}, ["p"])
        ledger.add(number, [Found(URL, "portal.test", "p", Role.ARTICLE)])
        url = ledger.url(URL)
        assert url is not None
        ledger.record(number, Attempt(url, page.fetched_at, 0.1, Outcome.OK, 200, capture=capture))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["/no/such/file.html"], "No such file"),
        ([URL, "--data", "/no/such/data"], "has no ledger"),
        ([__file__, "--name", "..."], "makes no file name"),
    ],
)
def test_what_cannot_be_recorded_says_why(tmp_path: Path, words: list[str], said: str) -> None:
    result = run(*words, "--to", tmp_path)
    assert result.exit_code == 1
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []
