"""What templates can call: texts, links that keep the language, addresses of the outside made safe."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import ChoiceLoader, FileSystemLoader, Undefined
from markupsafe import Markup, escape

from archive.database.schema import load_schema
from archive.days import day_in_china
from archive.models import Outcome
from archive.report.form import load_form
from archive.site import language
from archive.site.listing import NONE
from archive.site.middleware import VISIT
from archive.site.reasons import reasons

HERE = Path(str(resources.files("archive.site")))

PAGE_OF_COLUMN = {"report_id": "report", "agency_id": "agency", "sha256": "capture"}
"""Columns of the database whose values have a page of the site."""

SHOWN_ADDRESS = 90

STYLES = (
    "base", "frame", "forms", "tables", "search", "report", "datasette", "charts", "compare", "home", "evidence",
)  # fmt: skip
"""The files of `static/` that make the one style sheet, in this order: what comes later may refine what came before."""


@cache
def style() -> bytes:
    """The one style sheet, whole, so that a page asks for one file."""
    return b"\n".join((HERE / "static" / f"{name}.css").read_bytes() for name in STYLES)


@cache
def style_version() -> str:
    """Changes with the style sheet, so that browsers may keep it for ever."""
    return hashlib.sha256(style()).hexdigest()[:10]


def t(key: str, **values: object) -> str:
    """The text of a key in the language of this visit."""
    if values:
        return language.text(key, VISIT.get().language, **values)
    return _plain(key, VISIT.get().language)


_plain = lru_cache(maxsize=2048)(language.text)


def term(prefix: str, code: object) -> str:
    """The text of a code of the data in the language of this visit."""
    return language.term(prefix, str(code), VISIT.get().language)


CODE = re.compile(rf"(?<![\w/.:-])(?:{'|'.join(Outcome)})(?![\w/.:-])")


def outcomes(sentence: str | None) -> str:
    """A sentence with the codes of outcomes in it by their names; those within addresses and longer codes stay."""
    return CODE.sub(lambda code: term("outcome", code[0]), sentence or "")


FILTER_TERMS = {
    "kind": "finding", "severity": "severity", "status": "coverage", "timeliness": "timeliness", "health": "health",
    "level": "level",
}  # fmt: skip
"""Filters of the long lists whose values are codes, with the prefix of their texts."""


def filter_label(facet: str, value: str) -> str:
    """The name of a value of a filter of a long list (`archive.site.listing`)."""
    if value == NONE:
        return t("list.not_known")
    return term(FILTER_TERMS[facet], value) if facet in FILTER_TERMS else value


def facet_label(facet: str, value: object) -> str:
    """The name of a filter's value: years as they are, sections and tiers by name."""
    if facet == "section":
        number = int(str(value))
        form = next((form for form in load_form().sections if form.number == number), None)
        if form is None:  # older reports have as many parts as they like
            return t("section.number", n=number)
        return form.label if VISIT.get().language == "zh" else f"{form.number}. {form.label_en}"
    return term("level", value) if facet == "level" else str(value)


def number(value: object) -> str:
    """A number with thousands marked; everything else as it prints."""
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def linker(datasette: Any) -> Any:
    """A function from a path and arguments to an address of this site (under its prefix), keeping a chosen language."""
    root = str(datasette.urls.path("/"))

    def link(path: str, arguments: dict[str, str] | None = None, **more: object) -> str:
        visit = VISIT.get()
        address = root + _quoted(path)
        if not (arguments or more or visit.explicit):
            return address
        query = {name: str(value) for name, value in {**(arguments or {}), **more}.items() if value is not None}
        if visit.explicit:
            query["_lang"] = visit.language
        return f"{address}?{urlencode(query)}" if query else address

    return link


@lru_cache(maxsize=4096)
def _quoted(path: str) -> str:
    return quote(path.removeprefix("/"), safe="/~-._%")


