"""Every capture gets exactly one result a parser version, whatever the documents are like."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from archive import wire
from archive.models import NotAReport, ParseResult, Role, Unreadable
from archive.parsing import parse_captures
from archive.sandbox import Sandbox
from tests.route.crawled import Crawled, crawled, report


def read(data: bytes, **hints: Any) -> ParseResult:
    """Reads a document of one word; `crash` is a mistake in a parser."""
    word = data.decode()
    if word == "crash":
        raise IndexError("list index out of range")
    if word == "picture":
        return Unreadable("a picture without text")
    if word == "notice":
        return NotAReport("a notice")
    return report(hints["agency_hint"], 2021, received=int(word))


def results(data: Crawled) -> list[tuple[str, str, str | None]]:
    return [(parse.capture.url.rpartition("/")[2], parse.status, parse.why) for parse in data.ledger.parses("v1")]


def fill(data: Crawled) -> None:
    data.fetch("list", b"<a>", role=Role.LISTING)
    for number, word in enumerate([b"4", b"notice", b"crash", b"picture", b"5"]):
        data.fetch(str(number), word, agency="滕州市科学技术局")
    data.fetch("file", b"7", role=Role.ATTACHMENT, agency="滕州市教育局")


def test_one_result_for_each_document(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    told: list[tuple[int, int]] = []
    with crawled(tmp_path) as data:
        fill(data)
        with caplog.at_level(logging.ERROR), Sandbox(read=read) as sandbox:
            summary = parse_captures(
                data.ledger,
                data.store,
                parser_version="v1",
                read=sandbox.read,
                progress=lambda *done: told.append(done),
            )
        assert results(data) == [
            ("0", "ok", None),
            ("1", "not_a_report", "a notice"),
            ("2", "unreadable", "the parser failed: IndexError: list index out of range"),
            ("3", "unreadable", "a picture without text"),
            ("4", "ok", None),
            ("file", "ok", None),
        ]
        stored = [wire.loads(parse.result) for parse in data.ledger.parses("v1") if parse.result]
    assert [wire.report_from_json(body).agency for body in stored] == ["滕州市科学技术局"] * 2 + ["滕州市教育局"]
    assert (summary.ok, summary.not_a_report, summary.total) == (3, 1, 6)
    assert [url.rpartition("/")[2] for url, _ in summary.unreadable] == ["2", "3"]
    assert told == [(done, 6) for done in range(7)]
    assert "IndexError" in caplog.text


def test_a_pass_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    seen: list[bytes] = []

    def counted(data: bytes, **hints: Any) -> ParseResult:
        if len(seen) == 130:
            raise KeyboardInterrupt
        seen.append(data)
        return read(data, **hints)

    with crawled(tmp_path) as data:
        for number in range(170):
            data.fetch(str(number), str(number).encode(), agency="滕州市科学技术局")
        with pytest.raises(KeyboardInterrupt):
            parse_captures(data.ledger, data.store, parser_version="v1", read=counted)
        assert len(results(data)) == 100
        seen.clear()
        assert parse_captures(data.ledger, data.store, parser_version="v1", read=counted).total == 70
        assert len(seen) == 70
        assert parse_captures(data.ledger, data.store, parser_version="v1", read=read).total == 0
        assert parse_captures(data.ledger, data.store, parser_version="v1", read=read, again=True).total == 170
        assert parse_captures(data.ledger, data.store, parser_version="v2", read=read).total == 170
        assert len(results(data)) == 170


def test_only_some_portals(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        data.fetch("1", b"1", agency="甲局")
        data.fetch("2", b"2", agency="乙局", portal="zz")
        assert parse_captures(data.ledger, data.store, parser_version="v1", read=read, portals=["zz"]).total == 1
        assert [name for name, _, _ in results(data)] == ["2"]


def test_a_damaged_capture_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        damaged = data.fetch("1", b"1", agency="甲局")
        data.fetch("2", b"2", agency="甲局")
        assert damaged is not None
        path = tmp_path / "warc" / damaged.warc
        content = bytearray(path.read_bytes())
        content[damaged.offset + damaged.length // 2] ^= 0xFF
        path.write_bytes(content)
        summary = parse_captures(data.ledger, data.store, parser_version="v1", read=read)
        assert summary.ok == 1
        ((url, why),) = summary.unreadable
    assert url == damaged.url
    assert why.startswith(f"the capture is damaged: {damaged.warc} at byte {damaged.offset}: ")


def test_with_the_parser_that_comes_with_gongkai(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        data.fetch("1", "<p>关于开展植树活动的通知</p>".encode(), title="关于开展植树活动的通知")
        summary = parse_captures(data.ledger, data.store)
    assert (summary.not_a_report, summary.total) == (1, 1)


@pytest.mark.parametrize("again", [False, True])
def test_captures_are_taken_by_the_page_while_results_and_new_captures_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    monkeypatch.setattr("archive.ledger.parses._PAGE", 30)
    monkeypatch.setattr("archive.parsing.alone._BATCH", 7)
    told: list[tuple[int, int]] = []
    with crawled(tmp_path) as data:
        for number in range(100):
            data.fetch(str(number), str(number).encode(), agency="甲局", at="2026-02-01T00:00:00.000Z")

        def progress(done: int, total: int) -> None:
            if done == 50:
                data.fetch("late", b"1", agency="甲局", at="2026-02-02T00:00:00.000Z")
            told.append((done, total))

        parse_captures(data.ledger, data.store, parser_version="v1", read=read, again=again, progress=progress)
        assert [name for name, _, _ in results(data)] == [str(number) for number in range(100)]
        assert told == [(done, 100) for done in range(101)]
        assert parse_captures(data.ledger, data.store, parser_version="v1", read=read).total == 1
