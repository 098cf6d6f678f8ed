"""Who owes a report, what it is called, and where it publishes: portals, agencies and divisions.

`portals.csv` and `agencies.csv` beside this file are the registry that comes with Gongkai; divisions are those of
python-stdnum.
"""

from __future__ import annotations

from archive.registry.checks import PLATFORMS
from archive.registry.divisions import CENTRAL, Divisions, load_divisions
from archive.registry.importing import Imported, Refused, bare_address, read_list
from archive.registry.kept import keep_registry, registry_of
from archive.registry.loader import AGENCY_COLUMNS, PORTAL_COLUMNS, Registry, load_registry
from archive.registry.proposals import government_of, level_of, propose_id
from archive.registry.tables import RegistryError
from archive.registry.writing import append_portals, portal_lines, portal_row

__all__ = [
    "AGENCY_COLUMNS",
    "CENTRAL",
    "PLATFORMS",
    "PORTAL_COLUMNS",
    "Divisions",
    "Imported",
    "Refused",
    "Registry",
    "RegistryError",
    "append_portals",
    "bare_address",
    "government_of",
    "keep_registry",
    "level_of",
    "load_divisions",
    "load_registry",
    "portal_lines",
    "portal_row",
    "propose_id",
    "read_list",
    "registry_of",
]
