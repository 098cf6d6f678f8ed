"""Adds portals to a registry file: what stands in it stays byte for byte, and it is valid afterwards or not touched."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from archive.models import Portal
from archive.registry.loader import PORTAL_COLUMNS, PORTAL_OPTIONAL, load_registry
from archive.registry.tables import Problems, RegistryError, read_any_table


def portal_row(portal: Portal) -> Mapping[str, str]:
    """The fields of a portal by the columns of `portals.csv`."""
    return {
        "id": portal.id,
        "name": portal.name,
        "division": portal.division,
        "level": portal.level or "",
        "home_url": portal.home_url,
        "annual_report_url": portal.annual_report_url or "",
        "platform": portal.platform or "",
        "notes": portal.notes,
        "hosts": " ".join(portal.hosts),
        "tls": " ".join(portal.tls),
    }


def portal_lines(portals: Iterable[Portal], columns: Sequence[str] = PORTAL_COLUMNS, *, header: bool = False) -> str:
    """The portals as CSV, one line each, with or without the header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(map(portal_row, portals))
    return text.getvalue()


def append_portals(path: Path, portals: Sequence[Portal], *, write: bool = True) -> None:
    """Appends portals to a registry file, which is made where it is not there; `write=False` only looks whether it can.

    Raises RegistryError for a file or a portal that is not valid, an id that stands in it already or `hosts` or `tls`
    that it has no column for; the file is then as it was. Raises OSError where it cannot be written.
    """
    columns: Sequence[str] = PORTAL_COLUMNS
    old = b""
    if path.exists():
        known = load_registry(path).portals
        if taken := [portal.id for portal in portals if portal.id in known]:
            raise RegistryError(tuple(f"{path}: {name!r} stands in it already; choose another id" for name in taken))
        columns, _ = read_any_table(path, Problems())
        old = path.read_bytes()
    for name in PORTAL_OPTIONAL:
        if name not in columns and any(portal_row(portal)[name] for portal in portals):
            raise RegistryError((f"{path}, line 1: a portal has {name}; add a column `{name}` first",))
    end = b"" if not old or old.endswith(b"\n") else b"\n"
    new = old + end + portal_lines(portals, columns, header=not old).encode()
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        trial.write_bytes(new)
        try:
            load_registry(trial)
        except RegistryError as error:
            raise RegistryError(tuple(line.replace(str(trial), str(path)) for line in error.errors)) from error
    if write:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        try:
            part.write_bytes(new)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
