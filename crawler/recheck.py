"""Which known URLs are asked for again in a night, and why: the policy as tables, and one pure function over them.

Home and listing pages are read in every round, all of them: a row that is put in with an old date stands on an old list
page, and lists are few (on the demo portals one page in four, on a county with a thousand reports some fifty pages, two
and a half minutes at three seconds each). Reports are corrected in the months after they are due, so those of the
current report year are asked for weekly from January to June, and older ones ever more rarely. What failed is asked
for again after a pause that grows with each round that failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from archive.ledger import Standing
from archive.models import Outcome, Role
from crawler.discovery.years import guess_year

NIGHT = 0.5
"""Days by which a URL may come early: nights do not start at the same second."""
SEASON = range(1, 7)
"""The months in which reports are published and corrected: January to June (articles 49 and 50 of the regulation)."""
NEW_DAYS = 60.0
LISTS = (Role.HOME, Role.LISTING)
SPREAD = 0.25
"""What was fetched in one night comes due over the last quarter of its rest, not all in one night again."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Days to wait after the first, second, … failed round in a row, the last number for all that follow; and why."""

    days: tuple[float, ...]
    why: str

    def after(self, rounds: int) -> float:
        """The days to wait after so many failed rounds in a row."""
        return self.days[min(max(rounds, 1), len(self.days)) - 1]


@dataclass(frozen=True, slots=True)
class Rest:
    """How long a page that answered is left alone, by the age of its report: days in season, days out of it, and why.

    `age` is the greatest number of years that the report year lies before the last finished one.
    """

    age: int
    in_season: float
    else_days: float
    why: str


FAILED: dict[Outcome, Backoff] = {
    Outcome.BLOCKED: Backoff((2, 4, 8, 16, 30), "a block is a wish to be left alone: days, and ever more of them"),
    Outcome.UNREACHABLE: Backoff((0, 1, 2, 4, 7, 14), "what is down may be back tomorrow; a dead portal stays dead"),
    Outcome.TLS_ERROR: Backoff((0, 1, 4, 7, 14, 30), "certificates are renewed when somebody notices"),
    Outcome.HTTP_ERROR: Backoff((0, 1, 2, 4, 7, 14), "an overloaded or broken server may be mended tomorrow"),
    Outcome.UNREADABLE: Backoff((0, 1, 3, 7, 30), "an answer that was cut short may come whole next time"),
    Outcome.TOO_LARGE: Backoff((30,), "a file that is too large stays so, unless it is replaced"),
    Outcome.NOT_FOUND: Backoff((3, 7, 30, 60), "a link that leads nowhere is seldom mended"),
    Outcome.SOFT_404: Backoff((3, 7, 30, 60), "the same, told with status 200"),
    Outcome.ROBOTS_DISALLOWED: Backoff((0,), "asks only for robots.txt, which may allow it by now"),
}
GONE_BUT_HELD = Backoff((1, 1, 3, 7, 30), "a report that was there is called vanished only after a second look")
LIST_END = Backoff((0,), "what lies behind the end of a list is a page as soon as the list grows")

ANSWERED: tuple[Rest, ...] = (
    Rest(0, 7, 30, "reports of the current report year appear and are corrected from January to June"),
    Rest(1, 30, 60, "last year's reports are compared with the new ones, and mended then"),
    Rest(4, 90, 90, "corrections of older reports are rare"),
    Rest(99, 180, 180, "old reports change only when a site is rebuilt, which its lists show at once"),
)
UNKNOWN_YEAR = Rest(99, 30, 30, "its year is not known")
NEW = Rest(99, 7, 7, "found less than two months ago")
DROPPED = Rest(99, 7, 7, "no list names it any more: it may vanish")


@dataclass(frozen=True, slots=True)
class Due:
    """After how many days from its last end a URL is due again, and why."""

    days: float
    why: str


def is_due(known: Standing, now: datetime, longest: float) -> bool:
    """Whether a URL is due at `now` (aware); nothing rests for more than `longest` days."""
    rested = (now - datetime.fromisoformat(known.done_at)).total_seconds() / 86400
    # A clock that was set back leaves ends in the future, which are no reason to wait for it.
    return rested < 0 or rested + NIGHT >= min(due_after(known, now).days, longest)


def due_after(known: Standing, now: datetime) -> Due:
    """How long a URL rests after its last end."""
    if known.outcome is Outcome.EXCLUDED:
        return Due(0, "the budget of its host had ended")
    if known.outcome in FAILED:
        backoff = _backoff(known)
        return Due(backoff.after(known.failed_rounds), backoff.why)
    if known.role in LISTS:
        return Due(0, "lists are read in every round")
    if known.dropped and not known.asked_since_dropped:
        return Due(0, DROPPED.why)
    rest = min((_by_age(known, now), *_special(known, now)), key=lambda one: _days(one, now))
    spread = 1 - SPREAD * (crc32(_whole(known).encode()) % 256) / 256
    return Due(_days(rest, now) * spread, rest.why)


def _whole(known: Standing) -> str:
    """The URL by which it is decided when one is due: a picture comes due with the page that it is a part of."""
    return known.referrer if known.role is Role.PICTURE and known.referrer else known.url


def _backoff(known: Standing) -> Backoff:
    gone = known.outcome in (Outcome.NOT_FOUND, Outcome.SOFT_404)
    if gone and known.role in LISTS:
        return LIST_END
    return GONE_BUT_HELD if gone and known.held else FAILED[known.outcome]


def _special(known: Standing, now: datetime) -> tuple[Rest, ...]:
    found = (now - datetime.fromisoformat(known.found_at)).total_seconds() / 86400
    return (*((NEW,) if found < NEW_DAYS else ()), *((DROPPED,) if known.dropped else ()))


def _by_age(known: Standing, now: datetime) -> Rest:
    year = guess_year(known.title or "", _whole(known), known.date).year
    if year is None:
        return UNKNOWN_YEAR
    age = max(now.year - 1 - year, 0)
    return next(rest for rest in ANSWERED if age <= rest.age)


def _days(rest: Rest, now: datetime) -> float:
    return rest.in_season if now.month in SEASON else rest.else_days
