"""Tests of the holdings: what is held, in which versions, and what is missing."""
