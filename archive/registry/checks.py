"""What the fields of the registry must look like: each function returns the value, or notes what is expected."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from archive.models import Level, TlsRelaxation
from archive.registry.divisions import USER_ASSIGNED, Divisions
from archive.registry.tables import Problems, Row

PLATFORMS = (
    "trs",
    "generic",
    "shtml_channel",
    "hanweb",
    "vsb",
    "lonsun",
    "anhui_openness",
    "gkmlpt",
    "nfcms",
    "epoint",
    "jiangxi",
    "hebei",
    "zibo",
    "truecms",
    "shanghai",
    "liaoning",
)
"""The dialects that the registry may name; each has a reader in `crawler.platforms`."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_LEVELS = ", ".join(Level)


def identifier(row: Row, name: str, problems: Problems) -> str:
    """A slug: lower-case letters, digits and single hyphens; at most 60 characters, as it stands in addresses."""
    value = row[name]
    if not _ID.fullmatch(value) or len(value) > 60:
        problems.add(row, name, f"{value!r}; expected lower-case letters, digits and hyphens, such as tengzhou-kjj")
    elif value.startswith("u-"):
        problems.add(row, name, f"{value!r}; ids that begin with u- are kept for agencies that are not registered")
    return value


def text(row: Row, name: str, problems: Problems) -> str:
    """Anything but nothing."""
    if not row[name]:
        problems.add(row, name, "is empty; expected a name")
    return row[name]


def division(row: Row, name: str, divisions: Divisions, problems: Problems, *, assigns: bool = False) -> str:
    """A six-digit code that is, or was in any year, in the list of divisions (a portal may also assign one of 99)."""
    value = row[name]
    if not re.fullmatch(r"[0-9]{6}", value):
        problems.add(row, name, f"{value!r}; expected a six-digit division code, such as 370481 (000000 = central)")
    elif value not in divisions and not (assigns and value.startswith(USER_ASSIGNED)):
        problems.add(row, name, f"{value} is not a division code of any year; look it up in GB/T 2260")
    return value


def level(row: Row, name: str, problems: Problems) -> Level | None:
    """A tier of government, or nothing."""
    if not row[name]:
        return None
    try:
        return Level(row[name])
    except ValueError:
        problems.add(row, name, f"{row[name]!r}; expected one of {_LEVELS}, or nothing")
        return None


def url(row: Row, name: str, problems: Problems, *, required: bool = False) -> str | None:
    """An absolute http or https address, or nothing where it is not required."""
    value = row[name]
    if not value and not required:
        return None
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and is_host(parts.hostname or "") and not re.search(r"\s", value)
        good = good and parts.username is None and parts.port != 0
    except ValueError:  # a port that is no number, brackets that do not close
        good = False
    if not good:
        problems.add(row, name, f"{value!r}; expected an address that begins with http:// or https://")
    return value


def is_host(value: str) -> bool:
    """Whether this is a host name or an IP address."""
    if not value or len(value) > 253:
        return False
    try:
        ipaddress.ip_address(value.strip("[]"))
    except ValueError:
        return all(_HOST_LABEL.fullmatch(label) for label in value.split("."))
    return True


def hosts(row: Row, name: str, problems: Problems) -> tuple[str, ...]:
    """Host names separated by blanks, without scheme, port or path."""
    values = tuple(row[name].lower().split())
    for value in values:
        if not is_host(value):
            problems.add(row, name, f"{value!r}; expected host names separated by blanks, such as www.tengzhou.gov.cn")
    return values


def tls(row: Row, name: str, problems: Problems) -> tuple[TlsRelaxation, ...]:
    """What is relaxed about TLS, words separated by blanks; needs a reason in `notes`."""
    values = set(row[name].lower().split())
    if unknown := sorted(values - set(TlsRelaxation)):
        problems.add(row, name, f"{unknown[0]!r}; expected {' or '.join(TlsRelaxation)}, both, or nothing")
    elif values and not row["notes"]:
        problems.add(row, name, "a relaxation needs its reason, and the day it was seen, in notes")
    return tuple(one for one in TlsRelaxation if one in values)


def platform(row: Row, name: str, problems: Problems) -> str | None:
    """One of PLATFORMS, or nothing (then it is detected)."""
    value = row[name]
    if value and value not in PLATFORMS:
        problems.add(row, name, f"{value!r}; expected one of {', '.join(PLATFORMS)}, or nothing to have it detected")
    return value or None


def year(row: Row, name: str, problems: Problems) -> int | None:
    """A year of four digits, or nothing."""
    value = row[name]
    if not value:
        return None
    if not re.fullmatch(r"(19|20)[0-9]{2}", value):
        problems.add(row, name, f"{value!r}; expected a year, such as 2019, or nothing")
        return None
    return int(value)


def credit_code(row: Row, name: str, problems: Problems) -> str | None:
    """A unified social credit code (GB 32100) whose check character is right, or nothing."""
    value = row[name]
    if not value:
        return None
    try:
        code: str = uscc.validate(value)
    except ValidationError as error:
        problems.add(row, name, f"{value!r} is not a unified social credit code: {error}")
        return None
    return code
