"""Section six: do the itemised processing fees add up, and can what is said of fees be true beside the table?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from archive.checks.cells import Cells
from archive.checks.narrative.model import TextCheck, TextStatus, Told, tell
from archive.checks.narrative.text import Sentence, sentences
from archive.models import CellRef, Number

_MONEY = r"(?P<yuan>\d{1,12}(?:,\d{3}){0,4}(?:\.\d{1,6})?)元"
_STATED = re.compile(
    rf"(?<!\d)(?P<cases>\d{{1,9}})(?:件|宗|起)[^，。；]{{0,24}}?收取[^，。；\d]{{0,16}}?信息处理费[^，。；\d]{{0,6}}?{_MONEY}"
)
_ITEM = re.compile(rf"(?<!\d)(?P<cases>\d{{1,9}})(?:件|宗|起)[，,]?(?:共|共计)?收取(?:信息处理费)?{_MONEY}")
_NO_FEE = re.compile(
    r"(?:没有|未|无)(?:发生|产生|出现)?[^，。；]{0,12}?收(?:取|费)[^，。；]{0,16}?(?:信息处理费|费用?|情况)?"
    r"|收取[^，。；\d]{0,12}信息处理费[^，。；\d]{0,4}0元"
)
_NOTHING = re.compile(r"^(?:无|没有|暂无)(?:其他|其它)?(?:需要)?(?:报告)?(?:的)?(?:事项|情况)?[。．.]?$")
_FEE = re.compile(
    rf"收取[^，。；\d]{{0,16}}信息处理费[^，。；\d]{{0,8}}?{_MONEY}|{_STATED.pattern.replace('<yuan>', '<sum>')}"
)
_UNPAID = (CellRef("other_fee_unpaid", "total"),)
_REQUESTS = (CellRef("requests_received", "total"), CellRef("requests_brought_forward", "total"))


def fee_checks(text: str, cells: Cells) -> Iterator[TextCheck]:
    """The checks N9 and N10 of one section six; none where it says nothing of fees."""
    every = list(sentences(text))
    yield from _items(every)
    yield from _compatible(every, cells)


def _items(every: list[Sentence]) -> Iterator[TextCheck]:
    """The stated sum of the first sentence that has one, and the items of the words from 其中 on, wherever they end."""
    sentence = Sentence("".join(each.text for each in every), tuple(place for each in every for place in each.places))
    stated = _STATED.search(sentence.text)
    among = sentence.text.find("其中", stated.end()) if stated else -1
    items = list(_ITEM.finditer(sentence.text, among)) if among >= 0 else []
    if stated is None or not items:
        return
    for name, group, unit in (("fee_amounts", "yuan", "元"), ("fee_requests", "cases", "件")):
        value = _number(stated[group])
        summed = sum((Decimal(_number(item[group])) for item in items), Decimal(0))
        exact: Number = int(summed) if summed == int(summed) else summed
        told = Told("items", exact, ())
        check = TextCheck(
            rule="N9",
            claim=name,
            section=6,
            place=sentence.places[stated.start(group)],
            sentence=sentence.text,
            stated=f"{stated[group]}{unit}",
            value=value,
            status=TextStatus.UNDETERMINED,
            readings=(told,),
        )
        yield check.judged(TextStatus.PASS if value == exact else TextStatus.QUESTION, told, None)


def _number(printed: str) -> Number:
    plain = printed.replace(",", "")
    return Decimal(plain) if "." in plain else int(plain)


def _compatible(every: list[Sentence], cells: Cells) -> Iterator[TextCheck]:
    whole = "".join(sentence.text for sentence in every)
    for sentence in every:
        charged = _FEE.search(sentence.text)
        amount = (charged["yuan"] or charged["sum"]) if charged else None
        if charged and amount and _number(amount) > 0:
            requests = tell("requests", _REQUESTS, cells)
            check = _statement(sentence, charged, _number(amount), requests)
            yield _judge(check, requests, asks=requests.value == 0)
            return
    for sentence in every:
        none = _NO_FEE.search(sentence.text) or (_NOTHING.match(whole) if sentence is every[0] else None)
        if none:
            unpaid = tell("fee_unpaid", _UNPAID, cells)
            if ("other_fee_unpaid", "total") not in cells:
                return  # the form of 2019 does not ask for it
            check = _statement(sentence, none, 0, unpaid)
            yield _judge(check, unpaid, asks=bool(unpaid.value))
            return


def _statement(sentence: Sentence, match: re.Match[str], value: Number, told: Told) -> TextCheck:
    return TextCheck(
        rule="N10",
        claim="fee_notice",
        section=6,
        place=sentence.places[min(match.start(), len(sentence.places) - 1)],
        sentence=sentence.text,
        stated=match[0],
        value=value,
        status=TextStatus.UNDETERMINED,
        readings=(told,),
    )


def _judge(check: TextCheck, told: Told, *, asks: bool) -> TextCheck:
    if told.value is None:
        return check.judged(TextStatus.UNDETERMINED, told, told.reason)
    judged = check.judged(TextStatus.QUESTION if asks else TextStatus.PASS, told, None)
    return replace(judged, delta=None)  # an amount in yuan and a number of requests have no difference
