"""What was noted while a report was read, in the reader's language: the program words it in English.

`warnings.yaml` has its sentences, with gaps for what differs, beside those that readers are told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml

GAP = re.compile(r"\{(\w+)\}")


class Note(NamedTuple):
    """A sentence for readers and the language that it is in: English where the table does not know it."""

    text: str
    lang: str


class _Sentence(NamedTuple):
    said: re.Pattern[str]
    zh: str
    en: str | None


def told(warning: str, lang: str) -> Note:
    """A warning of `reports.warnings` in a language."""
    sentences, in_chinese = _table()
    for sentence in sentences:
        if (found := sentence.said.fullmatch(warning)) is None:
            continue
        if lang == "zh":
            values = {name: in_chinese(value) for name, value in found.groupdict().items()}
            return Note(sentence.zh.format_map(values), lang)
        return Note(sentence.en.format_map(found.groupdict()) if sentence.en else warning, lang)
    return Note(warning, "en")


@cache
def _table() -> tuple[tuple[_Sentence, ...], Callable[[str], str]]:
    """The sentences in their order, and what puts the words between them into Chinese; addresses stay as they are."""
    stored: Mapping[str, Any] = yaml.safe_load(
        resources.files("archive.site").joinpath("warnings.yaml").read_text("utf-8")
    )
    sentences = tuple(_Sentence(_pattern(one["said"]), one["zh"], one.get("en")) for one in stored["sentences"])
    words: Mapping[str, str] = stored["words"]
    word = re.compile(rf"(?<![\w/.:-])(?:{'|'.join(map(re.escape, words))})(?![\w/.-])")
    return sentences, lambda value: word.sub(lambda found: words[found[0]], value)


def _pattern(said: str) -> re.Pattern[str]:
    """A sentence as a pattern with a group for each gap."""
    parts = GAP.split(said)
    written = (f"(?P<{part}>.*?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(written), re.DOTALL)
