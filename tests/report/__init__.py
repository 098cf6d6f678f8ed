"""Tests of the parser: the form, numbers, tables, sections and identity."""
