"""Who owes a report and where it is shown: portals, agencies, divisions and their tiers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The tier of government that a portal or an agency belongs to."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"


class TlsRelaxation(StrEnum):
    """What is relaxed about TLS for a portal whose server is old.

    `legacy` lets TLS 1.0, weak ciphers and insecure renegotiation pass, `unverified` any certificate.
    """

    LEGACY = "legacy"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Portal:
    """One disclosure site, as the registry names it (`portals.csv`).

    `division` is a six-digit GB/T 2260 code. `platform` None means "detect it", `annual_report_url` None means
    "discover it from the home page". `hosts` are further host names (no scheme) that the crawler may follow from this
    portal. `tls` names what is relaxed about TLS for it, in the order of the enum.
    """

    id: str
    name: str
    division: str
    level: Level | None
    home_url: str
    annual_report_url: str | None = None
    platform: str | None = None
    notes: str = ""
    hosts: tuple[str, ...] = ()
    tls: tuple[TlsRelaxation, ...] = ()


@dataclass(frozen=True, slots=True)
class Agency:
    """One public body (行政机关) that owes a report, as the registry names it (`agencies.csv`)."""

    id: str
    name: str
    division: str
    level: Level | None = None
    parent: str | None = None
    portal: str | None = None
    aliases: tuple[str, ...] = ()
    credit_code: str | None = None
    valid_from: int | None = None
    valid_to: int | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Division:
    """One administrative division with the years in which its code was valid (`valid_to` None = still valid)."""

    code: str
    name: str
    valid_from: int | None = None
    valid_to: int | None = None
