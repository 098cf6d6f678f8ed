"""How sure the reading of a report is: the facts behind its status in words."""

from __future__ import annotations

import json

from archive.site import language


def reasons(stored: str, lang: str) -> tuple[str, ...]:
    """The facts of `reports.confidence_reason` in words; a code that is newer than the text table stands as it is."""
    return tuple(
        language.text(f"reason.{fact['code']}", lang, n=fact["count"])
        if language.known(f"reason.{fact['code']}")
        else f"{fact['code']} {fact['count']}"
        for fact in json.loads(stored)
    )
