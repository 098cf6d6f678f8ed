"""The Robots Exclusion Protocol as RFC 9309 has it, strictly; `crawler.robots_rules` reads and matches the rules. Pure.

One answer is read by `read_answer`, and `RobotsBook` keeps what each origin's robots.txt came to, redirects followed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

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


@dataclass(frozen=True, slots=True)
class Redirected:
    """The robots.txt stands elsewhere."""

    to: str


RobotsAnswer = Rules | Redirected
NO_RULES = Rules()


def parse_robots(body: bytes) -> Rules:
    """Reads the text of a robots.txt for our user agent; what is not a rule is passed over (RFC 9309 §2.2)."""
    parsed = read_robots(body[:MAX_BYTES].replace(b"\0", b""))
    return Rules(parsed, None, parsed.group(USER_AGENT_TOKEN).delay)


def read_answer(outcome: Outcome, status: int | None, body: bytes, redirect_to: str | None) -> RobotsAnswer:
    """What the end of a request for robots.txt means (RFC 9309 §2.3.1).

    2xx: its rules. 4xx: unavailable, so no rules. 5xx, no answer, a timeout: unreachable, so nothing may be asked for.
    A redirect leads on, unless it leaves the hosts of the portal (`redirect_to` None): that counts as unreachable. One
    to a page of the site (see `may_be_robots`) ended as OK: no rules. 429 is not final and never comes here.
    """
    if outcome is Outcome.OK and status is not None and 300 <= status < 400:
        return NO_RULES
    if outcome is Outcome.REDIRECTED:
        return (
            Redirected(redirect_to) if redirect_to else Rules(closed="robots.txt redirects to a host that is not ours")
        )
    if status is not None and 200 <= status < 300:
        if outcome is Outcome.OK:
            return parse_robots(body)
        return Rules(closed=f"robots.txt could not be read ({outcome})")
    if status is not None and 400 <= status < 500 and status != 429:
        return NO_RULES
    what = f"answered {status}" if status else f"did not answer ({outcome})"
    return Rules(closed=f"robots.txt {what}: the host is not crawled")


def may_be_robots(url: str) -> bool:
    """Whether a redirect of robots.txt leads to rules: to a text, or to anything of that name.

    Sites that send every missing page to their home page send this one there too: it has no rules, and is a page to be
    read for what it is.
    """
    name = urlsplit(url).path.rpartition("/")[2].lower()
    return "robots" in name or name.endswith(".txt")


def robots_url(origin: str) -> str:
    """Where the robots.txt of an origin stands."""
    return f"{origin}/robots.txt"


@dataclass(slots=True)
class RobotsBook:
    """What is known of robots.txt in this run, by URL; an origin's rules are found by following its redirects."""

    _answers: dict[str, RobotsAnswer] = field(default_factory=dict)

    def learn(self, url: str, answer: RobotsAnswer) -> None:
        """Keeps the answer of one URL."""
        self._answers[url] = answer

    def lookup(self, origin: str) -> Rules | str:
        """The rules of an origin, or the URL that has to be asked for first.

        After five redirects a robots.txt counts as unavailable (RFC 9309 §2.3.1.2).
        """
        url = robots_url(origin)
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._answers.get(url)
            if answer is None:
                return url
            if isinstance(answer, Rules):
                return answer
            url = answer.to
        return NO_RULES
