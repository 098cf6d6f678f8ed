"""`python -m crawler.expand ID`: the portals that a portal links to, as JSON, from its stored pages; asks nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from archive.captures import captures_of
from archive.ledger import Ledger
from archive.models import Portal, Role
from archive.registry import portal_row, propose_id, registry_of
from crawler.discover import FOLDER
from crawler.ending import problems_said
from crawler.options import choose_portals
from crawler.pages import Page
from crawler.subordinates import propose


@dataclass(frozen=True, slots=True)
class Stored:
    """The stored pages of a portal that may link to others, and whether its home page is among them."""

    pages: tuple[Page, ...]
    home: bool


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("portal_id", metavar="ID")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("data"))
@click.option("--portals", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def main(portal_id: str, data: Path, portals: Path | None) -> None:
    """Print the portals that portal ID links to."""
    with problems_said(f"another run is at work in {data}"):
        tell(portal_id, data, portals)


def tell(portal_id: str, data: Path, portals: Path | None) -> None:
    """Prints what the stored pages of a portal propose; raises WrongUse for a portal that the registry does not have.

    Raises RegistryError, LedgerError, CaptureError and OSError too.
    """
    registry = registry_of(data, portals)
    portal = choose_portals(registry.portals.values(), (portal_id,))[portal_id]
    stored = read_stored(data, portal)
    rows = [
        {"row": dict(portal_row(one.row)), "kind": one.kind, "text": one.text, "seen_on": one.seen_on}
        for one in propose(portal, stored.pages, registry.divisions, registry.portals.values())
    ]
    found = {"portal": portal.id, "home_url": portal.home_url, "pages": len(stored.pages), "home": stored.home}
    click.echo(json.dumps({**found, "proposals": rows}, ensure_ascii=False, indent=1))


def read_stored(data: Path, portal: Portal) -> Stored:
    """The latest stored home and list pages of a portal, from the archive and from walks (`gongkai discover`)."""
    walked = propose_id(portal.home_url)
    pages: dict[str, Page] = {}
    home = False
    for folder, portal_id in ((data / FOLDER / walked, walked), (data, portal.id)):
        if (folder / "ledger.db").exists():
            for role, page in _pages(folder, portal_id):
                pages[page.url] = page
                home = home or role is Role.HOME
    return Stored(tuple(pages.values()), home)


def _pages(folder: Path, portal_id: str) -> Iterator[tuple[Role, Page]]:
    with Ledger(folder / "ledger.db", create=False) as ledger, captures_of(folder) as store:
        for role in (Role.HOME, Role.LISTING):
            for capture in ledger.captures(roles=(role,), portal=portal_id):
                stored = store.read(capture.warc, capture.offset)
                page = Page.of(capture.url, stored.status, stored.headers, stored.payload)
                if page.has_tree:
                    yield role, page


if __name__ == "__main__":
    main()
