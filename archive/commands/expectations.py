"""What a document is expected to be read as, in a file beside it: written once, reviewed by a person, then compared.

The file is JSON with one line a cell and one a paragraph, so that a review and a diff are read line by line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from archive import wire
from archive.checks.confidence import confidence
from archive.checks.within import check_report
from archive.models import ParsedReport, ParseResult, Unreadable

SUFFIX = ".expected.json"

Expectation: TypeAlias = Mapping[str, Any]
"""The object of one expectation file: `reviewed`, then what the document says."""

_HEAD = ("title", "agency", "year", "era", "published", "period", "confidence")


def expectation_path(document: Path) -> Path:
    """The file that belongs beside a document: its name without the last suffix, and `.expected.json`."""
    return document.with_name(document.stem + SUFFIX)


def expectation(result: ParseResult, *, reviewed: bool = False) -> dict[str, Any]:
    """What the parser reads now, as an expectation; cells are lists of key, applicant, value, state and raw text."""
    stated: dict[str, Any] = {"reviewed": reviewed}
    if not isinstance(result, ParsedReport):
        return stated | {"unreadable" if isinstance(result, Unreadable) else "not_a_report": result.why}
    raw = wire.result_to_json("", result)
    stated |= {name: raw[name] for name in _HEAD if name in raw}
    stated["confidence"] = str(confidence(result, check_report(result)).status)
    stated["sections"] = [
        {"number": s["number"], "status": s["status"], "heading": s["heading"], "text": s["text"].splitlines()}
        for s in raw["sections"]
    ]
    stated["statistics"] = [[c["key"], c["applicant"], c["value"], c["state"], c["raw"]] for c in raw["statistics"]]
    stated["extra_rows"] = [[r["label"], r["unit"], r["key"], *r["values"]] for r in raw["extra_rows"]]
    return stated


def write(path: Path, stated: Expectation) -> None:
    """Writes an expectation, a line for each cell and each paragraph; raises OSError."""
    path.write_text(render(stated), "utf-8")


def load(path: Path) -> Expectation:
    """Reads an expectation; raises OSError, or ValueError naming a file that is none."""
    stated = wire.loads(path.read_text("utf-8"))
    if not isinstance(stated, dict) or not isinstance(stated.get("reviewed"), bool):
        raise ValueError(f'{path} is no expectation: it must be a JSON object with "reviewed" true or false')
    return stated


def render(stated: Expectation) -> str:
    """The text of an expectation file."""
    return "{\n" + ",\n".join(f" {json.dumps(name)}: {_lines(value)}" for name, value in stated.items()) + "\n}\n"


def _lines(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join(f"  {wire.dumps(item)}" for item in value) + "\n ]"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(_section(item) for item in value) + "\n ]"
    return wire.dumps(value)


def _section(section: Mapping[str, Any]) -> str:
    head = ", ".join(f"{json.dumps(name)}: {wire.dumps(section[name])}" for name in ("number", "status", "heading"))
    text = ",\n".join(f"    {wire.dumps(line)}" for line in section["text"])
    return f'  {{{head}, "text": [\n{text}\n  ]}}' if text else f'  {{{head}, "text": []}}'


def differences(expected: Expectation, actual: Expectation) -> Iterator[str]:
    """One line a difference, cell by cell and section by section, `expected` before `read`; whether reviewed aside."""
    for name in dict.fromkeys((*expected, *actual)):
        if name in ("reviewed", "sections", "statistics"):
            continue
        if expected.get(name) != actual.get(name):
            yield f"{name}: expected {_shown(expected.get(name))}, read {_shown(actual.get(name))}"
    yield from _section_differences(expected, actual)
    old, new = _cells(expected), _cells(actual)
    for cell in dict.fromkeys((*old, *new)):
        if old.get(cell) != new.get(cell):
            yield f"cell {cell}: expected {_printed(old.get(cell))}, read {_printed(new.get(cell))}"


def _section_differences(expected: Expectation, actual: Expectation) -> Iterator[str]:
    old, new = ({section["number"]: section for section in stated.get("sections", ())} for stated in (expected, actual))
    for number in sorted({*old, *new}):
        if number not in old or number not in new:
            yield f"section {number}: {'not expected, read' if number not in old else 'expected, not read'}"
            continue
        for name in ("status", "heading"):
            if old[number][name] != new[number][name]:
                yield (
                    f"section {number}, {name}: expected {_shown(old[number][name])}, read {_shown(new[number][name])}"
                )
        before, after = old[number]["text"], new[number]["text"]
        for at in range(max(len(before), len(after))):
            one = before[at] if at < len(before) else None
            other = after[at] if at < len(after) else None
            if one != other:
                yield f"section {number}, paragraph {at + 1}: expected {_shown(one)}, read {_shown(other)}"
                break  # what follows a paragraph too many or too few differs as well


def _cells(stated: Expectation) -> dict[str, list[Any]]:
    return {f"{key}/{who}" if who else key: rest for key, who, *rest in stated.get("statistics", ())}


def _printed(cell: list[Any] | None) -> str:
    if cell is None:
        return "no such cell"
    value, state, raw = cell
    return f"{state} {'' if value is None else value} {_shown(raw)}".replace("  ", " ")


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else wire.dumps(value)
    return f"{text[:60]}…{text[-40:]}" if len(text) > 110 else text
