"""The command itself: quick to say what it can do, and true to what its subcommands say of themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from archive.cli import SUBCOMMANDS, main
from archive.commands.exits import Exit
from archive.ledger import locked
from archive.steps import BUILD_LOCK

HEAVY = ("scrapy", "datasette", "lxml", "archive.route", "archive.readers")
OF_A_BUILD = ("archive.route", "archive.readers", "pyarrow", "scipy")
OF_OTHER_STEPS = ("archive.parsing", "archive.sandbox", "archive.webarchives", "archive.workers")


@pytest.mark.parametrize("words", [("--help",), ("--version",)])
def test_help_imports_none_of_the_subcommands(words: tuple[str, ...]) -> None:
    script = (
        "import sys\nfrom archive.cli import main\n"
        f"main({list(words)}, standalone_mode=False)\n"
        f"print(sorted(set(sys.modules) & {set(HEAVY)}), [m for m in sys.modules if m.startswith('archive.commands.')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] ['archive.commands.exits']"


@pytest.mark.parametrize(
    ("name", "needless"), [*((name, OF_A_BUILD) for name in ("serve", "show", "coverage")), ("build", OF_OTHER_STEPS)]
)
def test_a_command_imports_nothing_of_what_others_do(name: str, needless: tuple[str, ...]) -> None:
    script = f"import sys, archive.commands.{name}\nprint(sorted(set(sys.modules) & {set(needless)}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_list_says_what_the_subcommand_says(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help is not None
    assert " ".join(command.help.split()).startswith(SUBCOMMANDS[name])


def test_no_rollback_while_a_build_is_at_work(tmp_path: Path) -> None:
    with locked(tmp_path / BUILD_LOCK):
        result = CliRunner().invoke(main, ["build", "--rollback", "--data", str(tmp_path)])
    assert result.exit_code == Exit.LOCKED
    assert f"{tmp_path / BUILD_LOCK} is held by process {os.getpid()}" in result.stderr
