"""What of a report counts as its content: the text of its sections and its cells, and nothing that changes by itself.

Visit counters, footers, dates of the page and places in the source are no content: a page that only shows another
counter has not changed. Works on the wire JSON, since most reports are compared and never looked at.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from archive.report.text import strip_marks

Body: TypeAlias = Mapping[str, Any]
"""The JSON object of one parsed report."""

_BLANKS = re.compile(r"\s+")
_COUNTED = frozenset({"number", "zero", "inferred"})


@dataclass(frozen=True, slots=True, order=True)
class Fullness:
    """How much of a report could be read; compared field by field, first the cells with a number."""

    cells: int
    sections: int
    text: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell or one section that differs; `before` and `after` are as printed, None = not there.

    Of a cell that differs in its unit alone they say the unit too, which its column may have printed.
    """

    key: str | None
    applicant: str | None
    section: int | None
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.section is not None:
            return f"section {self.section}"
        return f"{self.key}{f'/{self.applicant}' if self.applicant else ''}: {self.before!r} and {self.after!r}"


def normal(text: str | None) -> str:
    """Text without blanks and in one width, so that a converter's line breaks are no change."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text or ""))


def _cells(body: Body) -> dict[tuple[str, str | None], tuple[str, str, str | None]]:
    """(state, content, unit) of every cell: its content is the value where there is one, else the text as printed."""
    return {
        (cell["key"], cell["applicant"]): (
            cell["state"],
            str(cell["value"]) if cell["value"] is not None else normal(cell["raw"]),
            cell["unit"],
        )
        for cell in body["statistics"]
    }


def _sections(body: Body) -> dict[int, str]:
    """The text of every section, without the marks of converters (`[image: …]`), which another converter leaves out."""
    return {section["number"]: normal(strip_marks(section["text"] or "")) for section in body["sections"]}


def _extra_rows(body: Body) -> list[list[str]]:
    return [
        [normal(row["label"]), normal(row["unit"]), *(normal(str(value)) for value in row["values"])]
        for row in body["extra_rows"]
    ]


def fingerprint(body: Body) -> str:
    """The same for the same content, whatever the page around it, its format and its address."""
    cells = [[key, applicant, *content] for (key, applicant), content in _cells(body).items()]
    content = [sorted(_sections(body).items()), sorted(cells, key=str), _extra_rows(body)]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def fullness(body: Body) -> Fullness:
    """How much of the report could be read."""
    return Fullness(
        cells=sum(cell["state"] in _COUNTED for cell in body["statistics"]),
        sections=sum(section["status"] == "found" for section in body["sections"]),
        text=sum(len(text) for text in _sections(body).values()),
    )


def differences(before: Body, after: Body) -> Iterator[Difference]:
    """The sections and cells whose content differs, sections first, then cells in the order of the form."""
    old_text, new_text = _sections(before), _sections(after)
    old_raw = {section["number"]: section["text"] for section in before["sections"]}
    new_raw = {section["number"]: section["text"] for section in after["sections"]}
    for number in sorted({*old_text, *new_text}):
        if old_text.get(number) != new_text.get(number):
            yield Difference(None, None, number, old_raw.get(number), new_raw.get(number))
    old, new = _cells(before), _cells(after)
    old_print, new_print = _printed(before), _printed(after)
    for key in dict.fromkeys((*new, *old)):
        if (was := old.get(key)) != (now := new.get(key)):
            printed = old_print.get(key), new_print.get(key)
            if was and now and was[:-1] == now[:-1]:
                printed = _with_unit(printed[0], was[-1]), _with_unit(printed[1], now[-1])
            yield Difference(*key, None, *printed)
    if _extra_rows(before) != _extra_rows(after):
        yield Difference("extra_rows", None, None, _lines(before), _lines(after))


def _with_unit(printed: str | None, unit: str | None) -> str | None:
    return f"{printed} ({unit})" if unit else printed


def _printed(body: Body) -> dict[tuple[str, str | None], str | None]:
    """What a reader saw: the text as printed, and for a cell that is not plain also its state."""
    return {
        (cell["key"], cell["applicant"]): (
            cell["raw"] if cell["state"] in {"number", "zero"} else f"{cell['raw'] or ''} [{cell['state']}]".strip()
        )
        for cell in body["statistics"]
    }


def _lines(body: Body) -> str:
    return "\n".join(
        " ".join([row["label"], *("" if value is None else str(value) for value in row["values"])])
        for row in body["extra_rows"]
    )
