"""Word 97–2003 files in which a mark stands beside a number: what is raised, struck or hidden is no digit of it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from archive.readers import read
from archive.readers.doc.formatting import stated_look
from archive.readers.raised import Stated
from tests.readers.marked import check_words

MARKED = (Path(__file__).parent / "fixtures" / "office" / "marked.doc").read_bytes()
STRIKE, SHIFT, RISE = b"\x37\x08", b"\x48\x2a", b"\x45\x48"


def test_every_way_of_marking_a_digit() -> None:
    check_words(read(MARKED))


@pytest.mark.parametrize(("modifier", "operand"), [(STRIKE, b"\x01"), (SHIFT, b"\x01"), (SHIFT, b"\x02")])
def test_without_its_modifier_the_mark_would_be_a_digit(modifier: bytes, operand: bytes) -> None:
    """What the fixture is worth: it does have these modifiers, and they alone keep the numbers apart."""
    assert modifier + operand in MARKED
    with pytest.raises(AssertionError):
        check_words(read(MARKED.replace(modifier + operand, modifier + b"\x00")))


@pytest.mark.parametrize(
    ("properties", "look"),
    [
        (STRIKE + b"\x01", Stated(struck=True)),
        (STRIKE + b"\x81", Stated(struck=True)),
        (STRIKE + b"\x80", Stated()),
        (b"\x53\x2a\x01" + STRIKE + b"\x00", Stated(struck=True)),
        (b"\x3c\x08\x01", Stated(hidden=True)),
        (RISE + struct.pack("<h", 8), Stated(shift=1)),
        (RISE + struct.pack("<h", -8), Stated(shift=-1)),
        (RISE + struct.pack("<h", 1), Stated()),
        (SHIFT + b"\x01" + b"\x33\x2a\x00", Stated()),
    ],
)
def test_modifiers_of_a_look(properties: bytes, look: Stated) -> None:
    assert stated_look(properties) == look
