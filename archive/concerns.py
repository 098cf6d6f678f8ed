"""What looks wrong about a portal or explains a gap: a rule and its values, worded in Chinese or English from data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that looks wrong; `rule` is one of `concerns.yaml`, `values` fill the gaps of its sentences."""

    rule: str
    values: Mapping[str, str | int]

    def text(self, language: Language = "en") -> str:
        """The sentence; KeyError for an unknown rule or a value that the rule needs and that is not there."""
        return _wordings()[self.rule][language].format_map(self.values)

    def as_json(self) -> dict[str, Any]:
        """Rule, values and both sentences, as archives and summaries keep them."""
        return {**self.as_record(), "zh": self.text("zh"), "en": self.text("en")}

    def as_record(self) -> dict[str, Any]:
        """Rule and values, as the ledger keeps them."""
        return {"rule": self.rule, "values": dict(self.values)}


def read_concern(recorded: object) -> Concern:
    """A concern as the ledger holds it; runs of earlier versions wrote sentences, which stay as they are.

    Raises ValueError for what is neither.
    """
    if isinstance(recorded, str):
        return Concern("as_written", {"text": recorded})
    if isinstance(recorded, dict) and recorded.get("rule") in _wordings() and isinstance(recorded.get("values"), dict):
        return Concern(recorded["rule"], recorded["values"])
    raise ValueError(f"the ledger has a warning that this program does not know: {recorded!r}")


@cache
def _wordings() -> Mapping[str, Mapping[Language, str]]:
    text = resources.files("archive").joinpath("concerns.yaml").read_text("utf-8")
    wordings: Mapping[str, Mapping[Language, str]] = yaml.safe_load(text)
    return wordings
