"""The import rule of docs/architecture.md, read from the syntax trees: imports point down the route only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("archive", "crawler")

# Each room may import the rooms listed beside it (and itself). Everything may import `archive.models`.
MAY_IMPORT: dict[str, set[str]] = {
    "archive.models": set(),
    "archive.registry": set(),
    "archive.storage": set(),
    "archive.captures": {"archive.storage"},
    "archive.ledger": set(),
    "archive.search": set(),
    "archive.concerns": set(),
    "archive.charset": set(),
    "archive.days": set(),
    "archive.doing": set(),
    "archive.steps": set(),
    "archive.readers": {"archive.charset"},
    "archive.report": set(),
    "archive.checks": {"archive.report"},
    "archive.wire": {"archive.report", "archive.checks"},
    "archive.several": set(),
    "archive.reading": {"archive.readers", "archive.report", "archive.checks", "archive.several", "archive.wire"},
    "archive.sandbox": {"archive.readers", "archive.reading", "archive.wire"},
    "archive.originals": {"archive.reading", "archive.sandbox"},
    "archive.parsing": {
        "archive.reading", "archive.sandbox", "archive.captures", "archive.ledger", "archive.report", "archive.wire",
    },
    "archive.workers": {
        "archive.readers", "archive.reading", "archive.sandbox", "archive.captures", "archive.ledger", "archive.report",
        "archive.parsing",
    },
    "archive.holdings": {
        "archive.concerns", "archive.days", "archive.registry", "archive.ledger", "archive.report", "archive.checks",
        "archive.wire",
    },
    "archive.database": {
        "archive.registry", "archive.ledger", "archive.report", "archive.checks", "archive.holdings", "archive.search",
        "archive.wire",
    },
    "archive.metadata": {"archive.database", "archive.report", "archive.checks"},
    "archive.generations": {"archive.database", "archive.search", "archive.exports"},
    "archive.exports": {"archive.database", "archive.holdings", "archive.report", "archive.checks", "archive.wire"},
    "archive.webarchives": {
        "archive.captures", "archive.charset", "archive.ledger", "archive.readers", "archive.registry",
        "archive.report",
    },
    "archive.merging": {"archive.captures", "archive.ledger", "archive.registry"},
    "archive.site": {
        "archive.days", "archive.database", "archive.search", "archive.report", "archive.checks", "archive.captures",
        "archive.metadata",
        "archive.generations", "archive.exports", "archive.originals", "archive.storage",
    },
    "archive.route": {
        "archive.registry", "archive.ledger", "archive.captures", "archive.parsing", "archive.report",
        "archive.holdings",
        "archive.database", "archive.generations", "archive.exports", "archive.webarchives", "archive.workers",
        "archive.steps", "archive.storage",
    },
    "archive.nightly": {
        "archive.concerns", "archive.doing", "archive.route", "archive.registry", "archive.ledger",
        "archive.generations", "archive.steps", "archive.storage", "archive.workers",
    },
    "archive.status": {
        "archive.captures", "archive.doing", "archive.generations", "archive.ledger", "archive.nightly",
        "archive.report", "archive.steps", "archive.workers",
    },
    "archive.commands": {"*"},
    "archive.cli": {"*"},
    "archive.__main__": {"archive.cli"},
    "crawler": {
        "archive.models", "archive.registry", "archive.captures", "archive.ledger", "archive.charset",
        "archive.concerns", "archive.storage",
    },
    "crawler.platforms": {"archive.days", "archive.models", "crawler.discovery", "crawler.pages"},
    "crawler.discovery": {"archive.models"},
    "crawler.blocks": {"archive.models", "crawler.pages"},
    "crawler.pages": {"archive.models", "archive.charset"},
}  # fmt: skip


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def room_of(module: str) -> str | None:
    """The longest name in the table that is the module or holds it; bare `archive` (its docstring) is no room."""
    names = [name for name in MAY_IMPORT if module == name or module.startswith(name + ".")]
    return max(names, key=len) if names else None


def imports_of(module: str, path: Path) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*up, base] if base else up)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


CASES = [(module, path) for module, path in modules() if module not in PACKAGES]


@pytest.mark.parametrize(("module", "path"), CASES, ids=[module for module, _ in CASES])
def test_imports_point_down_the_route(module: str, path: Path) -> None:
    room = room_of(module)
    assert room is not None, f"{module} stands in no room: add it to docs/architecture.md and to MAY_IMPORT"
    allowed = MAY_IMPORT[room] | {room, "archive.models"}
    for name in imports_of(module, path):
        target = room_of(name)
        if target is None or "*" in allowed:
            continue
        assert target in allowed or (room == "crawler" and target.startswith("crawler")), f"{module} imports {name}"


@pytest.mark.parametrize(("module", "path"), CASES, ids=[module for module, _ in CASES])
def test_the_archive_knows_no_network(module: str, path: Path) -> None:
    if not module.startswith("archive"):
        return
    for name in imports_of(module, path):
        top = name.split(".")[0]
        assert top not in {"crawler", "scrapy", "twisted", "aiohttp", "requests", "demo"}, f"{module} imports {name}"


def test_every_package_module_is_importable() -> None:
    import importlib

    from archive import workers
    from archive.readers import scan

    for module, _ in modules():
        if module.startswith("archive.readers.ocr.") and not scan.available():
            continue  # the optional extra `ocr`
        if module == "archive.workers.cluster" and not workers.available():
            continue  # the optional extra `cluster`
        if not module.endswith("__main__"):
            importlib.import_module(module)
