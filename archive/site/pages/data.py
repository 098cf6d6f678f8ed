"""`/data`: everything that can be taken away, and how; `/data/dictionary`: what each column means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.database.schema import load_schema
from archive.exports.datapackage import LICENSE
from archive.exports.names import CITATION, DICTIONARY_FILE, KEPT_REPORTS, MANIFEST_FILE, PACKAGE_FILE, SCHEMA_FILE
from archive.exports.resources import Resource, load_resources
from archive.site.database import read, row
from archive.site.pages.files import Exports, Kept, exports_of
from archive.site.respond import Route, page

DATABASE_FILE = "archive.db"
DESCRIPTIONS = (PACKAGE_FILE, SCHEMA_FILE, DICTIONARY_FILE)
EXAMPLES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("reports", "/archive/reports.json", {"year": "2023", "_shape": "array"}),
    ("cells", "/archive/statistics.json", {"key": "refused_state_secret", "applicant": "total", "_shape": "array"}),
    ("search", "/search.json", {"q": "信息处理费"}),
    ("findings", "/findings.json", {}),
    ("coverage", "/coverage.csv", {"show": "owed"}),
    ("answer", "/questions/Q1.csv", {}),
)
"""Examples of the API: the key of their text, the path, and the arguments."""


@dataclass(frozen=True, slots=True)
class Tabled:
    """A table of the exports with its files, one of which may be missing."""

    resource: Resource
    csv: Kept | None
    parquet: Kept | None

    @property
    def rows(self) -> int | None:
        """How many rows it has."""
        kept = self.csv or self.parquet
        return kept.rows if kept else None


def tables_of(files: Mapping[str, Kept]) -> tuple[Tabled, ...]:
    """The tables of which a file is there, in the order of the schema."""
    every = (Tabled(one, files.get(one.csv), files.get(one.parquet)) for one in load_resources())
    return tuple(table for table in every if table.csv or table.parquet)


def years_of(files: Mapping[str, Kept]) -> tuple[Kept, ...]:
    """The files of one year each, the latest first."""
    return tuple(files[name] for name in sorted(files, reverse=True) if name.startswith("wide-"))


def size(number: int) -> str:
    """A size in bytes for people: kB and MB of 1000, with at most one decimal."""
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= step:
            value = number / step
            return f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"
    return f"{number} B"


def citation(exports: Exports | None, build: Any) -> tuple[str, ...]:
    """How to cite, in Chinese and English."""
    text = CITATION.format(generation=build["generation"], day=build["built_at"][:10])
    return tuple(str(exports.manifest["citation"] if exports else text).split(" · ", 1))


async def data_view(datasette: Any, request: Any) -> Any:
    """`/data`."""
    exports = await exports_of(datasette)
    files = exports.files if exports else {}
    newest = "select * from build_info order by generation desc limit 1"
    build = await read(datasette, lambda connection: row(connection, newest))
    return await page(
        datasette,
        request,
        "data.html",
        exports=exports,
        build=build,
        whole=[files[name] for name in (DATABASE_FILE, KEPT_REPORTS) if name in files],
        years=years_of(files),
        tables=tables_of(files),
        descriptions=[files[name] for name in DESCRIPTIONS if name in files],
        manifest=MANIFEST_FILE,
        sums="\n".join(f"{kept.sha256}  {kept.name}" for kept in files.values()),
        license=LICENSE,
        citation=citation(exports, build),
        examples=EXAMPLES,
        size=size,
        sql_allowed=datasette.setting("default_allow_sql"),
    )


async def dictionary_view(datasette: Any, request: Any) -> Any:
    """`/data/dictionary`."""
    return await page(datasette, request, "dictionary.html", resources=load_resources(), schema=load_schema())


ROUTES: list[Route] = [(r"^/data$", data_view), (r"^/data/dictionary$", dictionary_view)]
