"""What looks wrong about a portal, in both languages: worded from one rule and its values, and kept as such."""

from __future__ import annotations

import json
import string
from importlib import resources

import pytest
import yaml

from archive.concerns import Concern, read_concern

WORDINGS = yaml.safe_load(resources.files("archive").joinpath("concerns.yaml").read_text("utf-8"))


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("rule", WORDINGS)
def test_each_rule_is_worded_in_both_languages_from_the_same_values(rule: str) -> None:
    assert set(WORDINGS[rule]) == {"zh", "en"}
    # Why a list owes rows is a sentence of the program; all else that one language tells the other tells as well.
    only_english = {"why"} if rule.startswith("owes_") else set()
    assert gaps(WORDINGS[rule]["zh"]) == gaps(WORDINGS[rule]["en"]) - only_english


def test_what_the_ledger_keeps_is_worded_anew() -> None:
    concern = Concern("fewer", {"held": 6, "before": 10})
    kept = json.loads(json.dumps(concern.as_record()))
    assert kept == {"rule": "fewer", "values": {"held": 6, "before": 10}}
    assert read_concern(kept).text("en") == "6 report pages are held, 10 were after an earlier run"
    assert read_concern(kept).text("zh") == "收录报告页 6 个，此前一次抓取后有 10 个"


def test_a_sentence_of_an_earlier_version_stays_as_it_is() -> None:
    concern = read_concern("3 URLs are {still} open")
    assert concern.text("zh") == concern.text("en") == "3 URLs are {still} open"


@pytest.mark.parametrize("recorded", [{"rule": "unheard_of", "values": {}}, {"rule": "fewer"}, 7])
def test_what_is_no_concern_is_not_passed_over(recorded: object) -> None:
    with pytest.raises(ValueError, match="does not know"):
        read_concern(recorded)
