"""Text against table: what the sentences of a report say in numbers, beside its cells. A difference is a question."""

from archive.checks.narrative.questions import TextCheck, TextStatus, Told, check_text

__all__ = ["TextCheck", "TextStatus", "Told", "check_text"]
