"""Tests of the raw store."""
