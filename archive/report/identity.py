"""Who reports on which year: title, agency, year, statistics period and publication date, with conflicts kept.

Order of trust for the year: statistics period in the preamble, title, list title, what the preamble announces or the
text opens with, publication date minus one. Every reading is kept; where they disagree the first wins and a warning
names them all. One exception: a period that the title, the list title and the publication date contradict alike was
copied from the report of another year (bodies take last year's preamble over, while title and date are set anew); the
text must not speak for the period more often.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.models import Document, Grid, Heading, Paragraph
from archive.report.bodies import body_of_zone, named_in_text
from archive.report.form import load_form
from archive.report.lines import Line
from archive.report.text import squeeze

_DATE = re.compile(r"(20\d{2})\s*[-/年.]\s*(\d{1,2})\s*[-/月.]\s*(\d{1,2})")
_SITE = re.compile(r"\s*(?:[_|｜>»]|[-—–]+)\s*")
_SELF = re.compile(r"^(?:我|本)(?:镇|乡|局|县|市|区|委|办|街道|单位|机关|院|厅|中心)?$")
_PLACE = re.compile("^.{1,8}[省市县区旗州盟]$")
_PLACE_IN_NAME = re.compile("[省市县区旗州盟镇乡]|街道")
_TITLE_KEYS = ("articletitle", "标题", "title", "og:title", "dc.title")
_TITLE_LINES = 12
_CHINESE_YEAR = re.compile("二[〇○零O0][一二三四五六七八九〇○零O0]{2}(?=年)")
_NUMERALS = str.maketrans("〇○零O一二三四五六七八九", "0000123456789")
_END_OF_TITLE = re.compile("年度报告|年报")
_FURNITURE = re.compile("[>＞»|:_—–《》,。;-]|当前位置|首页|网站|门户|年报|年度报告")  # what no name of a body holds


@dataclass(frozen=True, slots=True)
class Identity:
    """What a document says of itself. `is_title` is true if `title` is that of an annual report."""

    title: str | None
    is_title: bool
    agency: str | None
    year: int | None
    period: tuple[str, str] | None
    published: str | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    agency: str | None
    year: int | None


def read_title(text: str) -> _Title | None:
    """The agency and year in the title of an annual report; None if `text` is no such title."""
    if len(text) > 200:
        return None
    squeezed = re.sub(r"^《(.*)》$", r"\1", squeeze(text))
    squeezed = re.sub(r"(?<=20)20(?=\d{2}年)", "", squeezed)
    squeezed = _CHINESE_YEAR.sub(lambda found: found[0].translate(_NUMERALS), squeezed)
    match = load_form().title.match(squeezed)
    if match is None or len(squeezed) > 80:
        return None
    year = match["y1"] or match["y2"] or match["y3"] or match["y4"]
    body = re.sub(r"^(?:关于)?(?:公布|发布)?", "", match["body"]).strip('"《》')
    body = body if body.count("(") == body.count(")") else body.strip("()")
    body = body.replace("(", "（").replace(")", "）")  # as the names of bodies are printed
    body = re.sub(r"关于(?:报送|上报|公布|发布)?$", "", body).strip("_-|")
    if _FURNITURE.search(body):
        return None
    if body.endswith("人民"):
        body += "政府"  # the two characters are shared with 政府信息公开
    if _SELF.match(body) or not re.search("[\u4e00-\u9fff]", body):
        body = ""
    return _Title(" ".join(text.split()), body or None, int(year) if year else None)


def rejected(title: str) -> str | None:
    """Why a title that speaks of disclosure is not that of an annual report, or None."""
    squeezed = squeeze(title)
    for rejection in load_form().rejections:
        if rejection.pattern.search(squeezed):
            return rejection.why
    return None


def iso_date(text: str | None) -> str | None:
    """The first date in `text` as ISO 8601, or None where there is none that exists."""
    match = _DATE.search(text or "")
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _printed_above(document: Document) -> str | None:
    """The date of publication that a page prints above its main text; None where it prints several that differ."""
    labels = "|".join(load_form().front_matter["printed_above"])
    stated = re.compile(rf"(?:{labels})\s*[:：]?\s*({_DATE.pattern})")
    above = (block for block in document.outside[: document.before] if not isinstance(block, Grid))
    found = {iso_date(match[1]) for block in above for match in stated.finditer(block.text)}
    return found.pop() if len(found) == 1 else None


def _title_texts(document: Document, lines: Sequence[Line]) -> Iterator[str]:
    for key in _TITLE_KEYS:
        if value := document.metadata.get(key):
            yield value
    yield from (block.text for block in document.blocks[:30] if isinstance(block, Heading) and block.text.strip())
    if document.title:
        yield document.title
    yield from _joined([line.text for line in lines[:_TITLE_LINES] if not line.table])


def _joined(top: Sequence[str]) -> Iterator[str]:
    """Lines, and what they say together with the lines beside them, as a title may run over two or three."""
    for index, text in enumerate(top):
        if len(text) > 80:
            end = _END_OF_TITLE.search(text, 0, 80)
            title = read_title(text[: end.end()]) if index == 0 and end else None
            if end and title and title.year:  # a text that lost its line breaks begins with its title
                yield text[: end.end()]
            continue
        before = top[index - 1] if index else ""
        if _begins_title(before, text):
            yield before + text
        yield text
        if index + 1 < len(top) and len(top[index + 1]) <= 40:
            following = read_title(top[index + 1])
            if following is None or following.agency is None:  # else the line before is no part of the title
                yield text + top[index + 1]
            if _begins_title(before, text + top[index + 1]):
                yield before + text + top[index + 1]


def _texts_before(document: Document) -> Iterator[str]:
    """What may be the title outside of the main text: headings before it, the nearest first, then the lines before it.

    The texts of links are left out: a menu lists the reports of other years and bodies.
    """
    linked = Counter(squeeze(link.text) for link in document.links)
    unlinked = []
    for block in document.outside[: document.before]:
        if isinstance(block, Grid) or not block.text.strip():
            continue
        text = squeeze(block.text)
        if linked[text] > 0:
            linked[text] -= 1
        else:
            unlinked.append(block)
    yield from (block.text for block in reversed(unlinked) if isinstance(block, Heading))
    yield from _joined([line for block in unlinked for line in block.text.splitlines()][-_TITLE_LINES:])


def _begins_title(before: str, text: str) -> bool:
    """Whether a line is the beginning of the title on the next: a body, or the place of a body named without one."""
    if not before or len(before) > 40 or not squeeze(before).endswith(load_form().agency_endings):
        return False
    title = read_title(text)
    if title is None or title.agency is None:
        return True
    return bool(_PLACE.search(squeeze(before))) and not _PLACE_IN_NAME.search(title.agency)


def _pieces(text: str) -> list[str]:
    pieces = [text, *(piece for piece in _SITE.split(text) if len(piece) > 6)]
    return pieces + [word for word in text.split() if len(word) > 6 and word not in pieces]


def _choose_title(document: Document, lines: Sequence[Line]) -> tuple[_Title | None, str | None]:
    """The best title of a report in the document, and the first title of any kind."""
    any_title: str | None = None
    best: _Title | None = None
    for text in _title_texts(document, lines):
        any_title = any_title or " ".join(text.split())
        for piece in _pieces(text):
            title = read_title(piece)
            if title and (
                best is None or (title.agency and not best.agency) or (title.year and not best.year and title.agency)
            ):
                best = title
        if best and best.agency and best.year:
            return best, any_title
    for text in _texts_before(document):
        title = read_title(text)
        if title and title.year and (best is None or (title.agency and not (best.agency and best.year))):
            return title, any_title
    return best, any_title


def read_period(lines: Sequence[Line]) -> tuple[tuple[str, str] | None, list[int]]:
    """The statistics period of the preamble as two ISO dates, and every year it names."""
    text = "".join(line.squeezed for line in lines[:60])[:6000]
    for match in load_form().period.finditer(text):
        y1 = int(match["y1"])
        y2 = int(match["y2"] or y1)
        months = int(match["m1"]), int(match["m2"])
        days = int(match["d1"]), int(match["d2"])
        if not (all(1 <= m <= 12 for m in months) and all(1 <= d <= 31 for d in days)):
            continue
        period = f"{y1:04d}-{months[0]:02d}-{days[0]:02d}", f"{y2:04d}-{months[1]:02d}-{days[1]:02d}"
        return period, sorted({y1, y2})
    return None, []


def identify(
    document: Document,
    lines: Sequence[Line],
    *,
    title_hint: str | None = None,
    date_hint: str | None = None,
    agency_hint: str | None = None,
) -> Identity:
    """What the document and the list it was found in say about it."""
    warnings: list[str] = []
    title, any_title = _choose_title(document, lines)
    listed = read_title(title_hint) if title_hint else None
    period, period_years = read_period(lines)
    front = load_form().front_matter
    metadata = document.metadata
    stated_dates = (iso_date(metadata.get(key)) for key in ("pubdate", *front["published"]))
    published = iso_date(date_hint) or next(filter(None, stated_dates), None) or _printed_above(document)
    year = _year(period_years, title, listed, published, lines, warnings)
    stated = next((metadata[key] for key in ("contentsource", *front["agency"]) if metadata.get(key, "").strip()), None)
    agency = (title and title.agency) or (listed and listed.agency) or named_in_text(lines) or agency_hint or stated
    agency = body_of_zone(agency, document, lines) if agency else None
    if agency and agency_hint and not (agency in agency_hint or agency_hint in agency):
        warnings.append(f"agency: the document says {agency}, the list it was found in {agency_hint}")
    chosen = title or listed
    return Identity(
        title=chosen.text if chosen else any_title or title_hint,
        is_title=chosen is not None,
        agency=agency or None,
        year=year,
        period=period,
        published=published,
        warnings=tuple(warnings),
    )


def _year(
    period: Sequence[int],
    title: _Title | None,
    listed: _Title | None,
    published: str | None,
    lines: Sequence[Line],
    warnings: list[str],
) -> int | None:
    readings: list[tuple[str, int]] = []
    if len(period) == 1:
        readings.append(("statistics period", period[0]))
    if title and title.year:
        readings.append(("title", title.year))
    if listed and listed.year:
        readings.append(("list title", listed.year))
    if len(period) == 2:
        warnings.append(f"the statistics period runs from {period[0]} to {period[1]}")
        if not readings:
            readings.append(("end of the statistics period", period[1]))
    if not readings and (stated := _year_in_text(lines)) is not None:
        readings.append(stated)
        warnings.append(f"year: taken from the {stated[0]}")
    elif not readings and published:
        readings.append(("publication date minus one", int(published[:4]) - 1))
        warnings.append("year: taken from the publication date")
    if len({year for _, year in readings}) > 1:
        warnings.append("year: " + ", ".join(f"{source} says {year}" for source, year in readings))
        against = {year for source, year in readings if source != "statistics period"}
        if len(period) == 1 and len(against) == 1 and published and int(published[:4]) - 1 in against:
            year = min(against)
            if _mentions(lines, year) >= _mentions(lines, period[0]):
                warnings.append(f"year: {year}, as title and publication date agree against the statistics period")
                return year
    return readings[0][1] if readings else None


def _year_in_text(lines: Sequence[Line]) -> tuple[str, int] | None:
    """The year that the preamble announces or the text opens with, and which; the latter if it is named most."""
    text = "\n".join(line.squeezed for line in lines if not line.table)
    announced, opening = (pattern.search(text) for pattern in load_form().year_in_text.values())
    if announced:
        return "preamble", int(announced["y"])
    named = Counter(re.findall(r"20\d\d(?=年)", text))
    if opening and named[opening["y"]] == max(named.values()):
        return "words that open the text", int(opening["y"])
    return None


def _mentions(lines: Sequence[Line], year: int) -> int:
    """How often the text speaks of a year, the sentence with the statistics period and the titles left out."""
    texts = (line.squeezed for line in lines if not load_form().period.search(line.squeezed))
    return sum(text.count(f"{year}年") for text in texts if not load_form().title.match(text))


def paragraphs_length(document: Document) -> int:
    """How many characters of running text the document has."""
    return sum(len(squeeze(block.text)) for block in document.blocks if isinstance(block, Paragraph | Heading))
