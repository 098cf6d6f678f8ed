"""What accidents do to the numbers: reports damaged as editors and converters do, compared with what they print.

`python -m bench.adversary [COUNT [SEED]]` makes COUNT (60) reports with each accident alone and as many again with each
joined by one or two others, as grids and as text, dense, sparse and of zeros only; prints for each accident the cells
right, unfilled and wrong, and the first wrong ones. The exit code is 1 if any value is wrong.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from archive.models import Cell, Document, Era, ParsedReport, State
from archive.reading import read_report
from archive.report.parser import parse_document
from tests.report.accidents import DENSITIES, ZEROS, Accident, report_of
from tests.report.accidents_of_words import ACCIDENTS, PRINTING, TITLE, blocks_of, text_of
from tests.report.layouts import LAYOUTS

_SIGNS = {"-": -1, "－": -1, "−": -1, "+": 1}
FULL_WIDTH = {ord(wide): str(digit) for digit, wide in enumerate("０１２３４５６７８９")}
_SHOWN = 6  # wrong cells of one report, at most
GRIDS = ("grids", "grids", "grids without spans")


@dataclass(frozen=True, slots=True)
class Trial:
    """One report: what it was made from, and what was read of it."""

    seed: str
    how: str
    names: tuple[str, ...]
    outcome: Counter[str]
    wrong: tuple[str, ...]


def main(count: int = 60, seed: int = 0) -> int:
    """Prints a line an accident and returns the exit code."""
    wrong = 0
    print(
        f"{'accident':24}{'alone: right':>14}{'unfilled':>10}{'moved':>7}{'wrong':>7}"
        f"{'joined: right':>16}{'unfilled':>10}{'moved':>7}{'wrong':>7}"
    )
    for accident in ACCIDENTS:
        line = f"{accident.__name__:24}"
        shown: list[Trial] = []
        for joined in (False, True):
            trials = [trial(f"{seed}/{accident.__name__}/{joined}/{n}", accident, joined=joined) for n in range(count)]
            found = sum((each.outcome for each in trials), Counter[str]())
            wrong += found["wrong"]
            line += (
                f"{found['right']:>{16 if joined else 14}}{found['unfilled']:>10}{found['moved']:>7}{found['wrong']:>7}"
            )
            shown += [each for each in trials if each.wrong]
        print(line, flush=True)
        for each in shown:
            print(f"    {each.seed} {each.how} {', '.join(each.names)}: {'; '.join(each.wrong[:_SHOWN])}", flush=True)
    print(f"WRONG: {wrong} cells" if wrong else "none wrong")
    return 1 if wrong else 0


def trial(seed: str, accident: Accident, *, joined: bool) -> Trial:
    """Makes one report, does the damage and reads it."""
    rng = random.Random(seed)
    accidents: Sequence[Accident] = [accident]
    if joined:
        accidents = [accident, *rng.sample(ACCIDENTS, rng.randint(1, 2))]
    report = report_of(rng.randrange(10**6), rng.choice([Era.B, Era.C, Era.C]), rng.choice(list(DENSITIES)))
    for each in sorted(accidents, key=PRINTING.__contains__, reverse=True):  # what is printed is settled first
        each(report, rng)
    report.forget_without_trace()
    how = rng.choice([*GRIDS, rng.choice(list(LAYOUTS))])
    if how in GRIDS:
        result = parse_document(Document(TITLE, tuple(blocks_of(report, spans_known=how == "grids"))))
    else:
        result = read_report(text_of(report, how).encode(), name="report.txt")
    names = tuple(each.__name__ for each in accidents)
    if not isinstance(result, ParsedReport) or result.era is not report.era:
        return Trial(seed, how, names, Counter(unfilled=len(report.texts)), ())
    outcome: Counter[str] = Counter()
    wrong: list[str] = []
    for cell in result.cells:
        text = report.texts[cell.key, cell.applicant]
        said = verdict(cell, text, report.values[cell.key, cell.applicant])
        outcome[said] += 1
        if said == "wrong":
            name = f"{cell.key}/{cell.applicant}" if cell.applicant else cell.key
            wrong.append(f"{name} {cell.value} ({cell.state}, {cell.raw!r}) for {text!r}")
    return Trial(seed, how, names, outcome, tuple(wrong))


def verdict(cell: Cell, text: str, value: int) -> str:
    """Whether a cell says what its report prints: the number, or that there is none.

    A zero of which the text is another one (nothing, 0*, a word), or nothing where a zero is, is `moved`: no number of
    it is false.
    """
    text = text.translate(FULL_WIDTH)
    if cell.value is not None:
        signed = cell.key.endswith("_change") and text[:1] in _SIGNS
        digits = text[1:] if signed else text
        if not (digits.isascii() and digits.isdigit()):
            return "moved" if cell.value == value == 0 else "wrong"
        return "right" if cell.value == int(digits) * (_SIGNS[text[0]] if signed else 1) else "wrong"
    if cell.state in (State.BLANK, State.PLACEHOLDER):
        if text.isascii() and text.isdigit():
            return "wrong" if int(text) else "moved"
        return "right" if text in ZEROS else "wrong"
    return "unfilled"


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
