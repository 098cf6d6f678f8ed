"""What pages show is united like all else, and what was read of them counts as read."""

from __future__ import annotations

from pathlib import Path

from archive.ledger import Ledger
from archive.merging import merge
from tests.route.crawled import HOST, crawled
from tests.route.test_shown import AGENCY, PAGE, count, fetch, parse, show


def test_pictures_that_two_crawls_had_are_those_of_one_page(tmp_path: Path) -> None:
    for name, number in (("a", b"20"), ("b", b"300")):
        with crawled(tmp_path / name) as data:
            data.fetch(PAGE, b"1", at=f"2026-02-0{'ab'.index(name) + 1}T00:00:00.000Z", agency=AGENCY)
            show(data, f"{name}.png")
            fetch(data, f"{name}.png", number)
            assert parse(data) == [("ok", str(1 + int(number)))]
    merge([tmp_path / "b"], tmp_path / "a")
    with Ledger(tmp_path / "a" / "ledger.db", create=False) as ledger:
        assert {(page, picture.url) for page, picture, _ in ledger.pictures()} == {
            (f"http://{HOST}/{PAGE}", f"http://{HOST}/{name}.png") for name in "ab"
        }
    with crawled(tmp_path / "a") as data:
        assert parse(data) == [("ok", "321"), ("ok", "321")]
        assert count(data) == 0


def test_what_was_read_with_its_pictures_is_not_read_anew(tmp_path: Path) -> None:
    with crawled(tmp_path / "b") as data:
        data.fetch(PAGE, b"1", agency=AGENCY)
        show(data, "a.png")
        fetch(data, "a.png", b"20")
        assert parse(data) == [("ok", "21")]
    with crawled(tmp_path / "a") as data:
        data.fetch("other", b"1")
    merge([tmp_path / "b"], tmp_path / "a")
    with crawled(tmp_path / "a") as data:
        assert count(data) == 1, "the other page"
