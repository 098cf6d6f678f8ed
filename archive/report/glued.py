"""Digits run together in text that lost its cell borders (`291000030`), cut where exactly one cut is possible.

A number has no leading zero and does not cross white space. Table 3 is cut as a whole: of all cuts of all rows exactly
one may keep every row, column and balance of the form. Where none does, one row may hold a false digit: the others tell
what it should print, and it is cut so if exactly one digit of it is another. Else nothing is cut. Table 4 is cut if
table 3 is known whole; with more digits than cells, cuts that leave cells blank count too, and a procedure counts if
all cuts agree in it. A row of table 2 has no sum and is cut only where leading zeros leave one way (`005`), even if a
cell were blank, and each figure has one digit: longer ones may hold a cell that stands twice. Values found so are
`inferred`, never `read`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice, pairwise, product
from math import prod

from archive.models import Era
from archive.report.form import load_form

Groups = tuple[str, ...]
"""Runs of digits with white space between them."""

_DIGITS = 8  # in one number, at most
_CUTS = 200  # of one row, at most; more make too many combinations anyway
_COMBINATIONS = 150
_COMBINATIONS_OF_OTHERS = 40  # where a row may hold a false digit, and each row is tried
_OUTCOME_DIGITS = 36


def cuts(groups: Groups, count: int) -> Iterator[tuple[int, ...]]:
    """Every way to cut the runs of digits into `count` numbers."""
    if not groups:
        if count == 0:
            yield ()
        return
    first, rest = groups[0], groups[1:]
    if count < len(groups) or count > sum(map(len, groups)):
        return
    for size in range(1, min(len(first), _DIGITS) + 1):
        if first[0] == "0" and size > 1:
            return
        remaining = (first[size:], *rest) if size < len(first) else rest
        for tail in cuts(remaining, count - 1):
            yield (int(first[:size]), *tail)


def _summing(groups: Groups, count: int, total: int) -> Iterator[tuple[int, ...]]:
    """Every way to cut the runs into `count` numbers that add up to `total`."""
    if not groups:
        if count == 0 and total == 0:
            yield ()
        return
    first, rest = groups[0], groups[1:]
    digits = sum(map(len, groups))
    if count < len(groups) or count > digits or not _may_sum(digits, count, total):
        return
    for size in range(1, min(len(first), _DIGITS) + 1):
        value = int(first[:size])
        if (first[0] == "0" and size > 1) or value > total:
            return
        remaining = (first[size:], *rest) if size < len(first) else rest
        for tail in _summing(remaining, count - 1, total - value):
            yield (value, *tail)


def _may_sum(digits: int, count: int, total: int) -> bool:
    """Whether `count` numbers of so many digits can be as large as `total`, and as small."""
    longest = digits - count + 1
    shortest = -(-digits // count)  # digits of the longest number, if all are as even as can be
    return total < 10**longest + 9 * count and (shortest == 1 or total >= 10 ** (shortest - 1))


def sums(groups: Groups, count: int) -> Iterator[tuple[int, ...]]:
    """Every way to cut the runs into `count` numbers of which the last is the sum of the others."""
    if not groups:
        return
    *before, last = groups
    for size in range(1, min(len(last), _DIGITS) + 1):
        if last[-size] == "0" and size > 1:
            continue
        total = int(last[-size:])
        parts = (*before, last[:-size]) if size < len(last) else tuple(before)
        for cut in _summing(parts, count - 1, total):
            yield (*cut, total)


Rows = dict[str, tuple[int, ...]]


def solve_table_3(rows: Mapping[str, Groups], era: Era) -> Rows | None:
    """The values of every row of table 3 in printed order, or None unless exactly one solution keeps the identities.

    A row with a false digit keeps none of its own; its values are then as printed.
    """
    form = load_form().eras[era]
    if {row.key for row in form.rows} - set(rows):
        return None
    leaves = [row.key for row in form.rows if row.leaf_result]
    choices = {row.key: list(islice(sums(rows[row.key], 7), _CUTS)) for row in form.rows}
    uncut = [key for key, cuts_of_row in choices.items() if not cuts_of_row]
    if len(uncut) > 1 or prod(len(cuts_of_row) or 1 for cuts_of_row in choices.values()) > _COMBINATIONS:
        return None
    solutions = [] if uncut else [values for values in _combined(choices) if _columns_hold(values, leaves)]
    if not solutions and prod(len(each) or 1 for each in choices.values()) <= _COMBINATIONS_OF_OTHERS:
        solutions = [
            {**values, false: printed}
            for false in uncut or choices
            for values in _combined({key: each for key, each in choices.items() if key != false})
            if (printed := _with_a_false_digit(rows[false], _implied(values, false, leaves))) is not None
        ]
    return solutions[0] if len(solutions) == 1 else None


def _combined(choices: Mapping[str, Sequence[tuple[int, ...]]]) -> Iterator[Rows]:
    return (dict(zip(choices, combination, strict=True)) for combination in product(*choices.values()))


def _columns_hold(values: Mapping[str, tuple[int, ...]], leaves: Sequence[str]) -> bool:
    return _implied(values, "results_total", leaves) == values["results_total"]


def _implied(values: Mapping[str, tuple[int, ...]], row: str, leaves: Sequence[str]) -> tuple[int, ...] | None:
    """What the sums down the columns say that a row holds, from the other rows; None if those contradict each other."""
    nothing = (0,) * 7
    known = {key: each for key, each in values.items() if key != row}
    others = [known[leaf] for leaf in leaves if leaf != row]
    come = known.get("requests_received", nothing), known.get("requests_brought_forward", nothing)
    carried = known.get("requests_carried_forward", nothing)
    results = known.get("results_total")
    implied = []
    for i in range(7):
        leaf_sum = sum(leaf[i] for leaf in others)
        total = leaf_sum if results is None else results[i]
        left = come[0][i] + come[1][i] - total - carried[i]
        if row in leaves or results is None:
            value, holds = total if results is None else total - leaf_sum, left == 0
        else:
            value, holds = left if row == "requests_carried_forward" else -left, total == leaf_sum
        if not holds or value < 0:
            return None
        implied.append(value)
    return tuple(implied)


def _with_a_false_digit(groups: Groups, implied: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """The runs of digits cut where the implied values are, if exactly one digit is another; None if not."""
    digits = "".join(groups)
    if implied is None or len(digits) != sum(len(str(value)) for value in implied):
        return None
    ends = list(accumulate(len(str(value)) for value in implied))
    breaks = set(accumulate(map(len, groups)))
    parts = [digits[a:b] for a, b in pairwise([0, *ends])]
    false = sum(a != b for a, b in zip(digits, "".join(map(str, implied)), strict=True))
    plain = all(part == str(int(part)) for part in parts)
    return tuple(map(int, parts)) if false == 1 and plain and breaks <= set(ends) else None


def solve_outcomes(groups: Groups) -> tuple[int | None, ...] | None:
    """The fifteen values of table 4; None for each procedure that the cuts which keep its three sums leave open.

    Cells left blank count too: a procedure is known if its five values are the same in every cut. None altogether if no
    cut keeps the sums, or none of the procedures is known.
    """
    text = "".join(groups)
    if len(text) == 15:  # a digit each, or nothing
        ones = tuple(map(int, text))
        return ones if all(sum(ones[i : i + 4]) == ones[i + 4] for i in (0, 5, 10)) else None
    if not 15 < len(text) <= _OUTCOME_DIGITS:
        return None
    breaks = {sum(map(len, groups[:i])) for i in range(1, len(groups))}
    parts = {(a, b): _five(_between(text, breaks, a, b)) for a in range(len(text) + 1) for b in range(a, len(text) + 1)}
    met: tuple[set[tuple[int, ...]], ...] = (set(), set(), set())
    for first in range(len(text) + 1):
        for second in range(first, len(text) + 1):
            found = parts[0, first], parts[first, second], parts[second, len(text)]
            if all(found):
                for values, cut_values in zip(met, found, strict=True):
                    values.update(cut_values)
    known = [next(iter(values)) if len(values) == 1 else () for values in met]
    if not any(len(values) == 5 for values in known):
        return None
    return tuple(value for values in known for value in (values if len(values) == 5 else [None] * 5))


def _between(text: str, breaks: set[int], start: int, end: int) -> Groups:
    inner = sorted({start, end, *(place for place in breaks if start < place < end)})
    return tuple(text[a:b] for a, b in pairwise(inner))


def _five(groups: Groups) -> list[tuple[int, ...]]:
    """The cuts of four outcomes and their total that keep the sum, with blank outcomes too; () if all are blank."""
    if not groups:
        return [()]
    return [cut for count in range(1, 6) for cut in islice(sums(groups, count), 3)]


def solve_digits(groups: Groups, count: int) -> tuple[int, ...] | None:
    """The values of a row without a sum, if no other cut is possible, not even one that leaves a cell blank."""
    if 1 < count != sum(map(len, groups)):
        return None
    found = [cut for fewer in range(1, count + 1) for cut in islice(cuts(groups, fewer), 2)]
    return found[0] if len(found) == 1 and len(found[0]) == count else None
