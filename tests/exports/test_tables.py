"""CSV and Parquet hold what the database holds, row for row and type for type."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv, parquet

from archive.database.schema import Text
from archive.exports.files import describe
from archive.exports.resources import Field, Resource, load_resources
from archive.exports.rows import ARROW, report_ids
from archive.exports.tables import write_table
from tests.exports.conftest import Exported

NAMES = [resource.name for resource in load_resources()]
PROMISED = {"reports", "sections", "statistics", "findings", "coverage", "agencies", "portals", "changes"}


def resource_of(name: str) -> Resource:
    return next(resource for resource in load_resources() if resource.name == name)


def as_rows(table: pa.Table) -> list[tuple[object, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True)) if table.num_columns else []


def read_csv(path: Path, resource: Resource) -> pa.Table:
    types = {field.name: ARROW[field.type] for field in resource.fields}
    return csv.read_csv(
        path,
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
        ),
    )


def test_every_table_that_is_promised_is_there() -> None:
    assert set(NAMES) >= PROMISED


@pytest.mark.parametrize("name", NAMES)
def test_both_files_equal_the_database(exported: Exported, name: str) -> None:
    resource = resource_of(name)
    held = exported.rows(resource.select())
    assert as_rows(parquet.read_table(exported.folder / resource.parquet)) == held
    assert as_rows(read_csv(exported.folder / resource.csv, resource)) == held


def test_the_rows_of_the_archive_reach_the_files(exported: Exported) -> None:
    assert len(exported.rows("select 1 from statistics")) == 12 * 200 + 8 * 198
    states = parquet.read_table(exported.folder / "statistics.parquet", columns=["state", "value"])
    valued = {state for state, value in as_rows(states) if value is not None}
    assert valued == {"number", "zero", "inferred"}


def test_columns_left_out_stand_in_items(exported: Exported) -> None:
    left = {field.name for field in resource_of("statistics").fields}
    labels = {field.name for field in resource_of("items").fields}
    assert not left & {"label_zh", "headings"}
    assert labels >= {"label_zh", "headings", "key", "applicant", "era"}


TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=20)
NUMBERS = st.none() | st.integers(-(10**15) + 1, 10**15 - 1) | st.floats(-1e15, 1e15)
MADE = Resource(
    "made",
    Text("造", "made"),
    Text("造", "made"),
    (
        Field("k", "integer", Text("", ""), True),
        Field("a", "string", Text("", ""), False),
        Field("n", "number", Text("", ""), False),
    ),
    ("k",),
    {},
    False,
)


@given(rows=st.lists(st.tuples(TEXTS, NUMBERS), min_size=1, max_size=8))
def test_any_text_and_any_number_come_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    connection = sqlite3.connect(":memory:")
    rows = [(number, *row) for number, row in enumerate(rows)]
    connection.execute("create table made (k integer, a text, n any)")
    connection.executemany("insert into made values (?, ?, ?)", rows)
    said = write_table(connection, MADE, folder)
    connection.close()
    assert said == tuple(replace(describe(folder / one.name, one.name), rows=len(rows)) for one in said)
    assert as_rows(parquet.read_table(folder / "made.parquet")) == rows
    assert as_rows(read_csv(folder / "made.csv", MADE)) == rows


def test_text_is_quoted_numbers_are_bare_and_nothing_is_nothing(tmp_path: Path) -> None:
    rows = [(1, None, 12), (2, "", 0.5), (3, '=a"b\nc', None), (4, "7", -3), (5, "0", 0)]
    connection = sqlite3.connect(":memory:")
    connection.execute("create table made (k integer, a text, n any)")
    connection.executemany("insert into made values (?, ?, ?)", rows)
    write_table(connection, MADE, tmp_path)
    connection.close()
    printed = '"k","a","n"\n1,,12\n2,"",0.5\n3,"=a""b\nc",\n4,"7",-3\n5,"0",0\n'
    assert (tmp_path / "made.csv").read_bytes() == printed.encode()


def test_a_blank_is_printed_as_none_and_a_zero_as_one(exported: Exported) -> None:
    lines = gzip.decompress((exported.folder / "statistics.csv.gz").read_bytes()).decode().splitlines()
    for state, printed in (("blank", ',,"blank","",'), ("zero", ',0,"zero","0",')):
        of_it = [line for line in lines if f',"{state}",' in line]
        assert of_it
        assert [line for line in of_it if printed not in line] == []


def test_a_value_of_another_type_names_its_column_and_leaves_no_file(tmp_path: Path) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table made (k integer, a text, n any)")
    connection.execute("insert into made values (1, 'x', 'twelve')")
    with pytest.raises(pa.ArrowInvalid, match="column n"):
        write_table(connection, MADE, tmp_path)
    connection.close()
    assert list(tmp_path.iterdir()) == []


def test_the_same_rows_give_the_same_bytes(exported: Exported, tmp_path: Path) -> None:
    connection = sqlite3.connect(exported.archive)
    resource = resource_of("statistics")
    write_table(connection, resource, tmp_path, report_ids(connection))
    connection.close()
    for name in (resource.csv, resource.parquet):
        assert (tmp_path / name).read_bytes() == (exported.folder / name).read_bytes()


def test_arrow_takes_its_memory_from_the_allocator_of_the_system() -> None:
    said = "import archive.exports.write, pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    others = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    done = subprocess.run([sys.executable, "-c", said], env=others, capture_output=True, text=True, check=True)
    assert done.stdout == "system\n"
