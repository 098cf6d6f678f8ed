"""Addresses that the functions of a page make of what they are given: read as written, never run.

`function show(id) { location.href = 'detail.jsp?id=' + id; }` and `<a href="javascript:show('12')">` lead to one
address, as far as it is literals and arguments joined. A function that goes to several places, or computes, to none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

_FUNCTION = re.compile(
    r"(?:function\s+(?P<name>[\w$]{1,60})|(?:\b|\.)(?P<given>[\w$]{1,60})\s*=\s*function)\s*\((?P<names>[\w$,\s]{0,200})\)\s*\{"
)
_JUMP = re.compile(
    r"location(?:\.href)?\s*=(?!=)|location\.(?:replace|assign)\s*\(|window\.open\s*\(|\.(?:src|action)\s*=(?!=)"
)
_TERM = re.compile(r"\s*(?:\"([^\"\n]{0,300})\"|'([^'\n]{0,300})'|([\w$]{1,60}))\s*(?P<end>\+|[;,)}\n]|\Z)")
_CALL = re.compile(
    r"\A\s*+(?:javascript:\s*+)?(?:return\s++)?([\w$]{1,60})\s*\((?P<arguments>[^()]{0,300})\)", re.IGNORECASE
)
_ARGUMENT = re.compile(r"\s*(?:\"([^\"]{0,200})\"|'([^']{0,200})'|(-?\d{1,20})|([^,'\"]{0,100}))\s*(?:,|\Z)")
_PLAIN = re.compile(r"[\w\-./%=&?:]{1,200}\Z")
_MOST_FUNCTIONS = 200  # of a page; their bodies are read character by character
_LONGEST_BODY = 1500
_LIBRARY = 100_000  # characters; a longer script is a library


@dataclass(frozen=True, slots=True)
class Maker:
    """A function that goes to one address: its literals, and in their places the numbers of its arguments."""

    terms: tuple[str | int, ...]

    def address(self, arguments: Sequence[str | None]) -> str | None:
        """The address for these arguments, None where one that it needs is not written out."""
        given = [term if isinstance(term, str) else dict(enumerate(arguments)).get(term) for term in self.terms]
        written = [part for part in given if part is not None]
        return "".join(written) if len(written) == len(self.terms) else None


def makers_of(scripts: Sequence[str]) -> Mapping[str, Maker]:
    """The functions of the scripts of a page that go to one address each, by their names."""
    found: dict[str, Maker] = {}
    jumping = (script for script in scripts if len(script) <= _LIBRARY and _JUMP.search(script))
    functions = (match for script in jumping for match in _FUNCTION.finditer(script))
    for match in islice(functions, _MOST_FUNCTIONS):
        names = [name.strip() for name in match["names"].split(",") if name.strip()]
        maker = _maker(_body(match.string, match.end()), names)
        if maker is not None:
            found.setdefault(match["name"] or match["given"], maker)
    return found


def called(makers: Mapping[str, Maker], handler: str) -> str | None:
    """The address that a handler goes to by calling one of the functions, or None."""
    call = _CALL.match(handler)
    maker = makers.get(call[1]) if call else None
    return maker.address(list(_arguments(call["arguments"]))) if call and maker else None


def _arguments(written: str) -> Iterator[str | None]:
    for match in _ARGUMENT.finditer(written):
        literal = next((group for group in match.groups()[:3] if group is not None), None)
        if match[0]:
            yield literal if literal is not None and _PLAIN.match(literal) else None


def _body(script: str, start: int) -> str:
    """The body of a function that begins there, up to the brace that closes it, within bounds."""
    depth = 1
    for place in range(start, min(start + _LONGEST_BODY, len(script))):
        depth += {"{": 1, "}": -1}.get(script[place], 0)
        if not depth:
            return script[start:place]
    return ""


def _maker(body: str, names: Sequence[str]) -> Maker | None:
    jumps = list(islice(_JUMP.finditer(body), 2))
    if len(jumps) != 1 or not names:
        return None
    terms: list[str | int] = []
    place = jumps[0].end()
    while (term := _TERM.match(body, place)) is not None:
        quoted = next((group for group in term.groups()[:2] if group is not None), None)
        if quoted is None and term[3] not in names:
            return None
        terms.append(names.index(term[3]) if quoted is None else quoted)
        place = term.end()
        if term["end"] != "+":
            return Maker(tuple(terms)) if isinstance(terms[0], str) and len(terms) > 1 else None
    return None
