"""The Robots Exclusion Protocol as RFC 9309 has it, strictly; `crawler.robots_rules` reads and matches the rules. Pure.

One answer is read by `read_answer`, and `RobotsBook` keeps what each origin's robots.txt came to.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from archive.models import Outcome
from crawler.robots_rules import RobotsText, read_robots

MAX_REDIRECTS = 5  # RFC 9309 §2.3.1.2
MAX_BYTES = 500 * 1024  # RFC 9309 §2.5: the least that must be read; what follows is left out
USER_AGENT_TOKEN = "Gongkai"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt lets us do: `allowed` by path, or nothing at all where `closed` says why.

    `crawl_delay` is in seconds, 0 where none is asked for.
    """

    text: RobotsText | None = None
    closed: str | None = None
    crawl_delay: float = 0.0

    def refusal(self, url: str) -> str | None:
        """Why a URL must not be asked for, in words for the ledger; None = it may be."""
        if self.closed is not None:
            return self.closed
        if self.text is None or self.text.allows(url, USER_AGENT_TOKEN):
            return None
        return "a rule of robots.txt forbids this path"


NO_RULES = Rules()


def parse_robots(body: bytes) -> Rules:
    """Reads the text of a robots.txt for our user agent; what is not a rule is passed over (RFC 9309 §2.2)."""
    parsed = read_robots(body[:MAX_BYTES].replace(b"\0", b""))
    return Rules(parsed, None, parsed.group(USER_AGENT_TOKEN).delay)


def read_answer(outcome: Outcome, status: int | None, body: bytes) -> Rules:
    """What the end of a request for robots.txt means (RFC 9309 §2.3.1).

    2xx: its rules. 4xx: unavailable, so no rules. 5xx, no answer, a timeout: unreachable, so nothing may be asked for.
    Neither 429 nor a redirect is an end; a redirect that ended as OK was one too many: no rules.
    """
    if outcome is Outcome.OK and status is not None and 300 <= status < 400:
        return NO_RULES
    if status is not None and 200 <= status < 300:
        if outcome is Outcome.OK:
            return parse_robots(body)
        return Rules(closed=f"robots.txt could not be read ({outcome})")
    if status is not None and 400 <= status < 500 and status != 429:
        return NO_RULES
    what = f"answered {status}" if status else f"did not answer ({outcome})"
    return Rules(closed=f"robots.txt {what}: the host is not crawled")


def robots_url(origin: str) -> str:
    """Where the robots.txt of an origin stands."""
    return f"{origin}/robots.txt"


@dataclass(slots=True)
class RobotsBook:
    """What is known of robots.txt in this run, by the URL at which each origin has it, wherever it was read in the end.

    What is found at the end of its redirects, on whatever host, holds for the origin that was asked first, and for no
    other (RFC 9309 §2.3.1.2); a page of the site that they lead to stays a page, to be asked for as such.
    """

    _rules: dict[str, Rules] = field(default_factory=dict)

    def learn(self, url: str, rules: Rules) -> None:
        """Keeps the rules of one robots.txt."""
        self._rules[url] = rules

    def rules(self, origin: str) -> Rules | None:
        """The rules of an origin, or None where its robots.txt has to be asked for first."""
        return self._rules.get(robots_url(origin))
