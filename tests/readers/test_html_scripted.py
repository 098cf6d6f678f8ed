"""Pages of the Guangdong platform whose text stands in a script only, and those where it is visible as well."""

from __future__ import annotations

import json
from html import escape
from urllib.parse import quote

import pytest

from archive.models import Grid, Paragraph, ParsedReport
from archive.readers import read
from archive.readers.html.scripted import scripted_body
from archive.reading import read_report

TITLE = "云溪县水务局2023年政府信息公开工作年度报告"
PARTS = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况", "政府信息公开行政复议、行政诉讼情况")
BODY = (
    "".join(f"<p>{n}、{name}</p><p>本局依法办理，按时公开。</p>" for n, name in zip("一二三四", PARTS, strict=True))
    + '<table><tr><td colspan="2">第二十条</td></tr><tr><td>规章</td><td>0</td></tr></table>'
)
NOTE = "the main text is not visible before a script runs: it was read from the script (_CONFIG.DETAIL)"


def page(config: str, visible: str = "") -> bytes:
    return (
        f"<html><head><title>{TITLE}</title></head><body><p>索引号：K0012/2024-00007</p>"
        f'<script>window._CONFIG = {{ SID: "755041", {config} TREE: [] }};</script>'
        f'<div class="article-content">{visible}</div><div class="footer">网站地图</div></body></html>'
    ).encode()


def detail(body: str = BODY, **more: object) -> str:
    stated = {"id": 7, "title": TITLE, "publisher": "云溪县水务局", "date": "2024-01-22 10:00", "content": body} | more
    return "DETAIL: " + json.dumps(stated).replace("<", "\\u003C") + ","


def texts(data: bytes) -> list[str]:
    return [block.text for block in read(data).blocks if isinstance(block, Paragraph)]


def test_a_text_that_stands_in_the_script_only_is_read_from_there() -> None:
    document = read(page(detail()))
    assert texts(page(detail()))[:2] == ["一、总体情况", "本局依法办理，按时公开。"]
    (grid,) = [block for block in document.blocks if isinstance(block, Grid)]
    assert [[cell.text for cell in row] for row in grid.rows] == [["第二十条"], ["规章", "0"]]
    assert NOTE in document.warnings
    assert document.title == TITLE
    assert document.metadata["pubdate"] == "2024-01-22 10:00"
    assert "索引号：K0012/2024-00007" in [block.text for block in document.outside if isinstance(block, Paragraph)]


def test_it_is_a_report() -> None:
    report = read_report(page(detail()))
    assert isinstance(report, ParsedReport)
    assert (report.agency, report.year, report.published) == ("云溪县水务局", 2023, "2024-01-22")
    assert [section.heading for section in report.sections[:2]] == ["一、总体情况", "二、主动公开政府信息情况"]


def test_a_visible_text_is_read_where_it_stands() -> None:
    """The copy in the script may be older: it says 9 where the page says 0."""
    document = read(page(detail(BODY.replace("<td>0</td>", "<td>9</td>")), visible=BODY))
    (grid,) = [block for block in document.blocks if isinstance(block, Grid)]
    assert grid.rows[1][1].text == "0"
    assert NOTE not in document.warnings


@pytest.mark.parametrize(
    "config",
    [
        "DETAIL: {},",
        'DETAIL: {"content": ""},',
        'DETAIL: {"content": null},',
        'DETAIL: {"content": "unfinished',
        "DETAIL: " + '{"a":' * 50_000,
        'DETAIL: {content: "\\q",},',
        "",
    ],
    ids=["none", "empty", "null", "unfinished", "deep", "escape", "absent"],
)
def test_a_script_without_a_text_changes_nothing(config: str) -> None:
    assert scripted_body(page(config).decode()) is None
    assert NOTE not in read(page(config)).warnings


def test_a_script_that_is_no_json_still_holds_its_text() -> None:
    text = json.dumps("<p>云溪县水务局依法公开。</p>\n").replace("\\n", "\n").replace("<", "\\u003C")
    assert texts(page(f"DETAIL: {{ id: 7, 'content': {text}, }},")) == ["云溪县水务局依法公开。"]


LONG = BODY + "<p>本局依法办理，按时公开，接受监督。</p>" * 20


