"""What each version of the parser made of each capture."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from archive.ledger import rows
from archive.ledger.captures import capture_id
from archive.ledger.connection import utc_now
from archive.ledger.part import Part
from archive.ledger.records import Parse
from archive.models import Capture, Role


class Parses(Part):
    """The parses of a ledger."""

    def unparsed(self, parser_version: str, *, roles: Collection[Role] | None = None) -> Iterator[Capture]:
        """The captures of content that this parser version has not read yet."""
        query = (
            "SELECT * FROM captures c WHERE outcome = 'ok' AND refers_to IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM parses p WHERE p.capture = c.id AND p.parser_version = ?)"
        )
        values: list[str] = [parser_version]
        if roles is not None:
            query += " AND " + rows.IN_JSON.format("role")
            values.append(json.dumps(sorted(roles)))
        # Fetched at once: the caller records parses while it iterates.
        for row in self._db.execute(query + " ORDER BY id", values).fetchall():
            yield rows.capture(row)

    def record_parse(
        self, capture: Capture, parser_version: str, status: str, *, result: str | None = None, why: str | None = None
    ) -> None:
        """Records how a parser version read a capture: `ok` with its JSON, `not_a_report` or `unreadable` with why."""
        self._db.execute(
            "INSERT INTO parses (capture, parser_version, parsed_at, status, why, result) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET parsed_at = excluded.parsed_at, status = excluded.status, why = excluded.why,"
            " result = excluded.result",
            (capture_id(self._db, capture), parser_version, utc_now(), status, why, result),
        )

    def parses(self, parser_version: str) -> Iterator[Parse]:
        """What a parser version made of each capture, in the order of the captures."""
        query = (
            "SELECT p.parser_version, p.parsed_at, p.status AS parse_status, p.why, p.result, c.* FROM parses p"
            " JOIN captures c ON c.id = p.capture WHERE p.parser_version = ? ORDER BY c.id"
        )
        for row in self._db.execute(query, (parser_version,)):
            yield Parse(
                *(rows.capture(row), row["parser_version"], row["parsed_at"]),
                *(row["parse_status"], row["why"], row["result"]),
            )
