"""OpenDocument texts in which a mark stands beside a number: what is raised, struck or hidden is no digit of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.models import Grid
from archive.readers import read
from tests.readers.marked import check_words
from tests.readers.test_odt import cell, grid, odt, p, packed, table, texts

FIXTURES = Path(__file__).parent / "fixtures" / "office"


def style(name: str, properties: str, family: str = "text", parent: str = "") -> str:
    inherited = f'style:parent-style-name="{parent}"' if parent else ""
    return (
        f'<style:style style:name="{name}" style:family="{family}" {inherited}>'
        f"<style:text-properties {properties}/></style:style>"
    )


def span(name: str, text: str) -> str:
    return f'<text:span text:style-name="{name}">{text}</text:span>'


def test_every_way_of_marking_a_digit() -> None:
    check_words(read((FIXTURES / "marked.odt").read_bytes()))


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ('style:text-position="super 58%"', "12¹"),
        ('style:text-position="sub 58%"', "12₁"),
        ('style:text-position="33% 58%"', "12¹"),
        ('style:text-position="-8% 58%"', "12₁"),
        ('style:text-position="0% 100%"', "121"),
        ('style:text-line-through-style="solid"', "121\u0336"),
        ('style:text-line-through-type="double"', "121\u0336"),
        ('style:text-line-through-style="none" style:text-line-through-type="none"', "121"),
        ('text:display="none"', "12"),
        ('text:display="true"', "121"),
    ],
)
def test_properties_of_a_span(properties: str, text: str) -> None:
    assert texts(odt(p("12" + span("T1", "1")), style("T1", properties))) == [text]


def test_styles_inherit_and_spans_overrule_their_paragraph() -> None:
    styles = (
        style("Base", 'style:text-line-through-style="solid"', "paragraph")
        + style("P1", 'fo="x"', "paragraph", "Base").replace('fo="x"', "")
        + style("T1", 'style:text-line-through-style="none"')
        + style("Base", "", "text")
        + style("Up", 'style:text-position="super 58%"')
        + style("T2", "", "text", "Up")
    )
    body = p("9" + span("T1", "12"), 'text:style-name="P1"') + p("12" + span("Base", span("T2", "1")))
    assert texts(odt(body, styles)) == ["9\u033612", "12¹"]


def test_what_is_hidden_by_elements_stands_apart() -> None:
    hidden = '<text:hidden-text text:is-hidden="true" text:string-value="9">9</text:hidden-text>'
    shown = '<text:hidden-text text:is-hidden="false" text:string-value="3">3</text:hidden-text>'
    paragraph = '<text:hidden-paragraph text:is-hidden="true"/>'
    section = f'<text:section text:display="none">{p("8")}</text:section>'
    document = odt(p(hidden + "12" + shown) + p(paragraph + "7") + section + p("末"))
    assert texts(document) == ["123", "末"]
    assert [block.text for block in document.outside if not isinstance(block, Grid)] == ["9", "7", "8"]


def test_a_hidden_row_stands_apart() -> None:
    made = table(cell("甲") + cell("1"), cell("甲") + cell("9"), cell("乙") + cell("2"))
    first, second, third = made.split("<table:table-row>")[1:]
    collapsed = '<table:table-row table:visibility="collapse">'
    made = f"<table:table><table:table-row>{first}{collapsed}{second}<table:table-row>{third}"
    assert [[found[0] for found in row] for row in grid(read(packed(made)))] == [["甲", "1"], ["乙", "2"]]
