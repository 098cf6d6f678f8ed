"""The content of an OFD page: text objects to letters, path objects to strokes, pictures to their size.

Source: GB/T 33190-2016, chapters 8 to 13. Places are millimetres from the upper left corner in the file; here they are
points with y upwards, so negative.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree

from archive.models import UnreadableDocument
from archive.readers.limits import refuse
from archive.readers.ofd.elements import child, children, local
from archive.readers.pages.matrix import UNIT, Matrix, apply, times
from archive.readers.pages.turn import RawGlyph, Stroke

MAX_OBJECTS = 200_000
_MAX_DEPTH = 16
_POINTS = 72 / 25.4
_ASCENT, _DESCENT = 0.88, 0.12  # em, the box of a Chinese letter above and below its base line
_NO_CHARACTER = "¤"  # stands for a shape without a character (11.4.2 of the standard)
_THIN = 3.0
_GROUPS = ("Layer", "PageBlock", "Content")
_OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_PATH_TOKEN = re.compile(r"[A-Za-z]|[^\sA-Za-z,]+(?:[eE][+-]?\d+)?")


@dataclass(slots=True)
class Drawn:
    """What a page draws; `picture` is the area of its largest picture in square points, `resource` the ID of that."""

    glyphs: list[RawGlyph] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    picture: float = 0.0
    resource: str = ""
    objects: int = 0


def draw(content: etree._Element, units: Mapping[str, etree._Element], drawn: Drawn) -> None:
    """Adds what the objects below `content` draw; `units` are the composite graphics by ID.

    Raises UnreadableDocument for damaged numbers and for more objects than any report has.
    """
    _Drawer(units, drawn).group(content, UNIT, 0)


class _Drawer:
    def __init__(self, units: Mapping[str, etree._Element], drawn: Drawn) -> None:
        self._units = units
        self._drawn = drawn

    def group(self, parent: etree._Element, matrix: Matrix, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise refuse(f"nests its objects more than {_MAX_DEPTH} deep")
        for element in parent:
            name = local(element)
            if name in _GROUPS:
                self.group(element, matrix, depth + 1)
                continue
            self._drawn.objects += 1
            if self._drawn.objects > MAX_OBJECTS:
                raise refuse(f"has more than {MAX_OBJECTS:,} objects on a page")
            if name == "TextObject":
                self._text(element, _place(element, matrix))
            elif name == "PathObject" and _is_seen(element):
                self._path(element, _place(element, matrix))
            elif name == "ImageObject":
                self._image(element, matrix)
            elif name == "CompositeObject" and _is_seen(element):
                unit = self._units.get(element.get("ResourceID", ""))
                if unit is not None:
                    self.group(unit, _place(element, matrix), depth + 1)

    def _text(self, element: etree._Element, matrix: Matrix) -> None:
        size = number(element.get("Size", "0"))
        stretch = number(element.get("HScale", "1"))
        printed = _is_seen(element) and not (
            element.get("Fill") == "false" and element.get("Stroke", "false") == "false"
        )
        angle = math.atan2(matrix[1], matrix[0]) / (math.pi / 2) + number(element.get("CharDirection", "0")) / 90
        quarter = -round(angle) % 4 if abs(angle - round(angle)) < 0.06 else None
        down = number(element.get("ReadDirection", "0")) % 180 == 90
        x = y = 0.0
        for code in children(element, "TextCode"):
            x, y = number(code.get("X", str(x))), number(code.get("Y", str(y)))
            text = re.sub(r"[\t\r\n]", "", code.text or "")
            widths = [size * stretch * (0.5 if char.isascii() else 1.0) for char in text]
            across = _deltas(code.get("DeltaX"), len(text))
            along = _deltas(code.get("DeltaY"), len(text))
            for index, char in enumerate(text):
                self._letter(char, x, y, widths[index], size, matrix, quarter, printed)
                if across is None and along is None:
                    x, y = (x, y + size) if down else (x + widths[index], y)
                else:
                    x += across[index] if across else 0.0
                    y += along[index] if along else 0.0

    def _letter(
        self,
        char: str,
        x: float,
        y: float,
        wide: float,
        size: float,
        matrix: Matrix,
        quarter: int | None,
        printed: bool,
    ) -> None:
        ax, ay = _apply(matrix, x, y - _ASCENT * size)
        bx, by = _apply(matrix, x + wide, y + _DESCENT * size)
        base_x, base_y = _apply(matrix, x, y)
        self._drawn.glyphs.append(
            RawGlyph(
                ord(char),
                min(ax, bx),
                min(ay, by),
                max(ax, bx),
                max(ay, by),
                base_x,
                base_y,
                quarter,
                char != _NO_CHARACTER,
                printed,
            )
        )

    def _path(self, element: etree._Element, matrix: Matrix) -> None:
        stroked = element.get("Stroke", "true") != "false"
        filled = element.get("Fill", "false") == "true"
        data = child(element, "AbbreviatedData")
        if data is None or not (stroked or filled):
            return
        for points in subpaths(data.text or ""):
            placed = [_apply(matrix, x, y) for x, y in points]
            xs, ys = [x for x, _ in placed], [y for _, y in placed]
            box = Stroke(min(xs), min(ys), max(xs), max(ys))
            if min(box.x1 - box.x0, box.y1 - box.y0) <= _THIN and (filled or len(placed) == 2):
                self._drawn.strokes.append(box)
            elif stroked:
                self._drawn.strokes += [
                    Stroke(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
                    for a, b in pairwise(placed)
                ]

    def _image(self, element: etree._Element, matrix: Matrix) -> None:
        x, y, wide, high = numbers(element.get("Boundary", "0 0 0 0"), 4)
        ax, ay = _apply(matrix, x, y)
        bx, by = _apply(matrix, x + wide, y + high)
        area = abs((bx - ax) * (by - ay))
        if area > self._drawn.picture:
            self._drawn.picture, self._drawn.resource = area, element.get("ResourceID", "")


def _is_seen(element: etree._Element) -> bool:
    """Whether an object is drawn; an Alpha of 0 is wholly transparent."""
    return element.get("Visible", "true") != "false" and element.get("Alpha", "255") != "0"


def subpaths(data: str) -> Iterator[list[tuple[float, float]]]:
    """The straight parts of an abbreviated path, point by point, in the units of the file; curves end a part."""
    start = (0.0, 0.0)
    part: list[tuple[float, float]] = []
    tokens = _PATH_TOKEN.findall(data)
    at = 0
    while at < len(tokens):
        operator = tokens[at]
        count = _OPERANDS.get(operator)
        if count is None:
            raise UnreadableDocument(f"a damaged OFD file: {operator[:20]!r} is no path operator")
        operands = [number(token) for token in tokens[at + 1 : at + 1 + count]]
        if len(operands) < count:
            raise UnreadableDocument("a damaged OFD file: a path ends within an operator")
        at += 1 + count
        if operator == "L":
            part.append((operands[0], operands[1]))
            continue
        if operator == "C":
            if part and part[-1] != start:
                part.append(start)
            continue
        if len(part) > 1:
            yield part
        part = [(operands[-2], operands[-1])]
        if operator in "SM":
            start = part[0]
    if len(part) > 1:
        yield part


def _deltas(written: str | None, count: int) -> list[float] | None:
    """The steps between letters, `g n d` written out as n times d; the last one is repeated where some are missing."""
    if written is None or not written.strip():
        return None
    words = written.split()
    steps: list[float] = []
    at = 0
    while at < len(words) and len(steps) < count:
        if words[at] == "g":
            if at + 2 >= len(words):
                raise UnreadableDocument("a damaged OFD file: a group of letter distances is cut short")
            times = int(number(words[at + 1]))
            steps += [number(words[at + 2])] * max(0, min(times, count - len(steps)))
            at += 3
        else:
            steps.append(number(words[at]))
            at += 1
    if not steps:
        return None
    return steps + [steps[-1]] * (count - len(steps))


def _place(element: etree._Element, matrix: Matrix) -> Matrix:
    """From the places inside of an object to points: its CTM, its boundary, then what it stands in."""
    x, y, _, _ = numbers(element.get("Boundary", "0 0 0 0"), 4)
    written = element.get("CTM")
    own = numbers(written, 6) if written else UNIT
    a, b, c, d, e, f = own
    return times((a, b, c, d, e + x, f + y), matrix)


def numbers(text: str, count: int) -> Sequence[float]:
    """Exactly `count` numbers parted by blanks; raises UnreadableDocument otherwise."""
    found = [number(word) for word in text.replace(",", " ").split()]
    if len(found) != count:
        raise UnreadableDocument(f"a damaged OFD file: {text[:40]!r} is not {count} numbers")
    return found


def number(word: str) -> float:
    """A number as the file writes it; raises UnreadableDocument for anything else."""
    try:
        value = float(word)
    except ValueError as fault:
        raise UnreadableDocument(f"a damaged OFD file: {word[:40]!r} is no number") from fault
    if not math.isfinite(value):
        raise UnreadableDocument(f"a damaged OFD file: {word[:40]!r} is no number")
    return value


def _apply(m: Matrix, x: float, y: float) -> tuple[float, float]:
    """In points, upwards: OFD counts millimetres from the top."""
    across, down = apply(m, x, y)
    return across * _POINTS, -down * _POINTS
