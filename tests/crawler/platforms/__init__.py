"""Tests of the platforms, on recorded pages with the expected reading beside each."""
