"""Pages whose text stands in a script, to be put in place when the page is shown: read from where it stands.

The disclosure platform of Guangdong (`/gkmlpt/content/…/post_N.html`) holds a copy of each article as HTML in a string
of JSON, `_CONFIG.DETAIL.content`, with `<` written `\\u003C`. On some sites the container of the text is empty until
the script has run. Where the text is visible as well, the visible one is read and the copy left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archive.models import Block, Document, Grid
from archive.readers.repair import repaired_text

Read = Callable[[bytes], Document]

_DETAIL = re.compile(r"\bDETAIL[\"']?+\s*+[:=]\s*+(?=\{)")
_CONTENT = re.compile(r"[\"']?\bcontent[\"']?+\s*+:\s*+(\"(?:[^\"\\]|\\.)*+\")", re.S)
# What the script states of the article, and the name of the meta tag that says the same.
_STATED = {"title": "articletitle", "publisher": "contentsource", "date": "pubdate", "display_publish_time": "pubdate"}
_LEAST = 8  # characters without blanks of a line that is looked for in the visible text
_VISIBLE_SHARE = 0.5
_BLANKS = re.compile(r"\s+")
_NOTE = "the main text is not visible before a script runs: it was read from the script (_CONFIG.DETAIL)"


@dataclass(frozen=True, slots=True)
class ScriptedBody:
    """The text of an article as HTML, and what is stated of it, by the names of meta tags."""

    markup: str
    metadata: Mapping[str, str] = field(default_factory=dict)


def with_scripted_body(page: Document, source: str, read: Read) -> Document:
    """The page itself, or, if its text stands only in a script of `source`, a document of that text.

    `read` is the HTML reader. What is visible of the page is then outside of the main text.
    """
    scripted = scripted_body(source)
    if scripted is None:
        return page
    body = read(repaired_text(scripted.markup).encode())
    if not body.blocks or _is_visible(body, page):
        return page
    return replace(
        body,
        title=page.title,
        metadata={**scripted.metadata, **page.metadata},
        encoding=page.encoding,
        declared_encoding=page.declared_encoding,
        warnings=(*page.warnings, _NOTE, *body.warnings),
        links=(*page.links, *body.links),
        outside=(*page.outside[: page.before], *page.blocks, *page.outside[page.before :], *body.outside),
        before=page.before,
        embedded=(*page.embedded, *body.embedded),
    )


def scripted_body(source: str) -> ScriptedBody | None:
    """The article in the script of a decoded page, or None where there is none."""
    start = _DETAIL.search(source) if "_CONFIG" in source else None
    if start is None:
        return None
    end = source.lower().find("</script", start.end())
    script = source[start.end() : end if end >= 0 else len(source)]
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(script)
    except (ValueError, RecursionError):  # a script that is no JSON throughout: the text at least is
        return _text_alone(script)
    markup = found.get("content")
    if not isinstance(markup, str) or not markup.strip():
        return None
    stated = {
        _STATED[key]: value for key, value in found.items() if key in _STATED and isinstance(value, str) and value
    }
    return ScriptedBody(markup, stated)


def _text_alone(script: str) -> ScriptedBody | None:
    content = _CONTENT.search(script)
    if content is None:
        return None
    try:
        markup = json.loads(content[1], strict=False)
    except ValueError:
        return None
    return ScriptedBody(markup) if markup.strip() else None


def _is_visible(body: Document, page: Document) -> bool:
    """Whether most of the body's text stands on the page too."""
    shown = "\n".join(_lines((*page.blocks, *page.outside)))
    lines = [line for line in _lines(body.blocks) if len(line) >= _LEAST] or list(_lines(body.blocks))
    found = sum(len(line) for line in lines if line in shown)
    return found >= _VISIBLE_SHARE * sum(map(len, lines))


def _lines(blocks: Sequence[Block]) -> Iterator[str]:
    """The texts of blocks and cells without blanks."""
    for block in blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                for cell in row:
                    yield _BLANKS.sub("", cell.text)
        else:
            yield _BLANKS.sub("", block.text)
