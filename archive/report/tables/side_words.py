"""Words that stand beside the words of the form in its tables: years, and columns that editors add."""

from __future__ import annotations

from archive.report.form import load_form
from archive.report.text import squeeze


def is_own_year(text: str, year: int | None) -> bool | None:
    """Whether a heading names the report's own year (True) or another one (False); None if it names no year at all."""
    label, words = squeeze(text), load_form().side_words
    if match := words["numbered_year"].fullmatch(label):
        return year is not None and int(match[1]) == year
    if words["own_year"].fullmatch(label):
        return True
    return False if words["other_year"].fullmatch(label) else None


def is_added_column(text: str) -> bool:
    """Whether a heading is that of a column that the form does not have: a remark, a share, growth, another total."""
    return bool(load_form().side_words["added_column"].fullmatch(squeeze(text)))


def is_beside(text: str) -> bool:
    """Whether a word among the headings of running text is that of a column which the form does not have."""
    within = load_form().side_words["within_column"].fullmatch(squeeze(text))
    return is_added_column(text) or is_own_year(text, None) is not None or bool(within)


def years_named(text: str) -> set[int]:
    """The years that a caption names."""
    return {int(year) for year in load_form().side_words["caption_year"].findall(squeeze(text))}
