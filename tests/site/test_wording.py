"""Texts that are put into templates when these are compiled: the same page as with calls, in either language."""

from __future__ import annotations

import pytest
from jinja2 import Environment, UndefinedError

from archive.site import language
from archive.site.wording import BY_LANGUAGE

TEMPLATES = (
    '{{ t("search.button") }}',
    '{{t("search.button")}}{{ t("search.button") }}',
    "<a title=\"{{ t('site.skip') }}\">",
    '{{ t("search.button") ~ ": " ~ t("site.skip") }}',
    '{% if t("search.button") %}{{ t("site.skip")|length }}{% endif %}',
    '{{ t("report.cells", n=3, read=2) }}',
    '{% set name = "button" %}{{ t("search." ~ name) }}',
    "no call at all: t(",
)


def environment(lang: str, *, compiled: bool) -> Environment:
    made = Environment(autoescape=True, extensions=[BY_LANGUAGE[lang]] if compiled else [])
    made.globals["t"] = lambda key, **values: language.text(key, lang, **values)
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_says_the_same(template: str, lang: str) -> None:
    said = [environment(lang, compiled=compiled).from_string(template).render() for compiled in (False, True)]
    assert said[0] == said[1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_fixed_text_is_not_asked_for(lang: str) -> None:
    made = environment(lang, compiled=True)
    del made.globals["t"]
    expected = language.text("search.button", lang)
    assert made.from_string('<b>{{ t("search.button") }}</b>').render() == f"<b>{expected}</b>"
    with pytest.raises(UndefinedError):
        made.from_string('{{ t("no.such.text") }}').render()


def test_signs_of_html_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "known", lambda _: True)
    monkeypatch.setattr(language, "text", lambda *_: "a < b")
    assert environment("en", compiled=True).from_string('{{ t("any") }}').render() == "a &lt; b"
