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

from archive.models import Document, Heading, Paragraph
from archive.report.form import load_form
from archive.report.identity import front
from archive.report.identity.bodies import body_of_zone, contradicted, named_in_text
from archive.report.identity.dates import iso_date, read_period, unnamed_period
from archive.report.identity.titles import Title, choose_title, read_title
from archive.report.lines import Line
from archive.report.text import squeeze

_AS_GOVERNMENT = re.compile("[我本](?:县|市|区|省|州|盟|旗|镇|乡|府)")


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
    tagged = (iso_date(document.metadata.get(key)) for key in load_form().front_matter["published"])
    published = iso_date(date_hint) or next(filter(None, tagged), None) or front.published(document)
    year = _year(period_years, title, listed, stated_year, published, lines, warnings)
    if year is not None:
        period = period or unnamed_period(lines, year)
        published = _possible(published, year, warnings) or front.dated(document, year)
    agency = _agency(title, listed, lines) or agency_hint or _publisher(document, lines)
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


def _agency(title: Title | None, listed: Title | None, lines: Sequence[Line]) -> str | None:
    """The body that the title names; one without a year may be the name of a site and its column, and comes last."""
    own = _named_by(title, lines) if title else None
    in_list = listed.agency if listed else None
    if title and title.year:
        return own or in_list or _unless_contradicted(named_in_text(lines, title.year), lines)
    return in_list or _unless_contradicted(named_in_text(lines) or own, lines)


def _named_by(title: Title, lines: Sequence[Line]) -> str | None:
    """The body in a title; a government only if the text speaks of no other body, and as it where a blank parts them.

    Portals put their name, which is that of their government, before the titles of all pages.
    """
    name = title.agency
    if name and name.endswith("政府"):
        parted = title.text.startswith(f"{name} ")
        return None if contradicted(name, lines) or (parted and not _speaks_as_government(lines)) else name
    return name


def _speaks_as_government(lines: Sequence[Line]) -> bool:
    return any(_AS_GOVERNMENT.search(line.squeezed) for line in lines)


def _publisher(document: Document, lines: Sequence[Line]) -> str | None:
    """The body that put the page there. Whole portals name their government, so one counts if the text speaks as it."""
    name = front.publisher(document)
    if name and name.endswith("政府") and not _speaks_as_government(lines):
        return None
    return _unless_contradicted(name, lines)


def _unless_contradicted(name: str | None, lines: Sequence[Line]) -> str | None:
    return None if name is None or contradicted(name, lines) else name


def _possible(published: str | None, year: int, warnings: list[str]) -> str | None:
    """A date of publication, unless it is before the end of the year of the report, and so that of something else."""
    if published is None or published >= f"{year}-12-01":
        return published
    warnings.append(f"published: {published} was left out, as it is before the end of {year}")
    return None


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
