"""Reads a CSV table of the registry; every error names file, line and field, and all of them are told at once."""

from __future__ import annotations

import _csv
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


class RegistryError(Exception):
    """The registry is not usable; `errors` are all that is wrong with it, one line each."""

    def __init__(self, errors: tuple[str, ...]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its fields without surrounding blanks, and where it stands."""

    source: str
    line: int
    fields: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


@dataclass(slots=True)
class Problems:
    """Collects errors, so that a person mends a file once and not once for each mistake."""

    errors: list[str] = field(default_factory=list)

    def add(self, row: Row, name: str, message: str) -> None:
        """Notes that a field is not what it should be; `message` says what is expected."""
        self.errors.append(f"{row.source}, line {row.line}, {name}: {message}")

    def raise_if_any(self) -> None:
        """Raises RegistryError if anything was noted."""
        if self.errors:
            raise RegistryError(tuple(self.errors))


def read_table(path: Path, required: tuple[str, ...], optional: tuple[str, ...], problems: Problems) -> list[Row]:
    """The rows of a UTF-8 CSV file with a header, with or without a byte order mark; empty lines do not count.

    Raises RegistryError where the file as a whole cannot be read: not there, not UTF-8, columns missing or unknown.
    A row with more fields than the header is noted in `problems`.
    """
    header, rows = read_any_table(path, problems)
    source = str(path)
    expected = ",".join(required) + "".join(f"[,{name}]" for name in optional)
    if not header:
        raise RegistryError((f"{source} is empty; its first line should be {expected}",))
    wrong = [f"column {name!r} is missing" for name in required if name not in header]
    wrong += [f"column {name!r} is not known" for name in header if name not in required + optional]
    wrong += [f"column {name!r} stands twice" for name in dict.fromkeys(header) if header.count(name) > 1]
    if wrong:
        raise RegistryError(tuple(f"{source}, line 1: {text}; expected {expected}" for text in wrong))
    return rows


def read_any_table(path: Path, problems: Problems) -> tuple[list[str], list[Row]]:
    """The header and the rows of a UTF-8 CSV file whatever its columns; of two of one name the last counts.

    Raises RegistryError where the file cannot be read or is not CSV.
    """
    source = str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RegistryError((f"{source}: cannot be read: {error.strerror or error}",)) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RegistryError(
            (f"{source}, line {line}: not UTF-8; save the file as UTF-8 (a spreadsheet may have used GBK)",)
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        return header, list(_rows(reader, source, header, problems))
    except csv.Error as error:
        raise RegistryError((f"{source}, line {reader.line_num}: not CSV: {error}",)) from error


def _rows(reader: _csv.Reader, source: str, header: list[str], problems: Problems) -> Iterator[Row]:
    line = reader.line_num + 1
    for values in reader:
        here, line = line, reader.line_num + 1
        if not any(value.strip() for value in values):
            continue
        row = Row(source, here, {name: value.strip() for name, value in zip(header, values, strict=False)})
        if len(values) != len(header):
            problems.errors.append(
                f"{source}, line {here}: {len(values)} fields, but the header has {len(header)}; "
                "a comma inside a field needs quotes around the field"
            )
            continue
        yield row
