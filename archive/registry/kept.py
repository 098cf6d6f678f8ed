"""The registry that a data directory was crawled with, kept beside its captures.

Everything after the crawl is a function of captures, registry and parser version. So a crawl with a registry of one's
own leaves a copy in DATA/registry, and the later steps need not be told again; rows of earlier crawls stay.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from archive.models import Agency
from archive.registry.loader import AGENCY_COLUMNS, PORTAL_COLUMNS, PORTAL_OPTIONAL, Registry, load_registry
from archive.registry.writing import portal_row

FOLDER = "registry"


def keep_registry(data: Path, registry: Registry, *, own: bool) -> None:
    """Adds the portals and agencies of a crawl to those kept in DATA; `own` says that it is not Gongkai's registry.

    A row of the same id is replaced by the newer. The registry that comes with Gongkai is kept only beside another.
    Raises OSError, and RegistryError if what was kept before is damaged.
    """
    folder = data / FOLDER
    portals, agencies = dict(registry.portals), dict(registry.agencies)
    if kept := _kept(data):
        portals = {**kept.portals, **portals}
        agencies = {**kept.agencies, **agencies}
    elif not own:
        return
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "portals.csv", (*PORTAL_COLUMNS, *PORTAL_OPTIONAL), map(portal_row, portals.values()))
    _write(folder / "agencies.csv", AGENCY_COLUMNS, map(_agency_row, agencies.values()))


def registry_of(data: Path, portals: Path | None = None, agencies: Path | None = None) -> Registry:
    """The registry for a data directory: the files given, else what its crawls left there, else Gongkai's own.

    Raises RegistryError.
    """
    if portals is None and agencies is None and (kept := _kept(data)):
        return kept
    return load_registry(portals, agencies)


def _kept(data: Path) -> Registry | None:
    folder = data / FOLDER
    if not (folder / "portals.csv").exists():
        return None
    return load_registry(folder / "portals.csv", folder / "agencies.csv")


def _agency_row(agency: Agency) -> Mapping[str, str]:
    return {
        "id": agency.id,
        "name": agency.name,
        "division": agency.division,
        "level": agency.level or "",
        "parent": agency.parent or "",
        "portal": agency.portal or "",
        "aliases": ";".join(agency.aliases),
        "credit_code": agency.credit_code or "",
        "valid_from": str(agency.valid_from or ""),
        "valid_to": str(agency.valid_to or ""),
        "successor": agency.successor or "",
    }


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
    part = path.with_suffix(".csv.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    part.replace(path)
