"""The schema: every table and column is described in both languages, and the made database is as described."""

from __future__ import annotations

import re
import sqlite3

import pytest
import sqlite_utils

from archive.database.schema import Text, _column, _reference, create_indexes, create_tables, load_schema
from archive.models import CheckStatus, State

SCHEMA = load_schema()
EVERY = (*SCHEMA.tables, *SCHEMA.views)
CHINESE = re.compile("[\u4e00-\u9fff]|URL|WARC")


@pytest.fixture(scope="module")
def db() -> sqlite_utils.Database:
    made = sqlite_utils.Database(memory=True)
    create_tables(made)
    create_indexes(made)
    yield made
    made.close()


@pytest.mark.parametrize("table", EVERY, ids=[table.name for table in EVERY])
def test_described_in_both_languages(table) -> None:
    described = [("title", table.title), ("about", table.about), *((c.name, c.about) for c in table.columns)]
    for name, text in described:
        assert isinstance(text, Text)
        assert CHINESE.search(text.zh), f"{table.name}.{name}"
        assert re.search("[A-Za-z]{2}", text.en), f"{table.name}.{name}"
        assert not re.search("[\u4e00-\u9fff]", text.en), f"{table.name}.{name}"


@pytest.mark.parametrize("table", EVERY, ids=[table.name for table in EVERY])
def test_the_database_has_what_is_described(db: sqlite_utils.Database, table) -> None:
    cursor = db.execute(f'select * from "{table.name}"')
    assert tuple(name for name, *_ in cursor.description) == table.column_names()


def test_the_database_has_nothing_else(db: sqlite_utils.Database) -> None:
    made = {name for name in db.table_names() if not name.startswith(("sections_fts", "sqlite_"))}
    assert made == {table.name for table in SCHEMA.tables}
    assert set(db.view_names()) == {view.name for view in SCHEMA.views}


def test_references_point_to_unique_columns_of_tables_made_before(db: sqlite_utils.Database) -> None:
    made: set[str] = set()
    for table in SCHEMA.tables:
        made.add(table.name)
        for column, (other, key) in (table.foreign_keys or {}).items():
            assert column in table.column_names()
            assert other in made
            target = SCHEMA[other]
            unique = {c.name for c in target.columns if c.unique} | (
                {target.primary_key[0]} if len(target.primary_key) == 1 else set()
            )
            assert key in unique, f"{table.name}.{column}"


def test_every_reference_is_quick_from_both_sides(db: sqlite_utils.Database) -> None:
    """A foreign key without an index makes a page of its parent a scan of the child."""
    for table in SCHEMA.tables:
        first = {index[0] for index in table.indexes} | {table.primary_key[0]}
        for column in table.foreign_keys or {}:
            if not table.hidden and column not in first:
                pytest.fail(f"{table.name}.{column} has no index")


def test_hints_name_columns() -> None:
    for table in EVERY:
        hints = [*table.facets, *filter(None, [table.label]), *table.primary_key]
        indexed = {column.removeprefix("-") for index in table.indexes for column in index}
        assert indexed.union(hints) <= set(table.column_names())


def test_a_column_without_its_descriptions_is_named() -> None:
    with pytest.raises(ValueError, match=r"portals\.name needs a type, a Chinese and an English text"):
        _column("portals", "name", ["text", "名称"], False)
    with pytest.raises(ValueError, match=r"a foreign key of portals must name table\.column, not 'agencies'"):
        _reference("portals", "agencies")
    with pytest.raises(KeyError):
        SCHEMA["no such table"]


def test_references_are_enforced(db: sqlite_utils.Database) -> None:
    db.execute("pragma foreign_keys = on")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        db.table("agency_aliases").insert({"agency_id": "nobody", "alias": "x"})


def test_vocabularies_are_those_of_the_contracts() -> None:
    assert {word.name for word in SCHEMA.states} == set(State)
    assert {word.name for word in SCHEMA.statuses} == set(CheckStatus)
    assert [word.name for word in SCHEMA.states[:2]] == ["zero", "number"]
