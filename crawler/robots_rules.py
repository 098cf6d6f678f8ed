"""Reads the lines of a robots.txt and matches paths against them (RFC 9309 §2.2). Pure, on bytes.

Where the standard leaves a choice, the answer is that of Google's published parser, the reference most sites test with:
a missing colon and common misspellings are forgiven, an unknown line ends no group, a line is cut at 16,663 bytes, and
`Allow: /x/index.html` also allows `/x/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

MAX_LINE = 2083 * 8 - 1
"""Bytes of a line that count: eight times the longest URL that browsers took when the reference was written."""

ANY = "*"

_KEYS = {
    b"user-agent": "user-agent",
    b"useragent": "user-agent",
    b"user agent": "user-agent",
    b"allow": "allow",
    b"disallow": "disallow",
    b"dissallow": "disallow",
    b"dissalow": "disallow",
    b"disalow": "disallow",
    b"diasllow": "disallow",
    b"disallaw": "disallow",
    b"crawl-delay": "crawl-delay",
    b"request-rate": "request-rate",
}
_LINE_END = re.compile(rb"\r\n|\r|\n")
_TOKEN = re.compile(rb"[A-Za-z_-]*")
_NUMBER = re.compile(rb"\d{1,9}(?:\.\d{1,9})?")
_RATE = re.compile(rb"(\d{1,9})\s*/\s*(\d{1,9})\s*([smh]?)", re.IGNORECASE)
_SECONDS = {b"": 1, b"s": 1, b"m": 60, b"h": 3600}
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_INDEX = re.compile(rb"(.*/)index\.html?[^/]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rule:
    """One Allow or Disallow line; `pattern` is normalised by `octets`, `*` and a final `$` are still in it."""

    allow: bool
    pattern: bytes


@dataclass(slots=True)
class Group:
    """The rules for one user agent, from all groups that name it (RFC 9309 §2.2.1). `delay` is in seconds, 0 = none."""

    rules: list[Rule] = field(default_factory=list)
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class RobotsText:
    """A robots.txt as read: the groups by the user agent that they name, in lower case; `*` is for everybody else."""

    groups: dict[str, Group]

    def group(self, agent: str) -> Group:
        """The rules for an agent by its product token: those that name it, even if none, else those for `*`."""
        return self.groups.get(agent.lower()) or self.groups.get(ANY) or Group()

    def allows(self, url: str, agent: str) -> bool:
        """Whether an agent may ask for a URL, written as it would be sent: the longest match counts, then Allow."""
        path = path_of(url)
        best, allowed = 0, True
        for rule in self.group(agent).rules:
            length = len(rule.pattern)
            if (length > best or (length == best and rule.allow)) and matches(rule.pattern, path):
                best, allowed = length, rule.allow
        return allowed


def read_robots(body: bytes) -> RobotsText:
    """Reads the bytes of a robots.txt; a line that is no rule is passed over, and no input is an error."""
    groups: dict[str, Group] = {}
    named: list[Group] = []
    in_rules = False
    for key, value in _lines(body):
        if key == "user-agent":
            if in_rules:
                named, in_rules = [], False
            if (agent := _agent(value)) is not None:
                named.append(groups.setdefault(agent, Group()))
        elif key in ("allow", "disallow"):
            in_rules = True
            for group in named:
                group.rules += _rules(key == "allow", value)
        else:
            seconds = _delay(value) if key == "crawl-delay" else _rate(value)
            for group in named:
                group.delay = max(group.delay, seconds)
    return RobotsText(groups)


def _lines(body: bytes) -> Iterator[tuple[str, bytes]]:
    for whole in _LINE_END.split(body.removeprefix(b"\xef\xbb\xbf")):
        line = whole[:MAX_LINE].partition(b"#")[0].strip()
        name, colon, value = line.partition(b":")
        if not colon:
            words = line.split()
            if len(words) != 2:
                continue
            name, value = words
        if key := _KEYS.get(name.strip().lower()):
            yield key, value.strip()


def _agent(value: bytes) -> str | None:
    """The product token that a line names: up to the first character that none has in it, or None."""
    if value.split()[:1] == [b"*"]:
        return ANY
    match = _TOKEN.match(value)
    return match[0].decode("ascii").lower() if match and match[0] else None


def _rules(allow: bool, value: bytes) -> Iterator[Rule]:
    if not value:  # an empty Disallow forbids nothing
        return
    pattern = octets(value)
    yield Rule(allow, pattern)
    if allow and (index := _INDEX.fullmatch(pattern)):
        yield Rule(True, index[1] + b"$")


def _delay(value: bytes) -> float:
    match = _NUMBER.match(value)
    return float(match[0]) if match else 0.0


def _rate(value: bytes) -> float:
    match = _RATE.match(value)
    return int(match[2]) * _SECONDS[match[3].lower()] / int(match[1]) if match and int(match[1]) else 0.0


def octets(text: bytes) -> bytes:
    """A path or pattern in the form that is compared octet by octet (RFC 9309 §2.2.2).

    What is not ASCII is percent-encoded, the hex digits are upper case, and an encoded unreserved character is itself.
    """
    return _PERCENT.sub(_spelled, b"".join(bytes((byte,)) if byte < 0x80 else b"%%%02X" % byte for byte in text))


def _spelled(match: re.Match[bytes]) -> bytes:
    byte = int(match[1], 16)
    return bytes((byte,)) if byte in _UNRESERVED else match[0].upper()


def path_of(url: str) -> bytes:
    """Path and query of a URL, to be matched; `/` where it has none. What is not ASCII is left to its caller.

    A URL goes over the wire percent-encoded (`crawler.guard.read_url` sees to it), and it is that form which rules are
    about; one with bare characters in it matches no rule that names them.
    """
    parts = urlsplit(url)
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    bare = f"{path}?{parts.query}" if parts.query or "?" in url.partition("#")[0] else path
    return _PERCENT.sub(_spelled, bare.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=8192)
def _parts(pattern: bytes) -> tuple[tuple[bytes, ...], bool]:
    anchored = pattern.endswith(b"$")
    return tuple((pattern[:-1] if anchored else pattern).split(b"*")), anchored


def matches(pattern: bytes, path: bytes) -> bool:
    """Whether a pattern matches a path from its start: `*` is any run of bytes, a final `$` the end of the path.

    Each piece between stars is looked for once, leftmost first, so no pattern takes more than its length times the
    path's.
    """
    (first, *others), anchored = _parts(pattern)
    if not others:
        return path == first if anchored else path.startswith(first)
    if not path.startswith(first):
        return False
    position = len(first)
    last = others.pop() if anchored else b""
    for piece in others:
        found = path.find(piece, position)
        if found < 0:
            return False
        position = found + len(piece)
    return not anchored or (path.endswith(last) and len(path) - len(last) >= position)
