"""What documents made to do harm come to: outcome, seconds and peak memory of the child that read each of them.

`python -m bench.hostile FOLDER…` prints a table for docs/figures.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

from archive.models import NotAReport, ParsedReport, ParseResult
from archive.sandbox import Limits, Reply, Sandbox


def outcome(result: ParseResult) -> str:
    """The result in a line."""
    if isinstance(result, ParsedReport):
        return f"report: {result.title}, {len(result.warnings)} warnings"
    return f"{'not a report' if isinstance(result, NotAReport) else 'unreadable'}: {result.why}"


def main(folders: list[Path]) -> None:
    """Prints one row a file, and the worst of all."""
    ends: list[Reply] = []
    print("| file | outcome | seconds | peak MiB |\n| --- | --- | --: | --: |")
    with Sandbox(Limits(documents=1), told=ends.append) as sandbox:
        for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
            said = outcome(sandbox.read(path.read_bytes(), name=path.name)).replace("|", "\\|").replace("\n", " ")
            end = ends[-1]
            print(f"| {path.name} | {said} | {end.seconds:.2f} | {(end.peak or 0) >> 20} |", flush=True)
    print(f"\nworst: {max(end.seconds for end in ends):.2f} s, {max(end.peak or 0 for end in ends) >> 20} MiB")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main([Path(argument) for argument in sys.argv[1:]])
