"""Tests of archive/database."""
