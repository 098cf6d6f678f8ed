"""Which language a reader gets, and the text table from which every word of the site's own comes.

Templates name texts by key (`t("search.button")`); `texts/` holds each in both languages, so that there is one
template for both. What portals wrote is shown as it is, in Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

import yaml

LANGUAGES = ("zh", "en")
HTML_LANG = {"zh": "zh-CN", "en": "en"}

Forms = tuple[str, ...]
"""The forms of one text in one language: one, or a singular and a plural chosen by `n`."""


def choose(asked: str | None, accept_language: str) -> str:
    """The language of a page: the one asked for in the address, else the browser's first of ours.

    A browser that knows neither gets English; a reader who states no language at all gets the language of the reports.
    """
    if asked in LANGUAGES:
        return asked
    wishes: list[tuple[float, int, str]] = []
    for order, wish in enumerate(accept_language.split(",")):
        tag, _, weight = wish.partition(";q=")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            try:
                quality = float(weight) if weight else 1.0
            except ValueError:
                quality = 0.0
            wishes.append((-quality, order, language))
    if wishes:
        return min(wishes)[2]
    return "en" if accept_language.strip() else "zh"


@cache
def texts() -> Mapping[str, Mapping[str, Forms]]:
    """The text table, key → language → forms; raises `ValueError` naming a key without a language or with two texts."""
    table: dict[str, dict[str, Forms]] = {}
    for path in sorted(resources.files("archive.site").joinpath("texts").iterdir(), key=lambda path: path.name):
        for key, entry in yaml.safe_load(path.read_text("utf-8")).items():
            missing = [language for language in LANGUAGES if not entry.get(language)]
            if missing or set(entry) - set(LANGUAGES):
                raise ValueError(f"{path.name}: {key} must have exactly {' and '.join(LANGUAGES)}, lacks {missing}")
            if key in table:
                raise ValueError(f"{path.name}: {key} has been given a text before")
            table[key] = {
                language: tuple(forms) if isinstance(forms, list) else (str(forms),)
                for language, forms in entry.items()
            }
    return table


def text(key: str, language: str, **values: object) -> str:
    """The text of a key, filled with `values` (`n` chooses the form); raises `KeyError` for an unknown key."""
    forms = texts()[key][language]
    chosen = forms[0] if values.get("n") == 1 else forms[-1]
    return chosen.format(**values) if values else chosen


@lru_cache(maxsize=1024)
def term(prefix: str, code: str, language: str) -> str:
    """The text of a code of the data (`outcome`, `not_found`); the code itself where the table does not know it."""
    key = f"{prefix}.{code}"
    return text(key, language) if known(key) else code


def known(key: str) -> bool:
    """Whether the table has this key (codes of the data, such as outcomes, may be newer than the table)."""
    return key in texts()
