"""Tests of archive.merging."""
