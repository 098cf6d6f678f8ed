"""The exports as they are handed out: as they are kept, but for the reports, which are unpacked to `reports.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archive.exports.datapackage import in_package
from archive.exports.files import sink, write_file
from archive.exports.members import members, unpacked
from archive.exports.names import KEPT_REPORTS, MANIFEST_FILE, PACKAGE_FILE, REPORTS_FILE
from archive.exports.write import in_manifest, pretty

OTHERWISE = (KEPT_REPORTS, PACKAGE_FILE, MANIFEST_FILE)
"""The files that are handed out in another form than they are kept in."""


def hand_out(exports: Path, to: Path) -> tuple[Path, ...]:
    """Writes those files to directory `to`, the manifest last: the reports, and what names them with size and hash.

    Each appears whole or not at all. Raises OSError, NotInMembers for reports that are not as they were packed, and
    ValueError for a description that is none.
    """
    package, _ = _description(exports / PACKAGE_FILE, "resources", "path")
    manifest, files = _description(exports / MANIFEST_FILE, "files", "name")
    rows = files[KEPT_REPORTS].get("rows")
    with (exports / KEPT_REPORTS).open("rb") as source, sink(to / REPORTS_FILE) as out:
        for member in members(source):
            out.write(unpacked(member))
        reports = out.described(REPORTS_FILE, rows)
    package["resources"] = _replaced(package["resources"], "path", {KEPT_REPORTS: in_package(reports)})
    described = write_file(to / PACKAGE_FILE, pretty(package), PACKAGE_FILE)
    entries = {KEPT_REPORTS: in_manifest(reports), PACKAGE_FILE: in_manifest(described)}
    manifest["files"] = _replaced(manifest["files"], "name", entries)
    write_file(to / MANIFEST_FILE, pretty(manifest), MANIFEST_FILE)
    return tuple(to / name for name in (REPORTS_FILE, PACKAGE_FILE, MANIFEST_FILE))


def _description(path: Path, entries: str, key: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What describes the exports, and its entries by the name of the file."""
    try:
        described = json.loads(path.read_text("utf-8"))
        found = {entry[key]: entry for entry in described[entries]}
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is no description of exports: {type(error).__name__}: {error}") from error
    if KEPT_REPORTS not in found:
        raise ValueError(f"{path} does not name {KEPT_REPORTS}")
    return described, found


def _replaced(entries: list[dict[str, Any]], key: str, by: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [by.get(entry[key], entry) for entry in entries]
