"""What the index of sections is asked: which sections it finds, by relevance where that tells anything.

Ranking takes ten times as long as finding: for each hit FTS5 looks up the length of its text, and then all are sorted.
"""

from __future__ import annotations

import sqlite3
from enum import StrEnum

import msgspec

from archive.search import match_expression, parse_query
from archive.site.catalogue import Shelf

MOST_RANKED = 100_000
"""Weighing so many hits against each other takes a sixth of a second; more of them are shown newest year first."""
ALWAYS_RANKED = 20_000
"""So few cost little, whatever their order may tell."""
SLICES = 16
"""How many hits are to be expected is seen from the first of so many slices of the sections."""
SURE = 0.75
"""Where no more are expected than this share of what is ranked, nothing is counted before: to count is to match every
text once more, which for a rare word takes half as long as to rank it."""
AT_ONCE = 500_000
"""Numbers that come together: the text of so many is below `archive.site.sql_limits.LONGEST_VALUE`."""
FINENESS = 2.0**48
"""Scores are sorted as whole numbers of this fineness, which SQLite compares faster than real numbers."""

read_numbers = msgspec.json.Decoder(list[int]).decode


class Unranked(StrEnum):
    """Why hits stand by year although relevance was asked for: the query is too common to tell any, or too much is
    found to be weighed in time."""

    COMMON = "common"
    MANY = "many"


def ranked_numbers(connection: sqlite3.Connection, shelf: Shelf, query: str) -> list[int] | None:
    """The numbers of all sections that the index finds, the most relevant first; None if they are not to be ranked."""
    most = most_ranked(shelf, query)
    if certainly_more(connection, shelf, query, most):
        return None
    numbers = by_relevance(connection, query)
    return numbers if len(numbers) <= most else None  # more than were expected


def all_must_occur(query: str) -> bool:
    """Whether a query has no alternatives, so that each of its words is at least as common as what is found."""
    return all(len(group) == 1 for group in parse_query(query).required)


def most_ranked(shelf: Shelf, query: str) -> int:
    """Up to how many hits of a query are ranked.

    A word in more than half of all texts weighs nothing with BM25 (its inverse document frequency would be below zero,
    and FTS5 makes it 0.000001, https://www.sqlite.org/fts5.html#the_bm25_function).
    """
    telling = shelf.count // 2 if all_must_occur(query) else shelf.count
    return max(ALWAYS_RANKED, min(MOST_RANKED, telling))


def why_unranked(shelf: Shelf, query: str, hits: int) -> Unranked:
    """Why hits that are more than `most_ranked` stand by year."""
    return Unranked.COMMON if all_must_occur(query) and hits > shelf.count / 2 else Unranked.MANY


def certainly_more(connection: sqlite3.Connection, shelf: Shelf, query: str, most: int) -> bool:
    """Whether a query finds more than so many sections; False also where it seems to find far fewer, but not among so
    many sections that all of them could not come together."""
    if shelf.count <= most or (shelf.count <= AT_ONCE and expected(connection, shelf, query) <= SURE * most):
        return False
    return count_below(connection, query, len(shelf.kind_of)) > most


def expected(connection: sqlite3.Connection, shelf: Shelf, query: str) -> int:
    """About how many sections the index finds, by those in a slice of all."""
    return SLICES * count_below(connection, query, len(shelf.kind_of) // SLICES)


def count_below(connection: sqlite3.Connection, query: str, number: int) -> int:
    """How many sections below a number the index finds."""
    counting = "select count(*) from sections_fts where sections_fts match ? and rowid < ?"
    hits: int = connection.execute(counting, (match_expression(query), number)).fetchone()[0]
    return hits


def by_relevance(connection: sqlite3.Connection, query: str) -> list[int]:
    """The numbers of all sections that the index finds, the most relevant first, equals by number.

    They come as one JSON text. Row by row, a reader's thread would let the others go first, and wait for its turn
    again, at each of tens of thousands of rows.
    """
    ranked = "select rowid from sections_fts where sections_fts match ? order by cast(rank * ? as integer), rowid"
    (found,) = connection.execute(
        f"select json_group_array(rowid) from ({ranked})", (match_expression(query), FINENESS)
    ).fetchone()
    return read_numbers(found)


def matching(connection: sqlite3.Connection, shelf: Shelf, query: str) -> list[int]:
    """The numbers of all sections that the index finds, in no order that means anything."""
    numbers: list[int] = []
    found = "select json_group_array(rowid) from sections_fts where sections_fts match ? and rowid between ? and ?"
    for first in range(0, len(shelf.kind_of), AT_ONCE):
        bounds = (first, first + AT_ONCE - 1)
        numbers += read_numbers(connection.execute(found, (match_expression(query), *bounds)).fetchone()[0])
    return numbers
