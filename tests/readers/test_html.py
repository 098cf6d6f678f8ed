"""The HTML reader: recorded pages beside expected documents, and one small page for each rule."""

from __future__ import annotations

import time
from typing import Any

import pytest
from bs4 import BeautifulSoup

from archive.models import Document, Grid, Heading, Paragraph, UnreadableDocument
from archive.readers import read
from archive.readers.html import clean as html_clean
from archive.readers.html import reader as html_reader
from archive.readers.html import tree as html_tree
from archive.readers.raised import marked_digits
from archive.report.numbers import read_value
from tests.readers.snapshots import FIXTURES, check


def page(markup: str) -> Document:
    return read(f"<html><body>{markup}</body></html>".encode())


def texts(markup: str) -> list[str]:
    return [block.text for block in page(markup).blocks if not isinstance(block, Grid)]


def grid(markup: str) -> list[list[tuple[str, int, int, int]]]:
    (block,) = [block for block in page(markup).blocks if isinstance(block, Grid)]
    return [[(cell.text, cell.column, cell.rowspan, cell.colspan) for cell in row] for row in block.rows]


def words(markup: str) -> list[list[str]]:
    return [[cell[0] for cell in row] for row in grid(markup)]


@pytest.mark.parametrize("name", ["portal", "layout"])
def test_recorded_page(name: str) -> None:
    check(read((FIXTURES / f"{name}.html").read_bytes()), name)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>一<p>二<div>三</div>四", ["一", "二", "三", "四"]),
        ("一<br>二<br/>三", ["一\n二\n三"]),
        ("<ul><li>一<li>二</ul>", ["一", "二"]),
        ("5 < 6 &lt;国办发&gt; a<3", ["5 < 6 <国办发> a<3"]),
        ("关于<B公司>的公告", ["关于<B公司>的公告"]),
        ("<p>前<!-- 无 -- > 注释 -->后", ["前后"]),
        ("<p>前<!-->后", ["前后"]),
        ("<p>前<![CDATA[中]]>后", ["前中]]>后"]),
        ("<p title='a>b'>一</p><p title=a'b>二</p>", ["一", "二"]),
        ("<p title=\"<p class='a\">一<b title='x'>二</b>", ["一二"]),
        ("<span title='<!--'>一</span><p>二", ["一", "二"]),
        ("&nbsp;&#12288;一&emsp;&lpar;二&rpar;&#8203;&shy;", ["一\u2003(二)"]),
        ("<textarea>一<b>二</textarea>", ["一<b>二"]),
        ("<noscript>请开启</noscript><p>一", ["一"]),
        ("<select><option>友情链接<option>甲</select>一", ["一"]),
        ("<select><option>友情链接<p>一", ["一"]),
        ("<p>一</p><script>二", ["一"]),
        ("<pre>一\n二\r\n三</pre>四\n五", ["一\n二\n三", "四 五"]),
        ("<a href=x>一<a href=y>二</a></a>三", ["一二三"]),
        ("<p>一<td>二</td><tr>三", ["一", "二", "三"]),
    ],
)
def test_text_of_a_page(markup: str, expected: list[str]) -> None:
    assert texts(markup) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<table><tr><td>一<td>二<tr><td>三<td>四</table>", [["一", "二"], ["三", "四"]]),
        ("<table><td>一<td>二</table>", [["一", "二"]]),
        ("<table><form><tr><td>一</td><td>二</td></tr></form></table>", [["一", "二"]]),
        ("<table><tbody><div><tr><td>一<td>二</div><tr><td>三<td>四</table>", [["一", "二"], ["三", "四"]]),
        ("<table><tr><td>一</div></p></td><td>二</table>", [["一", "二"]]),
        ("<table><tr><td><p>商业</p>\n<p>企业</p><td>科<br>研</table>", [["商业\n企业", "科\n研"]]),
        ("<table><tr><td><h3>一</h3><td><ul><li>二<li>三</ul></table>", [["一", "二\n三"]]),
        ("<table><tr><td><img src=0.gif><td>二</table>", [["\ufffc", "二"]]),
        ("<table><tr><td><span hidden>九</span>一<td>二</table>", [["一", "二"]]),
        ("<table><tr><td hidden>九<td>一<td>二</table>", [["一", "二"]]),
        ("<table><tr><td>1<span>0</span>0<td><font>2</font></table>", [["100", "2"]]),
    ],
)
def test_cells_of_a_table(markup: str, expected: list[list[str]]) -> None:
    assert words(markup) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2<sup>1</sup>", "2¹"),
        ("2<SUP class=x><a href='#_ftn1'><span style='color:red'>12</span></a></SUP>", "2¹²"),
        ("2<span style='vertical-align: super; color:red'>1</span>", "2¹"),
        ("2<sup>&#91;1&#93;</sup>", "2[¹]"),
        ("2<sup>", "2"),
        ("21<sub>1</sub>", "21₁"),
        ("<s>9</s>7", "9\u03367"),
        ("<span style='text-decoration:line-through'>98</span>7", "9\u03368\u03367"),
        ("2<font style='vertical-align:super'>1</font>", "2¹"),
        ("2<b style='vertical-align:sub'>1</b>3", "2₁3"),
        ("<p style='color:red;text-decoration: line-through'>9<b>8</b></p>", "9\u03368\u0336"),
        ("<span style='font-size:9pt;mso-hide:all'>9</span>7", "9\u03367"),
        ("<i style='visibility: hidden'>9</i>7", "9\u03367"),
        ("<span style='font-size: 0px'>9</span>7", "9\u03367"),
        ("<span style='font-size:0.9em'>9</span>7", "97"),
        ("<span style='opacity:0'>9</span><span style='opacity:0.8'>7</span>", "9\u03367"),
        ("<ruby>7<rt>9</rt></ruby>", "7⁹"),
        ("<del>9<ins>8", "9\u03368\u0336"),
        ("2<sup>1", "2¹"),
        ("<s>9<s>8</s></s>7", "9\u03368\u03367"),
        ("<span style='vertical-align:superb'>12</span>", "12"),
        ("<input type='text' value='12'/>", "12"),
        ("<input type='hidden' value='12'><input value='请输入'>3", "3"),
        ("<input value='1'><input value=\"2\">3", "1▾2▾3"),
        ("<textarea rows=1>12</textarea>3", "12▾3"),
        ("<textarea>12</textarea>", "12"),
        ("7<select><option>2</select>", "7▾"),
        ("<SELECT><option>2</SELECT></b><b>3", "▾3"),
        ("<font color='#FFFFFF'>9</font>7", "9\u03367"),
        ("<b>7</b><span style='color: white;'><i>9</i></span>", "79\u0336"),
        ("<span style='color:#fff;background:#00f'>9</span>", "9"),
        ("<span style='background-color:#fff'>9</span>7", "97"),
        ("<span style='position:absolute;left:-9999px'>9</span>7", "9\u03367"),
        ("<style><!-- td .x, p .note{color:red;DISPLAY:none} --></style><i class='a note'>9</i>7", "9\u03367"),
        ("<style>.note p{display:none}</style><i class='note'>9</i>7", "97"),
    ],
)
def test_digits_of_another_kind_are_no_digits_of_the_number_beside_them(cell: str, expected: str) -> None:
    rows = f"<tr><td>{cell}</td><td>3</td></tr><tr><td>4</td><td>5</td></tr>"
    assert words(f"<table>{rows}</table>")[0] == [expected, "3"]


