"""Texts put into templates when these are compiled, once for each language: most words of a page never change.

A call of `t` with nothing but a key then costs nothing; one with values, such as a number, is still made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from archive.site import language

CALL = ("name", "lparen", "string", "rparen")


class Worded(Extension):
    """Replaces calls of `t` with a key by its text in the language of the class; an unknown key is left to fail."""

    lang = ""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """The tokens of a template with texts in the place of calls."""
        return _with_texts(iter(stream), self.lang)


def _with_texts(tokens: Iterator[Token], lang: str) -> Iterator[Token]:
    waiting: list[Token] = []
    while True:
        waiting += islice(tokens, len(CALL) - len(waiting))
        if not waiting:
            return
        called = tuple(token.type for token in waiting) == CALL and waiting[0].value == "t"
        if called and language.known(waiting[2].value):
            yield Token(waiting[0].lineno, "string", language.text(waiting[2].value, lang))
            waiting = []
        else:
            yield waiting.pop(0)


class Chinese(Worded):
    """Texts in Chinese."""

    lang = "zh"


class English(Worded):
    """Texts in English."""

    lang = "en"


BY_LANGUAGE: dict[str, type[Worded]] = {"zh": Chinese, "en": English}
