"""Two sections side by side."""

from __future__ import annotations

import re
import sqlite3

from archive.checks.passages import common_passages
from archive.site.pages.copied import marked
from tests.site.figures.conftest import Look


def pair_of(held: sqlite3.Connection) -> sqlite3.Row:
    found = held.execute("select * from copied where kind = 'other_agency' order by overlap_chars desc").fetchone()
    assert isinstance(found, sqlite3.Row)
    return found


def test_both_texts_stand_whole_with_the_same_words_marked(look: Look, held: sqlite3.Connection) -> None:
    pair = pair_of(held)
    page = look(f"/copied/{pair['section_id']}/{pair['other_id']}")
    sides = page.select(".twins > section")
    for side, section in zip(sides, (pair["section_id"], pair["other_id"]), strict=True):
        (stored,) = held.execute("select text from sections where section_id = ?", (section,)).fetchone()
        (body,) = side.select(".text")
        for number in body.select("mark > a"):
            number.decompose()
        assert re.sub(r"\s", "", body.get_text()) == re.sub(r"\s", "", stored)
    one, other = (re.sub(r"[\W\d_]", "", "".join(mark.get_text() for mark in side.select("mark"))) for side in sides)
    assert len(one) >= pair["overlap_chars"] > 40
    assert set(one) == set(other)


def test_what_is_told_of_the_pair_is_what_the_archive_holds(look: Look, held: sqlite3.Connection) -> None:
    pair = pair_of(held)
    words = look(f"/copied/{pair['section_id']}/{pair['other_id']}").get_text(" ", strip=True)
    assert f"{pair['overlap_chars']} characters of A also stand" in words
    assert "It does not say who copied whom" in words
    turned = look(f"/copied/{pair['other_id']}/{pair['section_id']}", "zh").get_text(" ", strip=True)
    assert f"B 中有 {pair['overlap_chars']} 字" in turned


def test_numbers_of_passages_lead_to_the_other_text(look: Look, held: sqlite3.Connection) -> None:
    pair = pair_of(held)
    page = look(f"/copied/{pair['section_id']}/{pair['other_id']}")
    links = [link["href"] for link in page.select("mark > a")]
    assert links
    assert all(page.select(str(href)) for href in links)


def test_own_text_is_told_with_all_its_parts(look: Look, held: sqlite3.Connection) -> None:
    pair = pair_of(held)
    fact = held.execute("select * from originality where section_id = ?", (pair["section_id"],)).fetchone()
    page = look(f"/copied/{pair['section_id']}/{pair['other_id']}")
    column = [row.select("td")[0].get_text(strip=True) for row in page.select("table.matrix tbody tr")]
    expected = [fact[f"{kind}_chars"] for kind in ("own", "shared", "repeated", "stock", "template")]
    assert column[:6] == [f"{number:,}" for number in (*expected, fact["chars"])]
    assert sum(expected) == fact["chars"]
    assert column[6] == f"{100 * fact['own_share']:.1f}%"


def test_two_sections_that_are_no_pair_are_compared_all_the_same(look: Look, held: sqlite3.Connection) -> None:
    one, other = (
        row[0]
        for row in held.execute(
            "select section_id from sections where number in (5, 6) and text <> '' and section_id not in"
            " (select section_id from copied union select other_id from copied) limit 2"
        )
    )
    assert "does not list these two as a pair" in look(f"/copied/{one}/{other}").get_text()


def test_unknown_sections_and_a_section_beside_itself_are_missing(look: Look, held: sqlite3.Connection) -> None:
    one = pair_of(held)["section_id"]
    for path in (f"/copied/{one}/nothing", f"/copied/{one}/{one}", "/copied/%00/%3Cscript%3E"):
        assert "There are no such two sections" in look(path, status=404).get_text()


def test_hostile_text_stays_text() -> None:
    text = "<script>alert(1)</script>全县各单位对照目录逐项清理过期栏目并公布\n第二行"
    first, _ = common_passages(text, text)
    drawn = marked(text, first, "a", "b")
    assert "<script" not in drawn
    assert drawn.count("<p>") == 2
