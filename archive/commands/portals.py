"""`gongkai portals`: check the registry and add to it, one portal, a list, or what a portal itself links to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from archive.commands import processes
from archive.commands.common import Problem, data_option, existing, said_of, say
from archive.commands.discover import arguments, walk_options
from archive.commands.exits import EXIT_CODES_HELP, Exit
from archive.models import Level, Portal
from archive.registry import (
    CENTRAL,
    Registry,
    RegistryError,
    append_portals,
    bare_address,
    level_of,
    load_divisions,
    load_registry,
    portal_lines,
    propose_id,
    read_list,
    registry_of,
)

EXISTING = click.Path(path_type=Path, exists=True, dir_okay=False)
DEFAULT = "portals.csv"
TO_WRITE = click.Path(path_type=Path, dir_okay=False)


@click.group(epilog=EXIT_CODES_HELP)
def portals() -> None:
    """Keep the list of portals: check it, add a portal after looking at it, import a list, follow a portal's links.

    A portal is one line of a CSV file. Give the file to `gongkai crawl --portals FILE`; what is proposed here is meant
    to be read by a person first.
    """


@portals.command("check", epilog=EXIT_CODES_HELP)
@click.argument("file", type=EXISTING, required=False)
@data_option
@click.option("--agencies", type=EXISTING, default=None, help="Check this file of agencies with it.")
@click.pass_context
def check_portals(context: click.Context, file: Path | None, data: Path, agencies: Path | None) -> None:
    """Check a registry of portals and count what is in it.

    Every mistake is told with its file, line and field, all at once. Without FILE, the registry that DATA was crawled
    with is checked, or the one that comes with Gongkai. The exit code is 1 where anything is wrong.
    """
    if context.get_parameter_source("data") is not ParameterSource.DEFAULT:
        existing(data)
    try:
        registry = registry_of(data, file, agencies)
    except RegistryError as error:
        number = len(error.errors)
        raise Problem(f"{error}\n{number} mistake{'s' if number > 1 else ''}; nothing was changed") from error
    everyone = list(registry.portals.values())
    given = sum(portal.annual_report_url is not None for portal in everyone)
    click.echo(f"{len(everyone)} portals, {len(registry.agencies)} agencies: valid")
    click.echo(f"column given: {given}; to be found from the home page: {len(everyone) - given}")
    click.echo(_counts("level", (portal.level or "not given" for portal in everyone)))
    click.echo(_counts("platform", (portal.platform or "to be detected" for portal in everyone)))


def _counts(what: str, values: Iterable[str]) -> str:
    return f"{what}: " + ", ".join(f"{value} {number}" for value, number in Counter(values).most_common())


@portals.command("add", epilog=EXIT_CODES_HELP)
@click.argument("url")
@click.option("--id", "portal_id", metavar="ID", help="Its id: lower-case letters, digits, hyphens. [default: by host]")
@click.option("--name", help="The body that runs it, in Chinese. [default: what the portal says]")
@click.option("--division", metavar="CODE", help="Its six-digit division code. [default: what the portal says]")
@click.option("--level", type=click.Choice([*Level]), help="The tier of government. [default: by the division]")
@click.option("--portals", "file", type=TO_WRITE, default=None, help="File to add to. [default: portals.csv in DATA]")
@data_option
@walk_options
@click.option("--anyway", is_flag=True, help="Write the row even if no report was found.")
@click.option("--dry-run", is_flag=True, help="Look and print the row, but write nothing.")
@click.pass_context
def add_portal(
    context: click.Context,
    url: str,
    portal_id: str | None,
    name: str | None,
    division: str | None,
    level: str | None,
    file: Path | None,
    data: Path,
    clicks: int,
    pages: int,
    settings: tuple[str, ...],
    anyway: bool,
    dry_run: bool,
) -> None:
    """Look at a portal as `gongkai discover` does, and append a row for it to FILE.

    The row names the column only where one column holds every report that was seen; otherwise a crawl finds them from
    the home page. What the portal does not say itself has to be given. The pages seen stay in DATA/discover, where
    `gongkai portals expand` finds them.
    """
    file = file or data / DEFAULT
    known = _load(file).portals if file.exists() else {}
    home = url if "://" in url else f"http://{url}"
    for portal in known.values():
        if bare_address(portal.home_url) == bare_address(home):
            raise Problem(f"{home} is portal {portal.id} of {file} already", Exit.WRONG_USE)
    # What was given is checked before anybody is asked for a page.
    trial = Portal(portal_id or propose_id(home, known), name or "-", division or CENTRAL, None, home)
    _append(file, [trial], dry_run=True, show=False, quiet=True)
    walk = _look(context, url, data, clicks, pages, settings)
    row = _row(walk["row"], trial.id, name, division, level)
    for problem in walk["problems"]:
        say(f"Problem: {problem}")
    for column in walk["columns"]:
        say(f"Column: {column['url']} ({column['platform']}), {column['entries']} reports listed")
    seen = any(column["entries"] for column in walk["columns"]) or walk["beside"]
    missing = [field for field in ("name", "division") if not getattr(row, field)]
    if missing:
        click.echo(portal_lines([row]), nl=False)
        options = " and ".join(f"--{field}" for field in missing)
        raise Problem(f"the portal does not say its {' and '.join(missing)}; give {options}")
    _append(file, [row], dry_run=dry_run or not (seen or anyway))
    if not (seen or anyway):
        raise Problem("no report was found there, so nothing was written; --anyway does", Exit.WITH_FAILURES)
    context.exit(Exit.WITH_FAILURES if walk["problems"] else Exit.DONE)


def _look(
    context: click.Context, url: str, data: Path, clicks: int, pages: int, settings: tuple[str, ...]
) -> dict[str, Any]:
    """What a walk saw, as JSON; ends with the walk's exit code where it could not be made."""
    words = arguments(url, data, clicks, pages, settings)
    code, printed = processes.output("crawler.discover", *words, "--json", "--quiet")
    if code not in (Exit.DONE, Exit.WITH_FAILURES):
        context.exit(code)
    walk: dict[str, Any] = json.loads(printed)
    return walk


