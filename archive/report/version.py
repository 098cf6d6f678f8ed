"""The version of the parser, apart from the parser itself: builds ask for it and parse nothing."""

from __future__ import annotations

PARSER_VERSION = "7"
"""Raised whenever the same document may give another result; parses of another version are done again."""
