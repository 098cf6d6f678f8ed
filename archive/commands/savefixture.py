"""`gongkai savefixture`: a document and what it should be read as, recorded for the tests."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import click

from archive.captures import captures_of
from archive.commands.common import Problem, data_option, route_problems, said_of, say
from archive.commands.exits import EXIT_CODES_HELP
from archive.commands.expectations import SUFFIX, expectation, expectation_path, write
from archive.ledger import Ledger
from archive.models import ParsedReport, ParseResult
from archive.readers import sniff
from archive.sandbox import Sandbox
from archive.steps import LEDGER

_EXTENSIONS = {"text": ".txt", "image": ".png", "unknown": ".bin", "empty": ".bin"}
_PERSONAL = re.compile(
    r"(?<!\d)(?:0\d{2,3}[-－ ]\d{7,8}|1[3-9]\d{9}|\d{17}[\dXx])(?!\d)|[\w.]+@[\w-]+\.\w+"
    r"|(?:联系人|负责人|填报人|审核人)[：:\s]*[\u4e00-\u9fff]{2,4}"
)
"""Telephone numbers, identity numbers, mail addresses and named contacts, as Chinese reports print them."""
WARNING = (
    "Fixtures are committed for everyone to read: no real person's name, number or address belongs into them. "
    "Make a document up that has the same fault, or change every such detail in this one."
)


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.argument("source", metavar="FILE|URL")
@click.option(
    "--to",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Directory for the document and its expectation, such as tests/fixtures/documents.",
)
@click.option("--name", help="Name of the fixture, without suffix; else that of the file or of the address.")
def savefixture(data: Path, source: str, directory: Path, name: str | None) -> None:
    """Record a document as a fixture, with what the parser reads from it now as its expectation, to be reviewed.

    The source is a file, or a URL whose latest capture DATA holds. NAME.expected.json beside the copy has
    "reviewed": false, and the tests fail until a person has read it against the document, corrected what is wrong and
    set it to true. Real people's names and numbers do not belong in committed fixtures: make the document up.
    """
    with route_problems():
        body, stem, suffix = _source(data, source)
    target = directory / f"{_plain(name or stem)}{suffix}"
    expected = expectation_path(target)
    for path in (target, expected):
        if path.exists() and path.resolve() != Path(source).resolve():
            raise Problem(f"{path} exists; delete it to record it anew, or choose another --name")
    with Sandbox() as sandbox:
        result = sandbox.read(body, name=target.name)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        write(expected, expectation(result))
    except OSError as error:
        raise Problem(said_of(error)) from error
    click.echo(f"{target}\n{expected}")
    say(f'Review {expected}: correct what is wrong, then set "reviewed" to true.')
    say(f"Attention. {WARNING}")
    if found := _personal(result):
        say(f"This document seems to name some: {', '.join(found[:5])}{' …' if len(found) > 5 else ''}")


def _source(data: Path, source: str) -> tuple[bytes, str, str]:
    """The bytes of the document, a name for it, and its suffix."""
    if "://" not in source:
        try:
            return Path(source).read_bytes(), Path(source).stem, Path(source).suffix
        except OSError as error:
            raise Problem(said_of(error)) from error
    ledger_path = data / LEDGER
    if not ledger_path.exists():
        raise Problem(f"{data} has no ledger, so no capture of {source}; name its directory with --data")
    with Ledger(ledger_path, create=False) as ledger:
        capture = ledger.last_capture(source)
    if capture is None:
        raise Problem(f"{data} has no capture of {source}")
    with captures_of(data) as store:
        payload = store.read(capture.warc, capture.offset).payload
    stem = PurePosixPath(unquote(urlsplit(source).path)).stem or urlsplit(source).hostname or "document"
    kind = sniff(payload)
    return payload, stem, _EXTENSIONS.get(kind, f".{kind.split()[-1]}")


def _plain(name: str) -> str:
    """A name that is safe as a file name."""
    plain = re.sub(r"[^\w.-]+", "_", name.removesuffix(SUFFIX)).strip("._")
    if not plain:
        raise Problem(f"{name!r} makes no file name; choose one with --name")
    return plain


def _personal(result: ParseResult) -> list[str]:
    """What looks like a person's name, number or address in the text of a report."""
    if not isinstance(result, ParsedReport):
        return []
    texts = [*(section.text for section in result.sections), *(rest.text for rest in result.leftovers)]
    return list(dict.fromkeys(match.group() for text in texts for match in _PERSONAL.finditer(text)))
