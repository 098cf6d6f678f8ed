"""The result of a search as data: JSON a page at a time, CSV whole, Atom for feed readers; the same rows in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from archive.exports.feeds import Entry, Feed, atom
from archive.site.catalogue import Body
from archive.site.pages.search.results import Hit, Hits, Named, plain
from archive.site.pages.search.wish import Wish

COLUMNS = (
    "report_id",
    "section_id",
    "section",
    "heading",
    "agency_id",
    "agency",
    "year",
    "province",
    "level",
    "status",
    "title",
    "first_seen",
    "excerpt",
    "page",
    "source",
)
"""What a row of JSON and CSV has; those of the section are empty where titles are searched."""

Address = Callable[[str, dict[str, str]], str]
"""From a path of the site and arguments to an absolute address."""


def row_of(hit: Hit, address: Address) -> dict[str, object]:
    """One hit as a row."""
    row: dict[str, object] = {name: hit.row[name] for name in COLUMNS if name not in ("excerpt", "page")}
    place = f"#s{hit.row['section']}" if hit.row["section"] is not None else ""
    row |= {"excerpt": plain(hit.excerpt), "page": address(f"/report/{hit.row['report_id']}", {}) + place}
    return {name: row[name] for name in COLUMNS}


def as_json(
    wish: Wish, hits: Hits, found: Iterable[Hit], bodies: Named, build: Any, address: Address
) -> dict[str, object]:
    """A page of the result with its count, its filters and the addresses of the pages beside it."""

    def page(number: int) -> str | None:
        there = 1 <= number <= hits.pages(wish.size)
        return address("/search.json", wish.arguments(page=number)) if there else None

    return {
        "query": wish.query,
        "in": wish.scope,
        "filters": wish.filters(),
        "sort": "new" if hits.unranked else wish.sort,
        "unranked": hits.unranked,
        "shortened": wish.shortened,
        "ignored": list(wish.ignored),
        "generation": build["generation"],
        "built_at": build["built_at"],
        "count": hits.count,
        "page": wish.page,
        "pages": hits.pages(wish.size),
        "size": wish.size,
        "previous": page(wish.page - 1),
        "next": page(wish.page + 1),
        "html": address("/search", wish.arguments(page=wish.page)),
        "csv": address("/search.csv", wish.arguments()),
        "facets": {
            facet.name: [{"value": value, "count": n, "chosen": chosen} for value, n, chosen in facet.values]
            for facet in hits.facets
        },
        "agencies": {
            "count": bodies.count,
            "exact": [body_of(body, address) for body in bodies.exact],
            "others": [body_of(body, address) for body in bodies.others],
        },
        "rows": [row_of(hit, address) for hit in found],
    }


def body_of(body: Body, address: Address) -> dict[str, object]:
    """A body whose name was searched for."""
    return {"agency_id": body.agency_id, "name": body.name, "page": address(f"/agency/{body.agency_id}", {})}


def as_atom(wish: Wish, title: str, found: Iterable[Hit], updated: str, address: Address) -> bytes:
    """A page of the result as a feed; each entry is a section (or a report), dated by the first sight of its report."""
    entries = []
    for hit in found:
        row = row_of(hit, address)
        heading = f"{row['heading']}：" if row["heading"] else ""
        entries.append(
            Entry(
                id=f"found/{row['section_id'] or row['report_id']}",
                report_id=str(row["report_id"]),
                kind="new",
                at=str(row["first_seen"]),
                agency=str(row["agency"]),
                year=int(hit.row["year"]),
                title=str(row["title"] or ""),
                source=str(row["source"]),
                page=str(row["page"]),
                quote=f"{heading}{row['excerpt']}",
            )
        )
    here = address("/search.atom", wish.arguments(page=wish.page))
    name = address("/search", wish.arguments(page=1))
    return atom(Feed(name, title, updated, tuple(entries), here, name))
