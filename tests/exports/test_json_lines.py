"""From a ledger to `reports.jsonl.gz`: what is held is what is written, whole and in order."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from archive.exports.json_lines import export_reports
from archive.holdings import Holdings, build_holdings
from archive.models import Outcome, ParseResult
from archive.parsing import parse_captures
from archive.registry import Registry
from tests.holdings.evidence import registry
from tests.route.crawled import HOST, Crawled, crawled, report

PROMISED = [
    *("file", "title", "agency", "year", "era", "sections", "statistics", "extra_rows", "findings", "warnings"),
    *("report_id", "portal", "url", "urls", "published", "version", "first_seen", "vanished_on", "capture"),
]


@pytest.fixture
def small(tmp_path: Path) -> Registry:
    return registry(tmp_path)


def read(data: bytes, **hints: Any) -> ParseResult:
    agency, year, received = data.decode().split()
    return report(agency, int(year), received=int(received), warnings=("made up",))


def fetch(data: Crawled, path: str, agency: str, year: int, received: int, at: str) -> None:
    data.fetch(path, f"{agency} {year} {received}".encode(), at=at, referrer=f"http://{HOST}/list")


def held(data: Crawled, small: Registry) -> Holdings:
    parse_captures(data.ledger, data.store, parser_version="v1", read=read)
    return build_holdings(data.ledger, small, "v1")


def written(holdings: Holdings, folder: Path) -> Path:
    """The path of the file, of which what was said of it holds."""
    said = export_reports(holdings, folder)
    data = (folder / said.name).read_bytes()
    assert (said.size, said.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert said.rows == text(folder / said.name).count(b"\n")
    return folder / said.name


def text(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text(path).splitlines()]


def test_the_whole_way(tmp_path: Path, small: Registry) -> None:
    with crawled(tmp_path) as data:
        fetch(data, "b", "滕州市水务局", 2021, 1, "2026-02-01T00:00:01.000Z")
        fetch(data, "a", "滕州市科学技术局", 2021, 3, "2026-02-01T00:00:02.000Z")
        fetch(data, "a2", "滕州市科技局", 2021, 3, "2026-02-01T00:00:03.000Z")
        fetch(data, "a", "滕州市科学技术局", 2021, 4, "2026-03-01T00:00:00.000Z")
        fetch(data, "a2", "滕州市科技局", 2021, 7, "2026-03-01T00:00:01.000Z")
        for day in ("2026-03-01", "2026-03-02"):
            data.next_night(f"{day}T00:00:00.000Z", "list")
            data.fetch("b", None, at=f"{day}T00:00:01.000Z", outcome=Outcome.NOT_FOUND)
        holdings = held(data, small)
        path = written(holdings, tmp_path / "exports")
        found = lines(path)
        assert [set(PROMISED) - set(line) for line in found] == [set(), set()]
        first, second = found
        assert (first["report_id"], second["report_id"][:2]) == ("tz-kjj-2021", "u-")
        assert first["version"] == 2
        assert first["statistics"][0]["value"] == 4
        assert len(first["statistics"]) == 200
        assert first["urls"] == ["http://www.shixi.example/a", "http://www.shixi.example/a2"]
        assert (first["url"], first["portal"]) == ("http://www.shixi.example/a", "tz")
        assert (first["first_seen"], first["vanished_on"]) == ("2026-02-01T00:00:02.000Z", None)
        assert first["findings"]
        assert first["warnings"] == [
            "made up",
            "copy: http://www.shixi.example/a2 differs from version 2 in rules_issued: '4' and '7'",
        ]
        assert first["published"] == "2022-01-20"
        assert second["vanished_on"] == "2026-03-01"
        where = first["capture"]
        stored = data.store.read(where["warc"], where["offset"])
        assert stored.payload.decode() == "滕州市科学技术局 2021 4"
        assert [change.kind for change in holdings.changes] == ["new", "new", "corrected", "vanished"]


def test_the_same_ledger_gives_the_same_file(tmp_path: Path, small: Registry) -> None:
    with crawled(tmp_path) as data:
        for number in range(30):
            fetch(
                data,
                str(number),
                f"滕州市第{number % 7}局",
                2015 + number % 5,
                number,
                f"2026-03-{number + 1:02d}T00:00:00.000Z",
            )
        one = written(held(data, small), tmp_path / "one").read_bytes()
        two = written(build_holdings(data.ledger, small, "v1"), tmp_path / "two").read_bytes()
    assert one == two
    ids = [json.loads(line)["report_id"] for line in gzip.decompress(one).splitlines()]
    assert ids == sorted(ids)


def test_a_failed_export_leaves_the_old_file(tmp_path: Path, small: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    with crawled(tmp_path) as data:
        fetch(data, "a", "滕州市科学技术局", 2021, 3, "2026-02-01T00:00:02.000Z")
        holdings = held(data, small)
    path = written(holdings, tmp_path)
    before = path.read_bytes()

    def full(number: int, total: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        export_reports(holdings, tmp_path, progress=full)
    assert path.read_bytes() == before
    assert sorted(item.name for item in tmp_path.glob("reports*")) == ["reports.jsonl.gz"]


def test_nothing_held_is_an_empty_file(tmp_path: Path, small: Registry) -> None:
    with crawled(tmp_path) as data:
        assert written(held(data, small), tmp_path / "x").read_bytes() == b""
