"""The page of data, and the export files: exactly those of the manifest, byte for byte."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from archive.database.schema import load_schema
from archive.exports.names import MANIFEST_FILE
from archive.site import vocabulary
from archive.site.pages.data import size
from archive.site.pages.files import part_of
from archive.steps import EXPORTS
from tests.site.conftest import Get

Soup = Callable[..., BeautifulSoup]


def test_the_exports_are_where_they_are_made() -> None:
    assert (vocabulary.EXPORTS, vocabulary.MANIFEST) == (EXPORTS, MANIFEST_FILE)


def test_every_file_is_handed_out_byte_for_byte(ask: Get, exported: dict[str, bytes]) -> None:
    for name, content in exported.items():
        answer = ask(f"/files/{name}")
        assert answer.status_code == 200
        assert answer.content == content
        assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("reports.csv", "text/csv; charset=utf-8"),
        ("statistics.csv.gz", "application/gzip"),
        ("reports.parquet", "application/vnd.apache.parquet"),
        ("reports.jsonl.gz", "application/gzip"),
        ("archive.db", "application/vnd.sqlite3"),
        ("manifest.json", "application/json; charset=utf-8"),
    ],
)
def test_media_types(ask: Get, name: str, media_type: str) -> None:
    assert ask(f"/files/{name}").headers["content-type"] == media_type


@pytest.mark.parametrize(
    "name",
    ["secret.txt", "gone.csv", "..%2Farchive.db", "%2Fetc%2Fpasswd", "feeds", "feeds/../secret.txt%00", "x" * 3000],
)
def test_nothing_else_is(ask: Get, name: str) -> None:
    answer = ask(f"/files/{name}")
    assert answer.status_code == 404
    assert "not listed" not in answer.text


def asked(site: Any, path: str, **headers: str) -> Any:
    """An answer to a request with headers of its own."""

    async def once() -> Any:
        return await site.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return asyncio.run(once())


def test_a_download_is_resumed_only_while_the_file_is_the_same(ask: Any, exported: dict[str, bytes]) -> None:
    site, path, content = ask.keywords["datasette"], "/files/wide-2023.csv", exported["wide-2023.csv"]
    tag = ask(path).headers["etag"]
    rest = asked(site, path, Range="bytes=999990-", If_Range=tag)
    assert (rest.status_code, rest.content) == (206, content[999_990:])
    assert rest.headers["content-range"] == "bytes 999990-999999/1000000"
    other = asked(site, path, Range="bytes=999990-", If_Range='"of another generation"')
    assert (other.status_code, len(other.content)) == (200, len(content))
    beyond = asked(site, path, Range="bytes=1000000-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */1000000")
    assert asked(site, path, If_None_Match=tag).status_code == 304
    assert asked(site, path, Range="bytes=0-1,5-6").status_code == 200  # several at once: the whole


def test_a_part_of_a_file(exported: dict[str, bytes]) -> None:
    content = exported["reports.parquet"]
    assert part_of("bytes=10-19", len(content)) == (10, 20)
    assert part_of("bytes=2000-", len(content)) == (2000, 2048)
    assert part_of("bytes=-5", len(content)) == (2043, 2048)
    assert part_of("bytes=0-99999", len(content)) == (0, 2048)
    with pytest.raises(ValueError, match="no byte"):
        part_of("bytes=2048-", len(content))


@given(st.text(max_size=30), st.integers(1, 10_000))
def test_no_range_leads_out_of_a_file(asked: str, length: int) -> None:
    for header in (asked, f"bytes={asked}"):
        try:
            part = part_of(header, length)
        except ValueError:
            continue
        assert part is None or 0 <= part[0] < part[1] <= length


def test_a_pinned_file_may_be_kept_for_ever_and_never_turns_into_another(ask: Get, exported: dict[str, bytes]) -> None:
    digest = hashlib.sha256(exported["reports.csv"]).hexdigest()
    assert "immutable" in ask(f"/files/reports.csv?sha256={digest}").headers["cache-control"]
    assert "immutable" not in ask("/files/reports.csv").headers["cache-control"]
    assert ask(f"/files/reports.csv?sha256={'0' * 64}").status_code == 404


def test_the_page_lists_files_with_rows_and_hashes(soup: Soup, exported: dict[str, bytes]) -> None:
    page = soup("/data")
    links = {str(link["href"]) for link in page.select("a[href^='/files/']")}
    listed = {f"/files/{name}" for name in exported if "/" not in name}
    assert links == {*listed, "/files/manifest.json"}
    sums = page.select_one("details pre").get_text()  # type: ignore[union-attr]
    assert f"{hashlib.sha256(exported['reports.csv']).hexdigest()}  reports.csv" in sums
    assert "Creative Commons Attribution 4.0" in page.get_text()
    assert [quote.get_text() for quote in page.select("blockquote")] == ["引用", "to cite"]


def test_examples_of_the_interface_answer(soup: Soup, ask: Get) -> None:
    examples = soup("/data").select(".examples a")
    assert len(examples) == 6
    assert [ask(str(link["href"])).status_code for link in examples] == [200] * 6


def test_an_archive_without_its_exports_says_so(get: Get) -> None:
    answer = get("/data", "en")
    assert answer.status_code == 200
    assert "without the export files" in answer.text
    assert "CC-BY-4.0" in answer.text
    assert get("/files/reports.csv").status_code == 404


def test_the_dictionary_has_every_column_in_the_readers_language(soup: Soup) -> None:
    for lang in ("zh", "en"):
        page = soup("/data/dictionary", lang)
        for table in ("reports", "coverage", "publication", "cross_checks"):
            section = page.select_one(f"section[aria-labelledby={table}]")
            assert section is not None
            shown = {
                row.select("th")[0].get_text(): row.select("td")[-1].get_text() for row in section.select("tbody tr")
            }
            schema = {column.name: getattr(column.about, lang) for column in load_schema()[table].columns}
            schema.pop("version_no", None)  # a number by which the database counts for itself: no export has it
            assert shown == schema


def test_sizes_for_people() -> None:
    assert [size(number) for number in (0, 999, 1500, 123_456, 8_093_696, 2_500_000_000)] == [
        "0 B", "999 B", "1.5 kB", "123 kB", "8.1 MB", "2.5 GB",
    ]  # fmt: skip
