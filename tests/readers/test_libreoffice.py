"""LibreOffice as a second way, where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.models import UnreadableDocument
from archive.readers import libreoffice, read
from tests.readers.snapshots import as_json

FIXTURES = Path(__file__).parent / "fixtures" / "office"
needs_libreoffice = pytest.mark.skipif(libreoffice.program() is None, reason="needs LibreOffice on the machine")


@needs_libreoffice
def test_both_ways_agree_on_a_word_file() -> None:
    data = (FIXTURES / "features.doc").read_bytes()
    ours, theirs = read(data), libreoffice.read_with_libreoffice(data)
    assert as_json(theirs)["blocks"] == as_json(ours)["blocks"]
    assert "converted by LibreOffice before it was read" in theirs.warnings


@needs_libreoffice
def test_too_slow_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match=r"more than 0\.01 seconds"):
        libreoffice.convert((FIXTURES / "latin.doc").read_bytes(), seconds=0.01)


def test_a_machine_without_it_refuses_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice.shutil, "which", lambda name: None)
    with pytest.raises(UnreadableDocument, match="is not installed"):
        libreoffice.convert(b"x")
