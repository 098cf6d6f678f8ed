"""How each portal fared in each of the last nights, from the runs of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from archive.concerns import read_concern
from archive.holdings.model import PortalNight
from archive.ledger import Ledger

SHOWN_RUNS = 60
"""The runs that are told, the latest ones: two months of nights. The ledger has them all."""


def portal_nights(ledger: Ledger) -> Iterator[PortalNight]:
    """One record for each portal and each of the last runs that was about it, the latest run first."""
    runs = list(islice((run for run in ledger.runs() if run.crawled), SHOWN_RUNS))
    # Those of all nights are as many as the requests that were ever made.
    tallies = ledger.tallies(min((run.id for run in runs), default=0))
    for run in runs:
        figures = (run.summary or {}).get("portals")
        known = figures if isinstance(figures, dict) else {}
        asked = tallies.get(run.id, {})
        for portal in sorted({*run.portals, *asked}):
            end = known.get(portal, {})
            yield PortalNight(
                portal=portal,
                run=run.id,
                started_at=run.started_at,
                state=run.state,
                held=end.get("held"),
                outcomes=asked.get(portal, {}),
                warnings=tuple(map(read_concern, end.get("warnings", ()))),
            )
