"""The text of a new platform: its module, its line of fingerprints, and its place among the others. Pure."""

from __future__ import annotations

import json
import re

from crawler.newplatform.signs import Signs

_MODULE = '''"""{name}: {where}.

How to recognise it: {signs}. Where its
parameters are found: rows and columns by the shape of their addresses (`_TERRITORY`), titles and dates in the list's
own links, further pages behind the arguments of a script or behind 下一页.
"""

from __future__ import annotations

import re

from crawler.pages import Page, links_of
from crawler.platforms import reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import Context, PageReading
from crawler.platforms.pagers import pager_of
from crawler.platforms.reading import Territory

_TERRITORY = Territory(
    rows=re.compile({rows}),
    columns=re.compile({columns}),
)


class {title}(Columned):
    """{name}."""

    name = "{name}"

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads rows wherever the system keeps its articles, sister columns, and further pages."""
        links = links_of(page)
        return reading.read_rows(page, context, links, pager_of(page, links), _TERRITORY)
'''
_LAST_BUT_LISTS = "    *static_lists(),\n"
_END_OF_NAMES = ')\n"""The dialects that the registry may name'
_IMPORT = re.compile(r"^from crawler\.platforms\.(\w+) import [^\n(]+\n", re.MULTILINE)


class NoPlace(ValueError):
    """Raised where a file that is to be added to does not look as it should; the message says what to add by hand."""


def class_name(name: str) -> str:
    """The class of a platform: its name without underscores, each part with a capital."""
    return "".join(part.capitalize() for part in name.split("_"))


def module_text(name: str, signs: Signs, where: str) -> str:
    """The module of a new platform: it reads as any list is read, and knows where its own rows and columns stand."""
    told = [f"path `{_said(one)}`" for one in signs.path]
    told += [f"markup `{_said(one)}`" for one in signs.body]
    told += [f"two links `{_said(one)}`" for one in signs.links]
    return _wrapped(
        _MODULE.format(
            name=name,
            title=class_name(name),
            where=where,
            signs=", ".join(told) or "by nothing so far, so the registry has to name it",
            rows=_raw(signs.rows),
            columns=_raw(signs.columns),
        )
    )


def with_fingerprint(text: str, name: str, signs: Signs, before: str | None) -> str:
    """`fingerprints.yaml` with the new CMS, `before` the one that its pages were taken for so far, else at its end.

    Raises NoPlace where the file has no line of that name.
    """
    parts = [
        f"{kind}: {json.dumps(list(patterns), ensure_ascii=False)}"
        for kind, patterns in (("path", signs.path), ("body", signs.body), ("links", signs.links))
        if patterns
    ]
    line = f"- {{name: {name}, {', '.join(parts)}}}\n"
    if before is None:
        return text.rstrip("\n") + "\n" + line
    place = re.search(rf"^- (?:\{{)?name: {re.escape(before)}\b", text, re.MULTILINE)
    if place is None:
        raise NoPlace(
            f"fingerprints.yaml has no line of {before}; add this before what its pages were taken for: {line}"
        )
    return text[: place.start()] + line + text[place.start() :]


def with_registration(text: str, name: str) -> str:
    """`crawler/platforms/__init__.py` with the new platform; raises NoPlace where its lists are not found."""
    line = f"from crawler.platforms.{name} import {class_name(name)}\n"
    imports = [match for match in _IMPORT.finditer(text) if match[1] not in {"contract"}]
    if not imports or text.count(_LAST_BUT_LISTS) != 1:
        raise NoPlace(f"add `{line.strip()}` and `{class_name(name)}(),` to crawler/platforms/__init__.py")
    after = next((match for match in imports if match[1] > name), None)
    at = after.start() if after else imports[-1].end()
    text = text[:at] + line + text[at:]
    return text.replace(_LAST_BUT_LISTS, f"    {class_name(name)}(),\n{_LAST_BUT_LISTS}")


def with_name(text: str, name: str) -> str:
    """`archive/registry/checks.py` with the new name among those that a registry may use; raises NoPlace."""
    before = text.partition(_END_OF_NAMES)[0]
    if before == text:
        raise NoPlace(f'add "{name}" to PLATFORMS of archive/registry/checks.py')
    return f'{before}    "{name}",\n{text[len(before) :]}'


def _said(pattern: str) -> str:
    """A pattern as the docstring of the module prints it."""
    return pattern.replace("\\", "").replace('"', "'")


def _raw(pattern: str) -> str:
    """A pattern as a raw literal."""
    return f'r"{pattern}"' if '"' not in pattern else f"r'{pattern}'"


def _wrapped(text: str) -> str:
    """The text with the lines of its docstring no longer than 120 characters."""
    head, quotes, rest = text.partition('\n"""\n')
    lines: list[str] = []
    for line in head.splitlines():
        while len(line) > 118:
            at = line.rfind(" ", 0, 118)
            if at <= 0:
                break
            lines.append(line[:at])
            line = line[at + 1 :]
        lines.append(line)
    return "\n".join(lines) + quotes + rest
