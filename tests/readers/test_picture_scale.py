"""How many dots an inch a picture has: as it states where that can be, else by its proportions."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from archive.readers.scan import dots_an_inch


@pytest.mark.parametrize(
    ("size", "stated", "dots"),
    [
        ((2480, 3508), 300, 300),
        ((2480, 3508), 96, 300),
        ((2480, 3508), None, 300),
        ((1240, 1754), 72, 150),
        ((1754, 1240), None, 150),
        ((1000, 200), 150, 150),
        ((1000, 480), None, 150),
        ((1000, 860), None, 150),
        ((1240, 9000), None, 150),
        ((1240, 9000), 0, 150),
    ],
    ids=["stated", "a screen's", "none", "72", "landscape", "a strip that says", "a table", "a square", "long", "zero"],
)
def test_the_scale_of_a_picture(size: tuple[int, int], stated: int | None, dots: int) -> None:
    info = {} if stated is None else {"dpi": (stated, stated)}
    assert dots_an_inch(SimpleNamespace(size=size, info=info)) == pytest.approx(dots, rel=0.01)