@pytest.mark.parametrize("cell", ["&shy;5", "\xad5", "1\u200f2"])
def test_what_may_change_a_number_is_left_for_whoever_reads_it(cell: str) -> None:
    rows = words(f"<table><tr><td>甲</td><td>{cell}</td></tr><tr><td>乙</td><td>7</td></tr></table>")
    assert [read_value(row[1]).value for row in rows] == [None, 7]


def test_what_is_not_seen_goes_elsewhere() -> None:
    assert texts("<p>政府\xad信息\u200f公开\u200b</p>") == ["政府信息公开"]


def test_marks_of_digits_need_linear_time() -> None:
    started = time.process_time()
    for piece in (
        "<sup>",
        "<s>",
        "line-through",
        "vertical-align:super",
        "<sup><b>",
        "<del " + "a" * 40,
        "<p line-through",
        "<p " + "a" * 600,
    ):
        marked_digits(piece * 20_000)
    assert time.process_time() - started < 3


def test_spans_are_resolved() -> None:
    assert grid(
        "<table><tr><th rowspan=2>甲<th colspan='2'>乙<tr><td>丙<td>丁<tr><td colspan=3 rowspan=9>戊</table>"
    ) == [
        [("甲", 0, 2, 1), ("乙", 1, 1, 2)],
        [("丙", 1, 1, 1), ("丁", 2, 1, 1)],
        [("戊", 0, 1, 3)],
    ]


