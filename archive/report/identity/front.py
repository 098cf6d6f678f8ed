"""What a page prints before its text: when it was published, and by which body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from archive.models import Block, Document, Grid
from archive.report.form import load_form
from archive.report.identity.bodies import is_name
from archive.report.identity.dates import DATE, iso_date
from archive.report.text import squeeze

_BLOCKS = 40  # above the text of a page that was flattened: its menu, its title, where and when it appeared
_NEAR = 12  # blocks right above the text
_LONGEST = 120  # characters of a line that says where and when a page appeared
_BARE = re.compile(rf"[\[(（]?{DATE.replace('年', '').replace('月', '')}(?:\s+\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?[\])）]?")
_BESIDE = re.compile("来源|作者|浏览|阅读|点击|访问量|字号|字体")
_HOST = re.compile(
    "媒体|网站|门户|新闻|电视|广播|报社|信息中心|数据中心|(?:科|股|室|处)$"
)  # puts the texts of others there
_OTHER = re.compile("成文|发文|生成|施行|实施|生效|失效|更新|登记|今天|星期")


def published(document: Document) -> str | None:
    """The date of publication that a page names as such before its first sentence; None where it names several."""
    found = {iso_date(match[1]) for text in _texts(document) for match in _labelled().finditer(text)}
    return found.pop() if len(found) == 1 else None


def dated(document: Document, year: int) -> str | None:
    """The date that stands before the text without any name, alone or beside the source or the visits of a page.

    None where there are several, and where it is not in the year after the one that is reported on, in which reports
    are due. What stands further above dates other things.
    """
    lines = (line.strip() for text in [*_texts(document)][-_NEAR:] for line in text.splitlines())
    found = {iso_date(line) for line in lines if _is_bare(line)}
    date = found.pop() if len(found) == 1 else None
    return date if date and date.startswith(f"{year + 1}-") else None


def publisher(document: Document) -> str | None:
    """The body that the tags of a page or the lines before its text state as its publisher; None where they differ.

    An office or a site that only put it there is none.
    """
    metadata, labels = document.metadata, load_form().front_matter["agency"]
    stated = [squeeze(metadata[key]) for key in ("contentsource", *labels) if key in metadata]
    label = re.compile(rf"(?:{'|'.join(labels)})\s*[】\]]?\s*[:：]?\s*([\u4e00-\u9fff()（）·]{{4,30}})")
    printed = [squeeze(found[1]) for text in _texts(document) for found in label.finditer(text)]
    names = {name for name in (*stated, *printed) if is_name(name) and not _HOST.search(name)}
    return names.pop() if len(names) == 1 else None


def _texts(document: Document) -> Iterator[str]:
    """The blocks before the main text, and what of it stands before its first sentence."""
    yield from map(_text, document.outside[: document.before])
    yield "\n".join(map(_text, document.blocks[:_BLOCKS])).partition("。")[0]


def _text(block: Block) -> str:
    return (
        "\n".join(" ".join(cell.text for cell in row) for row in block.rows) if isinstance(block, Grid) else block.text
    )


@lru_cache(maxsize=1)
def _labelled() -> re.Pattern[str]:
    """A label of the date of publication with the date, which is not the beginning of a period."""
    labels = "|".join(load_form().front_matter["printed_above"])
    return re.compile(rf"(?:{labels})\s*[】\]]?\s*[:：]?\s*({DATE})(?!\d|日?起?\s*(?:[至到—~]|-{{1,2}}\s*20))")


def _is_bare(line: str) -> bool:
    """Whether a line is nothing but a date and a time in digits, or one date beside the source or visits of a page."""
    if _BARE.fullmatch(line):
        return True
    beside = len(line) <= _LONGEST and _BESIDE.search(line) and not _OTHER.search(line)
    return bool(beside) and len(re.findall(DATE, line)) == 1
