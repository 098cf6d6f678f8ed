"""What a run is asked to do, read from the words of a command line and from settings, before anything is opened."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings, Settings, get_settings_priority

from archive.models import Portal
from crawler import settings as own_settings
from crawler.politeness import Policy
from crawler.shards import Shard, read_shard

_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
_VANTAGE = re.compile(r"[\w.-]{1,40}")

_SET_BY_US = frozenset({"GONGKAI_QUIET", "GONGKAI_DELAY"})
_MORE_THAN_NOTHING = frozenset(
    {
        "CONCURRENT_ITEMS",
        "CONCURRENT_REQUESTS",
        "CONCURRENT_REQUESTS_PER_DOMAIN",
        "DOWNLOAD_TIMEOUT",
        "GONGKAI_ATTACHMENT_TIMEOUT",
        "GONGKAI_ATTEMPTS",
        "GONGKAI_BLOCK_LIMIT",
        "GONGKAI_FAILURE_LIMIT",
    }
)
"""Settings with which nothing would be asked for, or every answer be too late, if they were 0."""
_AT_MOST: Mapping[str, float] = MappingProxyType({"DOWNLOAD_DELAY_JITTER": 1})


class WrongUse(UsageError):
    """Raised for options that make no sense; the message says what to give instead."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do. Empty `portal_ids` means all portals; `years` are inclusive; None means all years.

    With `clicks` the run only looks: it goes that many steps from a home page towards the columns of annual reports,
    reads their lists, and leaves the reports themselves out as `LOOK_ONLY`. With `shard` it is about the portals of one
    part of the registry. `vantage` names the place it is run from, for the record. `lease` says until when it may ask.
    """

    data: Path
    portals: Path | None = None
    agencies: Path | None = None
    portal_ids: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    clicks: int | None = None
    shard: Shard | None = None
    vantage: str | None = None
    lease: Path | None = None


def read_years(text: str | None) -> tuple[int, int] | None:
    """Reads `2021-2023` or `2023`; raises WrongUse for anything else."""
    if not text:
        return None
    match = _YEARS.fullmatch(text.strip())
    if not match or int(match[2] or match[1]) < int(match[1]):
        raise WrongUse(f"--years takes a range such as 2021-2023 or one year such as 2023, not {text!r}")
    return int(match[1]), int(match[2] or match[1])


def read_part(text: str | None) -> Shard | None:
    """Reads `2/3`; raises WrongUse for anything else."""
    try:
        return read_shard(text) if text else None
    except ValueError as error:
        raise WrongUse(f"--shard: {error}") from error


def read_vantage(text: str | None) -> str | None:
    """Reads the name of a place, such as `beijing-1`; raises WrongUse for one that is no plain word."""
    if text and not _VANTAGE.fullmatch(text):
        raise WrongUse(f"--vantage takes a plain name such as beijing-1 (letters, digits, `.`, `-`, `_`), not {text!r}")
    return text or None


def choose_portals(all_portals: Iterable[Portal], wanted: Collection[str]) -> dict[str, Portal]:
    """The portals asked for, by id; raises WrongUse where one does not exist."""
    portals = {portal.id: portal for portal in all_portals}
    if unknown := sorted(set(wanted) - portals.keys()):
        raise WrongUse(f"no portal {', '.join(unknown)} in the registry; it has: {', '.join(sorted(portals))}")
    return {name: portal for name, portal in portals.items() if not wanted or name in wanted}


def read_settings(assignments: Iterable[str] = (), *, quiet: bool = False) -> Settings:
    """The settings of the crawler with NAME=VALUE pairs over them; raises WrongUse for a pair that is none."""
    settings = own()
    settings.set("GONGKAI_QUIET", quiet, priority="project")
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            raise WrongUse(f"-s takes NAME=VALUE, such as DOWNLOAD_DELAY=5, not {assignment!r}")
        if name not in settings:
            raise _unknown(name, settings)
        try:
            settings.set(name, value, priority="cmdline")
        except ValueError as error:  # Scrapy reads a table of components at once
            raise WrongUse(f"{name} takes a table in JSON, not {value!r} ({error})") from error
    check_settings(settings)
    return settings


def own() -> Settings:
    """Scrapy's settings with ours over them, as `crawler.settings` has them."""
    settings = Settings()
    settings.setmodule(own_settings, priority="project")
    return settings


