"""A walk as text for a person and as JSON for a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from archive.models import Role
from archive.registry import portal_lines, portal_row
from crawler.walk import Column, Step, Walk

SHOWN_PAGES = 12
SHOWN_BODIES = 6


def as_json(walk: Walk) -> dict[str, object]:
    """The walk with every step, ready for `json.dumps`; `row` and `row_csv` are the proposed row."""
    plain = asdict(walk)
    plain["row"] = dict(portal_row(walk.row))
    plain["row_csv"] = portal_lines([walk.row]).rstrip("\n")
    return plain


def as_text(walk: Walk) -> Iterator[str]:
    """The walk line by line; of the many pages of a long list the first are shown."""
    yield "The way:"
    pages = 0
    for step in walk.steps:
        pages += step.role is Role.LISTING
        if step.role is not Role.LISTING or pages <= SHOWN_PAGES:
            yield from _step(step)
    if pages > SHOWN_PAGES:
        yield f"  … and {pages - SHOWN_PAGES} more pages of lists (--json has them all)"
    yield ""
    yield f"Platform of the home page: {walk.platform or 'unknown'} ({walk.evidence})"
    if walk.site_name or walk.site_code:
        yield f"Site: {walk.site_name or 'without a name'}, SiteIDCode {walk.site_code or 'missing'}"
    yield ""
    yield "Columns of annual reports:" if walk.columns else "Columns of annual reports: none"
    for column in walk.columns:
        yield from _column(column)
    if walk.beside:
        yield f"  {walk.beside} reports stand outside any column, on the pages on the way"
    if walk.left_out:
        yield "Left out: " + ", ".join(f"{number} {reason}" for reason, number in sorted(walk.left_out.items()))
    for problem in walk.problems:
        yield f"Problem: {problem}"
    yield ""
    yield "Row for portals.csv:"
    yield from portal_lines([walk.row], header=True).splitlines()
    for name, value in (("name", walk.row.name), ("division", walk.row.division)):
        if not value:
            yield f"(the portal does not say its {name}; fill it in)"


def _step(step: Step) -> Iterator[str]:
    words = f"{step.text} → " if step.text else ""
    came_to = "" if step.outcome == "ok" else f" [{step.outcome}{f': {step.detail}' if step.detail else ''}]"
    yield f"{'  ' * (min(step.depth, 8) + 1)}{words}{step.url}{came_to}"
    yield f"{'  ' * (min(step.depth, 8) + 2)}because {step.why or 'it was found'}"


def _column(column: Column) -> Iterator[str]:
    yield f"  {column.url}"
    if column.path:
        yield f"    by: {' → '.join(column.path)}"
    yield f"    platform: {column.platform or 'unknown'} ({column.evidence})"
    years = ", ".join(f"{year}: {number}" for year, number in column.years.items())
    undated = f", {column.undated} of unknown year" if column.undated else ""
    yield f"    {column.entries} reports listed on {column.pages} pages{f'; by year {years}' if years else ''}{undated}"
    if column.agencies:
        more = len(column.agencies) - SHOWN_BODIES
        names = "、".join(column.agencies[:SHOWN_BODIES]) + (f" and {more} more" if more > 0 else "")
        yield f"    {len(column.agencies)} agencies named: {names}"
