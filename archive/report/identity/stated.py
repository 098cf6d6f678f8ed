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
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.models import Block, Document, Grid, Heading, Paragraph
from archive.report.form import load_form
from archive.report.identity.bodies import body_of_zone, named_in_text
from archive.report.identity.titles import Title, choose_title, read_title
from archive.report.lines import Line
from archive.report.text import squeeze

_FRONT_BLOCKS = 40  # above the text of a page that was flattened: its menu, its title, where and when it appeared
_DATE = re.compile(r"(20\d{2})\s*[-/年.]\s*(\d{1,2})\s*[-/月.]\s*(\d{1,2})")


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


def iso_date(text: str | None) -> str | None:
    """The first date in `text` as ISO 8601, or None where there is none that exists."""
    match = _DATE.search(text or "")
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _text(block: Block) -> str:
    return (
        "\n".join(" ".join(cell.text for cell in row) for row in block.rows) if isinstance(block, Grid) else block.text
    )


@lru_cache(maxsize=1)
def _stated_date() -> re.Pattern[str]:
    """A label of the date of publication with the date, which is not the beginning of a period."""
    labels = "|".join(load_form().front_matter["printed_above"])
    return re.compile(rf"(?:{labels})\s*[】\]]?\s*[:：]?\s*({_DATE.pattern})(?!\d|日?起?\s*(?:[至到—~]|-{{1,2}}\s*20))")


def _printed_above(document: Document) -> str | None:
    """The date of publication that a page prints above its first sentence; None where it prints several that differ."""
    above = [_text(block) for block in document.outside[: document.before]]
    front = "\n".join(_text(block) for block in document.blocks[:_FRONT_BLOCKS]).partition("。")[0]
    texts = (*above, front)
    found = {iso_date(match[1]) for text in texts for match in _stated_date().finditer(text)}
    return found.pop() if len(found) == 1 else None


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
    period, period_years = read_period(lines)
    stated_year = _year_in_text(lines)
    spoken_of = {*period_years, *([stated_year[1]] if stated_year else [])}
    title, any_title = choose_title(document, lines, spoken_of)
    listed = read_title(title_hint) if title_hint else None
    front = load_form().front_matter
    metadata = document.metadata
    stated_dates = (iso_date(metadata.get(key)) for key in ("pubdate", *front["published"]))
    published = iso_date(date_hint) or next(filter(None, stated_dates), None) or _printed_above(document)
    year = _year(period_years, title, listed, stated_year, published, lines, warnings)
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
    title: Title | None,
    listed: Title | None,
    stated: tuple[str, int] | None,
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
    if not readings and stated is not None:
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
