"""What the rows of one report in archive.db are made of, as one digest: equal digests, equal rows.

A night changes few reports. The rows of all others are taken over from the archive before, and what tells them apart is
the digest of everything that the code looks at when it writes them: the report itself, its body, the year before, the
reports that it covers, and the code with its rules.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec

from archive.database.schema import load_schema
from archive.holdings import HeldAgency, Holdings, Packed, report_id
from archive.holdings.facts import code_digest_of

MADE_BY = ("models", "concerns.py", "wire.py", "registry", "report", "checks", "search", "holdings", "database")
"""The modules that say which rows a report has."""

_ENCODER = msgspec.json.Encoder(enc_hook=lambda value: _content(value))


def _content(value: object) -> str:
    if isinstance(value, Packed):
        return value.content
    raise TypeError(f"a report holds a {type(value).__name__}, of which no digest is known")


@cache
def code_digest(*more: str) -> str:
    """The digest of the code and the rules by which rows are made (and `more` modules), so that none outlives a change
    of them."""
    return code_digest_of((*MADE_BY, *more))


def made_by(parser_version: str) -> dict[str, str]:
    """What every row follows from besides the holdings: the table definitions, the parser, the code with its rules."""
    return {"schema": str(load_schema().version), "parser": parser_version, "code": code_digest()}


def report_digests(holdings: Holdings) -> Iterator[tuple[str, str]]:
    """(report id, digest) of every report, in the order of the ids.

    The tables with the rows that follow from the digest are those of `archive.database.report_rows`. What is said of a
    report beside all others (`copied`, `originality`) or of its body and portal (`coverage`, `captures`) does not.
    """
    salt = _ENCODER.encode(made_by(holdings.parser_version))
    agencies, children, held = holdings.agencies_by_id(), children_of(holdings.agencies), holdings.reports
    for report in held:
        below = [
            (child.id, child.name, child.valid_from, child.valid_to, held.content(report_id(child.id, report.year)))
            for child in children.get(report.agency_id, ())
        ]
        earlier = held.content(report_id(report.agency_id, report.year - 1))
        made_of = (report, agencies[report.agency_id], earlier, below)
        yield report.id, hashlib.sha256(salt + _ENCODER.encode(made_of)).hexdigest()


def children_of(agencies: Iterable[HeldAgency]) -> dict[str, list[HeldAgency]]:
    """The registered bodies under each body, whose reports its own may cover."""
    children: dict[str, list[HeldAgency]] = defaultdict(list)
    for agency in agencies:
        if agency.registered and agency.parent is not None:
            children[agency.parent].append(agency)
    return children
