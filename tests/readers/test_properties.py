"""Properties of the readers on open input: no stray exception, no text lost, order kept."""

from __future__ import annotations

import contextlib
import random

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from archive.models import Block, Document, Grid, UnreadableDocument
from archive.readers import read
from archive.readers.docx.reader import read_docx
from archive.readers.html.reader import read_html
from archive.readers.text import read_text
from tests.readers.docx_builder import docx, par, row, table

TAGS = [
    "p",
    "div",
    "span",
    "b",
    "font",
    "table",
    "tr",
    "td",
    "th",
    "tbody",
    "h2",
    "ul",
    "li",
    "a",
    "center",
    "o:p",
    "form",
]


def everything(document: Document) -> str:
    """All text of a document without blanks, the main text put back to where it stood."""
    return "".join(text for block in (*document.blocks, *document.outside) for text in block_texts(block))


def block_texts(block: Block) -> list[str]:
    texts = [cell.text for row in block.rows for cell in row] if isinstance(block, Grid) else [block.text]
    return ["".join(text.split()) for text in texts]


words = st.text(st.sampled_from("规章件数0123456789。一二三abc"), min_size=1, max_size=6)


@st.composite
def well_formed(draw: st.DrawFn, depth: int = 4) -> str:
    """Balanced markup in which every table has rows of cells only."""
    if depth == 0:
        return draw(words)
    kind = draw(st.sampled_from(["text", "p", "div", "h3", "span", "br", "table", "li"]))
    if kind in ("text", "br"):
        return draw(words) + ("<br>" if kind == "br" else " ")
    if kind == "table":
        cells = draw(
            st.lists(st.lists(well_formed(depth=depth - 2 if depth > 1 else 0), min_size=1, max_size=4), max_size=4)
        )
        rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells_of_row)}</tr>" for cells_of_row in cells)
        return f"<table>{rows}</table>"
    inside = "".join(draw(st.lists(well_formed(depth=depth - 1), max_size=3)))
    return f"<{kind}>{inside}</{kind}>"


@given(st.lists(well_formed(), min_size=1, max_size=5).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_visible_text_is_lost(markup: str) -> None:
    page = f"<html><body>{markup}</body></html>"
    expected = "".join(lxml_html.document_fromstring(page).text_content().split())
    document = read_html(page.encode())
    assert sorted(everything(document)) == sorted(expected)
    if not document.outside:
        assert everything(document) == expected


pieces = st.one_of(
    words,
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(["<!--", "-->", "<![endif]>", "<br>", "&nbsp;", "<td colspan=3 rowspan=0>", "<img>", "<", "&lt;"]),
)


@given(st.lists(pieces, max_size=60))
@settings(max_examples=500, deadline=None)
@example(["<table>", "<table>", "一", "<td>", "二", "</table>", "三"])
@example(["<a>", "<table>", "<a>", "<td>", "一", "</a>", "二"])
def test_soup_of_tags_keeps_every_word_in_order(parts: list[str]) -> None:
    parts = [part for part in parts if part not in ("<!--", "-->", "<![endif]>", "<", "&lt;")]
    expected = "".join(part for part in parts if not part.startswith(("<", "&")))
    document = read_html(("<html><body>" + "".join(parts)).encode())
    assert sorted(everything(document)) == sorted(expected)


@given(st.lists(pieces, max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_soup_of_tags_is_read(parts: list[str]) -> None:
    read_html(("<html><body>" + "".join(parts)).encode())


anything = st.one_of(
    st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)


@given(anything)
@settings(max_examples=300, deadline=None)
def test_any_bytes_end_in_a_document_or_a_reason(data: bytes) -> None:
    for reader in (read, read_html, read_text, read_docx):
        with contextlib.suppress(UnreadableDocument):
            assert isinstance(reader(data), Document)


@given(st.randoms(use_true_random=False), st.integers(1, 8))
@settings(max_examples=150, deadline=None)
def test_a_damaged_word_file_ends_in_a_document_or_a_reason(rng: random.Random, changes: int) -> None:
    data = bytearray(docx(par("甲") + table(row("一", "二"), row("三", "四")), core="<c xmlns='c'/>"))
    for _ in range(changes):
        data[rng.randrange(len(data))] = rng.randrange(256)
    with contextlib.suppress(UnreadableDocument):
        assert isinstance(read(bytes(data)), Document)


@given(st.lists(st.text(st.sampled_from("规章0一。ab:：=-_ "), max_size=8), max_size=20))
@settings(max_examples=200, deadline=None)
def test_plain_lines_are_kept_as_they_stand(lines: list[str]) -> None:
    document = read_text("\n".join(lines).encode())
    assert sorted(everything(document)) == sorted("".join("".join(lines).split()))


@given(st.lists(st.lists(st.sampled_from(["", "0", "规章", "12"]), min_size=2, max_size=5), min_size=2, max_size=6))
@settings(max_examples=100, deadline=None)
def test_cells_of_one_tab_lines_come_back(rows: list[list[str]]) -> None:
    text = "".join("".join(f"\t{cell}\n" for cell in cells) + "\n" for cells in rows)
    (block,) = read_text(f"前\n{text}\n后".encode()).blocks[1:-1]
    assert isinstance(block, Grid)
    assert [[cell.text for cell in cells] for cells in block.rows] == rows
