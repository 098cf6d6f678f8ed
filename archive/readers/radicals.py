"""Radicals that stand for characters: what some programs write into a PDF for 一, 行 or 人, mapped back.

Only the two radical blocks, compatibility ideographs and Latin ligatures are touched; full-width digits and
punctuation stay as printed. Source: `EquivalentUnifiedIdeograph.txt` of the Unicode Character Database for the
radicals that have no decomposition of their own.
"""

from __future__ import annotations

import re
import unicodedata

_AFFECTED = re.compile("[\u2e80-\u2fd5\uf900-\ufad9\ufb00-\ufb06\U0002f800-\U0002fa1d]")
_SUPPLEMENT = str.maketrans(
    "⺁⺎⺒⺓⺝⺠⺩⺬⺻⺼⻁⻄⻅⻆⻉⻋⻐⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱",
    "厂兀巳幺月民王示聿月虎西见角贝车钅長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜",
)


def restore(text: str) -> str:
    """`text` with every radical that stands for a whole character replaced by that character."""
    if text.isascii() or not _AFFECTED.search(text):
        return text
    return _AFFECTED.sub(lambda match: unicodedata.normalize("NFKC", match[0].translate(_SUPPLEMENT)), text)
