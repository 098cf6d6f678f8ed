"""The runs of the crawler, as the ledger keeps them: when, as whom, about which portals, and what they came to."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping

from archive.ledger import rows
from archive.ledger.connection import utc_now
from archive.ledger.part import Part, last_id
from archive.ledger.records import Run


class Runs(Part):
    """The runs of a ledger."""

    def begin_run(self, user_agent: str, settings: Mapping[str, object], portals: Collection[str]) -> int:
        """Enters a new run and returns its number; runs that never ended (their process died) are marked `killed`."""
        with self.transaction():
            self._db.execute("UPDATE runs SET state = 'killed' WHERE state = 'running'")
            values = (utc_now(), user_agent, json.dumps(settings, ensure_ascii=False), json.dumps(sorted(portals)))
            cursor = self._db.execute(
                "INSERT INTO runs (started_at, state, user_agent, settings, portals) VALUES (?, 'running', ?, ?, ?)",
                values,
            )
        return last_id(cursor)

    def end_run(self, run: int, state: str, summary: Mapping[str, object]) -> None:
        """Closes a run as `complete`, `interrupted` or `failed`, with its summary."""
        self._db.execute(
            "UPDATE runs SET ended_at = ?, state = ?, summary = ? WHERE id = ?",
            (utc_now(), state, json.dumps(summary, ensure_ascii=False), run),
        )

    def runs(self) -> Iterator[Run]:
        """All runs, the latest first."""
        for row in self._db.execute("SELECT * FROM runs ORDER BY id DESC"):
            yield rows.run(row)

    def last_started(self) -> str | None:
        """When the run began that began last; None where there was none."""
        started: str | None = self._db.execute("SELECT max(started_at) FROM runs").fetchone()[0]
        return started
