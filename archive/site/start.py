"""Starts a worker with no more in memory than a site needs: `python -m archive.site.start ORDER`.

Datasette carries a library of physical units, which loads NumPy and SciPy wherever they are installed (here they are,
for the checks), and sqlite-utils does the same for columns of their types: 40 MB and a second of each worker, for what
no table of ours has.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

NOT_NEEDED = ("numpy", "scipy", "dask", "uncertainties")


@contextmanager
def out_of_reach(names: tuple[str, ...]) -> Iterator[None]:
    """Lets the import of some packages fail within the block, as if they were not installed."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # how Python marks what must not be imported
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def main(arguments: list[str]) -> int:
    """Runs one worker; exit code 3 means that the generation was refused."""
    with out_of_reach(NOT_NEEDED):
        # So that both have looked for them, and whoever asks later gets what is installed.
        import sqlite_utils  # noqa: F401
    from archive.site import worker

    return worker.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
