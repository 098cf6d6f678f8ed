"""What damage does to the numbers: texts with lost cells, and texts with one digit changed.

`python -m bench.damage [COUNT]` makes COUNT (1,000) of each from made-up reports, in every shape in which readers
deliver tables, and prints how many values are wrong (there must be none), how many cells are left unfilled, and how
many of the changed digits are flagged by a sum that covers them. The exit code is 1 if any value is wrong.
"""

from __future__ import annotations

import copy
import random
import sys
from collections import Counter
from collections.abc import Iterator

from archive.checks.confidence import confidence
from archive.checks.within import check_report
from archive.models import Block, Cell, CheckStatus, Document, Era, Heading, ParsedReport, State
from archive.report.form import load_form
from archive.report.parser import parse_document
from tests.report.damage import MODES, Damage, blocks_of, drop_cells, drop_heading_cells, drop_rows
from tests.report.made import CellKey, Made, Source, Table, make

LOSSES: tuple[Damage, ...] = (drop_cells, drop_heading_cells, drop_rows)
MOST_LOST = 8  # of each kind of loss
FLAGGED = (CheckStatus.FAIL, CheckStatus.FAIL_WITH_BLANKS)
MADE_UP = 200  # reports that damage is done to; each is used several times


def main(count: int = 1000) -> int:
    """Prints both figures and returns the exit code."""
    wrong = lost_cells(count) + changed_digits(count)
    print("no wrong value" if not wrong else f"WRONG: {wrong} values")
    return 1 if wrong else 0


def lost_cells(count: int) -> int:
    """Cells and rows taken out of the source: what is read of the rest; returns the number of wrong values."""
    states: Counter[str] = Counter()
    wrong = refused = 0
    for seed in range(count):
        rng = random.Random(f"lost/{seed}")
        made = made_up(seed)
        tables = copy.deepcopy(made.tables)
        for loss in rng.sample(LOSSES, rng.randint(1, len(LOSSES))):
            loss(tables, rng, rng.randint(1, MOST_LOST))
        report = parsed(made, tables, rng)
        refused += report is None
        for cell in report.cells if report else ():
            states[cell.state] += 1
            # Every cell of these reports prints a number, so a blank would be as false as another number.
            if (cell.value is not None and cell.value != made.truth[cell.key, cell.applicant]) or is_blank(cell):
                wrong += 1
                print(f"  lost/{seed}: {cell} instead of {made.truth[cell.key, cell.applicant]}")
    total = sum(states.values())
    unfilled = states[State.MISSING] + states[State.UNREADABLE]
    print(
        f"{count} texts with lost cells: {wrong} wrong values, {unfilled / total:.1%} of {total} cells unfilled, ",
        end="",
    )
    print(f"{states[State.INFERRED] / total:.1%} inferred; {refused} no longer recognised as a report of their form")
    return wrong


def changed_digits(count: int) -> int:
    """One printed digit changed: whether the sums that cover its cell fail; returns the number of wrong values."""
    outcomes: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    wrong = 0
    for seed in range(count):
        rng = random.Random(f"digit/{seed}")
        made = made_up(seed)
        printed, changed = change_a_digit(made, rng)
        report = parsed(printed, printed.tables, rng)
        if report is None:
            outcomes["not recognised"] += 1
            continue
        for cell in report.cells:
            if (cell.value is not None and cell.value != printed.truth[cell.key, cell.applicant]) or is_blank(cell):
                wrong += 1
                print(f"  digit/{seed}: {cell} instead of {printed.truth[cell.key, cell.applicant]}")
        if changed not in covered(made.era):
            outcomes["uncovered"] += 1
            continue
        findings = check_report(report)
        failing = any(
            finding.status in FLAGGED and changed in {(ref.key, ref.applicant) for ref in finding.cells}
            for finding in findings
        )
        taken = next(c for c in report.cells if (c.key, c.applicant) == changed).value is not None
        outcomes["flagged" if failing else "unflagged" if taken else "refused"] += 1
        statuses[confidence(report, findings).status] += 1
    concerned = outcomes["flagged"] + outcomes["unflagged"] + outcomes["refused"]
    print(f"{count} texts with one changed digit: {wrong} wrong values; ", end="")
    print(f"of {concerned} digits that a sum covers {outcomes['flagged']} flagged by it, ", end="")
    print(f"{outcomes['refused']} in cells that were refused, {outcomes['unflagged']} taken without a flag ", end="")
    print(f"({outcomes['flagged'] / concerned:.1%} flagged); {outcomes['uncovered']} stand where no sum covers them")
    stated = ", ".join(f"{n} {status}" for status, n in statuses.most_common())
    print(f"  confidence where a sum covers the digit: {stated}")
    return wrong


_made: dict[int, Made] = {}


def made_up(seed: int) -> Made:
    """A report in which every cell prints a number and all sums hold; eras B and C in turn."""
    number = seed % MADE_UP
    if number not in _made:
        _made[number] = make(number, Era.B if number % 2 else Era.C)
    return _made[number]


def is_blank(cell: Cell) -> bool:
    """Whether the cell is said to be printed empty or with a mark."""
    return cell.state in (State.BLANK, State.PLACEHOLDER)


def parsed(made: Made, tables: list[Table], rng: random.Random) -> ParsedReport | None:
    """The report as parsed from its tables in some shape; None if no form of its era is recognised any more."""
    blocks: list[Block] = [Heading(made.title, 1)]
    blocks += blocks_of(tables, rng.choice(MODES), rng)
    result = parse_document(Document(made.title, tuple(blocks)))
    return result if isinstance(result, ParsedReport) and result.era is made.era else None


def covered(era: Era) -> frozenset[CellKey]:
    """The cells that take part in an equation which must hold; inequalities and soft rules may bear another digit."""
    hard = {rule.id for rule in load_form().identities if rule.severity == "hard" and rule.kind == "compare"}
    findings = check_report(_report_of(made_up(1 if era is Era.B else 0)))
    return frozenset((ref.key, ref.applicant) for found in findings if found.rule in hard for ref in found.cells)


def _report_of(made: Made) -> ParsedReport:
    cells = (Cell(key, who, value, State.NUMBER, str(value)) for (key, who), value in made.truth.items())
    return ParsedReport(made.title, None, 2022, made.era, (), tuple(cells))


def change_a_digit(made: Made, rng: random.Random) -> tuple[Made, CellKey]:
    """The report with one digit of one cell printed otherwise, `truth` being what is printed; and that cell."""
    tables = copy.deepcopy(made.tables)
    cells = [cell for place in value_cells(tables) for cell in place]
    at = rng.randrange(len(cells))
    digits = cells[at].text
    position = rng.randrange(len(digits))
    other = rng.choice([digit for digit in "0123456789" if digit != digits[position]])
    cells[at].text = digits[:position] + other + digits[position + 1 :]
    changed = load_form().eras[made.era].cells[at]
    return Made(made.era, tables, {**made.truth, changed: int(cells[at].text)}, made.title), changed


def value_cells(tables: list[Table]) -> Iterator[list[Source]]:
    """The cells with figures, in the order of the form, which is that of the tables."""
    for table in tables:
        for row in table:
            yield [cell for cell in row if cell.text.isdigit()]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
