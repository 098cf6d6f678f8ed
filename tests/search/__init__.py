"""Tests of archive/search."""