def _row(fields: dict[str, str], portal_id: str, name: str | None, division: str | None, level: str | None) -> Portal:
    code = division or fields["division"]
    tier = Level(level) if level else level_of(code) if code else None
    row = _portal(fields)
    return replace(row, id=portal_id, name=name or row.name, division=code, level=tier)


def _portal(fields: dict[str, str]) -> Portal:
    """A portal from the fields of a row that another process printed."""
    return Portal(
        id=fields["id"],
        name=fields["name"],
        division=fields["division"],
        level=Level(fields["level"]) if fields["level"] else None,
        home_url=fields["home_url"],
        annual_report_url=fields["annual_report_url"] or None,
        platform=fields["platform"] or None,
        notes=fields["notes"],
    )


@portals.command("import", epilog=EXIT_CODES_HELP)
@click.argument("file", type=EXISTING)
@click.option("--to", "target", type=TO_WRITE, default=None, help="File to add to. [default: portals.csv in DATA]")
@data_option
@click.option("--dry-run", is_flag=True, help="Print the rows, but write nothing.")
@click.pass_context
def import_portals(context: click.Context, file: Path, target: Path | None, data: Path, dry_run: bool) -> None:
    """Append the portals of a list of your own, as CSV, to a registry file.

    Columns are known by their names, English or Chinese: the home page and the division are needed, id, name, level,
    annual-report column, platform and notes are taken where they are. A division may be a code, a path such as
    山东省/枣庄市/滕州市, or a name that only one place has. Rows that cannot be mapped are listed with the reason,
    never guessed, and the exit code is then 3; so are portals that the registry file has already.
    """
    target = target or data / DEFAULT
    known = _load(target).portals if target.exists() else {}
    try:
        found = read_list(file, load_divisions(), list(known.values()))
    except RegistryError as error:
        raise Problem(str(error), Exit.WRONG_USE) from error
    say("Columns: " + ", ".join(f"{ours} = {theirs}" for ours, theirs in found.used.items()))
    if found.unused:
        say(f"Not used: {', '.join(found.unused)}")
    for one in found.refused:
        say(f"{file}, line {one.line}: {one.what}{': ' if one.what else ''}{one.why}")
    if found.portals:
        _append(target, found.portals, dry_run=dry_run, show=dry_run)
    say(f"{len(found.portals)} rows mapped, {len(found.refused)} not")
    context.exit(Exit.WITH_FAILURES if found.refused else Exit.DONE)


@portals.command("expand", epilog=EXIT_CODES_HELP)
@click.argument("portal_id", metavar="ID")
@data_option
@click.option("--portals", "file", type=EXISTING, default=None, help="The registry that knows ID, instead of DATA's.")
@click.option("--look", is_flag=True, help="Walk from the portal's home page first, politely, as `gongkai discover`.")
@walk_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the evidence for each row.")
@click.pass_context
def expand_portal(
    context: click.Context,
    portal_id: str,
    data: Path,
    file: Path | None,
    look: bool,
    clicks: int,
    pages: int,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Propose rows for the portals that portal ID links to: places below it, its departments, its townships.

    Reads the pages of ID that DATA holds already, from a crawl or from `gongkai discover --data DIR`, and asks nobody
    unless --look is given. The rows are printed as CSV for review: keep those that are right, then import or append
    them. A link counts only where its words name a body below and its host is one that public bodies use.
    """
    if look:
        try:
            registry = registry_of(data, file)
        except RegistryError as error:
            raise Problem(str(error), Exit.WRONG_USE) from error
        if portal_id not in registry.portals:
            raise Problem(f"no portal {portal_id} in the registry", Exit.WRONG_USE)
        _look(context, registry.portals[portal_id].home_url, data, clicks, pages, settings)
    else:
        existing(data)
    words = [portal_id, "--data", str(data), *(("--portals", str(file)) if file else ())]
    code, printed = processes.output("crawler.expand", *words)
    if code != Exit.DONE:
        context.exit(code)
    found: dict[str, Any] = json.loads(printed)
    if not found["pages"]:
        raise Problem(f"{data} holds no page of {portal_id}: crawl it first, or give --look")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif found["proposals"]:
        click.echo(portal_lines((_portal(one["row"]) for one in found["proposals"]), header=True), nl=False)
    counts = Counter(one["kind"] for one in found["proposals"])
    say(f"{found['pages']} stored pages read; proposed: " + (_counts("kind", counts.elements()) if counts else "none"))
    if not found["home"]:
        say("The home page itself is not among them, and links stand there most of all: --look fetches it.")


def _load(file: Path) -> Registry:
    try:
        return load_registry(file)
    except RegistryError as error:
        raise Problem(str(error), Exit.WRONG_USE) from error


def _append(
    file: Path, rows: list[Portal] | tuple[Portal, ...], *, dry_run: bool, show: bool = True, quiet: bool = False
) -> None:
    try:
        append_portals(file, rows, write=not dry_run)
    except RegistryError as error:
        raise Problem(str(error), Exit.WRONG_USE) from error
    except OSError as error:
        raise Problem(f"{file} cannot be written: {said_of(error)}") from error
    if show:
        click.echo(portal_lines(rows), nl=False)
    if not quiet:
        say(f"{len(rows)} row{'s' if len(rows) > 1 else ''} {'would be added' if dry_run else 'added'} to {file}")
