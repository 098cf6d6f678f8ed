"""Compares what the text states with the cells, and asks where no reading of the words fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archive.checks.cells import Cells, Reason, cells_of, difference
from archive.checks.narrative.attached import attached
from archive.checks.narrative.claims import Claim, claims_in
from archive.checks.narrative.fees import fee_checks
from archive.checks.narrative.model import TextCheck, TextStatus, Told, tell
from archive.checks.narrative.text import sentences
from archive.models import ParsedReport

__all__ = ["TextCheck", "TextStatus", "Told", "check_text"]
_MOST = 200
"""Statements that are looked at in one section: more are no report but a list."""


def check_text(year: int, report: ParsedReport, before: ParsedReport | None = None) -> tuple[TextCheck, ...]:
    """Every statement of the text that can be compared, in the order of the text; pure.

    `before` is the report of the year before, which growth is worked out from. Reports of the forms of 2019 and 2021
    only; of others nothing is said.
    """
    cells = cells_of(report)
    then = cells_of(before) if before is not None else None
    found: list[TextCheck] = []
    for section in report.sections:
        found += _section(section.number, section.text, year, report, cells, then)
    return tuple(found)


def _section(
    number: int, text: str, year: int, report: ParsedReport, cells: Cells, then: Cells | None
) -> Iterator[TextCheck]:
    taken = 0
    before = ""
    for sentence in sentences(text):
        claims = sorted(
            (claim for claim in claims_in(sentence, number, year, before) if report.era in claim.form.readings),
            key=lambda claim: claim.at,
        )
        before = sentence.text
        for claim in claims:
            told = _readings(claim, report, cells)
            if not told:
                continue
            taken += 1
            if taken > _MOST:
                return
            yield _check(claim, number, told)
            yield from attached(claim, number, claims, told, report.era, cells, then)
    if number == 6:
        yield from fee_checks(text, cells)


def _readings(claim: Claim, report: ParsedReport, cells: Cells) -> tuple[Told, ...]:
    return tuple(
        tell(reading.name, reading.cells, cells)
        for reading in claim.form.readings[report.era]
        if reading.when is None or reading.when.search(claim.sentence.text)
    )


def _check(claim: Claim, section: int, told: tuple[Told, ...]) -> TextCheck:
    check = TextCheck(
        rule=claim.form.rule,
        claim=claim.form.name,
        section=section,
        place=claim.place,
        sentence=claim.sentence.text.replace("\n", " "),
        stated=claim.stated,
        value=claim.value,
        status=TextStatus.UNDETERMINED,
        readings=told,
    )
    return check.judged(*_verdict(check))


def _verdict(check: TextCheck) -> tuple[TextStatus, Told | None, Reason | None]:
    known = [told for told in check.readings if told.value is not None]
    if check.value is None:
        return TextStatus.UNDETERMINED, None, Reason.APPROXIMATE
    fitting = _fits(check, known)
    if fitting is not None:
        return TextStatus.PASS, fitting, None
    if len(known) < len(check.readings):
        lost = next(told for told in check.readings if told.value is None)
        return TextStatus.UNDETERMINED, known[0] if known else None, lost.reason
    return TextStatus.QUESTION, known[0], None


def _fits(check: TextCheck, known: Iterable[Told]) -> Told | None:
    assert check.value is not None
    return next((told for told in known if told.value is not None and difference(told.value, check.value) == 0), None)
