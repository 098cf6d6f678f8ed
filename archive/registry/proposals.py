"""What a new row of the registry is proposed to say where nobody has written it: id, level, government's name."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from archive.models import Level
from archive.registry.divisions import CENTRAL, Divisions

_NO_SLUG = re.compile(r"[^a-z0-9]+")
_PUBLIC = {"gov", "com", "net", "org", "cn"}
_LONGEST = 56  # leaves room for a number within the 60 characters of an id


def propose_id(url: str, taken: Collection[str] = ()) -> str:
    """An id from the host of a URL, the broader name first, that is not taken.

    `http://www.tengzhou.gov.cn/` gives `tengzhou`, `http://gxt.hebei.gov.cn/` `hebei-gxt`; a second one gets `-2`.
    """
    parts = urlsplit(url)
    labels = (parts.hostname or "").lower().split(".")
    numeric = all(label.isdecimal() for label in labels)
    if not numeric:
        while len(labels) > 1 and labels[-1] in _PUBLIC:
            labels.pop()
        labels = [label for label in reversed(labels) if label != "www"] or ["portal"]
    words = [*labels, str(parts.port)] if numeric and parts.port else labels
    slug = _NO_SLUG.sub("-", "-".join(words)).strip("-")[:_LONGEST].strip("-") or "portal"
    if slug.startswith("u-"):  # kept for agencies that are not registered
        slug = f"portal-{slug}"
    number, proposed = 1, slug
    while proposed in taken:
        number += 1
        proposed = f"{slug}-{number}"
    return proposed


def level_of(division: str) -> Level:
    """The tier that a division code belongs to by its zeros."""
    if division == CENTRAL:
        return Level.MINISTRY
    if division.endswith("0000"):
        return Level.PROVINCE
    return Level.PREFECTURE if division.endswith("00") else Level.COUNTY


def government_of(division: str, divisions: Divisions) -> str | None:
    """The name of the people's government of a division, or None where the code has no name of its own."""
    name = divisions.name(division)
    return f"{name}人民政府" if name and division != CENTRAL else None
