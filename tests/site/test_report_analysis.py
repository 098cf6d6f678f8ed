"""What the page of a report says beyond its tables, the page of one number, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from archive.checks.years import load_year_rules
from archive.models import Era
from archive.site.pages.report.cells import row_name
from archive.site.pages.report.questions import Question
from archive.site.pages.report.text import locate, paragraphs
from archive.site.worker import make_site
from tests.site.analysed import BEFORE, OTHER, REPORT, TEXT, analyse
from tests.site.conftest import Get

CELL = f"/report/{REPORT}/cell"
INSIDE_A_LINK = "a a, a button, a input, a summary, a details, summary a, button a"


@pytest.fixture(scope="module")
def analysed(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    site = make_site(analyse(database, tmp_path_factory.mktemp("analysed") / "archive.db"))
    yield site
    site.get_database("archive").close()
    site.executor.shutdown()


@pytest.fixture
def see(get: Get, analysed: Any) -> Any:
    def ask(path: str, language: str = "zh", status: int = 200) -> BeautifulSoup:
        answer = get(path, language=language, datasette=analysed)
        assert answer.status_code == status
        return BeautifulSoup(answer.text, "html.parser")

    return ask


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, (selector, len(found))
    return found[0]


def words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def test_where_a_copy_differs_is_named_in_words(see: Any) -> None:
    for language, name in (("zh", "规章 / 本年制发件数"), ("en", "Rules: issued this year")):
        rows = [words(row) for row in see(f"/report/{REPORT}", language).select("#across ~ .scroll tbody tr")]
        assert rows == [f"{name} 3 4"]


def test_a_sentence_in_question_is_marked_and_its_note_stands_beside_it(see: Any) -> None:
    page = see(f"/report/{REPORT}")
    asked = page.select(".text .asked")
    assert [tag.find(string=True) for tag in asked] == ["本年收到申请", "其中", "比12.5%"]
    assert [tag.get_text() for tag in page.select(".text p strong")] == ["123 件", "自然人占", "比12.5%"]
    note = one(page, "#ask-1")
    assert note.find_parent(class_="noted") is one(page, "#said-1").find_parent(class_="noted")
    assert "文中 123件" in words(note)
    assert "表中 19" in words(note)
    assert words(one(note, ".difference")) == "+104"
    assert one(note, "li a")["href"] == f"{CELL}/requests_received/natural_person"
    assert one(page, "#said-1")["href"] == "#ask-1"
    share = words(one(page, "#ask-2"))
    assert "14.29%" in share
    assert "−1.79 个百分点" in share


def test_what_agrees_and_what_cannot_be_compared_is_counted(see: Any) -> None:
    facts = words(one(see(f"/report/{REPORT}", "en"), "dl.source"))
    assert "2 questions · one statement agrees · one cannot be compared" in facts


def test_marks_of_converters_are_not_shown_and_nothing_else_is_lost(see: Any) -> None:
    text = one(see(f"/report/{REPORT}"), "section[aria-labelledby=s1] .text")
    for note in text.select(".asks, sup"):
        note.decompose()
    assert [line.get_text() for line in text.select("p")] == [
        "（一）依申请公开",
        "本年收到申请123 件。其中自然人占",
        "比12.5%，均已答复。",
        "没有其他情况<i>。",
    ]
    assert not text.select("i")


def test_a_query_is_marked_inside_a_sentence_in_question(see: Any) -> None:
    page = see(f"/report/{REPORT}?q=申请12")
    assert [mark.get_text() for mark in page.select("mark")] == ["申请", "12"]
    assert page.select(".asked strong mark")


def test_a_place_is_found_across_blanks_and_lines() -> None:
    found = locate(TEXT, TEXT.index("自然人"), len("自然人占比12.5%"))
    assert found is not None
    sentence, number = found
    assert TEXT[slice(*sentence)] == "其中自然人占\n比12.5%，均已答复。"
    assert TEXT[slice(*number)] == "自然人占\n比12.5%"
    assert locate("", 3, 2) is None


@pytest.mark.parametrize("text", ["一。\n二。", ""])
def test_a_question_without_a_place_in_the_text_is_still_put(text: str) -> None:
    question = Question(1, "N1", "", "", 1, 99, "9件", None, None, (), "")
    *before, last = paragraphs(text, "", [question], "zh")
    assert last.questions == (question,)
    assert 'id="said-1"' in last.html
    assert [line.html for line in before] == (["一。"] if text else [])


def test_checks_across_years_show_the_cells_of_both(see: Any) -> None:
    section = one(see(f"/report/{REPORT}"), "section[aria-labelledby=across]")
    copy, years = section.select(":scope > .findings > li")
    assert [link["href"] for link in years.select("a")] == [
        f"{CELL}/requests_brought_forward/total",
        f"/report/{BEFORE}/cell/requests_carried_forward/total",
    ]
    assert "≠ +3" in words(years)
    assert "左边 4" in words(years)
    assert "1 项成立" in words(section)
    assert "所需的单元格全部空白 (1)" in words(section)
    assert "javascript:alert(5)" in words(copy)
    assert not [link for link in section.select("a") if str(link["href"]).startswith("javascript")]
    assert words(one(section, "td:last-child")) == "4"


def test_a_check_is_shown_on_the_report_of_the_year_before_too(see: Any) -> None:
    section = one(see(f"/report/{BEFORE}"), "section[aria-labelledby=across]")
    assert "与下一年报告核对不成立" in words(section)
    assert "≠ +3" in words(section)


def test_measures_have_numerator_and_denominator_or_a_reason(see: Any) -> None:
    rows = [[words(cell) for cell in row.select("th, td")] for row in see(f"/report/{REPORT}").select(".measures tr")]
    assert rows[1:] == [
        ["不予公开合计", "7", "7", ""],
        ["公开率（予以公开与部分公开）", "68.8% 含推定 2 格", "33", "48"],
        ["不予公开率", "基数过小", "1", "3"],
    ]


def test_the_words_of_a_section_lead_to_what_they_have_in_common(see: Any) -> None:
    table = one(see(f"/report/{REPORT}"), "table.word-sources")
    assert [words(cell) for cell in table.select("tbody tr:first-child td")][:2] == ["300", "50 25%"]
    links = [link["href"] for link in table.select("a")]
    assert links == ["#s5", f"/report/{REPORT}/changes?year=2022#s5", f"/copied/{REPORT}-s5/{OTHER}-s5"]


def test_neighbours_and_citation(see: Any) -> None:
    page = see(f"/report/{REPORT}")
    hrefs = {link["href"] for link in page.select("section[aria-labelledby=around] .inline a")}
    assert f"/report/{OTHER}" in hrefs
    assert f"/report/{REPORT}" not in hrefs
    cited = words(one(page, ".citation"))
    assert f"http://localhost/report/{REPORT}" in cited
    assert "[EB/OL]" in cited
    assert not page.select(".citation script")


def test_a_number_has_a_page_with_its_place_and_its_other_years(see: Any) -> None:
    page = see(f"{CELL}/requests_received/natural_person", "en")
    assert words(one(page, ".figure")) == "19 件 (items)"
    facts = words(one(page, "dl.facts"))
    assert "source: table 2, row" in facts
    assert "SHA-256" in facts
    years = [link["href"] for link in page.select("tbody a")]
    assert years == [f"/report/u-0000000000-{year}/cell/requests_received/natural_person" for year in (2020, 2022)]


@pytest.mark.parametrize(
    ("key", "state", "printed"),
    [
        ("rules_repealed", "空白", "空白"),
        ("licensing_decisions", "缺", "原件中没有"),
        ("rules_in_force", "无法读取", "1 2<b>"),
    ],
)
def test_the_page_of_what_is_no_number_says_so(see: Any, key: str, state: str, printed: str) -> None:
    page = see(f"{CELL}/{key}")
    assert words(one(page, ".figure.none")) == state
    assert printed in words(one(page, "dl.facts"))
    assert "不是零" in words(one(page, "dl.facts")) or state != "空白"


def test_failed_checks_stand_on_the_page_of_the_number(see: Any) -> None:
    assert len(see(f"{CELL}/review_upheld").select(".findings li")) == 1
    assert not see(f"{CELL}/rules_issued").select(".findings li")


@pytest.mark.parametrize("path", [f"{CELL}/nope", f"{CELL}/review_upheld/total", "/report/nope/cell/review_upheld"])
def test_a_number_that_is_not_there_is_not_found(see: Any, path: str) -> None:
    see(path, status=404)


def test_every_number_leads_to_a_page(see: Any) -> None:
    links = [str(link["href"]) for link in see(f"/report/{REPORT}").select("table.paper td > a:not(.flag)")]
    assert len(links) == 200
    for link in links[::37]:
        see(link)


@pytest.mark.parametrize("query", ["", "?from=1&to=2", "?from=x&to=2"])
def test_two_versions_are_compared_cell_by_cell_and_sentence_by_sentence(see: Any, query: str) -> None:
    page = see(f"/report/{REPORT}/changes{query}")
    assert "第 1 版与第 2 版" in words(one(page, "h1"))
    row = one(page, ".compared tbody tr")
    assert [words(cell) for cell in row.select("td")] == ["18", "19", "+1"]
    assert [link["href"] for link in row.select("a")] == [f"{CELL}/requests_received/natural_person"]
    assert "199 格相同" in page.get_text()
    first = one(page, "section[aria-labelledby=s1]")
    assert [words(side) for side in first.select(".old p")] == [
        "本年收到申请120件。",
        "另有一句已删去。",
    ]
    assert "[image" not in first.get_text()
    assert [words(side) for side in first.select(".new p")][-1] == "（已删）"
    assert [words(same) for same in first.select("details summary")] == ["相同 1 句", "相同 1 句"]


def test_versions_compared_the_other_way_round_mirror_each_other(see: Any) -> None:
    row = one(see(f"/report/{REPORT}/changes?from=2&to=1"), ".compared tbody tr")
    assert [words(cell) for cell in row.select("td")] == ["19", "18", "−1"]


def test_two_years_are_compared_where_numbers_alone_are_marked(see: Any) -> None:
    page = see(f"/report/{REPORT}/changes?year=2022", "en")
    assert "2022 beside 2023" in words(one(page, "h1"))
    assert len(page.select(".compared tbody tr")) + int(page.select_one("#cells ~ p").get_text().split()[0]) == 200
    assert f"/report/{BEFORE}/cell/" in str(page.select_one(".compared a")["href"])


def test_what_cannot_be_compared(see: Any) -> None:
    see(f"/report/{REPORT}/changes?from=7", status=404)
    see(f"/report/{REPORT}/changes?to=7", status=404)
    see(f"/report/{REPORT}/changes?year=1999", status=404)
    see("/report/nope/changes", status=404)
    first = see("/report/u-0000000001-2020/changes")
    assert "只有一个版本" in words(one(first, ".notice"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    ["", "/changes", "/changes?year=2022", "/cell/requests_received/natural_person"],
)
def test_the_pages_are_well_formed(see: Any, path: str, language: str) -> None:
    page = see(f"/report/{REPORT}{path}", language)
    ids = Counter(str(tag["id"]) for tag in page.select("[id]"))
    assert [name for name, times in ids.items() if times > 1] == []
    for link in page.select('a[href^="#"]'):
        assert str(link["href"])[1:] in ids
    assert not page.select(INSIDE_A_LINK)
    assert not page.select("[style], script, [onclick]")
    assert len(page.select("h1")) == 1
    levels = [int(tag.name[1]) for tag in page.select("h1, h2, h3")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for named in page.select("[aria-labelledby]"):
        assert str(named["aria-labelledby"]) in ids
    assert all(urlsplit(str(link["href"])).scheme in ("", "http", "https", "data") for link in page.select("[href]"))


def test_a_chosen_language_is_kept_by_every_number(see: Any) -> None:
    links = see(f"/report/{REPORT}?_lang=en").select("table.paper td > a:not(.flag)")
    assert {urlsplit(str(link["href"])).query for link in links} == {"_lang=en"}


def test_the_bytes_lead_back_to_the_reports_read_from_them(see: Any) -> None:
    sha256 = str(one(see(f"/report/{REPORT}"), "dl.source code:last-child").string).split()[-1]
    page = see(f"/capture/{sha256}?_about=1")
    assert [link["href"] for link in page.select("dl.facts a")] == [f"/report/{REPORT}"] + [
        link["href"] for link in page.select("dl.facts a[rel]")
    ]
    assert "第 2 版" in words(one(page, "dl.facts"))


@pytest.mark.parametrize(
    ("lang", "licences", "documents"),
    [("zh", "行政许可", "行政规范性文件"), ("en", "Licensing", "Normative documents")],
)
def test_every_rule_across_years_has_words_for_what_it_is_about(lang: str, licences: str, documents: str) -> None:
    named = {rule.key: row_name(Era.C, rule.key, lang) for rule in load_year_rules() if rule.key}
    assert (named["licensing"], named["normative_docs"]) == (licences, documents)
    assert [key for key, name in named.items() if name == key] == []
