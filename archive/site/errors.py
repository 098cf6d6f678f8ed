"""Messages of SQLite and of Datasette in the reader's language: known ones by pattern, others as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.site import language
from archive.site.middleware import VISIT

PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), f"sql.{key}")
    for pattern, key in (
        (r"^Statement must be a SELECT", "only_select"),
        (r"^Statement contained a disallowed PRAGMA", "not_allowed"),
        (r"^not authorized|is prohibited$|^not authorized to use function", "not_allowed"),
        (r"^no such table: (?P<name>.+)", "no_table"),
        (r"^no such column: (?P<name>.+)", "no_column"),
        (r"^no such function: (?P<name>.+)", "no_function"),
        (r"^ambiguous column name: (?P<name>.+)", "ambiguous"),
        (r'^(?:fts5: )?(?:syntax error near "|near ")(?P<name>.*?)"(?:: syntax error)?', "syntax"),
        (r"^fts5: ", "search_syntax"),
        (r'^unrecognized token: "(?P<name>.*)"?', "syntax"),
        (r"^incomplete input", "incomplete"),
        (r"^You can only execute one statement", "one_statement"),
        (r"^string or blob too big|^the answer is larger|^too many columns", "too_large"),
        (r"^out of memory|^MemoryError|^not an error$", "memory"),
        (r"^interrupted|^SQL query took too long", "too_long"),
        (r"pattern too complex|^Expression tree is too large|^parser stack overflow|^too many ", "too_complex"),
        (r"^user-defined function raised exception", "function_failed"),
        (r"^wrong number of arguments to function (?P<name>.+)", "arguments"),
        (r"^misuse of (?:aggregate|window function)", "aggregate"),
        (r"^_where= is not allowed|execute-sql|^Permission denied", "off"),
        (r"^_size must be", "size"),
        (r"^Cannot (?:use _sort|sort table)", "sort"),
        (r"^Cannot search by that column", "search_column"),
        (r"^_next not allowed|^CSV streaming is disabled", "streaming"),
        (r"^_facet= is not allowed", "facets_off"),
    )
)
TOO_MUCH = ("sql.too_large", "sql.memory", "sql.too_long")


@dataclass(frozen=True, slots=True)
class Explained:
    """A message for a reader: a sentence in their language, or None where nobody has written one, and the original.

    `too_much` says that a query for less of the same may be answered.
    """

    sentence: str | None
    original: str
    too_much: bool = False


def explained(message: object) -> Explained:
    """What a message of SQLite or Datasette means."""
    original = str(message)
    for pattern, key in PATTERNS:
        found = pattern.search(original)
        if found:
            sentence = language.text(key, VISIT.get().language, **_values(found))
            return Explained(sentence, original, key in TOO_MUCH)
    return Explained(None, original)


def _values(found: re.Match[str]) -> dict[str, str]:
    return {name: (value or "")[:100] for name, value in found.groupdict().items()}
