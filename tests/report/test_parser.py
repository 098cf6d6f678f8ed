"""Documents → reports, and the reasons why a document is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.checks.within import check_report
from archive.models import CheckStatus, Document, Era, Heading, Link, NotAReport, Paragraph, ParsedReport, State
from archive.report.parser import parse_document
from archive.report.version import PARSER_VERSION
from archive.wire import dumps, loads, report_from_json, result_to_json
from tests.report.made import document, make, resolve
from tests.report.made_annex import Annex, keyed, make_annex, text_of
from tests.report.truth import compare, compare_rows, expected_of, load, section_differences
from tests.shared import SHARED, needs_shared

REPORTS = SHARED / "reports"
WHOLE = [
    "tengzhou_kjj_2023_seed.txt",
    "pingtan_zone_2024.html",
    "pingtan_czj_2020.page.txt",
    "formats/h21_hangzhou2025.html",
    "formats/hangzhou2025.html",
    "formats/tengzhou2023.html",
    "formats/hangzhou2025.docx",
    "formats/tengzhou2023.docx",
    "formats/tika_hangzhou2025.doc.txt",
    "formats/tika_hangzhou2025.docx.txt",
]


def parsed(result: object) -> ParsedReport:
    assert isinstance(result, ParsedReport), result
    return result


@pytest.mark.parametrize(
    ("title", "end", "why"),
    [
        ("青石县水利局2022年上半年政府信息公开工作报告", "12月31日", "青石县水利局2022年上半年"),
        ("青石县水利局2022年1-6月政府信息公开工作报告", "12月31日", "1-6月"),
        ("青石县水利局2022年1-12月政府信息公开工作报告", "12月31日", None),
        ("青石县水利局2022年政府信息公开工作年度报告", "6月30日", "2022-01-01 to 2022-06-30"),
        ("青石县水利局2022年政府信息公开工作年度报告", "12月30日", None),
    ],
)
def test_a_report_of_part_of_a_year_is_none(title: str, end: str, why: str | None) -> None:
    whole = document(make(2))
    preamble = Paragraph(f"统计期限自2022年1月1日起至2022年{end}止。")
    result = parse_document(Document("信息公开", (Heading(title, 1), preamble, *whole.blocks[2:])))
    if why is None:
        assert parsed(result).year == 2022
    else:
        assert isinstance(result, NotAReport)
        assert result.why.startswith("not a report of a whole year")
        assert why in result.why


def test_a_report_of_six_sections() -> None:
    made = make(2)
    report = parsed(parse_document(document(made), date_hint="2023-01-20"))
    assert (report.agency, report.year, report.era) == ("青石县河东镇人民政府", 2022, Era.C)
    assert report.published == "2023-01-20"
    assert report.parser_version == PARSER_VERSION
    assert [section.number for section in report.sections] == [1, 2, 3, 4, 5, 6]
    assert {(c.key, c.applicant): c.value for c in report.cells} == made.truth
    assert all(cell.place for cell in report.cells)
    assert not report.warnings


def test_the_old_form_in_a_later_year_is_flagged() -> None:
    report = parsed(parse_document(document(make(2, Era.B))))
    assert report.era is Era.B
    assert any(warning.startswith("era:") for warning in report.warnings)


def test_six_sections_without_a_table_have_missing_cells() -> None:
    report = parsed(parse_document(document(make(2), [None, None, None])))
    assert report.era is Era.C
    assert {cell.state for cell in report.cells} == {State.MISSING}
    assert len(report.cells) == 200


OLD_PARTS = (
    "一、概述",
    "二、主动公开政府信息情况",
    "三、依申请公开政府信息情况",
    "四、复议、诉讼情况",
    "五、主要问题和改进措施",
)


def old_report(annex: Annex, year: int, mode: str) -> Document:
    table = [resolve(annex.table)] if mode == "grid" else text_of(annex.table, mode)
    sentence = "本局认真贯彻条例，全年主动公开政府信息12条，没有收到申请。" * 4
    narrative = [Paragraph(text) for part in OLD_PARTS for text in (part, sentence)]
    title = Paragraph(f"青石县财政局{year}年政府信息公开工作年度报告")
    return Document(None, (title, *narrative, Paragraph("六、政府信息公开情况统计表"), *table))


@pytest.mark.parametrize("mode", ["grid", "lines", "cells", "spaces"])
@pytest.mark.parametrize("year", [2015, 2019])
def test_an_older_report_with_the_national_table(mode: str, year: int) -> None:
    annex = make_annex(year, Era.A2)
    report = parsed(parse_document(old_report(annex, year, mode)))
    assert report.era is Era.A2
    assert {cell.key: cell.value for cell in report.cells} == {key: row[0] for key, row in keyed(annex).items()}
    assert [section.number for section in report.sections] == [1, 2, 3, 4, 5, 6]
    assert any(warning.startswith("era:") for warning in report.warnings) == (year == 2019)
    findings = {finding.rule: finding.status for finding in check_report(report)}
    assert CheckStatus.UNDETERMINED not in {status for rule, status in findings.items() if rule.startswith("A2.")}


def test_a_table_of_the_older_form_beside_the_later_one_is_kept_apart() -> None:
    made = make(2, Era.B)
    plain = document(made)
    annex = resolve(make_annex(5).table)
    report = parsed(parse_document(Document(plain.title, (*plain.blocks, annex))))
    assert {(c.key, c.applicant): c.value for c in report.cells} == made.truth
    assert [(row.label, row.key) for row in report.extra_rows][:1] == [("主动公开信息数", None)]
    assert len(report.extra_rows) == 17


def test_an_older_report_with_a_local_table() -> None:
    report = parsed(parse_document(old_report(make_annex(5, columns=2), 2013, "lines")))
    assert (report.era, report.cells, len(report.extra_rows)) == (Era.A0, (), 17)
    again = report_from_json(loads(dumps(result_to_json("a.html", report))))
    assert again == report


def test_a_report_of_text_only() -> None:
    text = "2012年，我局按照条例的要求，认真做好政府信息公开工作，主动公开政府信息，方便群众查阅和监督。" * 8
    blocks = (Paragraph("青石县财政局2012年政府信息公开工作年度报告"), Paragraph("一、概述"), Paragraph(text))
    report = parsed(parse_document(Document(None, blocks)))
    assert (report.era, report.year, report.cells) == (Era.A0, 2012, ())
    assert report.sections[0].heading == "一、概述"


@pytest.mark.parametrize(
    ("texts", "links", "why"),
    [
        (["青石县召开防汛工作会议", "今天上午，青石县召开会议。"], (), "no title"),
        (["青石县2022年政府网站工作年度报表", "网站名称。"], (), "website"),
        (["《青石县2022年政府信息公开工作年度报告》解读", "一、总体情况", "说明。"], (), "explainer"),
        (["关于编制2022年政府信息公开工作年度报告的通知", "各镇："], (), "notice"),
        (
            ["青石县财政局2022年政府信息公开工作年度报告"],
            (Link("/a/report.docx", "点击下载"),),
            "attachment only: 点击下载",
        ),
        (["青石县财政局2022年政府信息公开工作年度报告", "报告正文.doc"], (), "attachment only: 报告正文.doc"),
        (
            ["政府信息公开年报", *(f"青石县{y}年政府信息公开工作年度报告 {y}-01-20" for y in range(2008, 2024))],
            (),
            "no text",
        ),
    ],
)
def test_what_is_not_a_report_says_why(texts: list[str], links: tuple[Link, ...], why: str) -> None:
    result = parse_document(Document(texts[0], tuple(Paragraph(text) for text in texts), links=links))
    assert isinstance(result, NotAReport)
    assert why in result.why


def test_an_empty_document_is_no_report() -> None:
    assert isinstance(parse_document(Document(None, ())), NotAReport)


@needs_shared
@pytest.mark.parametrize("name", WHOLE)
def test_real_reports_are_read_whole(name: str) -> None:
    result, truth = load(REPORTS / name)
    comparison = compare(parsed(result), truth["statistics"])
    assert not comparison.wrong, "\n".join(comparison.wrong)
    assert not comparison.unfilled, "\n".join(comparison.unfilled)


def _with_truth() -> list[str]:
    if not REPORTS.is_dir():
        return []
    names = (p for pattern in ("*.html", "*.txt", "formats/*.html", "formats/*.docx") for p in REPORTS.glob(pattern))
    return sorted(str(path.relative_to(REPORTS)) for path in names if expected_of(path))


@needs_shared
@pytest.mark.parametrize("name", _with_truth())
def test_no_real_report_has_a_wrong_cell(name: str) -> None:
    result, truth = load(REPORTS / name)
    if truth.get("attachment_only"):
        assert isinstance(result, NotAReport)
        assert "attachment only" in result.why
        return
    comparison = compare(parsed(result), truth.get("statistics", []))
    assert not comparison.wrong, "\n".join(comparison.wrong)


@needs_shared
@pytest.mark.parametrize(
    ("name", "unfilled"),
    [
        ("pingtan_zone_2018.page.txt", 4),  # `206912106` can be cut in many ways
        ("pingtan_county_2011.page.txt", 0),
        ("pingtan_county_czj_2009.page.txt", 0),
        ("pingtan_czj_2013.page.txt", 0),
        ("pingtan_czj_2015.page.txt", 0),
    ],
)
def test_the_rows_of_real_statistics_tables(name: str, unfilled: int) -> None:
    result, truth = load(REPORTS / name)
    comparison = compare_rows(parsed(result), truth["statistics_table"])
    assert comparison.wrong == ()
    assert len(comparison.unfilled) == unfilled


@needs_shared
@pytest.mark.parametrize("name", ["pingtan_zone_2018.page.txt", "pingtan_zone_2021.page.txt", "pingtan_zone_2024.html"])
def test_a_zone_reports_through_its_committee(name: str) -> None:
    result, truth = load(REPORTS / name)
    assert parsed(result).agency == truth["agency"]


@needs_shared
@pytest.mark.parametrize(
    "name",
    [
        "pingtan_zone_2024.html",
        "pingtan_czj_2019.page.txt",
        "pingtan_czj_2020.page.txt",
        "pingtan_gaj_2024.page.txt",
        "pingtan_zone_2021.page.txt",
        "pingtan_zrz_2022.page.txt",
        "pingtan_zone_2018.page.txt",
        "pingtan_county_2011.page.txt",
        "pingtan_czj_2013.page.txt",
        "pingtan_czj_2015.page.txt",
        "pingtan_county_czj_2009.page.txt",
    ],
)
def test_the_text_of_real_sections_is_exact(name: str) -> None:
    result, truth = load(REPORTS / name)
    report = parsed(result)
    narrative = {n: s for n, s in truth["sections"].items() if n in "156" or (report.era is Era.A0 and n.isdigit())}
    assert list(section_differences(report, narrative)) == []


def test_the_expected_file_of_a_source(tmp_path: Path) -> None:
    (tmp_path / "a.expected.json").write_text("{}", "utf-8")
    for name in ("a.html", "a.page.txt", "a_seed.txt", "tika_a.doc.txt"):
        assert expected_of(tmp_path / name) == tmp_path / "a.expected.json"
    assert expected_of(tmp_path / "b.html") is None
