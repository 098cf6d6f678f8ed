"""What every subcommand shares: the data directory, and how errors reach a person."""

from __future__ import annotations

import errno
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import click
from click._termui_impl import ProgressBar

from archive.captures import CaptureError
from archive.commands.exits import Exit
from archive.generations import GenerationError, VerificationFailed
from archive.ledger import LedgerError, LockedError
from archive.registry import RegistryError
from archive.steps import NothingToDo, Progress, UnknownPortal
from archive.storage import OtherAddress, bind, home_of
from archive.storage.address import HOME_ENVIRONMENT

Command = TypeVar("Command", bound=Callable[..., object])

_DAMAGED = (
    "a database in the data directory is damaged. It is the ledger unless `sqlite3 -readonly DATA/ledger.db "
    "'pragma quick_check'` says ok: put its last copy back (docs/operating.md). All others are made anew by "
    "`gongkai build --full`"
)
_FULL = (
    "no room is left where the command writes: in the data directory, in one that it was given, or for temporary files "
    "(TMPDIR); make room and run the same command again"
)
_DATABASES = {
    sqlite3.SQLITE_FULL: _FULL,  # SQLite does not say which file: it sorts in temporary ones
    sqlite3.SQLITE_BUSY: "another process has been writing to the ledger for long; run the same command again when "
    "that has ended",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}
"""What went wrong with a database, and what to do, by the kind of the error (https://sqlite.org/rescode.html)."""


class DataType(click.Path):
    """A directory; or an address of a bucket, which stands for the directory that keeps captures and exports there."""

    name = "directory"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The directory on this machine; an address is noted in it."""
        try:
            home = home_of(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        super().convert(str(home.directory), param, ctx)
        try:
            return bind(home)
        except OtherAddress as error:
            self.fail(str(error), param, ctx)
        except OSError as error:
            raise Problem(str(error)) from error


def home_option(*names: str, help: str) -> Callable[[Command], Command]:
    """Adds the option that names a data directory, or the address that stands for it, under these names."""
    return click.option(
        *names,
        type=DataType(file_okay=False),
        metavar="DIR",
        default=Path("data"),
        show_default=True,
        envvar=HOME_ENVIRONMENT,
        help=help,
    )


data_option = home_option(
    "--data",
    help="Directory with the captures (warc/), the ledger (ledger.db) and the archives (generations/). With "
    "s3://BUCKET/PREFIX captures and exports are kept there, the rest in GONGKAI_HOME, else ./data "
    "(docs/operating.md).",
)
"""Adds `--data DIR`, the directory that holds everything: captures, ledger, generations."""


def existing(data: Path) -> None:
    """Refuses a data directory that is not there, for commands that only look and would find nothing in it."""
    if not data.is_dir():
        raise click.UsageError(f"there is no directory {data}; --data names the one that was crawled into")


_WITHOUT = (
    "Without a registry of your own a crawl follows the one that comes with Gongkai, and a build takes the one that "
    "the crawls left in DATA/registry, if any."
)


def registry_options(command: Command) -> Command:
    """Adds `--portals FILE` and `--agencies FILE`, the registry to use."""
    existing = click.Path(path_type=Path, exists=True, dir_okay=False)
    command = click.option(
        "--agencies",
        type=existing,
        default=None,
        help=f"Agencies as CSV. {_WITHOUT}",
    )(command)
    return click.option(
        "--portals",
        type=existing,
        default=None,
        help=f"Portals as CSV. {_WITHOUT}",
    )(command)


class Problem(click.ClickException):
    """An error that a person can act on; `code` is the exit code."""

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.exit_code = int(code)  # type: ignore[misc]  # click reads it from the instance as well

    def show(self, file: object = None) -> None:
        """Prints the message to stderr, without a traceback."""
        click.echo(f"gongkai: {self.message}", err=True)


def say(message: str) -> None:
    """Prints a line for a person to stderr, so that stdout stays data."""
    click.echo(message, err=True)


@contextmanager
def progress() -> Iterator[Progress | None]:
    """Shows how far each step is, as a bar on stderr where that is a terminal; elsewhere nothing is shown."""
    if not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as open_bars:
        bars: dict[str, ProgressBar[int]] = {}
        done: dict[str, int] = {}

        def report(step: str, position: int, total: int) -> None:
            if step not in bars:
                open_bars.close()
                bar = click.progressbar(length=total, label=step, file=sys.stderr, show_pos=True)
                bars[step] = open_bars.enter_context(bar)
            bars[step].update(position - done.get(step, 0))
            done[step] = position

        yield report


@contextmanager
def route_problems() -> Iterator[None]:
    """Turns what may go wrong on the way from captures to archive into messages and exit codes."""
    try:
        yield
    except LockedError as error:
        raise Problem(f"another run is at work: {error}", Exit.LOCKED) from error
    except VerificationFailed as error:
        raise Problem(str(error), Exit.NOT_PUBLISHED) from error
    except (RegistryError, UnknownPortal) as error:
        raise Problem(str(error), Exit.WRONG_USE) from error
    except (NothingToDo, GenerationError, LedgerError, CaptureError) as error:
        raise Problem(str(error)) from error
    except OSError as error:
        raise Problem(said_of(error)) from error
    except sqlite3.DatabaseError as error:
        # The lowest byte is the kind, the rest its details; what Python itself refuses has none, and is our fault.
        what = _DATABASES.get(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF)
        if what is None:
            raise
        raise Problem(f"{what} ({error})") from error


def said_of(error: OSError) -> str:
    """What the system refused, with the file where it names one: of a copy that found no room, where that should go.

    A write into a file that is open names none.
    """
    full = error.errno == errno.ENOSPC
    place = error.filename2 if full and error.filename2 is not None else error.filename
    why = error.strerror or str(error)
    if full and place is None:
        return _FULL
    if full:
        why += "; make room and run the same command again"
    return why if place is None else f"{place}: {why}"