def test_a_rowspan_of_zero_reaches_the_end_and_nonsense_counts_as_one() -> None:
    assert grid("<table><tr><td rowspan=0>甲<td colspan=x>乙<tr><td colspan=0>丙<tr><td rowspan='-2'>丁</table>") == [
        [("甲", 0, 3, 1), ("乙", 1, 1, 1)],
        [("丙", 1, 1, 1)],
        [("丁", 1, 1, 1)],
    ]


def test_spans_are_clamped() -> None:
    rows = grid("<table>" + "<tr><td rowspan=65534 colspan=100000>1<td>2" * 2 + "</table>")
    assert [cell[2:] for cell in rows[0]] == [(2, 64), (1, 1)]


def test_a_table_in_a_cell_of_data_loses_no_row() -> None:
    inner = "<table><tr><td>内甲<td>内乙</table>"
    rows = "".join(f"<tr><td>行{n}<td>{n}<td>{inner if n == 2 else n}" for n in range(4))
    assert words(f"<table>{rows}</table>") == [
        ["行0", "0", "0"],
        ["行1", "1", "1"],
        ["行2", "2", "内甲\n内乙"],
        ["行3", "3", "3"],
    ]


def test_a_layout_table_around_data_falls_apart() -> None:
    data = "<table>" + "<tr><td>规章<td>1<td>2" * 5 + "</table>"
    document = page(f"<table><tr><td>左栏<td><p>正文一段。</p>{data}<p>后文。</p></table>")
    everything = (*document.outside, *document.blocks)
    assert [block.text if not isinstance(block, Grid) else len(block.rows) for block in everything] == [
        "左栏",
        "正文一段。",
        5,
        "后文。",
    ]


def test_headings_keep_their_level_and_long_ones_are_text() -> None:
    document = page(f"<h1>题</h1><h2><p>节</p></h3><p>文</p><h4>{'长' * 300}</h4>")
    assert [(type(block), getattr(block, "level", None)) for block in document.blocks] == [
        (Heading, 1),
        (Heading, 2),
        (Paragraph, None),
        (Paragraph, None),
    ]


def test_places_are_counted_for_a_person() -> None:
    document = page("<p>一</p><table><tr><td>甲<td>乙<tr><td>丙<td>丁</table><p>二")
    first, table, second = document.blocks
    assert isinstance(table, Grid)
    assert [first.place, table.rows[1][1].place, second.place] == [
        "paragraph 1",
        "table 1, row 2, column 2",
        "paragraph 2",
    ]


def test_a_page_shown_by_a_script_is_still_content() -> None:
    document = page(f"<p>菜单</p><div style='display:none'><p>{'正文。' * 50}</p><span hidden>模板</span></div>")
    assert document.blocks[-1].text == "正文。" * 50  # type: ignore[union-attr]
    assert "not shown before a script runs" in " ".join(document.warnings)
    assert [block.text for block in document.outside if isinstance(block, Paragraph)] == ["菜单", "模板"]


def test_what_is_deeper_than_the_tree_builder_goes_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_clean, "MAX_DEPTH", 100_000)
    document = page("<div>" * 400 + "深处" + "</div>" * 400)
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["深处"]


