"""Who owes a report, what it is called, and where it publishes: portals, agencies and divisions.

`portals.csv` and `agencies.csv` beside this file are the registry that comes with Gongkai; divisions are those of
python-stdnum.
"""

from __future__ import annotations

from archive.registry.checks import PLATFORMS
from archive.registry.divisions import CENTRAL, Divisions, load_divisions
from archive.registry.kept import keep_registry, registry_of
from archive.registry.loader import AGENCY_COLUMNS, PORTAL_COLUMNS, Registry, load_registry
from archive.registry.tables import RegistryError

__all__ = [
    "AGENCY_COLUMNS",
    "CENTRAL",
    "PLATFORMS",
    "PORTAL_COLUMNS",
    "Divisions",
    "Registry",
    "RegistryError",
    "keep_registry",
    "load_divisions",
    "load_registry",
    "registry_of",
]