def linked(column: str, value: Any, datasette: Any) -> Markup | None:
    """A value of the database as a link to its page; with its label where Datasette has looked that up."""
    shown = value
    if isinstance(value, dict):
        value, shown = value["value"], value["label"]
    if not isinstance(value, str) or not value:
        return None
    if column == "sha256":
        shown = f"{value[:12]}…"
    return Markup('<a href="{}">{}</a>').format(linker(datasette)(f"/{PAGE_OF_COLUMN[column]}/{value}"), shown)


def about(table: str) -> tuple[str, str] | None:
    """Title and description of a table of the archive in the language of this visit; None for any other table."""
    try:
        found = load_schema()[table]
    except KeyError:
        return None
    chinese = VISIT.get().language == "zh"
    return (found.title.zh, found.about.zh) if chinese else (found.title.en, found.about.en)


def about_columns(table: str) -> list[tuple[str, str]]:
    """The columns of a table of the archive with their descriptions in the language of this visit."""
    chinese = VISIT.get().language == "zh"
    try:
        columns = load_schema()[table].columns
    except KeyError:
        return []
    return [(column.name, column.about.zh if chinese else column.about.en) for column in columns]


def safe_address(address: str | None) -> bool:
    """Whether an address that a portal wrote may become a link: http and https only, with a host."""
    if not address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def outward(address: str | None, shown: str | None = None) -> Markup:
    """A link to the outside that gives nothing away, or plain text where the address cannot be trusted as one."""
    text = shown or address or ""
    cut = len(text) > SHOWN_ADDRESS
    if cut:
        text = f"{text[:SHOWN_ADDRESS]}…"
    if not safe_address(address):
        return escape(text)
    kind = Markup(' class="cut"') if cut else ""  # printed whole on paper
    return Markup('<a href="{}"{} rel="nofollow noopener noreferrer external">{}</a>').format(address, kind, text)


def day_in_utc(moment: str | None) -> str:
    """The date of an ISO time, in UTC as stored: of what the crawler and the archive themselves did."""
    return (moment or "")[:10]


def day(moment: str | None) -> str:
    """The day in China of an ISO time: of what was seen of a report, whose other dates are days in China."""
    return str(day_in_china(datetime.fromisoformat(moment))) if moment else ""


def minute(moment: str | None) -> str:
    """An ISO time to the minute, in UTC as stored."""
    return (moment or "")[:16].replace("T", " ")


def prepare(env: Any, datasette: Any) -> None:
    """Adds templates, functions and filters to Datasette's Jinja environment.

    Functions are globals, not template variables: Datasette renders its error pages without asking plugins for any.
    """
    ours = FileSystemLoader(str(HERE / "templates"))
    own = [FileSystemLoader(datasette.template_dir)] if datasette.template_dir else []
    env.loader = ChoiceLoader([*own, ours, env.loader])
    env.auto_reload = False
    env.globals.update(
        t=t,
        term=term,
        facet_label=facet_label,
        filter_label=filter_label,
        about=about,
        about_columns=about_columns,
        link=linker(datasette),
        outward=outward,
        safe_address=safe_address,
        visit=VISIT.get,
        reasons=lambda stored: reasons(stored, VISIT.get().language),
        html_lang=lambda: language.HTML_LANG[VISIT.get().language],
        style_version=style_version(),
    )
    env.filters.update(number=number, day=day, day_in_utc=day_in_utc, minute=minute, outcomes=outcomes)
    env.getattr = _reader(env.getattr, env.undefined)


def _reader(read: Callable[[Any, str], Any], undefined: type[Undefined]) -> Callable[[Any, str], Any]:
    """Looks into rows of the database first by column: Jinja asks for an attribute, and only after that has failed,
    which takes longer than all else that a page does with a row."""

    def look(thing: Any, name: str) -> Any:
        if type(thing) is not sqlite3.Row:
            return read(thing, name)
        try:
            return thing[name]
        except IndexError:
            return undefined(obj=thing, name=name)

    return look
