"""Derives the traditional-to-simplified table of archive/search from OpenCC's `t2s` conversion.

    python -m tools.make_t2s > archive/search/t2s.txt

The table is by character only: search must fold the text of the index and the text of a query alike, piece by piece,
and a conversion that looks at neighbouring words would fold the same characters differently in the two. OpenCC is by
BYVoid and contributors, Apache-2.0, https://github.com/BYVoid/OpenCC; the header of the file names the release used.
"""

from __future__ import annotations

import sys
from importlib.metadata import version

import opencc

# CJK Unified Ideographs with the extensions, as blocks; compatibility ideographs are folded by NFKC already.
BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF), (0x2A700, 0x2EBEF), (0x30000, 0x323AF))


def derive() -> dict[str, str]:
    """Each traditional character with its simplified one; no value is a key, so folding twice changes nothing."""
    converter = opencc.OpenCC("t2s")
    table: dict[str, str] = {}
    for first, last in BLOCKS:
        for code in range(first, last + 1):
            character = chr(code)
            simplified = converter.convert(character)
            if len(simplified) == 1 and simplified != character:
                table[character] = simplified
    for character, simplified in table.items():
        seen = {character}
        while simplified in table and simplified not in seen:
            seen.add(simplified)
            simplified = table[simplified]
        table[character] = simplified
    return {character: simplified for character, simplified in table.items() if character != simplified}


def render(table: dict[str, str]) -> str:
    """The file: comment lines, then pairs without separators, forty to a line."""
    pairs = [traditional + simplified for traditional, simplified in sorted(table.items())]
    lines = ["".join(pairs[start : start + 40]) for start in range(0, len(pairs), 40)]
    head = [
        "# Traditional and simplified characters in pairs, derived from OpenCC (Apache-2.0) by tools/make_t2s.py",
        f"# opencc {version('opencc')}, {len(pairs)} pairs",
    ]
    return "\n".join([*head, *lines]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render(derive()))
