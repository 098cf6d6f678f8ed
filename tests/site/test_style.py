"""The style sheet: whole, of every file, and of no rule for what no page has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import datasette

from archive.site.environment import HERE, STYLES, style

NAMED = re.compile(r"\.([a-z][\w-]*)", re.IGNORECASE)
MADE_OF_DATA = re.compile(r"[sbd]\d|s-\w+|col-\w+")
"""Classes that templates put together: of a series of a chart, of a state, of a column of Datasette's tables."""


def written() -> str:
    """All that can name a class: our templates and modules, and the templates of Datasette."""
    ours = [path for kind in ("*.html", "*.py", "*.yaml") for path in HERE.rglob(kind)]
    theirs = Path(str(files(datasette))).joinpath("templates").glob("*.html")
    return "\n".join(path.read_text("utf-8") for path in (*ours, *theirs))


def classes(sheet: str) -> Iterator[str]:
    """The classes that rules are for."""
    selectors = re.sub(r"\{[^{}]*\}", "{}", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    yield from sorted(set(NAMED.findall(selectors)))


def test_every_file_is_part_of_the_sheet() -> None:
    assert sorted(STYLES) == sorted(path.stem for path in (HERE / "static").glob("*.css"))
    for name in STYLES:
        assert (HERE / "static" / f"{name}.css").read_bytes() in style()


def test_no_rule_is_for_what_no_page_has() -> None:
    text = written()
    unused = [
        name
        for name in classes(style().decode())
        if not MADE_OF_DATA.fullmatch(name) and not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    ]
    assert unused == []
