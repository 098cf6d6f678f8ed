"""Captures read by several processes."""
