"""`python -m crawler.newplatform NAME --from PAGE…`: what `gongkai platforms new` runs. It asks nobody for a page."""

from __future__ import annotations

import keyword
import re
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import click

from archive.captures import CaptureError
from archive.ledger import LedgerError
from crawler.ending import DONE, FAILED, WRONG_USE
from crawler.guard import BadUrl
from crawler.newplatform import module
from crawler.newplatform.recording import MADE_UP_HOST, Recording, context_of, moved, record, render
from crawler.newplatform.signs import Signs, propose
from crawler.newplatform.sources import NoPage, read_pages
from crawler.pages import Page
from crawler.platforms import PLATFORMS, fingerprints
from crawler.platforms.reading import Territory
from crawler.platforms.static_lists import StaticList

PLATFORM_FOLDER = Path("crawler", "platforms")
FIXTURES = Path("tests", "crawler", "platforms")
FINGERPRINTS = PLATFORM_FOLDER / "fingerprints.yaml"
REGISTRATION = PLATFORM_FOLDER / "__init__.py"
NAMES = Path("archive", "registry", "checks.py")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,29}")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is to be written, by path below the checkout, and what is to be said about it."""

    files: dict[Path, bytes]
    signs: Signs
    recordings: tuple[Recording, ...]
    taken_for: str | None
    by_hand: tuple[str, ...]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name")
@click.option("--from", "sources", multiple=True, required=True, metavar="FILE|URL", help="A page of a list.")
@click.option("--url", "addresses", multiple=True, metavar="URL", help="The address of a file that does not say it.")
@click.option("--where", default="which portals use it is not written down yet", help="Which portals use it.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), default=Path("data"))
@click.option("--to", "checkout", type=click.Path(path_type=Path, file_okay=False, exists=True), default=Path())
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
def main(
    name: str,
    sources: tuple[str, ...],
    addresses: tuple[str, ...],
    where: str,
    data: Path,
    checkout: Path,
    dry_run: bool,
) -> None:
    """Begin the platform NAME from recorded pages of its lists."""
    try:
        _check_name(name, checkout)
        plan = make_plan(name, [moved(page) for page in read_pages(sources, addresses, data)], where, checkout)
        if not dry_run:
            for path, content in plan.files.items():
                (checkout / path).parent.mkdir(parents=True, exist_ok=True)
                (checkout / path).write_bytes(content)
    except (NoPage, BadUrl) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(WRONG_USE)
    except (LedgerError, CaptureError, OSError, sqlite3.Error) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(FAILED)
    _tell(name, plan, dry_run=dry_run)
    sys.exit(DONE)


def _check_name(name: str, checkout: Path) -> None:
    if not (checkout / FINGERPRINTS).is_file() or not (checkout / FIXTURES).is_dir():
        raise NoPage(f"{checkout.resolve()} is no checkout of Gongkai: change to one, or name it with --to")
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise NoPage(f"{name!r} makes no module: lower-case letters, digits and underscores, such as newcms")
    if name in PLATFORMS or (checkout / PLATFORM_FOLDER / f"{name}.py").exists():
        raise NoPage(f"crawler/platforms has a {name} already; choose another name")


def make_plan(name: str, pages: list[Page], where: str, checkout: Path) -> Plan:
    """What a new platform needs, from pages on the made-up host; reads the checkout, writes nothing. Raises OSError."""
    signs = propose([(page, context_of(page)) for page in pages], _recorded_pages(checkout))
    platform = StaticList(name, Territory(re.compile(signs.rows), re.compile(signs.columns)))
    stems = _stems(pages)
    recordings = tuple(
        record(stem, page, platform, named=not signs.any) for stem, page in zip(stems, pages, strict=True)
    )
    taken_for = next((seen for page in pages for seen, _ in fingerprints.matches(page)), None)
    files = {PLATFORM_FOLDER / f"{name}.py": module.module_text(name, signs, where).encode()}
    for one in recordings:
        files[FIXTURES / name / f"{one.stem}.html"] = one.page.body
        files[FIXTURES / name / f"{one.stem}.json"] = render(one.case).encode()
    by_hand = []
    for path, add in ((REGISTRATION, module.with_registration), (NAMES, module.with_name)):
        try:
            files[path] = add((checkout / path).read_text("utf-8"), name).encode()
        except module.NoPlace as error:
            by_hand.append(str(error))
    try:
        if signs.any:
            known = (checkout / FINGERPRINTS).read_text("utf-8")
            files[FINGERPRINTS] = module.with_fingerprint(known, name, signs, taken_for).encode()
    except module.NoPlace as error:
        by_hand.append(str(error))
    return Plan(files, signs, recordings, taken_for, tuple(by_hand))


def _recorded_pages(checkout: Path) -> list[Page]:
    """The recorded pages of all other platforms: what a sign must not be seen on."""
    return [
        Page.of(f"{MADE_UP_HOST}/", 200, {"Content-Type": "text/html"}, path.read_bytes())
        for path in sorted((checkout / FIXTURES).glob("*/*.html"))
    ]


def _stems(pages: list[Page]) -> list[str]:
    """A file name for each page, after the last part of its address; equal ones are counted."""
    stems: list[str] = []
    for page in pages:
        last = PurePosixPath(urlsplit(page.url).path).stem
        plain = re.sub(r"\W+", "_", last, flags=re.ASCII).strip("_").lower() or "list"
        taken = sum(stem == plain or stem.startswith(f"{plain}_") for stem in stems)
        stems.append(f"{plain}_{taken + 1}" if taken else plain)
    return stems


def _tell(name: str, plan: Plan, *, dry_run: bool) -> None:
    signs = plan.signs
    for kind, patterns in (("path", signs.path), ("markup", signs.body), ("links", signs.links)):
        for pattern in patterns:
            click.echo(f"Known by {kind}: {pattern}")
    if not signs.any:
        click.echo("Known by nothing: no sign on these pages is missing from all others; the registry has to name it")
    click.echo(f"Rows: {signs.rows}\nColumns: {signs.columns}")
    for one in plan.recordings:
        click.echo(f"Read from {one.page.url}: {len(one.case['entries'])} reports, {len(one.case['next'])} more pages")
    for path in plan.files:
        click.echo(f"{'Would write' if dry_run else 'Written'}: {path}")
    say = _steps(name, plan)
    click.echo("\n".join(f"{number}. {step}" for number, step in enumerate(say, 1)), err=True)


def _steps(name: str, plan: Plan) -> list[str]:
    """What a person does next."""
    steps = list(plan.by_hand)
    if bodies := sorted({body for one in plan.recordings for body in one.bodies}):
        shown = f"{', '.join(bodies[:5])}{' …' if len(bodies) > 5 else ''}"
        steps.append(
            f"Make the recorded pages up: no real body, place or person may stay in them. They name {shown}. "
            "Change the page and its .json alike."
        )
    steps.append(
        f"Read each {FIXTURES / name}/*.json against its page: every report listed, none that is no report, titles, "
        'dates and bodies, further pages. Correct it, then set "reviewed" to true; the tests fail until then.'
    )
    steps.append(
        f"Mend {PLATFORM_FOLDER / name}.py until the tests pass, and write into its docstring who uses the CMS: "
        f".venv/bin/pytest -q {FIXTURES}"
    )
    if plan.taken_for:
        steps.append(f"Its pages were taken for {plan.taken_for} so far, so its line stands before that one: see why")
    return steps


if __name__ == "__main__":
    main()
