"""Pages whose text stands in a script, to be put in place when the page is shown: read from where it stands.

The disclosure platform of Guangdong (`/gkmlpt/content/…/post_N.html`) holds a copy of each article as HTML in a string
of JSON, `_CONFIG.DETAIL.content`, with `<` written `\\u003C`. On some sites the container of the text is empty until
the script has run. Where the text is visible as well, the visible one is read and the copy left alone.

Pages built by other frameworks hold theirs in a string of any script, and answers of an interface in one of JSON. Such
a string is the text of the page if nothing that is visible comes near its length.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from urllib.parse import unquote

from archive.models import Block, Document, Grid
from archive.readers.html.blocks import chinese
from archive.readers.repair import repaired_text

Read = Callable[[bytes], Document]

_DETAIL = re.compile(r"\bDETAIL[\"']?+\s*+[:=]\s*+(?=\{)")
_CONTENT = re.compile(r"[\"']?\bcontent[\"']?+\s*+:\s*+(\"(?:[^\"\\]|\\.)*+\")", re.S)
# What the script states of the article, and the name of the meta tag that says the same.
_STATED = {"title": "articletitle", "publisher": "contentsource", "date": "pubdate", "display_publish_time": "pubdate"}
_LEAST = 8  # characters without blanks of a line that is looked for in the visible text
_VISIBLE_SHARE = 0.5
_BLANKS = re.compile(r"\s+")
_STRING_BEGINS = re.compile(r"""(["'`])(?=\s*+(?:<|\\u003[cC]|\\x3[cC]|%3[cC]|&lt;))""")  # one that holds markup
_STRING_ENDS = {quote: re.compile(rf"(?:[^{quote}\\]|\\.)*+{quote}", re.S) for quote in "\"'`"}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.S)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "\n", "\n": ""}
_SCRIPT = re.compile(r"<script\b[^<>]*+>(.*?)(?:</script|\Z)", re.I | re.S)
_IS_JSON = re.compile(r"\s*+(?:[\w.$]{1,60}+\()?+[\[{]")
_NAMED = re.compile(
    r"""["']?\b(?:articleT|t)itle["']?\s*:\s*(["'])(?P<title>(?:(?!\1)[^\\\n]|\\u[0-9a-fA-F]{4}){4,200})\1"""
)
_NEAR = 2000  # characters between the title of an article and its text, as properties of one object
_LEAST_TEXT = 200  # Chinese characters of a text
_OTHERS = 4  # times shorter than the text is what else a script may hold
_TAG = re.compile(r"<[^<>]*+>")
_FILLED_IN = re.compile(r"\$\{|\{\{")
_COMMENT_BEGINS = re.compile(r"(?<![^\s;{}])/\*")
_TIMES = 2  # as long as all that is visible
_NOTE = "the main text is not visible before a script runs: it was read from the script (_CONFIG.DETAIL)"
_NOTE_STRING = "the main text is not visible before a script runs: it was read from a string in a script"


@dataclass(frozen=True, slots=True)
class ScriptedBody:
    """The text of an article as HTML, and what is stated of it, by the names of meta tags."""

    markup: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    note: str = _NOTE


def with_scripted_body(page: Document, source: str, read: Read) -> Document:
    """The page itself, or, if its text stands only in a script of `source`, a document of that text.

    `read` is the HTML reader. What is visible of the page is then outside of the main text.
    """
    scripted = scripted_body(source) or _in_a_string(source, page)
    if scripted is None:
        return page
    body = read(repaired_text(scripted.markup).encode())
    if not body.blocks or (not _is_json(source) and _is_visible(body, page)):
        return page
    return replace(
        body,
        title=page.title,
        metadata={**scripted.metadata, **page.metadata},
        encoding=page.encoding,
        declared_encoding=page.declared_encoding,
        warnings=(*page.warnings, scripted.note, *body.warnings),
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


def _in_a_string(source: str, page: Document) -> ScriptedBody | None:
    """The only article in the strings of a page's scripts, if it is by far longer than all that is visible.

    None where there are several: which of them the page would show, only its script knows.
    """
    is_json = _is_json(source)
    scripts = [source] if is_json else [found[1] for found in _SCRIPT.finditer(source)]
    strings = [(script, first, last) for script in scripts for first, last in _strings(script)]
    longest = script, first, last = max(strings, key=_length, default=("", 0, 0))
    markup = _unescaped(script[first:last])
    shown = 0 if is_json else sum(map(chinese, _lines((*page.blocks, *page.outside))))
    if chinese(markup) < max(_LEAST_TEXT, _TIMES * shown) or not _is_whole(script, first, last, markup):
        return None
    words = _words(markup)
    others = (string for string in strings if string is not longest and _OTHERS * _length(string) > last - first)
    if any(_words(_unescaped(script[first:last])) not in words for script, first, last in others):
        return None
    title = _title_beside(script, first, last)
    return ScriptedBody(markup, {"articletitle": title} if title else {}, _NOTE_STRING)


def _length(string: tuple[str, int, int]) -> int:
    return string[2] - string[1]


def _is_whole(script: str, first: int, last: int, markup: str) -> bool:
    """Whether a string is a text by itself: not put together with others, no pattern to fill in, no comment."""
    before = script[max(0, first - _NEAR) : first - 1]
    comment = max((found.start() for found in _COMMENT_BEGINS.finditer(before)), default=-1)
    return not (
        _FILLED_IN.search(markup)
        or before.rstrip().endswith("+")
        or script[last + 1 : last + _NEAR].lstrip().startswith("+")
        or comment > before.rfind("*/")
        or before.rpartition("\n")[2].lstrip().startswith("//")
    )


def _words(markup: str) -> str:
    return _BLANKS.sub("", _TAG.sub("", markup))


def _title_beside(script: str, first: int, last: int) -> str | None:
    """The title that stands nearest to a text as a property of the same object, before it or else behind it."""
    before, behind = script[max(0, first - _NEAR) : first], script[last : last + _NEAR]
    for name in reversed(list(_NAMED.finditer(before))):
        if _is_one_object(before[name.end() :]):
            return _unescaped(name["title"])
    name_behind = _NAMED.search(behind)
    if name_behind and _is_one_object(behind[: name_behind.start()]):
        return _unescaped(name_behind["title"])
    return None


def _is_one_object(between: str) -> bool:
    """Whether what stands between two properties leaves the object of the first for no other one."""
    depths = list(accumulate({"{": 1, "}": -1}[brace] for brace in re.findall("[{}]", between)))
    return not depths or (min(depths) >= 0 and depths[-1] == 0)


def _strings(script: str) -> Iterator[tuple[int, int]]:
    """Where the strings that begin with markup stand in a script, in linear time: an end is sought in vain once."""
    endless: set[str] = set()
    at = 0
    while begins := _STRING_BEGINS.search(script, at):
        at, quote = begins.end(), begins[1]
        if quote in endless:
            continue
        if ends := _STRING_ENDS[quote].match(script, at):
            yield at, ends.end() - 1
            at = ends.end()
        else:
            endless.add(quote)


def _is_json(source: str) -> bool:
    return bool(_IS_JSON.match(source)) and source.rstrip()[-1:] in ("}", "]", ")", ";")


def _unescaped(text: str) -> str:
    """What a string of a script stands for; percent signs and entities that wrap its markup are undone too."""
    text = _ESCAPE.sub(_character, text)
    if "<" not in text and "%3" in text:
        text = unquote(text)
    return html.unescape(text) if "<" not in text else text


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _LETTERS.get(escape[3], escape[3])


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