@pytest.mark.parametrize(
    "script",
    [
        f"<script>window.__STATE__ = {json.dumps({'data': {'title': TITLE, 'content': LONG}})}</script>",
        "<script>var text = '" + LONG.replace("'", "\\'").replace("/", "\\/") + "'; // don't\nshow(text)</script>",
        f"<script>show(decodeURIComponent(`{quote(LONG)}`))</script>",
        f'<script type="application/json">{{"content": "{escape(LONG)}"}}</script>',
        f'<textarea id="text" style="display:none">{escape(LONG)}</textarea>',
    ],
    ids=["json", "string", "percent", "entities", "field"],
)
def test_a_text_that_any_script_holds(script: str) -> None:
    data = f"<html><head><title>{TITLE}</title></head><body><div>首页</div>{script}</body></html>".encode()
    document = read(data)
    assert texts(data)[:2] == ["一、总体情况", "本局依法办理，按时公开。"]
    assert sum(isinstance(block, Grid) for block in document.blocks) == 1
    assert any("before a script runs" in warning for warning in document.warnings)


OTHER = LONG.replace("按时", "及时")


@pytest.mark.parametrize(
    "script",
    [
        f"var now = {json.dumps(LONG)}, before = {json.dumps(OTHER)};",
        f"/* {json.dumps(LONG)} */",
        f"\n// show({json.dumps(LONG)})\nshow(load())",
        f"show({json.dumps(LONG)} + rest)",
        f"show(head + {json.dumps(LONG)})",
        f"show(`{LONG}<p>${{rows}}</p>`)",
    ],
    ids=["two", "comment", "line of comment", "first piece", "last piece", "pattern"],
)
def test_a_string_of_which_only_the_script_knows_what_it_is(script: str) -> None:
    data = f"<html><head><title>{TITLE}</title></head><body><div>首页</div><script>{script}</script></body></html>"
    assert "本局依法办理，按时公开。" not in texts(data.encode())


@pytest.mark.parametrize(
    "page",
    [
        f"<textarea>{escape(LONG)}</textarea><textarea>{escape(OTHER)}</textarea>",
        f"<p>{'本单位依法公开，' * 30}</p><textarea>{escape(LONG)}</textarea>",
        f"<textarea>{escape(LONG.replace('本局', '{{name}}'))}</textarea>",
        f"<textarea>{escape('<p>请文明上网，理性发言。</p>' * 10)}</textarea>",
    ],
    ids=["two", "visible text", "pattern", "short"],
)
def test_a_field_that_is_no_article_of_the_page(page: str) -> None:
    assert not any("before a script runs" in warning for warning in read(f"<html>{page}".encode()).warnings)


def test_the_same_text_twice_in_a_script_is_one() -> None:
    script = f"var wide = {json.dumps(LONG)}, narrow = {json.dumps(LONG.replace('<p>', '<p class=n>'))};"
    data = f"<html><head><title>{TITLE}</title></head><body><script>{script}</script></body></html>"
    assert texts(data.encode())[0] == "一、总体情况"


def test_the_title_of_a_text_is_that_of_its_own_object() -> None:
    short, other = "<p>通知。</p>", "云溪县林业局2023年政府信息公开工作年度报告"
    for own in ({"title": TITLE, "content": LONG}, {"content": LONG, "tag": {"n": 1}, "title": TITLE}):
        items = [{"title": other, "content": short}, own, {"title": other, "content": short}]
        assert read(json.dumps(items).encode()).metadata["articletitle"] == TITLE
    unnamed = [{"title": other, "content": short}, {"content": LONG}, {"title": other, "content": short}]
    assert "articletitle" not in read(json.dumps(unnamed).encode()).metadata


def test_an_answer_of_an_interface_has_its_title_beside_its_text() -> None:
    answer = json.dumps({"code": 0, "data": {"title": TITLE, "content": LONG}})
    for data in (answer, f"callback({answer});"):
        report = read_report(data.encode())
        assert isinstance(report, ParsedReport)
        assert (report.title, report.agency) == (TITLE, "云溪县水务局")


def test_markup_in_scripts_beside_a_visible_text_is_left_alone() -> None:
    other = f'<script>var related = "{LONG.replace(chr(34), chr(39))}", tips = "<p>提示</p>", half = "<p>；</script>'
    visible = "".join(f"<p>第{n}条　本局认真做好政府信息公开工作，主动接受社会各界的监督。</p>" for n in range(20))
    data = f"<html><head><title>{TITLE}</title>{other}</head><body>{visible}</body></html>".encode()
    assert texts(data)[0] == "第0条　本局认真做好政府信息公开工作，主动接受社会各界的监督。"


def test_half_a_character_in_the_script_does_not_spoil_the_rest() -> None:
    assert texts(page('DETAIL: {"content": "\\u003Cp>云溪县\\ud83d水务局依法公开\\u003C/p>"},')) == [
        "云溪县\ufffd水务局依法公开"
    ]
