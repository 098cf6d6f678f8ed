"""What every subcommand shares: the data directory, exit codes and how errors reach a person."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

import click

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., object])


class Exit(IntEnum):
    """The exit codes that scripts may rely on."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    WITH_FAILURES = 3
    LOCKED = 4
    NOT_PUBLISHED = 5


EXIT_CODES_HELP = """Exit codes: 0 done, 1 failed, 2 wrong use, 3 finished but some portals or documents failed (they are
listed), 4 another run holds the lock, 5 the new archive failed its checks and was not published."""


def data_option(command: Command) -> Command:
    """Adds `--data DIR`, the directory that holds everything: captures, ledger, generations."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("data"),
        show_default=True,
        help="Directory with the captures (warc/), the ledger (ledger.db) and the archives (generations/).",
    )(command)


def registry_options(command: Command) -> Command:
    """Adds `--portals FILE` and `--agencies FILE`, the registry to use instead of the one that comes with Gongkai."""
    existing = click.Path(path_type=Path, exists=True, dir_okay=False)
    command = click.option(
        "--agencies",
        type=existing,
        default=None,
        help="Agencies as CSV, instead of the registry that comes with Gongkai.",
    )(command)
    return click.option(
        "--portals",
        type=existing,
        default=None,
        help="Portals as CSV, instead of the registry that comes with Gongkai.",
    )(command)


class Problem(click.ClickException):
    """An error that a person can act on; `code` is the exit code."""

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.exit_code = int(code)

    def show(self, file: object = None) -> None:
        """Prints the message to stderr, without a traceback."""
        click.echo(f"gongkai: {self.message}", err=True)


@contextmanager
def problems_from(*kinds: type[Exception], code: Exit = Exit.FAILED) -> Iterator[None]:
    """Turns the named exceptions of the rooms below into a `Problem` that shows their message."""
    try:
        yield
    except kinds as error:
        raise Problem(str(error), code) from error


def say(message: str) -> None:
    """Prints a line for a person to stderr, so that stdout stays data."""
    click.echo(message, err=True)


@contextmanager
def progress(items: Iterable[T], *, length: int, label: str) -> Iterator[Iterable[T]]:
    """Shows a progress bar on stderr where that is a terminal; elsewhere the items pass through in silence."""
    if not sys.stderr.isatty():
        yield items
        return
    with click.progressbar(items, length=length, label=label, file=sys.stderr, show_pos=True) as bar:
        yield bar
