"""Where the terms of a query stand in the text as printed: the marks on the pages agree with the hits of the index."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate

from markupsafe import Markup, escape

from archive.search.folding import located
from archive.search.query import parse_query

Span = tuple[int, int]


def _occurrences(folded: str, term: str) -> Iterator[Span]:
    """All occurrences, those that overlap each other included."""
    at = folded.find(term)
    while at >= 0:
        yield at, at + len(term)
        at = folded.find(term, at + 1)


def spans(text: str, query: str) -> list[Span]:
    """Start and end in the text of all that the query finds, merged and in order; empty where the text is no hit.

    A hit has a span, unless the query asks for nothing (blank). Where a printed character stands for several (㎡ for
    m2), the whole character is marked.
    """
    parsed = parse_query(query)
    folded, pieces = located(text)
    if not parsed.finds(folded):
        return []
    found = sorted(span for term in parsed.terms() for span in _occurrences(folded, term))
    if pieces is not None:
        # ends[i] is where piece i ends in the folded text; a piece that folds to nothing ends where it starts.
        ends = list(accumulate(len(piece) for _, piece in pieces))
        starts = [start for start, _ in pieces]
        limits = [*starts[1:], len(text)]
        found = [(starts[bisect_right(ends, first)], limits[bisect_left(ends, last)]) for first, last in found]
    merged: list[Span] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _marked(text: str, marks: list[Span], start: int, end: int) -> Markup:
    parts: list[Markup] = []
    at = start
    for first, last in marks:
        first, last = max(first, start), min(last, end)
        if first >= last:
            continue
        parts += [escape(text[at:first]), Markup("<mark>"), escape(text[first:last]), Markup("</mark>")]
        at = last
    return Markup("").join([*parts, escape(text[at:end])])


def highlight(text: str, query: str) -> Markup:
    """The whole text as HTML with what the query finds in `<mark>`; everything else escaped."""
    return _marked(text, spans(text, query), 0, len(text))


def snippet(text: str, query: str, width: int = 120) -> Markup:
    """A piece of the text of about `width` characters where the query finds most, as HTML with `<mark>`.

    Dots stand where the text goes on. Without a hit it is the beginning of the text.
    """
    marks = spans(text, query)
    start = 0
    if marks:
        starts = [first for first, _ in marks]
        counts = [bisect_right(starts, first + width) - index for index, first in enumerate(starts)]
        best = starts[counts.index(max(counts))]
        start = best - width // 4 if best > width // 2 else 0
    end = min(len(text), start + width)
    before, after = ("…" if start else ""), ("…" if end < len(text) else "")
    return Markup(before) + _marked(text, marks, start, end) + Markup(after)