def test_a_builder_that_drops_text_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(markup: str, features: str | None = None, **chosen: Any) -> BeautifulSoup:
        return BeautifulSoup(markup if features == "html.parser" else markup.replace("深处", ""), features, **chosen)

    monkeypatch.setattr(html_tree, "BeautifulSoup", build)
    document = page("<p>一</p><p>深处</p>")
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["一", "深处"]
    assert document.warnings == ("too deep for the usual tree builder; read with the slower one",)


def test_a_tree_that_lost_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = html_reader.clean

    def clean(source: str) -> html_clean.Cleaned:
        found = real(source)
        return html_clean.Cleaned(
            found.markup, found.text + "失", found.hidden, found.title, found.metadata, found.links, found.warnings
        )

    monkeypatch.setattr(html_reader, "clean", clean)
    with pytest.raises(UnreadableDocument, match="without losing text"):
        page("一")


def test_deep_nesting_is_flattened_and_said() -> None:
    document = page("<div>" * 5000 + "深处" + "</div>" * 5000 + "后")
    assert texts("<div>" * 5000 + "深处" + "</div>" * 5000 + "后") == ["深处", "后"]
    assert "flattened" in " ".join(document.warnings)


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ("<table><tr><td>" * 30 + "x", "nested deeper than 24"),
        ("<table>" + "<tr><td>1<td>2" * 26_000, "more than 50,000 table cells"),
        ("<table>" + "<tr><td colspan=64 rowspan=200>1<td>2" * 200, "span more than 500,000 places"),
        ("<div>x</div>" * 120_001, "more than 120,000 elements"),
        ("<p>x" * 100_002, "more than 100,000 paragraphs"),
    ],
)
def test_a_page_beyond_the_limits_is_refused_by_name(markup: str, why: str) -> None:
    with pytest.raises(UnreadableDocument, match=why):
        page(markup)


def test_an_unclosed_comment_hides_nothing() -> None:
    document = page("<p>一<!-- 二<p>三")
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["一 二", "三"]
    assert "a comment never ends" in document.warnings[0]


def test_links_and_embedded_documents_are_collected() -> None:
    document = page(
        "<a href='./P0.docx'>附件<br>一</a><a name=top></a><a href='?a=1&amp;b=2'>"
        "<embed src=a.pdf><object data=b.pdf></object><iframe src='v.html?file=c.ofd'></iframe>"
    )
    assert [(link.url, link.text) for link in document.links] == [
        ("./P0.docx", "附件 一"),
        ("a.pdf", ""),
        ("b.pdf", ""),
        ("v.html?file=c.ofd", ""),
        ("?a=1&b=2", ""),
    ]


def test_an_anchor_that_never_closes_is_no_link() -> None:
    document = page("<a name=top><div class=menu><a href=/>首页首页首页</a></div><div id=zoom><p>正文。</p></div>")
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["正文。"]


def test_the_article_is_found_without_a_known_container() -> None:
    article = "".join(f"<p>第{n}段是报告的正文，写了这一年的工作情况。</p>" for n in range(9))
    document = page(
        "<div><a href=/>首页</a>当前位置：年报</div><div><div class=a><div class=b>"
        f"{article}</div><p>末段也属于正文，虽然它已在内层容器之外。</p></div></div>"
        "<div>主办：某某局 电话略。</div><p>本网站内容未经许可不得转载，谢谢合作。</p>"
    )
    assert len(document.blocks) == 10
    assert [block.text for block in document.outside if isinstance(block, Paragraph)] == [
        "首页当前位置：年报",
        "主办：某某局 电话略。",
        "本网站内容未经许可不得转载，谢谢合作。",
    ]


def test_a_table_with_most_words_of_a_page_is_not_its_whole_text() -> None:
    rows = "".join(f"<tr><td>通过不同渠道和方式公开政府信息的情况之{n}</td><td>{n}</td></tr>" for n in range(30))
    page = f"<html><body><p>一、概述</p><p>本局依法公开。</p><table>{rows}</table></body></html>"
    assert [type(block) for block in read(page.encode()).blocks] == [Paragraph, Paragraph, Grid]
