"""Pure decisions on links: an annual report or not, of which year and body, or a step towards their column; and why."""

from __future__ import annotations

from crawler.discovery.columns import (
    Refusal,
    Step,
    column_root,
    column_slug,
    is_column_name,
    names_column,
    names_year,
    refused_column,
    statutory_tabs,
    step_from_home,
    step_in_column,
)
from crawler.discovery.titles import Decision, Kind, agency_in_title, decide, look_alike
from crawler.discovery.vocabulary import Vocabulary, normalise, vocabulary
from crawler.discovery.years import YearGuess, guess_year, wanted, year_in_title, year_in_url

__all__ = [
    "Decision",
    "Kind",
    "Refusal",
    "Step",
    "Vocabulary",
    "YearGuess",
    "agency_in_title",
    "column_root",
    "column_slug",
    "decide",
    "guess_year",
    "is_column_name",
    "look_alike",
    "names_column",
    "names_year",
    "normalise",
    "refused_column",
    "statutory_tabs",
    "step_from_home",
    "step_in_column",
    "vocabulary",
    "wanted",
    "year_in_title",
    "year_in_url",
]
