"""What a reader may type, and what it asks of the index.

    信访 复议            both must occur
    "行政 复议"          exactly this, the blank included
    信访 OR 举报         one of them
    诉讼 -败诉           the first without the second (also: 诉讼 NOT 败诉)

A query of one word is taken literally, whatever signs stand in it (but a phrase in quotes is without them); an operator
is one only where it has something to work on. Quotes are the typewriter's ("), so that “…” of the texts can be found.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from archive.search.folding import normalise

# Every text of the index begins with this token, so that the empty query finds every text. No text has it: a character
# beyond ASCII is a token of its own.
EVERY_TEXT = "¤¤"

# Letters and digits of ASCII are few, so that each occurs in every text many times. In pairs they are ten times as
# quick to find: 2023 or 12345 would otherwise read the longest lists of the index.
_RUN = re.compile("([0-9a-z]+)")
_ENDS_IN_RUN = re.compile(r"[0-9a-z]\Z")
_ENDS_IN_PAIR = re.compile(r"[0-9a-z]{2}\Z")

_WORD = re.compile(r'(?P<minus>-(?=\S))?(?:"(?P<phrase>[^"]*)"(?!\S)|(?P<word>\S+))')


@dataclass(frozen=True, slots=True)
class Query:
    """A query as understood: of each group of `required` at least one term must occur, and none of `excluded`.

    Terms are folded as the texts are (`normalise`) and never empty.
    """

    required: tuple[tuple[str, ...], ...]
    excluded: tuple[str, ...] = ()

    def finds(self, folded: str) -> bool:
        """Whether a text that was folded (`normalise`) is a hit."""
        return all(any(term in folded for term in group) for group in self.required) and not any(
            term in folded for term in self.excluded
        )

    def terms(self) -> tuple[str, ...]:
        """Every term that may occur in a hit, longest first."""
        return tuple(sorted({term for group in self.required for term in group}, key=lambda term: (-len(term), term)))


@lru_cache(1024)
def parse_query(query: str) -> Query:
    """What the query asks for; never fails, since every string of characters means something."""
    plain = unicodedata.normalize("NFKC", query)
    words = list(_WORD.finditer(plain))
    required: list[list[str]] = []
    excluded: list[str] = []
    either = without = False
    for index, match in enumerate(words):
        operator = match["word"] if match["minus"] is None else None
        if operator in ("AND", "OR", "NOT") and required and index + 1 < len(words) and not (either or without):
            either, without = operator == "OR", operator == "NOT"
            continue
        minus = match["minus"] is not None and bool(required) and not either
        term = normalise(match["phrase"] if match["phrase"] is not None else match["word"])
        if match["minus"] is not None and not minus:
            term = "-" + term
        if not term:
            continue
        if minus or without:
            excluded.append(term)
        elif either:
            required[-1].append(term)
        else:
            required.append([term])
        either = without = False
    return Query(tuple(tuple(group) for group in required), tuple(excluded))


class _Tokens(dict[str, str]):
    """One folded character, not of a run of letters and digits, to its token with a blank behind it.

    FTS5's `ascii` tokenizer takes letters, digits and everything beyond ASCII as they are, and nothing else: signs and
    blanks therefore stand in the index by their number (`,` is `¤2c`).
    """

    def __missing__(self, character: str) -> str:
        token = self[character] = f"{character} " if character > "\x7f" else f"¤{ord(character):02x} "
        return token


_token = _Tokens().__getitem__


@lru_cache(20_000)
def _pairs(run: str) -> str:
    """The tokens of a run of letters and digits, each a character and the next one: 2023 → 20 02 23 3."""
    return "".join(f"{run[at : at + 2]} " for at in range(len(run)))


def tokens(folded: str) -> str:
    """The tokens of a folded text, one for each of its characters, separated by blanks."""
    parts = _RUN.split(folded)  # odd parts are the runs
    parts[::2] = ["".join(map(_token, part)) for part in parts[::2]]
    parts[1::2] = map(_pairs, parts[1::2])
    return "".join(parts)[:-1]


def index_text(text: str) -> str:
    """What is given to the FTS5 index (tokenizer `ascii`) for a text."""
    return f"{EVERY_TEXT} {tokens(normalise(text))}"


def match_expression(query: str) -> str:
    """The FTS5 expression that finds exactly the texts for which `brute_force` is true; of any string a valid one."""
    parsed = parse_query(query)
    groups = [" OR ".join(map(_phrase, group)) for group in parsed.required] or [f'"{EVERY_TEXT}"']
    expression = " AND ".join(f"({group})" if len(groups) > 1 else group for group in groups)
    if parsed.excluded:
        expression = f"({expression}) NOT ({' OR '.join(map(_phrase, parsed.excluded))})"
    return expression


def _phrase(term: str) -> str:
    """The tokens of a term as a phrase.

    Where a term ends in a letter or digit, the text may go on with another, so that the last token is not known: 23 is
    in 2023年 as `23 3` and in 2302 as `23 30`. The pair before it says enough; a single one is looked for as a prefix.
    """
    known = tokens(term)
    if not _ENDS_IN_RUN.search(term):
        return f'"{known}"'
    return f'"{known.rpartition(" ")[0]}"' if _ENDS_IN_PAIR.search(term) else f'"{known}" *'


def brute_force(text: str, query: str) -> bool:
    """Whether the text is a hit, by plain substring tests on the folded text: what the index must agree with."""
    return parse_query(query).finds(normalise(text))
