"""SQL of readers: it works, it cannot leave its process, and it can be turned off."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from archive.site import sql_limits
from archive.site.reader_sql import MOST_WAITING, PROCESSES
from archive.site.worker import make_site
from bench.hostile_queries import HARMLESS, QUERIES
from tests.site.conftest import Get

SLOW = frozenset({"random bytes, again and again", "a json array of everything", "a fifty-table join"})
"""Like others in what they test; left to the benchmark, as each takes its whole second."""


ANSWERED_HERE = frozenset(
    {
        "all texts in one value",
        "a distinct cross join",
        "three searches in one",
        "a window over a cross join",
        "a cross join that is sorted",
        "LIKE with many wildcards",
        "GLOB with many wildcards",
        "a normalisation of megabytes",
        "upper of megabytes",
        "a long LIKE pattern",
        "an FTS search of many terms",
        "FTS with NEAR",
        "json each of millions",
    }
)
"""Within the limits on the small archive of these tests."""


def rows(get: Get, sql: str, **more: Any) -> Any:
    return get(f"/archive.json?_shape=array&sql={quote(sql)}", **more)


def test_a_reader_can_ask_in_sql(get: Get, database: Path) -> None:
    sql = "select year, count(*) as n, min(title) as title from reports group by year order by year"
    with closing(sqlite3.connect(database)) as connection:
        expected = [dict(zip(("year", "n", "title"), line, strict=True)) for line in connection.execute(sql)]
    assert rows(get, sql).json() == expected


def test_values_of_every_type_arrive_as_they_are(get: Get) -> None:
    sql = "select 9007199254740993 as big, 0.1 as real, null as empty, '公开\n\"' as text, x'00ff' as bytes"
    [row] = rows(get, sql).json()
    assert row == {
        "big": 9007199254740993,
        "real": 0.1,
        "empty": None,
        "text": '公开\n"',
        "bytes": {"$base64": True, "encoded": "AP8="},
    }


def test_parameters_and_searches_work(get: Get) -> None:
    sql = "select count(*) as n from sections_fts where sections_fts match search_expression(:words)"
    answer = get(f"/archive.json?_shape=array&sql={quote(sql)}&words={quote('独角兽')}")
    assert answer.json()[0]["n"] > 0


def test_json_and_the_shape_of_tables_can_be_read(get: Get) -> None:
    assert rows(get, "select value from json_each('[1, 2]')").json() == [{"value": 1}, {"value": 2}]
    assert "year" in {row["name"] for row in rows(get, "select name from pragma_table_info('reports')").json()}


@pytest.mark.parametrize(("asked_for", "given", "more"), [(1000, 1000, False), (1001, 1000, True)])
def test_an_answer_that_is_cut_says_so(get: Get, asked_for: int, given: int, more: bool) -> None:
    count = f"with recursive c(x) as (select 1 union all select x + 1 from c limit {asked_for}) select x from c"
    answer = get(f"/archive.json?sql={quote(count)}").json()
    assert (len(answer["rows"]), answer["truncated"]) == (given, more)


def test_conditions_of_the_readers_own_work_with_counts_and_facets(get: Get) -> None:
    answer = get("/archive/reports.json?_where=year%3D2023&_facet=year").json()
    assert answer["filtered_table_rows_count"] == len(answer["rows"]) > 0
    assert [found["value"] for found in answer["facet_results"]["year"]["results"]] == [2023]


def test_the_csv_of_a_query_has_its_rows(get: Get) -> None:
    answer = get(f"/archive.csv?sql={quote('select 1 as one, 2 as two')}")
    assert answer.text.splitlines() == ["one,two", "1,2"]


@pytest.mark.parametrize("name", sorted(QUERIES.keys() - SLOW))
def test_a_hostile_query_ends_in_an_error_soon(get: Get, name: str) -> None:
    begun = time.monotonic()
    answer = rows(get, QUERIES[name])
    assert time.monotonic() - begun < 5  # two seconds on a machine that does nothing else
    allowed = (200, 400, 414) if name in HARMLESS | ANSWERED_HERE else (400, 414)
    assert answer.status_code in allowed, answer.text[:200]
    assert "passwd" not in answer.text or name == "another file"
    assert "archive.db" not in answer.text


def test_the_site_answers_after_a_process_had_to_end(get: Get, site: Any) -> None:
    assert rows(get, QUERIES["instr by product of lengths"]).status_code == 400
    assert rows(get, "select 1 as one").json() == [{"one": 1}]
    desk = site.get_database("archive").desk
    desk.starters.shutdown()  # waits for the one that is started again
    desk.starters = ThreadPoolExecutor(PROCESSES)
    assert desk.free.qsize() == PROCESSES
    assert desk.waiting == 0


def test_a_statement_may_read_and_nothing_else(database: Path) -> None:
    with closing(sqlite3.connect(f"file:{database}?immutable=1", uri=True)) as connection:
        sql_limits.confine(connection)
        assert connection.execute("select count(*) from reports").fetchone()[0] > 0
        assert connection.execute("select printf('%05.1f|%s', 2.5, 'x'), format('%d', 7)").fetchone() == (
            "002.5|x",
            "7",
        )
        for statement in (
            "attach ':memory:' as other",
            "create temp table t (x)",
            "delete from reports",
            "update sqlite_master set sql = ''",
            "pragma database_list",
            "pragma temp_store_directory = '/tmp'",
            "select * from pragma_database_list",
            "select load_extension('x')",
            "vacuum into '/tmp/gongkai-vacuum.db'",
            "begin immediate",
        ):
            with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited|denied|may not be modified"):
                connection.execute(statement)


def test_sorting_runs_into_the_memory_limit_and_not_onto_the_disk(database: Path) -> None:
    many = "with recursive c(x) as (select 1 union all select x + 1 from c limit 100000)"
    with closing(sqlite3.connect(f"file:{database}?immutable=1", uri=True)) as connection:
        sql_limits.confine(connection)
        try:
            with pytest.raises((sqlite3.OperationalError, MemoryError), match=r"memory|^$"):
                connection.execute(f"{many} select hex(zeroblob(5000)) || x as y from c order by y").fetchall()
        finally:
            # the limit belongs to the process, which here is the one of all tests
            connection.set_authorizer(None)
            connection.execute(f"pragma hard_heap_limit = {sql_limits.PAGE_HEAP}")


def test_too_many_waiting_readers_are_told_to_come_again(get: Get, site: Any) -> None:
    desk = site.get_database("archive").desk
    desk.waiting += PROCESSES + MOST_WAITING
    try:
        answer = rows(get, "select 1")
        page = get("/archive?sql=select+1")
        assert get("/archive/reports").status_code == 200  # others are not concerned
    finally:
        desk.waiting -= PROCESSES + MOST_WAITING
    assert answer.status_code == page.status_code == 503
    assert page.headers["retry-after"] == "5"
    assert "等候" in page.text


@pytest.fixture(scope="module")
def closed(database: Path) -> Iterator[Any]:
    """The site with SQL of readers turned off."""
    site = make_site(database, allow_sql=False)
    yield site
    site.get_database("archive").close()
    site.executor.shutdown()


def test_sql_can_be_turned_off(get: Get, closed: Any) -> None:
    assert "<textarea" in get("/archive").text
    assert "<textarea" not in get("/archive", datasette=closed).text
    assert get("/archive/reports", datasette=closed).status_code == 200
    for path in ("/archive?sql=select+1", "/archive/sections?_where=1=1"):
        answer = get(path, datasette=closed)
        assert answer.status_code == 403
        assert "没有开放 SQL" in answer.text
        assert "execute-sql" not in answer.text
    assert get("/archive/q01_refusals.json", datasette=closed).status_code == 200
