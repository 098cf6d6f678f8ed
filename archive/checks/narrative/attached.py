"""Statements that hang on a number before them: a share of it, its growth, and its parts in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from archive.checks.cells import Cells, Reason, get, total
from archive.checks.narrative.claims import Claim
from archive.checks.narrative.model import TextCheck, TextStatus, Told, tell
from archive.checks.narrative.text import NUMBER, UNIT, number_of, rounds_to
from archive.models import Cell, CellRef, Era

_BRACKET = r"(?:（[^）]{0,600}）)?"
_LAST = r"(?:与|和)?(?:上年|去年|上一年|20\d\d年)(?:度)?(?:同期)?(?:相比|比较)?"
_UP, _DOWN = "增长|增加|上升|提高|多", "下降|减少|降低|少"
_GROWTH = re.compile(
    rf"{_BRACKET}[，,]?(?P<than>同比|较{_LAST}|比{_LAST}|与{_LAST})[，,]?(?:总体|共|约)?(?P<way>{_UP}|{_DOWN})(?:了|约)?"
    r"(?:(?P<percent>\d+(?:\.\d+)?)%(?!个)|(?P<count>\d+)(?:件|宗|起))"
)
_SHARE = re.compile(
    r"(?:（[^）]{0,30}）)?[，,（]?(?:约)?(?:占比(?:为|约)?|所占比例为|占(?:全部|总数|总量|申请总数|申请总量|总申请数?量?|"
    r"申请件数|办结总数|办理总数|全年申请总?[数量]?|新收申请总?[数量]?)?(?:的|的比例为)?)(?P<percent>\d+(?:\.\d+)?)%"
)
_PARTS = re.compile(r"（(?P<parts>[^（）]{4,600})）")
_PART = re.compile(rf"{NUMBER}{UNIT}")
_REQUESTS = ("N1", "N2", "N3", "N4")
_LEAST_PARTS = 3
_BASES = {
    "results": (CellRef("results_total", "total"),),
    "received": (CellRef("requests_received", "total"),),
    "received_and_brought": (CellRef("requests_received", "total"), CellRef("requests_brought_forward", "total")),
}
_ALL_RULES = ("N1", "N2")


def attached(
    claim: Claim, section: int, claims: Sequence[Claim], told: Sequence[Told], era: Era, cells: Cells,
    then: Cells | None,
) -> Iterator[TextCheck]:  # fmt: skip
    """What the words right behind a statement add to it. `then` are the cells of the year before, if it is held."""
    if claim.form.rule not in _REQUESTS or claim.value is None:
        return
    following = min((c.start for c in claims if c.start >= claim.end), default=len(claim.sentence.text))
    if claim.form.rule in _ALL_RULES:
        yield from _growth(claim, section, told, then)
        yield from _breakdown(claim, section)
    else:
        yield from _share(claim, section, cells, following)


def _new(claim: Claim, section: int, name: str, rule: str, at: int, stated: str) -> TextCheck:
    return TextCheck(
        rule=rule,
        claim=name,
        section=section,
        place=claim.sentence.places[at],
        sentence=claim.sentence.text.replace("\n", " "),
        stated=stated,
        value=None,
        status=TextStatus.UNDETERMINED,
    )


def _growth(claim: Claim, section: int, told: Sequence[Told], then: Cells | None) -> Iterator[TextCheck]:
    match = _GROWTH.match(claim.sentence.text, claim.end)
    if match is None:
        return
    sign = -1 if re.fullmatch(_DOWN, match["way"]) else 1
    printed = match["percent"] or match["count"]
    value = sign * Decimal(printed) if match["percent"] else sign * int(printed)
    name = "growth" if match["percent"] else "change"
    check = replace(
        _new(claim, section, name, "N7", match.start("way"), match[0][match.start("than") - match.start() :]),
        value=value,
    )
    if then is None:
        yield check.judged(TextStatus.UNDETERMINED, None, Reason.MISSING_YEAR)
        return
    # A reading that fits the number itself is the one that its growth is meant in; else any may be.
    fitting = [one for one in told if one.value == claim.value] or list(told)
    readings = tuple(_grown(one, then, percent=bool(match["percent"])) for one in fitting)
    yield _rounded(replace(check, readings=readings), printed if match["percent"] else None, sign)


def _grown(now: Told, then: Cells, *, percent: bool) -> Told:
    earlier = tuple(get(then, CellRef(cell.key, cell.applicant)) for cell in now.cells)
    base = total(earlier)
    sides: tuple[Cell, ...] = (*now.cells, *earlier)
    if now.value is None or base.value is None:
        return Told(now.reading, None, sides, now.reason or base.reason)
    if not percent:
        return Told(now.reading, int(now.value - base.value), sides)
    if base.value == 0:
        return Told(now.reading, None, sides, Reason.BELOW_MINIMUM)
    grown = (Decimal(now.value) / Decimal(base.value) - 1) * 100
    return Told(now.reading, grown.quantize(Decimal("0.0001")), sides)


def _share(claim: Claim, section: int, cells: Cells, following: int) -> Iterator[TextCheck]:
    match = _SHARE.match(claim.sentence.text, claim.end)
    if match is None or match.end() > max(following, claim.end) or claim.value is None:
        return
    printed = match["percent"]
    readings = []
    for base in (tell(name, refs, cells) for name, refs in _BASES.items()):
        if base.value:
            share = (Decimal(claim.value) / Decimal(base.value) * 100).quantize(Decimal("0.0001"))
            readings.append(replace(base, value=share))
        else:
            readings.append(replace(base, value=None, reason=base.reason or Reason.BELOW_MINIMUM))
    check = _new(claim, section, "share", "N6", match.start("percent"), f"{claim.stated}{match[0]}")
    yield _rounded(replace(check, value=Decimal(printed), readings=tuple(readings)), printed, 1)


def _rounded(check: TextCheck, printed: str | None, sign: int) -> TextCheck:
    """Judges a percentage by rounding, a plain number (`printed` None) by equality."""
    for told in check.readings:
        if told.value is not None and (
            told.value == check.value if printed is None else rounds_to(sign * Decimal(told.value), printed)
        ):
            return check.judged(TextStatus.PASS, told, None)
    known = [told for told in check.readings if told.value is not None]
    if len(known) < len(check.readings):
        lost = next(told for told in check.readings if told.value is None)
        return check.judged(TextStatus.UNDETERMINED, known[0] if known else None, lost.reason)
    return check.judged(TextStatus.QUESTION, known[0], None)


def _breakdown(claim: Claim, section: int) -> Iterator[TextCheck]:
    """Parts in brackets right behind a number; fewer than three are a remark, not a breakdown."""
    match = _PARTS.match(claim.sentence.text, claim.end)
    if match is None:
        return
    parts = [(part, number_of(part)) for part in _PART.finditer(match["parts"])]
    if (
        len(parts) < _LEAST_PARTS
        or "其中" in match["parts"]
        or any("占" in text for text in match["parts"].split("、"))
    ):
        return
    check = replace(
        _new(claim, section, "breakdown", "D3", match.start("parts"), claim.stated + match[0]), value=claim.value
    )
    if any(value is None for _, value in parts):
        yield check.judged(TextStatus.UNDETERMINED, None, Reason.APPROXIMATE)
        return
    summed = sum(value for _, value in parts if value is not None)
    told = Told("parts", summed, ())
    check = replace(check, readings=(told,))
    yield check.judged(TextStatus.PASS if summed == claim.value else TextStatus.QUESTION, told, None)
