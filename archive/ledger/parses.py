"""What each version of the parser made of each capture."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import replace

from archive.ledger import rows
from archive.ledger.captures import capture_id
from archive.ledger.connection import utc_now
from archive.ledger.part import Part
from archive.ledger.records import Parse, Showing
from archive.models import Capture, Role, ShownPicture

_PAGE = 500


class Parses(Part):
    """The parses of a ledger."""

    def unparsed(
        self,
        parser_version: str | None,
        *,
        roles: Collection[Role] | None = None,
        portals: Collection[str] | None = None,
    ) -> Iterator[Capture]:
        """The captures of content that this parser version has not read yet (None: all), as many as there are now.

        They are fetched by the page: the caller may record parses meanwhile, and never holds them all.
        """
        condition, values = _unread(parser_version, roles, portals)
        last, end = 0, self._db.execute("SELECT ifnull(max(id), 0) FROM captures").fetchone()[0]
        query = f"SELECT * FROM captures c WHERE {condition} AND id > ? AND id <= ? ORDER BY id LIMIT {_PAGE}"
        while page := self._db.execute(query, (*values, last, end)).fetchall():
            yield from map(rows.capture, page)
            last = page[-1]["id"]

    def count_unparsed(
        self,
        parser_version: str | None,
        *,
        roles: Collection[Role] | None = None,
        portals: Collection[str] | None = None,
    ) -> int:
        """How many captures `unparsed` would give."""
        condition, values = _unread(parser_version, roles, portals)
        count: int = self._db.execute(f"SELECT count(*) FROM captures c WHERE {condition}", values).fetchone()[0]
        return count

    def record_parse(
        self,
        capture: Capture,
        parser_version: str,
        status: str,
        *,
        result: str | None = None,
        why: str | None = None,
        pictures: str | None = None,
    ) -> None:
        """Records how a parser version read a capture: `ok` with its JSON, `not_a_report` or `unreadable` with why.

        `pictures` is the digest of the pictures that the page was read with.
        """
        self._db.execute(
            "INSERT INTO parses (capture, parser_version, parsed_at, status, why, result, pictures)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET parsed_at = excluded.parsed_at,"
            " status = excluded.status, why = excluded.why, result = excluded.result, pictures = excluded.pictures",
            (capture_id(self._db, capture), parser_version, utc_now(), status, why, result, pictures),
        )

    def pictures(self) -> Iterator[tuple[str, ShownPicture, int]]:
        """Each picture that a page was seen to show, as it was whenever it was fetched: page, picture, run.

        A picture that was never fetched comes once, without bytes and with run 0. In order of page, address and time.
        """
        for row in self._db.execute(rows.PICTURES):
            if row["sha256"] is None:
                yield row["page"], ShownPicture(row["picture"]), 0
            else:
                picture = ShownPicture(row["picture"], row["sha256"], row["warc"], row["offset"])
                yield row["page"], picture, row["run"]

    def showing(self, parser_version: str) -> Iterator[Showing]:
        """Each time that a page which was ever seen to show pictures was there, in order of page and time."""
        for row in self._db.execute(rows.SHOWING, (parser_version,)):
            original = None if row["of_warc"] is None else (row["of_warc"], row["of_offset"])
            capture = replace(rows.capture(row), original=original)
            yield Showing(capture, row["seen_in"], bool(row["parsed"]), row["made_of"])

    def unreported(self, parser_version: str) -> Iterator[Capture]:
        """The captures of pages and files that were there in which this parser version found no report, in order.

        Those that only repeat an earlier payload (unchanged pages) are among them.
        """
        return map(rows.capture, self._db.execute(rows.UNREPORTED, (parser_version,)))

    def parses(self, parser_version: str, *, results: bool = True) -> Iterator[Parse]:
        """What a parser version made of each capture, in the order of the captures; without `results` only whether."""
        # Two statements of one connection see the same state. A join would look for each parse anew, and their rows are
        # long.
        made = self._db.execute(
            "SELECT capture, parser_version, parsed_at, status, why,"
            f" {'result' if results else 'NULL AS result'} FROM parses WHERE parser_version = ? ORDER BY capture",
            (parser_version,),
        )
        parsed = "SELECT * FROM captures WHERE id IN (SELECT capture FROM parses WHERE parser_version = ?) ORDER BY id"
        for row, of in zip(made, self._db.execute(parsed, (parser_version,)), strict=True):
            yield Parse(
                *(rows.capture(of), row["parser_version"], row["parsed_at"]),
                *(row["status"], row["why"], row["result"], row["capture"]),
            )


def _unread(
    parser_version: str | None, roles: Collection[Role] | None, portals: Collection[str] | None
) -> tuple[str, list[str]]:
    """The condition on captures `c` that a parser version is to read, and its values."""
    conditions, values = ["outcome = 'ok'", "refers_to IS NULL"], []
    if parser_version is not None:
        conditions.append("NOT EXISTS (SELECT 1 FROM parses p WHERE p.capture = c.id AND p.parser_version = ?)")
        values.append(parser_version)
    for column, chosen in (("role", roles), ("portal", portals)):
        if chosen is not None:
            conditions.append(rows.IN_JSON.format(column))
            values.append(json.dumps(sorted(chosen)))
    return " AND ".join(conditions), values
