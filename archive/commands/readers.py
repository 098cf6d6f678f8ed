"""The options by which a command lets several workers read, the same for every command that reads captures."""

from __future__ import annotations

import re

import click

from archive.commands.common import Command

_ADDRESS = re.compile(r"(?:tcp|tls|ws|wss|ucx)://[^\s/]+/?")


class SchedulerAddress(click.ParamType[str]):
    """The address of a Dask scheduler; a word that is none is wrong use, said before any work begins."""

    name = "url"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> str:
        """The address as given."""
        if not _ADDRESS.fullmatch(value):
            self.fail(f"{value!r} is no address of a Dask scheduler; give it like tcp://HOST:8786", param, context)
        return value


def reader_options(command: Command) -> Command:
    """Adds `--workers N` and `--scheduler URL`; `one_way_to_read` refuses both at once."""
    command = click.option(
        "--scheduler",
        type=SchedulerAddress(),
        metavar="URL",
        help="Read the captures of DATA on the Dask cluster of this scheduler, such as tcp://HOST:8786; its workers "
        "must find DATA at the same path, or its captures in a bucket. Needs the extra `cluster`.",
    )(command)
    return click.option(
        "--workers",
        type=click.IntRange(min=1),
        metavar="N",
        help="Read the captures of DATA by N processes of this machine. Needs the extra `cluster`.",
    )(command)


def one_way_to_read(workers: int | None, scheduler: str | None) -> bool:
    """Whether several workers read; raises UsageError where both options are given."""
    if workers is not None and scheduler is not None:
        raise click.UsageError("give either --workers or --scheduler: a cluster has workers of its own")
    return workers is not None or scheduler is not None
