"""The documents stay true: every command, option, target and path they name exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from archive.cli import SUBCOMMANDS, main

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "demo").glob("*.md")])
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
IDS = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


def commands(text: str) -> list[str]:
    """The commands that a document shows: lines of its code blocks and code spans, comments cut off."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    blocks = [block for language, block in fenced if language in {"", "sh", "console"}]
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [line.split(" #")[0].strip() for line in lines] + re.findall(r"`((?:gongkai|make|python -m) [^`]*)`", prose)


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_the_commands_shown_exist(path: Path) -> None:
    for line in commands(path.read_text("utf-8")):
        words = shlex.split(line.replace("…", " "))
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words.pop(0)
        if not words:
            continue
        name = words[0].removeprefix(".venv/bin/")
        if name == "make":
            targets = [word for word in words[1:] if "=" not in word and not word.startswith("-")]
            assert set(targets) <= TARGETS, f"{path.name}: {line}"
        elif name == "gongkai":
            check_gongkai(words[1:], f"{path.name}: {line}")
        elif (
            words[0] in {"python", "python3"}
            and words[1:2] == ["-m"]
            and words[2].split(".")[0]
            in {
                "archive",
                "bench",
                "crawler",
                "demo",
                "tools",
            }
        ):
            module = ROOT.joinpath(*words[2].split("."))
            assert module.with_suffix(".py").exists() or (module / "__main__.py").exists(), f"{path.name}: {line}"


def check_gongkai(words: list[str], where: str) -> None:
    if not words or words[0].startswith("-"):
        return
    assert words[0] in SUBCOMMANDS, where
    command = main.get_command(click.Context(main), words[0])
    assert command is not None
    if isinstance(command, click.Group) and words[1:] and not words[1].startswith("-"):
        command = command.commands.get(words[1])
        assert command is not None, where
        words = words[1:]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    for word in words[1:]:
        if re.fullmatch(r"--?[a-z][a-z-]*", word):
            assert word in known | {"--help"}, f"{where}: {word}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_the_paths_named_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    for name in re.findall(r"`((?:archive|bench|crawler|demo|docs|tests|tools|\.ci)/[\w./-]*)`", text):
        assert (ROOT / name).exists(), f"{path.name} names {name}"
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (path.parent / link).exists(), f"{path.name} links to {link}"


def subcommands() -> list[str]:
    """Every subcommand by its words; those of a group after the group itself."""
    found: list[str] = []
    for name in SUBCOMMANDS:
        command = main.get_command(click.Context(main), name)
        found += [name, *(f"{name} {inner}" for inner in getattr(command, "commands", ()))]
    return found


@pytest.mark.parametrize("name", subcommands())
def test_every_subcommand_has_help_that_teaches(name: str) -> None:
    result = CliRunner().invoke(main, [*name.split(), "--help"])
    assert result.exit_code == 0
    outer, _, inner = name.partition(" ")
    command = main.get_command(click.Context(main), outer)
    if isinstance(command, click.Group) and inner:
        command = command.commands[inner]
    assert command is not None
    assert isinstance(command, click.Group) or "--data" in result.output
    assert len((command.help or "").split()) >= 15
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]} has no help"


def test_every_subcommand_stands_in_the_readme() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for name in SUBCOMMANDS:
        assert re.search(rf"^  {name} ", result.output, re.MULTILINE), name


def test_every_make_target_has_a_line_of_help() -> None:
    for line in (ROOT / "Makefile").read_text("utf-8").splitlines():
        if re.match(r"[a-z]+:", line):
            assert " ## " in line, line


def test_the_lock_files_name_no_registry() -> None:
    for path in ROOT.glob("requirements*.lock"):
        text = path.read_text("utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        assert "--hash=sha256:" in text
