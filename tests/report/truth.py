"""Compares a parsed report with its expected file, cell by cell and section by section.

`python -m tests.report.truth FILE…` prints right / unfilled / wrong for each file that has an expected file beside it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.models import Cell, ParsedReport, ParseResult
from archive.reading import read_report
from archive.report.text import squeeze

_SUFFIXES = re.compile(r"(?:_seed|_from_compare_pdf|\.page)?\.[a-z]+$|(?:\.(?:doc|docx))?\.txt$")


@dataclass(frozen=True)
class Comparison:
    """How a report compares with its truth; `wrong` and `unfilled` are lines for a person."""

    right: int
    unfilled: tuple[str, ...]
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.right} right, {len(self.unfilled)} unfilled, {len(self.wrong)} wrong"


def expected_of(path: Path) -> Path | None:
    """The expected file that goes with a source file, or None."""
    stem = path.name.removeprefix("tika_").removeprefix("h21_")
    for _ in range(3):
        stem = _SUFFIXES.sub("", stem)
        candidate = path.parent / f"{stem}.expected.json"
        if candidate.is_file():
            return candidate
    return None


def _same(cell: Cell, value: Any) -> bool:
    """Whether the cell holds the expected value; a text is the cell as printed (`984361元`), a number its value."""
    if isinstance(value, str):
        return cell.raw == value or str(cell.value) == value
    return cell.value is not None and str(cell.value) == str(value)


def compare(report: ParsedReport, statistics: list[list[Any]]) -> Comparison:
    """Every expected cell against the report's; an expected null is right if the report has no value either."""
    cells = {(cell.key, cell.applicant): cell for cell in report.cells}
    right, unfilled, wrong = 0, [], []
    for key, applicant, value in statistics:
        cell = cells.get((key, applicant))
        name = f"{key}/{applicant}" if applicant else key
        if cell is None:
            wrong.append(f"{name}: not in the report")
        elif (value is None and cell.value is None) or (cell.value is not None and _same(cell, value)):
            right += 1
        elif cell.value is None:
            unfilled.append(f"{name}: expected {value!r}, cell is {cell.state} ({cell.raw!r})")
        else:
            wrong.append(f"{name}: expected {value!r}, read {cell.value!r} from {cell.raw!r} at {cell.place}")
    return Comparison(right, tuple(unfilled), tuple(wrong))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def section_differences(report: ParsedReport, sections: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A line for each expected section whose beginning, end or length the report does not give."""
    found = {str(section.number): section for section in report.sections}
    for number, expected in sections.items():
        if not number.isdigit():  # a part without a number is known by its heading
            headings = {squeeze(section.heading or ""): section for section in report.sections}
            found |= {number: headings[squeeze(expected["title"])]} if squeeze(expected["title"]) in headings else {}
        if number not in found:
            yield f"section {number}: not found, expected {expected['title']}"
            continue
        text = _bare(found[number].text)
        if text[:20] != _bare(expected["first_20_chars"]):
            yield f"section {number} begins {text[:20]!r}, expected {expected['first_20_chars']!r}"
        if text[-20:] != _bare(expected["last_20_chars"]):
            yield f"section {number} ends {text[-20:]!r}, expected {expected['last_20_chars']!r}"
        if len(text) != expected["chars_without_whitespace"]:
            yield f"section {number} has {len(text)} characters, expected {expected['chars_without_whitespace']}"


def compare_rows(report: ParsedReport, table: Sequence[Mapping[str, Any]]) -> Comparison:
    """The rows of an older statistics table, in order: every printed value of each is right, unfilled or wrong."""
    rows = list(report.extra_rows)
    right, unfilled, wrong = 0, [], []
    for expected in table:
        label = squeeze(expected["label"])
        at = next((i for i, row in enumerate(rows) if squeeze(row.label) == label), None)
        found = rows.pop(at) if at is not None else None
        for number, value in enumerate(expected["values"]):
            read = found.values[number] if found is not None and len(found.values) > number else None
            if str(read) == str(value):
                right += 1
            elif read is None:
                unfilled.append(f"{label}, column {number + 1}: expected {value!r}, not filled")
            else:
                wrong.append(f"{label}, column {number + 1}: expected {value!r}, read {read!r}")
        if found is not None and (len(found.values) > len(expected["values"]) or found.unit != expected["unit"]):
            wrong.append(f"{label}: {found.values} {found.unit}, expected {expected['values']} {expected['unit']}")
    if table:
        wrong += [f"{row.label}: a row that the source does not have" for row in rows]
    return Comparison(right, tuple(unfilled), tuple(wrong))


def load(path: Path) -> tuple[ParseResult, dict[str, Any]]:
    """A file as parsed, and its expected object (empty where there is none)."""
    expected = expected_of(path)
    truth = json.loads(expected.read_text("utf-8")) if expected else {}
    return read_report(path.read_bytes(), name=path.name), truth


def main(arguments: list[str]) -> None:
    """Prints one line a file, then what is wrong."""
    for name in arguments:
        result, truth = load(Path(name))
        if not isinstance(result, ParsedReport):
            print(f"{name}: {result}")
            continue
        comparison = compare(result, truth.get("statistics", []))
        texts = {n: s for n, s in truth.get("sections", {}).items() if n in "156" or result.era < "B"}
        differences = list(section_differences(result, texts))
        rows = compare_rows(result, truth.get("statistics_table", []))
        print(f"{name}: era {result.era}, {comparison}; rows {rows}; sections differing: {len(differences)}")
        for line in (*comparison.wrong, *rows.wrong, *differences):
            print(f"    {line}")


if __name__ == "__main__":
    main(sys.argv[1:])
