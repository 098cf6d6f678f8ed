"""Search in Chinese text on stock SQLite FTS5, with the plain meaning of "contains".

A text is found by a query if, and only if, it contains the query as a substring after both were folded alike: NFKC
(full and half width, compatibility forms), traditional to simplified, lower case, invisible characters dropped. This
holds for Chinese of any length from one character up, for letters and digits (23 finds 2023) and for punctuation. A
line end or a blank between two characters of the text separates them: 公开 does not find 公 开. Words separated by
blanks must all occur.

FTS5 gets every character as a token of its own (a letter or digit together with the next one, which is only quicker),
and a query becomes a phrase of such tokens, which is a substring test that uses an index. Word segmentation would miss
what it cuts differently in text and query; trigrams cannot find one or two characters. The index is contentless, since
whoever changes it has the texts at hand, old and new; marks and excerpts are found in the text itself.
"""

from archive.search.folding import normalise
from archive.search.highlight import highlight, snippet, spans
from archive.search.query import EVERY_TEXT, Query, brute_force, index_text, match_expression, parse_query

FTS_OPTIONS = "content='', tokenize='ascii'"

__all__ = [
    "EVERY_TEXT",
    "FTS_OPTIONS",
    "Query",
    "brute_force",
    "highlight",
    "index_text",
    "match_expression",
    "normalise",
    "parse_query",
    "snippet",
    "spans",
]
