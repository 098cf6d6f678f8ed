"""Bytes → report in one step."""

from __future__ import annotations

from archive.models import NotAReport, ParsedReport, Unreadable
from archive.reading import read_report
from tests.report.made import make

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>
<p>一、总体情况</p><p>全年公开信息30条。</p><p>二、主动公开政府信息情况</p>{tables[0]}
<p>三、收到和处理政府信息公开申请情况</p>{tables[1]}<p>四、政府信息公开行政复议、行政诉讼情况</p>{tables[2]}
<p>五、存在的主要问题及改进情况</p><p>还有不足。</p><p>六、其他需要报告的事项</p><p>无。</p></body></html>"""


def test_a_page_becomes_a_report() -> None:
    made = make(6)
    tables = [
        "<table>"
        + "".join(
            "<tr>" + "".join(f'<td rowspan="{c.rowspan}" colspan="{c.colspan}">{c.text}</td>' for c in row) + "</tr>"
            for row in table
        )
        + "</table>"
        for table in made.tables
    ]
    result = read_report(PAGE.format(title=made.title, tables=tables).encode(), name="report.html")
    assert isinstance(result, ParsedReport)
    assert {(c.key, c.applicant): c.value for c in result.cells} == made.truth
    assert [section.text for section in result.sections] == ["全年公开信息30条。", "", "", "", "还有不足。", "无。"]


def test_a_page_of_news_is_no_report() -> None:
    assert isinstance(read_report("<html><body><p>今天上午召开会议。</p></body></html>".encode()), NotAReport)


def test_bytes_that_no_reader_reads_are_unreadable() -> None:
    result = read_report(b"\x00\x01\x02\x03" * 50, name="a.bin")
    assert isinstance(result, Unreadable)
    assert result.why
