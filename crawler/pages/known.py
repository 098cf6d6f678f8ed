"""What templates of many systems have in common, read once from `known.yaml` and compiled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

_FILE = Path(__file__).with_name("known.yaml")


@dataclass(frozen=True, slots=True)
class Known:
    """Everything in `known.yaml`, compiled; see the comments there."""

    furniture: frozenset[str]
    containers: etree.XPath
    idle_frames: re.Pattern[str]
    for_phones: re.Pattern[str]
    nowhere: re.Pattern[str]
    downloads: re.Pattern[str]
    """A script that hands out files, by its name and an extension of scripts, a number of a file, or a question."""
    file_attributes: tuple[str, ...]
    name_parameters: tuple[str, ...]
    viewer_parameters: tuple[str, ...]


@cache
def known() -> Known:
    """The compiled names and addresses; raises KeyError, re.error or yaml.YAMLError where the file is broken."""
    data: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return Known(
        furniture=frozenset(data["furniture"]),
        containers=_containers(**data["containers"]),
        idle_frames=re.compile(data["idle_frames"], re.IGNORECASE),
        for_phones=re.compile(data["for_phones"], re.IGNORECASE),
        nowhere=re.compile(data["nowhere"], re.IGNORECASE),
        downloads=_downloads(**data["downloads"]),
        file_attributes=tuple(data["file_attributes"]),
        name_parameters=tuple(data["name_parameters"]),
        viewer_parameters=tuple(data["viewer_parameters"]),
    )


def _containers(classes: list[str], ids: list[str], id_beginnings: list[str]) -> etree.XPath:
    tests = [f"contains(@class, '{name}')" for name in classes]
    tests += [f"@id='{name}'" for name in ids]
    tests += [f"starts-with(@id, '{name}')" for name in id_beginnings]
    # Most elements have neither, and are passed over by the first test.
    return etree.XPath(f"//*[@class or @id][{' or '.join(tests)}]")


def _downloads(names: str, extensions: list[str]) -> re.Pattern[str]:
    by_extension = rf"\.(?:{'|'.join(extensions)})(?=\?|\Z)"
    return re.compile(rf"/(?:{names})(?:{by_extension}|/[0-9a-f\-]{{2,64}}(?=\?|\Z)|(?=\?))", re.IGNORECASE)
