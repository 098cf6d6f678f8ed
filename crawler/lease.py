"""A crawl on a lease: it asks nobody for anything unless whoever runs it said a moment ago that it may.

A shard that another machine believes dead is given to a second one. So that no host is ever asked by both, the first
must end by itself when it hears nothing more, whatever became of those who started it; what it acknowledged stays.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from archive.ledger.lease import LOST, is_held

LOOK_SECONDS = 1.0


class Lease:
    """Leave to crawl, as a file of `archive.ledger.lease`; it also ends with the process that started this one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parent = os.getppid()

    def check(self) -> None:
        """Returns while there is leave, and ends this process at once, as a kill would, when there is none."""
        if os.getppid() == self._parent and is_held(self._path):
            return
        click.echo("Error: the lease of this shard was not renewed; it may be crawled elsewhere by now", err=True)
        os._exit(LOST)
