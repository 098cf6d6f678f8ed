"""The metadata, and a real Datasette with it: tables, search, facets, counts, CSV and JSON."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from datasette.app import Datasette

from archive.database.build import build_database
from archive.database.schema import load_schema
from archive.metadata import DATABASE, datasette_metadata, render
from archive.search import brute_force
from tests.made_holdings import BUILT_AT, made_holdings

COMMITTED = Path(__file__).parents[1] / "datasette-metadata.json"
Get = Callable[..., Any]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("metadata") / "archive.db"
    build_database(path, made_holdings(), built_at=BUILT_AT)
    return path


@pytest.fixture(scope="module")
def get(archive: Path) -> Iterator[Get]:
    """Asks a Datasette as an operator would start it: the file, the committed metadata, our plugin by entry point."""
    site = Datasette(
        files=[],
        immutables=[str(archive)],
        metadata=json.loads(COMMITTED.read_text("utf-8")),
        settings={"suggest_facets": False, "max_csv_mb": 0, "default_allow_sql": False},
    )
    with asyncio.Runner() as runner:
        runner.run(site.invoke_startup())

        def ask(path: str, **arguments: object) -> Any:
            return runner.run(_await(site.client.get(f"{path}?{urlencode(arguments)}" if arguments else path)))

        yield ask


async def _await(answer: Awaitable[Any]) -> Any:
    return await answer


@pytest.fixture(scope="module")
def texts(archive: Path) -> dict[str, str]:
    connection = sqlite3.connect(archive)
    found = dict(connection.execute("select section_id, text from sections"))
    connection.close()
    return found


def test_the_committed_file_is_current() -> None:
    assert COMMITTED.read_text("utf-8") == render(), "run: make metadata"


def test_the_command_prints_it_whatever_the_locale() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "archive.metadata"]
    printed = subprocess.run(command, capture_output=True, check=True, env=environment, cwd=COMMITTED.parent).stdout
    assert printed.decode("utf-8") == render()


def test_every_table_and_column_of_a_built_archive_is_described(archive: Path) -> None:
    described = datasette_metadata()["databases"][DATABASE]["tables"]
    connection = sqlite3.connect(archive)
    names = [
        name
        for (name,) in connection.execute("select name from sqlite_master where type in ('table', 'view')")
        if not name.startswith(("sqlite_", "sections_fts_"))
    ]
    for name in names:
        if described[name].get("hidden") and name not in {table.name for table in load_schema().tables}:
            continue
        columns = [column for _, column, *_ in connection.execute(f'pragma table_info("{name}")')]
        assert list(described[name]["columns"]) == columns
        assert all(" · " in text for text in (described[name]["title"], *described[name]["columns"].values()))
    connection.close()
    assert set(described) == set(names)


def test_every_page_answers(get: Get) -> None:
    for table in (*load_schema().tables, *load_schema().views):
        for path in (f"/archive/{table.name}", f"/archive/{table.name}.json", f"/archive/{table.name}.csv"):
            assert get(path, _size=3).status_code == 200, path


def test_helpers_are_hidden_and_the_rest_is_not(get: Get) -> None:
    tables = {table["name"]: table["hidden"] for table in get("/archive.json").json()["tables"]}
    hidden = {table.name for table in load_schema().tables if table.hidden}
    assert {name for name, is_hidden in tables.items() if not is_hidden} == {
        table.name for table in load_schema().tables
    } - hidden
    assert hidden | {"sections_fts"} <= {name for name, is_hidden in tables.items() if is_hidden}


@pytest.mark.parametrize(
    "query",
    ["公开", "税", "诉讼", "訴訟", "2023", "23", "２０２３", "8521234", "ipv6", "“三安全一稳定”", "公开 诉讼",
     "诉讼 -败诉", "诉讼 OR 复议", '"公开 信息"', "件，予以", "不存在的词", '"', "(", "*", "x:y", "NEAR(", "公" * 300],
)  # fmt: skip
def test_the_search_box_finds_what_a_scan_finds(get: Get, texts: dict[str, str], query: str) -> None:
    wanted = {section for section, text in texts.items() if brute_force(text, query)}
    answer = get("/archive/sections.json", _search=query, _shape="objects", _size=1000)
    assert answer.status_code == 200
    body = answer.json()
    assert {row["section_id"] for row in body["rows"]} == wanted
    assert body["filtered_table_rows_count"] == len(wanted)
    streamed = get("/archive/sections.csv", _search=query, _stream="on")
    assert {row["section_id"] for row in csv.DictReader(io.StringIO(streamed.text))} == wanted


def test_facets_add_up_under_search(get: Get, texts: dict[str, str]) -> None:
    body = get("/archive/sections.json", _search="公开", _size=1).json()
    hits = sum(brute_force(text, "公开") for text in texts.values())
    assert set(body["facet_results"]) == {"year", "province", "level", "number"}
    for name in ("year", "level", "number"):
        assert sum(value["count"] for value in body["facet_results"][name]["results"]) == hits


def test_search_and_filter_together(get: Get, texts: dict[str, str]) -> None:
    body = get("/archive/sections.json", _search="公开", year=2022, _sort_desc="number", _size=1000).json()
    wanted = {key for key, text in texts.items() if "-2022-" in key and brute_force(text, "公开")}
    assert {row[body["columns"].index("section_id")] for row in body["rows"]} == wanted


ORDERS: tuple[dict[str, str], ...] = (
    {}, {"_sort": "year"}, {"_sort_desc": "year"}, {"_sort": "province"}, {"_sort_desc": "level"},
)  # fmt: skip
SORTED = [
    (table, order)
    for table in ("sections", "reports", "coverage", "agencies")
    for order in ORDERS
    if set(order.values()) <= set(load_schema()[table].column_names())
]


@pytest.mark.parametrize(("table", "order"), SORTED, ids=[f"{table}{order}" for table, order in SORTED])
def test_paging_loses_nothing(get: Get, table: str, order: dict[str, str]) -> None:
    """Datasette breaks ties only from the second page on; on the first they must fall in the same way."""
    keys = load_schema()[table].primary_key
    seen: list[tuple[object, ...]] = []
    arguments: dict[str, object] = {"_size": 3, "_shape": "objects", **order}
    while True:
        body = get(f"/archive/{table}.json", **arguments).json()
        seen += [tuple(row[key] for key in keys) for row in body["rows"]]
        if body["next"] is None:
            break
        arguments["_next"] = body["next"]
    assert len(seen) == len(set(seen)) == body["filtered_table_rows_count"]


def test_streaming_loses_nothing(get: Get, texts: dict[str, str]) -> None:
    streamed = list(csv.DictReader(io.StringIO(get("/archive/sections.csv", _stream="on").text)))
    assert sorted(row["section_id"] for row in streamed) == sorted(texts)


def test_statistics_can_be_filtered_by_number(get: Get) -> None:
    rows = get("/archive/statistics.json", state="inferred", value=12, _shape="array", _size=1000).json()
    assert len(rows) == 20
    rows = get("/archive/statistics.json", value__gt=900, _shape="array").json()
    assert {row["value"] for row in rows} == {1234}


def test_the_table_page_shows_descriptions_and_a_search_box(get: Get) -> None:
    page = get("/archive/sections").text
    assert 'name="_search"' in page
    assert "报告章节" in page
    assert "正文（一段一行，不含表格）" in page


def test_public_sql_is_off_and_search_still_works(get: Get) -> None:
    assert get("/archive.json", sql="select 1").status_code == 403
    assert get("/archive/sections.json", _search="公开").status_code == 200
