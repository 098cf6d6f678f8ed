"""Charts as SVG text, drawn on the server: pure functions, no script, no inline style, numbers never invented."""

from __future__ import annotations

from archive.site.drawing.bars import grouped, ranked, stacked
from archive.site.drawing.heat import heat_class
from archive.site.drawing.lines import lines
from archive.site.drawing.model import Chart, Point, Rank, Series, Words

__all__ = ["Chart", "Point", "Rank", "Series", "Words", "grouped", "heat_class", "lines", "ranked", "stacked"]
