"""Tests of the site: real Datasette on real archives, real processes, a real browser."""
