"""The rows of text in common, from the sections of an archive that is being built."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from archive.checks.copied import Originality, Pair, Passage, compare
from archive.database.dictionaries import Row

Insert = Callable[[str, list[Row]], object]
BATCH = 2_000


def write_copied(connection: sqlite3.Connection, insert: Insert) -> None:
    """Compares all sections in the archive and hands the rows of `originality` and `copied` to `insert`, in batches.

    Sections are read in the order of their number, in which those of an agency stand together but for odd ids.
    `insert` is called with the name of a table and rows.
    """
    agencies = {agency: number for number, (agency,) in enumerate(connection.execute("select agency_id from agencies"))}

    def read() -> Iterator[Passage]:
        rows = connection.execute(
            "select docid, agency_id, year, number, text from sections where text <> '' order by docid"
        )
        for docid, agency, year, number, text in rows:
            yield Passage(docid, agencies[agency], year, number, text)

    def text_of(docid: int) -> str:
        row = connection.execute("select text from sections where docid = ?", (docid,)).fetchone()
        return str(row[0])

    names: dict[int, tuple[str, str, int]] = {
        docid: (section, report, number)
        for docid, section, report, number in connection.execute(
            "select docid, section_id, report_id, number from sections where text <> ''"
        )
    }
    originality: list[Row] = []
    copied: list[Row] = []
    for fact, pairs in compare(read, text_of):
        originality.append(_originality(fact, *names[fact.id]))
        copied += [_pair(pair, names[pair.id], names[pair.other]) for pair in pairs]
        if len(originality) >= BATCH:
            insert("originality", originality)
            insert("copied", copied)
            originality, copied = [], []
    insert("originality", originality)
    insert("copied", copied)


def _originality(fact: Originality, section: str, report: str, number: int) -> Row:
    base = fact.chars - fact.template - fact.stock
    return {
        "section_id": section,
        "report_id": report,
        "number": number,
        "chars": fact.chars,
        "template_chars": fact.template,
        "stock_chars": fact.stock,
        "repeated_chars": fact.repeated,
        "shared_chars": fact.shared,
        "own_chars": fact.own,
        "own_share": fact.own / base if base > 0 else None,
    }


def _pair(pair: Pair, one: tuple[str, str, int], other: tuple[str, str, int]) -> Row:
    return {
        "section_id": one[0],
        "other_id": other[0],
        "report_id": one[1],
        "other_report_id": other[1],
        "kind": "same_agency" if pair.same_agency else "other_agency",
        "overlap_chars": pair.overlap,
        "share": pair.share,
        "similarity": pair.similarity,
    }
