"""The text of a section as paragraphs: sentences in question marked, a query marked, marks of converters left out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from archive.checks.narrative.text import sentences
from archive.report.text import MARK, strip_marks
from archive.search import spans
from archive.site import language
from archive.site.pages.report.questions import Question

SUBHEADING = re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)].{1,30}")
"""A line such as （一）主动公开 that heads the paragraphs after it."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of a section as HTML, and the questions put to what it says."""

    html: Markup
    heads: bool
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Layers:
    """What is marked in a text, by place: sentences in question, the numbers in them, a query, what is not shown."""

    asked: tuple[Span, ...]
    said: tuple[tuple[Span, Question], ...]
    found: tuple[Span, ...]
    gone: tuple[Span, ...]


def paragraphs(text: str, query: str, questions: Sequence[Question], lang: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a section."""
    if not questions and not query and "[" not in text and "<!--" not in text:
        lines = (line for line in text.split("\n") if line.strip())
        return tuple(Paragraph(escape(line), SUBHEADING.fullmatch(line) is not None) for line in lines)
    layers = _layers(text, query, questions)
    shown = list(_lines(text, layers, lang))
    placed = {question.n for line in shown for question in line.questions}
    if lost := tuple(question for question in questions if question.n not in placed):
        last = shown.pop() if shown else Paragraph(Markup(""), heads=False)
        anchors = Markup("".join(_anchor(question, lang) for question in lost))
        shown.append(Paragraph(last.html + anchors, last.heads, last.questions + lost))
    return tuple(shown)


def _layers(text: str, query: str, questions: Sequence[Question]) -> Layers:
    asked: set[Span] = set()
    said: list[tuple[Span, Question]] = []
    for question in questions:
        if found := locate(text, question.place, len(question.stated)):
            asked.add(found[0])
            said.append((found[1], question))
    return Layers(
        asked=tuple(sorted(asked)),
        said=tuple(said),
        found=tuple(spans(text, query)) if query else (),
        gone=tuple((match.start(), match.end()) for match in MARK.finditer(text)),
    )


def locate(text: str, place: int, length: int) -> tuple[Span, Span] | None:
    """The sentence around a place of a text, and `length` characters from there, blanks not counted; None if beyond."""
    for sentence in sentences(text):
        places = sentence.places
        if places[0] <= place <= places[-1]:
            first = max(0, bisect_right(places, place) - 1)
            last = min(first + length, len(places)) - 1
            return (_without_heads(text, places[0], place), places[-1] + 1), (places[first], places[last] + 1)
    return None


def _without_heads(text: str, start: int, place: int) -> int:
    """Where a sentence begins once the headings before it, which end in no full stop, are left out."""
    while (end := text.find("\n", start, place)) >= 0 and SUBHEADING.fullmatch(strip_marks(text[start:end]).strip()):
        start = end + 1
    return start


def _lines(text: str, layers: Layers, lang: str) -> Iterator[Paragraph]:
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        plain = strip_marks(line)
        if plain.strip():
            here = tuple(question for span, question in layers.said if start <= span[0] < end)
            yield Paragraph(_marked(text, start, end, layers, lang), SUBHEADING.fullmatch(plain) is not None, here)
        start = end + 1


def _marked(text: str, start: int, end: int, layers: Layers, lang: str) -> Markup:
    """A piece of the text as HTML, cut wherever something begins or ends."""
    edges = {start, end}
    for span in (*layers.asked, *(span for span, _ in layers.said), *layers.found, *layers.gone):
        edges.update(edge for edge in span if start < edge < end)
    cuts = sorted(edges)
    parts: list[str] = []
    open_at: Span | None = None
    for first, last in pairwise(cuts):
        sentence = _around(layers.asked, first)
        if sentence != open_at:
            parts.append(("</span>" if open_at else "") + ('<span class="asked">' if sentence else ""))
            open_at = sentence
        if _around(layers.gone, first) is None:
            parts.append(_piece(text[first:last], first, layers))
        parts.extend(_anchor(question, lang) for span, question in layers.said if span[1] == last)
    return Markup("".join([*parts, "</span>" if open_at else ""]))


def _piece(piece: str, first: int, layers: Layers) -> str:
    html = str(escape(piece))
    if _around(layers.found, first):
        html = f"<mark>{html}</mark>"
    if _around(tuple(span for span, _ in layers.said), first):
        html = f"<strong>{html}</strong>"
    return html


def _around(spans_: Sequence[Span], place: int) -> Span | None:
    return next((span for span in spans_ if span[0] <= place < span[1]), None)


def _anchor(question: Question, lang: str) -> str:
    """The number of a question behind the words it is about, leading to the note in the margin."""
    named = escape(language.text("ask.number", lang, n=question.n))
    return (
        f'<sup><a id="said-{question.n}" href="#ask-{question.n}" title="{escape(question.summary)}">{named}</a></sup>'
    )
