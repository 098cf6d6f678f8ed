"""The statistics tables that reports before 2019 annex: their rows in grids and in text, and what these are called."""
