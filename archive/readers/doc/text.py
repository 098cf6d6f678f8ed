"""The characters of a Word 97–2003 file as a reader of it sees them: fields as their results, revisions as accepted.

Source: [MS-DOC] 2.4.1 and 2.8.25 (fields), 2.6.1 (sprmCFRMarkDel, sprmCFVanish, sprmCFStrike, sprmCIss,
sprmCHpsPos, sprmCSymbol).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from archive.models import Link
from archive.readers.doc.file import FILLER, WordFile
from archive.readers.doc.formatting import CharacterRun, Formatting
from archive.readers.doc.styles import DocStyles
from archive.readers.limits import refuse
from archive.readers.nodes import IMAGE
from archive.readers.raised import COUNTED, PLAIN, STRUCK, Look, Stated, marked

STRUCTURE = "\r\x07\x0c"
"""Characters that end a paragraph, a cell or a section."""

DELETED_MARK = "\ufdd0"
"""Stands for a paragraph mark that a revision deleted: the paragraph goes on in the next one."""

_MOST_WORK = 20_000_000  # runs times pieces
_FIELD = re.compile("[\x13\x14\x15]")
_LINK = re.compile(r'\s*HYPERLINK\s+(?:\\[a-z]\s+)*"([^"]{1,2000})"', re.I)
_NOT_STRUCTURE = re.compile(f"[^{STRUCTURE}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = {
    0x01: IMAGE, 0x08: IMAGE, 0x09: "\t", 0x0A: "\n", 0x0B: "\n", 0x0E: "\n", 0x1E: "-", 0x1F: "", 0xA0: " ",
    ord(FILLER): "", ord(DELETED_MARK): "", ord("\r"): "", 0x07: "", 0x0C: "",
}  # fmt: skip
# While positions count, one character stands for a struck one and its stroke; no text of a file has these.
_STAND_INS = {ord(char): 0x10FF00 + n for n, char in enumerate(COUNTED)}
_SHOWN |= {stand_in: marked(chr(code), STRUCK) for code, stand_in in _STAND_INS.items()}
_SHOWN |= {code: "" for code in range(0x20) if code not in _SHOWN}
_UNUSUAL = re.compile(f"[{re.escape(''.join(map(chr, _SHOWN)))}\ud800-\udfff]")


@dataclass(slots=True)
class SeenText:
    """The text by position with everything unseen replaced by fillers, and what was put aside.

    `deleted_marks` are the positions of cell and row marks that a revision deleted.
    """

    text: str
    deletions: int = 0
    insertions: int = 0
    hidden: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    deleted_marks: set[int] = field(default_factory=set)


def seen(file: WordFile, formatting: Formatting, styles: DocStyles) -> SeenText:
    """The text of the file with deleted, hidden and field-code characters taken out, positions kept."""
    found = SeenText(file.text)
    runs = list(formatting.characters())
    if not styles.are_plain:
        runs += (run for run in formatting.styled_paragraphs() if run.style and styles.look(run.style))
    if runs:
        if len(runs) * len(file.pieces) > _MOST_WORK:
            raise refuse("is saved in too many pieces with too many revisions")
        characters = list(file.text)
        for run in runs:
            style = Stated() if run.style is None else styles.look(run.style)
            _apply(run, PLAIN._replace(**(style | run.stated)), file, characters, found)
        found.text = "".join(characters)
    if _FIELD.search(found.text):
        _resolve_fields(found)
    return found


def shown(text: str) -> str:
    """A stretch of the text as it is shown: control characters gone or turned into what they stand for."""
    text = text.rstrip("\r\x07")
    if not _UNUSUAL.search(text):
        return text
    text = text.translate(_SHOWN)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _apply(run: CharacterRun, look: Look, file: WordFile, characters: list[str], found: SeenText) -> None:
    touched = False
    for piece in file.pieces:
        low = max(run.start, piece.offset)
        high = min(run.end, piece.offset + (piece.end - piece.start) * piece.width)
        if low >= high:
            continue
        touched = True
        first = piece.start + (low - piece.offset) // piece.width
        last = piece.start + (high - piece.offset + piece.width - 1) // piece.width
        if run.symbol is not None:
            characters[first:last] = [chr(run.symbol) if c == "(" else c for c in characters[first:last]]
        if look.shift or look.struck:
            text = marked("".join(characters[first:last]), look._replace(struck=False))
            characters[first:last] = text.translate(_STAND_INS) if look.struck else text
        if run.deleted or look.hidden:
            stretch = "".join(characters[first:last])
            if look.hidden and not run.deleted and (text := shown(stretch).strip()):
                found.hidden.append(text)
            if run.deleted:
                found.deleted_marks.update(first + at for at, c in enumerate(stretch) if c == "\x07")
            characters[first:last] = _taken_out(stretch, deleted=run.deleted)
    found.deletions += touched and run.deleted
    found.insertions += touched and run.inserted


def _taken_out(stretch: str, *, deleted: bool) -> list[str]:
    blank = _NOT_STRUCTURE.sub(FILLER, stretch)
    return list(blank.replace("\r", DELETED_MARK) if deleted else blank)


def _resolve_fields(found: SeenText) -> None:
    """Takes out the codes of fields and their marks; an unfinished field is left as it stands."""
    text = found.text
    open_fields: list[list[int]] = []  # begin, separator or -1
    codes: list[tuple[int, int]] = []
    for match in _FIELD.finditer(text):
        at, mark = match.start(), match[0]
        if mark == "\x13":
            open_fields.append([at, -1])
        elif mark == "\x14" and open_fields:
            open_fields[-1][1] = at
        elif mark == "\x15" and open_fields:
            begin, separator = open_fields.pop()
            code_end = separator if separator >= 0 else at
            codes.append((begin, code_end))
            if link := _LINK.match(text, begin + 1, code_end):
                found.links.append(Link(link[1], shown(text[code_end:at]).strip()))
    parts: list[str] = []
    done = 0
    for begin, end in sorted(codes):
        if end > done:
            begin = max(begin, done)
            parts += text[done:begin], _NOT_STRUCTURE.sub(FILLER, text[begin:end])
            done = end
    found.text = "".join((*parts, text[done:]))
