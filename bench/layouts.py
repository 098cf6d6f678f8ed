"""What is read of reports printed as plain text, layout by layout.

`python -m bench.layouts [COUNT]` prints COUNT (20) made-up reports in every layout of `tests.report.layouts`, with
figures small and large, with zeros left blank or marked, and for each layout the cells right, unfilled and wrong. The
exit code is 1 if any value is wrong.
"""

from __future__ import annotations

import sys
from collections import Counter

from archive.models import Cell, Era, ParsedReport, State
from archive.reading import read_report
from tests.report.layouts import LAYOUTS, made_of, printed

KINDS: dict[str, tuple[float, int, str]] = {
    "plain": (0.0, 1, ""),
    "large": (0.0, 137, ""),
    "blanks": (0.4, 1, ""),
    "marks": (0.4, 1, "/"),
}
"""The share of zeros not printed as 0, the scale of all figures, and what is printed instead of a zero."""


def main(count: int = 20) -> int:
    """Prints a line a layout and returns the exit code."""
    wrong = 0
    print(f"{'layout':34}" + "".join(f"{kind:>22}" for kind in KINDS))
    for layout in LAYOUTS:
        line = f"{layout:34}"
        for kind in KINDS:
            found = sum((outcome(seed, layout, kind) for seed in range(count)), Counter())
            wrong += found["wrong"]
            line += f"{found['right']:>8}{found['unfilled']:>8}{found['wrong']:>6}"
        print(line)
    print("right, unfilled and wrong cells of each kind; " + (f"WRONG: {wrong} cells" if wrong else "none wrong"))
    return 1 if wrong else 0


def outcome(seed: int, layout: str, kind: str) -> Counter[str]:
    """How many cells of one report are right, unfilled and wrong."""
    blank, scale, mark = KINDS[kind]
    made, texts = made_of(seed, Era.B if seed % 3 == 1 else Era.C, blank=blank, scale=scale, mark=mark)
    report = read_report(printed(made, layout).encode(), name="report.txt")
    if not isinstance(report, ParsedReport) or report.era is not made.era:
        return Counter(unfilled=len(texts))
    return Counter(verdict(cell, texts[cell.key, cell.applicant]) for cell in report.cells)


def verdict(cell: Cell, text: str) -> str:
    """Whether a cell says what is printed: a number its value, an empty cell or a mark that there is none."""
    if cell.value is None and cell.state not in (State.BLANK, State.PLACEHOLDER):
        return "unfilled"
    if cell.value is None:
        return "right" if not text.isdigit() and (cell.state is State.PLACEHOLDER) == bool(text) else "wrong"
    return "right" if str(cell.value) == text else "wrong"


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
