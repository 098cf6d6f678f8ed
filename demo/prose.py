"""Writes the narrative of a report: picks sentences from `data/sentences.csv` and puts the report's own figures in."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping
from functools import cache

from demo.form import DATA

HEADINGS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
ORDINALS = "一二三四五六"


@cache
def sentences() -> Mapping[str, tuple[str, ...]]:
    """The sentences by slot, in the order of the file."""
    slots: dict[str, list[str]] = {}
    with (DATA / "sentences.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            slots.setdefault(line["slot"], []).append(line["text"])
    return {slot: tuple(texts) for slot, texts in slots.items()}


@cache
def topics(kind: str) -> tuple[str, ...]:
    """What an agency of this kind publishes about. Raises KeyError for a kind that `data/kinds.csv` does not name."""
    with (DATA / "kinds.csv").open(encoding="utf-8", newline="") as lines:
        return {line["kind"]: tuple(line["topics"].split()) for line in csv.DictReader(lines)}[kind]


def heading(number: int) -> str:
    """The official heading of section 1–6, with its ordinal."""
    return f"{ORDINALS[number - 1]}、{HEADINGS[number - 1]}"


class Writer:
    """Fills sentences with one report's facts; the same random stream and facts always give the same text."""

    def __init__(self, rng: random.Random, facts: Mapping[str, object], kind: str) -> None:
        self._rng = rng
        chosen = rng.sample(topics(kind), 4)
        self._facts = {
            **facts,
            **{f"topic{number}": topic for number, topic in enumerate(chosen, start=1)},
            **{f"n{number}": rng.randint(2, 60 // number) for number in range(1, 6)},
            "one": rng.randint(1, 3),
        }
        self._facts["period"] = self.say("period")

    def say(self, slot: str) -> str:
        """One sentence of the slot. Raises KeyError if it names a fact that is not given."""
        return self._rng.choice(sentences()[slot]).format_map(self._facts)

    def preamble(self) -> tuple[str, ...]:
        """The paragraphs before section 1."""
        return self.say("preamble"), self.say("contact")

    def overview(self, *, requests: bool, remedies: bool) -> tuple[str, ...]:
        """The paragraphs of section 1: an opening and the five customary parts."""
        asked = (self.say("requests_some"), self.say("requests_detail")) if requests else (self.say("requests_none"),)
        fought = self.say("remedies_some" if remedies else "remedies_none")
        return (
            self.say("overview"),
            "（一）主动公开",
            self.say("proactive") + self.say("proactive_more"),
            "（二）依申请公开",
            "".join(asked) + fought,
            "（三）政府信息管理",
            self.say("management"),
            "（四）政府信息公开平台建设",
            self.say("platform"),
            "（五）监督保障",
            self.say("supervision"),
        )

    def problems(self) -> tuple[str, ...]:
        """The paragraphs of section 5."""
        return self.say("problem") + self.say("problem_more"), self.say("improve")

    def other_matters(self) -> tuple[str, ...]:
        """The paragraphs of section 6."""
        return self.say("fees"), self.say("other")