def check_settings(settings: BaseSettings) -> None:
    """Checks what was given on a command line, each setting by what it is where nothing is given.

    Raises WrongUse, which names the setting. A number must be finite, and not negative where ours is not: a delay that
    is none would ask hosts without a pause.
    """
    defaults = own()
    for name in settings:
        if (settings.getpriority(name) or 0) < get_settings_priority("cmdline"):
            continue
        if name.startswith("GONGKAI_") and name not in defaults and name not in _SET_BY_US:
            raise _unknown(name, defaults)
        default = defaults.get(name)
        if isinstance(default, bool):
            try:
                settings.getbool(name)
            except ValueError as error:
                raise WrongUse(f"{name} takes 0 or 1, not {settings[name]!r}") from error
        elif isinstance(default, int | float):
            _check_number(name, settings[name], default)


def _check_number(name: str, given: object, default: float) -> None:
    kind, unit = (int, "a whole number") if isinstance(default, int) else (float, "a number")
    least, most = 0 if default >= 0 else -math.inf, _AT_MOST.get(name, math.inf)
    try:
        value = kind(str(given))
    except ValueError:
        value = math.nan
    if math.isfinite(value) and least <= value <= most and (value or name not in _MORE_THAN_NOTHING):
        return
    if name in _MORE_THAN_NOTHING:
        unit += " above 0"
    elif most < math.inf:
        unit += f" between 0 and {most}"
    elif least == 0:
        unit += " of 0 or more"
    raise WrongUse(f"{name} takes {unit}, such as {default}, not {given!r}")


def _unknown(name: str, settings: BaseSettings) -> WrongUse:
    like = get_close_matches(name, settings, 1)
    return WrongUse(f"there is no setting {name}{f'; did you mean {like[0]}?' if like else ''}")


def policy_of(settings: BaseSettings) -> Policy:
    """The limits of a run from its settings, which `check_settings` has looked at."""
    return Policy(
        delay=settings.getfloat("GONGKAI_DELAY", settings.getfloat("DOWNLOAD_DELAY")),
        jitter=settings.getfloat("DOWNLOAD_DELAY_JITTER"),
        attempts=settings.getint("GONGKAI_ATTEMPTS"),
        retry_delay=settings.getfloat("GONGKAI_RETRY_DELAY"),
        max_pause=settings.getfloat("GONGKAI_MAX_PAUSE"),
        max_crawl_delay=settings.getfloat("GONGKAI_MAX_CRAWL_DELAY"),
        block_limit=settings.getint("GONGKAI_BLOCK_LIMIT"),
        failure_limit=settings.getint("GONGKAI_FAILURE_LIMIT"),
        max_pages=settings.getint("GONGKAI_HOST_PAGES"),
        max_bytes=settings.getint("GONGKAI_HOST_BYTES"),
        max_seconds=settings.getfloat("GONGKAI_HOST_SECONDS"),
        max_depth=settings.getint("GONGKAI_MAX_DEPTH"),
        max_redirects=settings.getint("GONGKAI_MAX_REDIRECTS"),
        recheck_days=settings.getfloat("GONGKAI_RECHECK_DAYS"),
        attachment_timeout=settings.getfloat("GONGKAI_ATTACHMENT_TIMEOUT"),
    )


def user_agent(settings: BaseSettings) -> str:
    """The name that we give, with the contact where there is one."""
    name, contact = str(settings.get("USER_AGENT")), settings.get("GONGKAI_CONTACT")
    return f"{name} (+{contact})" if contact else name
