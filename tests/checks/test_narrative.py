"""Text against table: what is found in sentences, and when it is a question."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.checks.cells import Reason
from archive.checks.narrative import TextCheck, TextStatus, check_text
from archive.checks.narrative.text import sentences, value_of
from archive.models import Era, Number, ParsedReport, Section, SectionStatus, State
from archive.report.form import load_form
from tests.checks.reports import Values, report

PASS, QUESTION, UNDETERMINED = TextStatus.PASS, TextStatus.QUESTION, TextStatus.UNDETERMINED
ASKED = {
    ("requests_received", "total"): 200,
    ("requests_brought_forward", "total"): 10,
    ("results_total", "total"): 205,
    ("requests_carried_forward", "total"): 5,
    ("result_granted_full", "total"): 80,
    ("result_granted_part", "total"): 20,
    ("refused_third_party", "total"): 6,
    ("refused_state_secret", "total"): 1,
    ("unable_not_held", "total"): 60,
    ("unable_requires_creation", "total"): 10,
    ("not_processed_repeat", "total"): 12,
    ("other_misc", "total"): 16,
    ("requests_received", "natural_person"): 180,
    ("requests_received", "business_enterprise"): 15,
    ("requests_received", "legal_service_org"): 5,
    ("requests_brought_forward", "natural_person"): 9,
    ("review_total", None): 12,
    ("litigation_direct_total", None): 3,
    ("litigation_after_review_total", None): 4,
    ("normative_docs_issued", None): 13,
    ("normative_docs_repealed", None): 2,
    ("normative_docs_in_force", None): 60,
    ("rules_issued", None): 3,
}  # fmt: skip


def made(
    text: str,
    section: int = 1,
    era: Era = Era.C,
    other: dict[tuple[str, str | None], Number | State | None] | None = None,
) -> ParsedReport:
    """A report with this text and the numbers above."""
    values: Values = dict.fromkeys(load_form().eras[era].cells, 0)
    values |= {key: value for key, value in (ASKED | (other or {})).items() if key in values}
    parsed = report(era, values)
    return ParsedReport(
        None, parsed.agency, 2023, era, (Section(section, None, SectionStatus.FOUND, text),), parsed.cells
    )


def said(text: str, section: int = 1, **more: object) -> list[tuple[str, TextStatus, Number | None, str | None]]:
    """What is found: statement, status, value, reading."""
    checks = check_text(2023, made(text, section, **more))  # type: ignore[arg-type]
    return [(check.claim, check.status, check.value, check.reading) for check in checks]


# sentence, section, and each statement with its status and reading.
SENTENCES = [
    ("全年新收政府信息公开申请200件。", 1, [("received", PASS, "received")]),
    ("2023年，共收到群众通过邮寄、网络提交的各类政府信息公开申请共计200件。", 1, [("received", PASS, "received")]),
    ("本年度全区共收到２００件申请。", 1, [("received", PASS, "received")]),
    ("全年收到政府信息公开申请二百件。", 1, [("received", PASS, "received")]),
    ("共收到政府信息公开申请210件（含上年结转10件）。", 1,
     [("received", PASS, "received_and_brought"), ("brought_forward", PASS, "brought")]),
    ("全年新收政府信息公开申请201件。", 1, [("received", QUESTION, None)]),
    ("全年没有收到政府信息公开申请。", 1, [("received", QUESTION, None)]),
    ("全年新收政府信息公开申请200余件。", 1, [("received", UNDETERMINED, None)]),
    ("全年新收政府信息公开申请约200件。", 1, [("received", UNDETERMINED, None)]),
    ("全年新收政府信息公开申请200件左右。", 1, [("received", UNDETERMINED, None)]),
    ("全市全年共收办政府信息公开申请案件210件。", 1, [("handled", PASS, "received_and_brought")]),
    ("受理政府信息公开申请200件。", 1, [("handled", PASS, "received")]),
    ("共收到申请200件，已全部依法答复，办结205件。", 1,
     [("received", PASS, "received"), ("handled", PASS, "results")]),
    ("共办理依申请公开199件。", 1, [("handled", QUESTION, None)]),
    ("受理申请约200件。", 1, [("handled", UNDETERMINED, None)]),
    ("申请结果：予以公开80件、部分公开20件、不予公开7件、无法提供70件、不予处理12件、其他处理16件、转下年度5件。", 1,
     [(claim, PASS, reading) for claim, reading in (
         ("granted_full", "group"), ("granted_part", "group"), ("refused", "group"), ("unable", "group"),
         ("not_processed", "group"), ("other_results", "group"), ("carried_forward", "carried"))]),
    ("申请办理结果：不予公开6件，无法提供60件。", 1, [("refused", QUESTION, None), ("unable", QUESTION, None)]),
    ("申请答复中，80件予以公开，20件部分公开。", 1, [("granted_full", PASS, "group"), ("granted_part", PASS, "group")]),
    ("申请答复中，不予公开数十件。", 1, []),
    ("申请办理结果：不予公开近7件。", 1, [("refused", UNDETERMINED, None)]),
    ("其中，自然人申请180件，法人或其他组织申请20件。", 1,
     [("natural_persons", PASS, "received"), ("organisations", PASS, "received")]),
    ("其中，自然人申请189件。", 1, [("natural_persons", PASS, "received_and_brought")]),
    ("其中，自然人申请170件。", 1, [("natural_persons", QUESTION, None)]),
    ("其中，自然人申请近180件。", 1, [("natural_persons", UNDETERMINED, None)]),
    ("因政府信息公开引发的行政复议12件，行政诉讼7件。", 4, [("reviews", PASS, "total"), ("suits", PASS, "total")]),
    ("备案政府信息公开领域行政复议案件34件，行政诉讼案件57件。", 1,
     [("reviews", QUESTION, None), ("suits", QUESTION, None)]),
    ("没有因政府信息公开被申请行政复议或提起行政诉讼。", 4, [("reviews", QUESTION, None), ("suits", QUESTION, None)]),
    ("未发生政府信息公开行政复议、行政诉讼败诉案件。", 4, []),
    ("政府信息公开行政复议约12件。", 4, [("reviews", UNDETERMINED, None)]),
    ("收到申请200件。予以公开80件，占办结总数的39.02%。", 1,
     [("received", PASS, "received"), ("granted_full", PASS, "group"), ("share", PASS, "results")]),
    ("收到申请200件。予以公开80件，占比40%。", 1,
     [("received", PASS, "received"), ("granted_full", PASS, "group"), ("share", PASS, "received")]),
    ("收到申请200件。予以公开80件，占比33.9%。", 1,
     [("received", PASS, "received"), ("granted_full", PASS, "group"), ("share", QUESTION, None)]),
    ("全年制发行政规范性文件13件，废止规范性文件2件，现行有效行政规范性文件60件，制定规章3件。", 2,
     [("documents_issued", PASS, "issued"), ("documents_repealed", PASS, "repealed"),
      ("documents_in_force", PASS, "in_force"), ("rules_issued", PASS, "issued")]),
    ("全年制发规范性文件14件。", 1, [("documents_issued", QUESTION, None)]),
    ("全年制发规范性文件10余件。", 1, [("documents_issued", UNDETERMINED, None)]),
    ("制定规章制度5项。", 1, []),
    ("收办政府信息公开申请210件（市本级100件、部门60件、县区50件）。", 1,
     [("handled", PASS, "received_and_brought"), ("breakdown", PASS, "parts")]),
    ("收办政府信息公开申请210件（市本级100件、部门60件、县区51件）。", 1,
     [("handled", PASS, "received_and_brought"), ("breakdown", QUESTION, None)]),
    ("收办政府信息公开申请210件（市本级100余件、部门60件、县区50件）。", 1,
     [("handled", PASS, "received_and_brought"), ("breakdown", UNDETERMINED, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "section", "expected"), SENTENCES, ids=[text[:40] for text, *_ in SENTENCES])
def test_sentence(text: str, section: int, expected: list[tuple[str, TextStatus, str | None]]) -> None:
    assert [(claim, status, reading) for claim, status, _, reading in said(text, section)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "2022年收到政府信息公开申请150件。",
        "上年收到政府信息公开申请150件。",
        "收到网上信访申请5件。",
        "努力做到“办结一件申请、解决一个问题”。",
        "收到人大代表建议30件，办结30件。",
        "全年收到咨询电话300件次。",
        "收到政府信息公开申请20\n0件。",
    ],
)
def test_what_says_nothing_of_the_table_is_left_alone(text: str) -> None:
    assert said(text) == []


def test_lines_are_joined_but_not_digits() -> None:
    assert said("全年新收政府信息\n公开申请200\n件。") == [("received", PASS, 200, "received")]


def test_the_sentence_and_its_place_are_told() -> None:
    text = "概况如下。\n全年新收政府信息公开申请201件，均已答复。"
    (check,) = check_text(2023, made(text))
    assert text[check.place :].startswith("201件")
    assert check.sentence == "全年新收政府信息公开申请201件，均已答复。"
    assert (check.stated, check.value, check.computed, check.delta) == ("201件", 201, 200, 1)
    assert [(cell.key, cell.applicant, cell.value) for cell in check.readings[0].cells] == [
        ("requests_received", "total", 200)
    ]


def test_a_cell_that_could_not_be_read_makes_it_undetermined() -> None:
    lost = {("requests_received", "total"): State.UNREADABLE}
    (check,) = check_text(2023, made("新收政府信息公开申请201件。", other=lost))
    assert (check.status, check.reason) == (UNDETERMINED, Reason.CELLS_UNREAD)


def test_a_blank_row_is_no_zero_for_a_question() -> None:
    (check,) = check_text(2023, made("新收政府信息公开申请3件。", other={("requests_received", "total"): None}))
    assert (check.status, check.reason) == (UNDETERMINED, Reason.CELLS_BLANK)


# --------------------------------------------------------------------------- growth


def grown(text: str, **before: int | None) -> TextCheck:
    """The check of growth, with the numbers of the year before by key (total column)."""
    other = {(key, "total"): value for key, value in before.items()}
    found = check_text(2023, made(text), made("", other=other) if before else None)
    (check,) = [check for check in found if check.rule == "N7"]
    return check


@pytest.mark.parametrize(
    ("words", "before", "status"),
    [
        ("同比增长3.63%", {"requests_received": 193}, PASS),
        ("同比增长3.6%", {"requests_received": 193}, PASS),
        ("同比增长3.65%", {"requests_received": 193}, QUESTION),
        ("较上年下降4.76%", {"requests_received": 210}, PASS),
        ("较2022年增长4.76%", {"requests_received": 210}, QUESTION),
        ("，与上年相比增加7件", {"requests_received": 193}, PASS),
        ("，比上年减少7件", {"requests_received": 193}, QUESTION),
        ("同比增长3.63%", {"requests_received": 0}, UNDETERMINED),
        ("同比增长3.63%", {"requests_received": None}, UNDETERMINED),
    ],
)
def test_growth(words: str, before: dict[str, int | None], status: TextStatus) -> None:
    check = grown(f"新收政府信息公开申请200件，{words.lstrip('，')}。", **before)
    assert check.status is status
    assert check.value is not None


def test_growth_without_the_year_before_is_not_assessable() -> None:
    check = grown("新收政府信息公开申请200件，同比增长70.3%。")
    assert (check.status, check.reason) == (UNDETERMINED, Reason.MISSING_YEAR)


def test_growth_is_meant_in_the_reading_that_fits_the_number() -> None:
    text = "收办政府信息公开申请210件，同比增长5%。"
    check = grown(text, requests_received=195, requests_brought_forward=5)
    assert (check.status, check.reading, check.computed) == (PASS, "received_and_brought", Decimal("5.0000"))


# --------------------------------------------------------------------------- fees


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("对3件政府信息公开申请收取信息处理费600元。其中，甲局1件，收取100元；乙局2件，收取500元。", {},
         [("fee_amounts", PASS), ("fee_requests", PASS), ("fee_notice", PASS)]),
        ("对4件政府信息公开申请收取信息处理费650元。其中，甲局1件，收取100元；乙局2件，收取500元。", {},
         [("fee_amounts", QUESTION), ("fee_requests", QUESTION), ("fee_notice", PASS)]),
        ("对4件政府信息公开申请收取信息处理费650元。", {}, [("fee_notice", PASS)]),
        ("本年度没有收取信息处理费。", {}, [("fee_notice", PASS)]),
        ("无。", {("other_fee_unpaid", "total"): 2}, [("fee_notice", QUESTION)]),
        ("无其他需要报告的事项。", {("other_fee_unpaid", "total"): State.UNREADABLE}, [("fee_notice", UNDETERMINED)]),
        ("对1件申请收取信息处理费100元。",
         {("requests_received", "total"): 0, ("requests_brought_forward", "total"): 0}, [("fee_notice", QUESTION)]),
        ("本年度完成了各项任务。", {}, []),
    ],
)  # fmt: skip
def test_fees(text: str, other: dict, expected: list[tuple[str, TextStatus]]) -> None:
    found = [(check.claim, check.status) for check in check_text(2023, made(text, 6, other=other))]
    assert found == expected


# --------------------------------------------------------------------------- numbers and eras


@pytest.mark.parametrize(
    ("printed", "value"),
    [("105", 105), ("1,234", 1234), ("2.5", Decimal("2.5")), ("一百零五", 105), ("二百", 200), ("十二", 12), ("两", 2),
     ("三十五", 35), ("一二", None), ("十百", None), ("三五十", None), ("007", None)],
)  # fmt: skip
def test_numbers(printed: str, value: Number | None) -> None:
    assert value_of(printed) == value


@given(st.text(alphabet="公开申请收到件共，。；0123456789一二十百约余（）% \n同比增长行政复议没有", max_size=200))
def test_any_text_is_taken_without_an_error(text: str) -> None:
    for check in check_text(2023, made(text), made("")):
        assert check.status in TextStatus
        assert 0 <= check.place < len(text)


@given(st.text(max_size=200))
def test_sentences_lose_no_character_but_blanks(text: str) -> None:
    joined = "".join(sentence.text for sentence in sentences(text))
    places = [place for sentence in sentences(text) for place in sentence.places]
    assert len(joined) == len(places)
    assert places == sorted(places)


def test_the_form_of_2019_is_read_by_its_own_rows() -> None:
    other = {("other_total", "total"): 16, ("normative_docs_new_made", None): 13}
    text = "收到申请200件，其中作其他处理16件。全年制发规范性文件13件。"
    assert [(claim, status) for claim, status, *_ in said(text, era=Era.B, other=other)] == [
        ("received", PASS),
        ("other_results", PASS),
        ("documents_issued", PASS),
    ]


def test_of_older_reports_nothing_is_said() -> None:
    parsed = report(Era.A2, {})
    text = (Section(1, None, SectionStatus.FOUND, "收到政府信息公开申请5件。"),)
    assert check_text(2016, ParsedReport(None, None, 2016, Era.A2, text, parsed.cells)) == ()


@pytest.mark.parametrize(
    "piece",
    [
        "收到",
        "收到政府信息公开申请的",
        "没有因政府信息公开被",
        "1",
        "收到申请1件，",
        "（1件、",
        "1件收取",
        "“",
        "2023年",
    ],
)
def test_endless_sentences_take_no_time(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    started = time.process_time()
    for section in (1, 6):
        check_text(2023, made(text, section), made(""))
    assert time.process_time() - started < 5
