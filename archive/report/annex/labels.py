"""The labels of the statistics tables before 2019: what a row is called, which key that is, and which form they show.

A label counts without numbering, 其中, punctuation and notes; codes are never looked at, as they move between places
(`report-format`, section 2.1). A label that two items share (被依法纠错数 under 行政复议数量 and under 行政诉讼数量) is
resolved by the row that heads its group, else it has no key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from archive.models import Era
from archive.report.form import Item, load_form
from archive.report.text import squeeze

NUMBERING = re.compile(
    r"^(?:其中:?)?(?:[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十\d]+\)[、.]?|\d+[.、,)])?(?:其中:?)?"
)
_TOP = re.compile("^[一二三四五六七八九十]+[、.]")
_NOTE = re.compile(r"\(([^()]*)\)")
_PUNCTUATION = re.compile(r'["\'《》<>〈〉、,.;:()·]')
_LONG_NOTE = 6  # characters: a longer note explains, a shorter one (光盘) tells rows apart
_FOOTER = re.compile(
    "^(?:单位|填报单位|填表单位|主管|分管)?(?:负责人|领导)|^审核人|^审核:|^填[报表](?:人|单位|日期|时间)|^制表|^联系(?:人|电话|方式)"
    "|^电话|^报出日期|^日期:|^注:|^备注|^说明:|^编制单位"
)
_MONEY = ("元", "万元", "亿元")
_SURE_FORM = 12
"""So many labels of the national table, or of the Shanghai family, tell the form even without its column headings."""


def core(label: str) -> str:
    """A label without numbering, 其中, long notes in brackets and punctuation."""
    bare = NUMBERING.sub("", squeeze(label), count=1)
    units = load_form().values.units
    bare = _NOTE.sub(lambda m: "" if len(m[1]) > _LONG_NOTE or m[1] in units else m[0], bare)
    return _PUNCTUATION.sub("", bare)


def is_footer(label: str) -> bool:
    """Whether a line below the table names who filled it in, or is a note; it holds no figures but personal names."""
    return bool(_FOOTER.search(squeeze(label)))


@lru_cache(maxsize=8)
def _items(era: Era) -> Mapping[str, tuple[Item, ...]]:
    """The items of an era by the core of every label they have; for A0 those that A1 and A2 call by one key."""
    eras = (era,) if era is not Era.A0 else (Era.A1, Era.A2)
    found: dict[str, list[Item]] = {}
    for one in eras:
        for item in load_form().eras[one].items:
            for label in {core(label) for label in (item.label, *item.also)}:
                found.setdefault(label, []).append(item)
    if era is Era.A0:
        found = {
            label: items[:1]
            for label, items in found.items()
            if len({item.key for item in items}) == 1
            and not any(item.under for item in items)
            and not label.startswith("其他")
        }
    return {label: tuple(items) for label, items in found.items()}


class Keys:
    """The key of one row after another, as the groups of the table go by."""

    def __init__(self, era: Era) -> None:
        self._items = _items(era)
        self._heads = {item.under for items in self._items.values() for item in items if item.under}
        self._under: str | None = None

    def key(self, label: str, unit: str | None) -> str | None:
        """The key of the next row, or None where its label or its unit leaves a doubt."""
        candidates = self._items.get(core(label), ())
        heads = {item.key for item in candidates} & self._heads
        if heads:
            self._under = min(heads)
        elif _TOP.match(squeeze(label)):
            self._under = None
        fitting = [item for item in candidates if item.under is None or item.under == self._under]
        if len(fitting) != 1 or not _fits(fitting[0], unit):
            return None
        return fitting[0].key


def _fits(item: Item, unit: str | None) -> bool:
    if unit is None:
        return item.kind != "money"  # 元 or 万元 cannot be known
    return (unit in _MONEY) == (item.kind == "money")


def form_of(labels: Iterable[str]) -> Era | None:
    """The era whose items most labels name, if it is plain: at least a dozen, and more than of the other."""
    cores = {core(label) for label in labels}
    counts = {era: len(cores & set(_items(era))) for era in (Era.A1, Era.A2)}
    best = max(counts, key=lambda era: counts[era])
    others = max(count for era, count in counts.items() if era is not best)
    return best if counts[best] >= _SURE_FORM and counts[best] >= 2 * others else None
