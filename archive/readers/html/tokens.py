"""Tags, attributes and runs of text in markup, as patterns that need linear time on any input.

Every repetition is possessive: what it has taken it never gives back, so no input makes a pattern try again and again.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

from archive.readers.html.vocabulary import (
    ARTICLE_CONTAINERS,
    BREAKS,
    CONTAINERS,
    HEADINGS,
    NOT_SHOWN,
    SCRIPTS,
    TABLE_PARTS,
    TEMPLATE_ATTRIBUTES,
)

PARAGRAPH = "\u2029"
LINE = "\u2028"
IMAGE = "\ufffc"

STRUCTURAL = TABLE_PARTS | CONTAINERS | HEADINGS | NOT_SHOWN | SCRIPTS | {
    "a", "pre", "title", "textarea", "meta", "base", "embed", "object", "frame", "xmp",
}  # fmt: skip
RAW = frozenset({*NOT_SHOWN, *SCRIPTS, "title", "textarea", "xmp"})

# The inside of a tag: a quote delimits a value only after an equals sign, and only where its partner exists.
_INSIDE = r"""(?:[^>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|[="'])*+"""
_TEXT = r"[^<]++|<(?![a-zA-Z/!?])"
TAG = re.compile(rf"<(/?)([a-zA-Z][^\s/>]*+)({_INSIDE})(>|\Z)")
SIMPLE_TAG = re.compile(rf"<(/?+[a-zA-Z][^\s/>]*+){_INSIDE}>")
COMMENT_END = re.compile(r"--!?>")
BLANKS = re.compile(r"[ \t\n\r\f\xa0]+")
NUMBER = re.compile(r"[+-]?\d{1,3}(?:,?\d{3}){0,4}(?:\.\d{1,6})?|\d{1,12}")
LINE_END = re.compile(r"\r\n?|\n")
# A soft hyphen before a digit stands for nothing, or for the minus sign of a font; a mark that turns the direction
# there may turn the digits. Whoever reads the number has to see both.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\u200b\u2060\ufeff\ud800-\udfff\ufffe\uffff]|[\u200e\u200f\xad](?![0-9])"
)

_ATTRIBUTE = re.compile(r"""([^\s"'>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]*+)))?""")
_SPAN = re.compile(r"\b(row|col)span\s*=\s*[\"']?\s*(\d{1,9})", re.I)
_NAMED = re.compile(r"(?:^|\s)(?:id|class)\s*=\s*(?:\"([^\"]*)|'([^']*)|(\S+))", re.I)
_ARTICLES = {name.lower(): name for name in ARTICLE_CONTAINERS}
# Each begins with fixed text in lower case, which makes a search over a whole lowered page cheap.
_HIDING = tuple(re.compile(p) for p in (r"display\s*:\s*none", r"hidden[\s=/>]", *map(re.escape, TEMPLATE_ATTRIBUTES)))
_TAG_NAME = re.compile(r"</?([a-z][a-z0-9:-]{0,20})(?=[\s/>])")

RAW_END = {name: re.compile(rf"</{name}(?=[\s/>]|\Z)[^>]*+(?:>|\Z)", re.I) for name in RAW}
# The tag that closes a select is often forgotten: it ends where other markup begins.
RAW_END["select"] = re.compile(
    r"</select[^>]*+(?:>|\Z)|(?=<(?:div|table|t[dr]|p|h[1-6]|select|ul|form|/form|/td)[\s>])", re.I
)

_MARKUP_IN_TEXT = re.compile(
    r"<textarea\b[^<>]*+>((?:\s|<br\s?/?>)*+(?:&lt;|<)(?:p|div|table|span|section|h[1-6])\b(?:[^<]|<(?!/textarea))*+)</textarea[^<>]*+>",
    re.I,
)
_SCRIPT = re.compile(r"<(script|style)\b(?:[^<]|<(?!/\1))*+", re.I)
_HAN = re.compile("[\u4e00-\u9fff]")
_LEAST_ARTICLE = 200  # Chinese characters
_TIMES = 2  # as long as the rest of the page
_MOST_FIELDS = 50  # of text in a form; a page with more is no article

# What a tag without structure leaves in the text; those not named here leave nothing.
LEFT = dict.fromkeys([*BREAKS, *(f"/{name}" for name in BREAKS)], PARAGRAPH) | {"br": LINE, "/br": LINE, "img": IMAGE}


@lru_cache(maxsize=64)
def run_pattern(also_structural: frozenset[str]) -> re.Pattern[str]:
    """Matches text together with tags that carry no structure, as far as both go on.

    `also_structural` are further names to stop at: those of hidden elements, whose end must be found.
    """
    names = "|".join(sorted(map(re.escape, STRUCTURAL | also_structural), key=len, reverse=True))
    plain = rf"</?+(?!(?:{names})(?:[\s/>]|\Z))[a-z][\x21-\x2e\x30-\x3d\x3f-\x7f]*+(?=[\s/>]){_INSIDE}>"
    return re.compile(rf"(?:{_TEXT}|{plain})*+", re.I)


def with_fields_as_markup(source: str) -> str:
    """A page whose script takes an article from a field of a form, with that field as an element that is not shown.

    It has to be the only article, no pattern to fill in, and by far longer than all else that the page says.
    """
    if not 0 < source.lower().count("<textarea") <= _MOST_FIELDS:
        return source
    found = [(field, html.unescape(field[1])) for field in _MARKUP_IN_TEXT.finditer(source)]
    articles = [(field, markup) for field, markup in found if _han(markup) >= _LEAST_ARTICLE]
    if len(articles) != 1 or "{{" in articles[0][1]:
        return source
    field, markup = articles[0]
    before, behind = source[: field.start()], source[field.end() :]
    if _han(markup) < _TIMES * _han(_SCRIPT.sub("", before + behind)):
        return source
    return f'{before}<div style="display:none">{markup}</div>{behind}'


def _han(text: str) -> int:
    return len(_HAN.findall(text))


def hidden_names(source: str) -> frozenset[str]:
    """The names of elements that may be hidden, found without cutting tags: too many do no harm."""
    lowered = source.lower()
    names: set[str] = set()
    for pattern in _HIDING:
        searched = 0  # up to here; without it, many marks after one `<` would need quadratic time
        for match in pattern.finditer(lowered):
            start = lowered.rfind("<", searched, match.start())
            searched = match.start()
            if start >= 0 and (name := _TAG_NAME.match(lowered, start)):
                names.add(name[1])
    return frozenset(names)


def attributes(source: str) -> dict[str, str]:
    """The attributes of a tag's inside, names in lower case, the first of equal names, entities resolved."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source):
        value = match[2] or match[3] or match[4] or ""
        found.setdefault(match[1].lower(), html.unescape(value) if "&" in value else value)
    return found


def spans(source: str) -> dict[str, int]:
    """The `row` and `col` span that a cell's tag states, as far as they are numbers."""
    if "span" not in source.lower():
        return {}
    return {match[1].lower(): int(match[2]) for match in _SPAN.finditer(source)}


def article_name(source: str) -> str | None:
    """The known name of an article container that the inside of a tag gives as its id or class."""
    if "class" in source or " id" in source or "CLASS" in source or " ID" in source:
        for found in _NAMED.finditer(source):
            for word in (found[1] or found[2] or found[3] or "").lower().split():
                if word in _ARTICLES:
                    return _ARTICLES[word]
    return None


def is_hidden(source: str) -> bool:
    """Whether the inside of a tag says that the element is not shown, or is a pattern for a script to repeat."""
    lowered = source.lower()
    if not any(pattern.search(lowered + ">") for pattern in _HIDING):
        return False
    found = attributes(source)
    if "hidden" in found or _HIDING[0].search(found.get("style", "").lower()):
        return True
    return any(name.startswith(TEMPLATE_ATTRIBUTES) for name in found)


def without_tags(text: str) -> str:
    """Text with each tag without structure replaced by what it leaves: an edge, a line break, an image, or nothing."""
    pieces = SIMPLE_TAG.split(text)  # text and names in turn, at a fraction of the cost of a function for each tag
    left = list(map(_left_by, pieces[1::2]))
    if None in left:
        return SIMPLE_TAG.sub(_left, text)
    pieces[1::2] = left
    return "".join(pieces)


@lru_cache(maxsize=256)
def _left_by(name: str) -> str | None:
    """What a tag without structure leaves, by its name in any case; None for `input`, which may leave its value."""
    return None if name.lower() == "input" else LEFT.get(name.lower(), "")


def _left(tag: re.Match[str]) -> str:
    left = _left_by(tag[1])
    return _typed(tag[0]) if left is None else left


def _typed(tag: str) -> str:
    """The number that stands in a field of a web form, as tables filled in by script leave it; nothing else of it."""
    found = attributes(tag[len("<input") :].rstrip("/>"))
    value = found.get("value", "").strip()
    return value if found.get("type", "text").lower() in ("text", "number") and NUMBER.fullmatch(value) else ""
