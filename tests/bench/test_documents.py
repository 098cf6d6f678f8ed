"""The benchmark of reading: which documents it takes, and that its figures are those of what it names."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from archive.sandbox import Limits
from bench import documents


def test_only_the_kinds_asked_for_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.doc").write_bytes(b"<html><body><p>\xe9\x80\x9a\xe7\x9f\xa5</p></body></html>")  # a page by content
    (tmp_path / "b.html").write_text("今天上午召开会议。")
    documents.main(["--format", "html", str(tmp_path)])
    said = capsys.readouterr().out
    assert "a.doc: " in said
    assert "b.html" not in said


def test_a_kind_without_a_library_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        documents.main(["--format", "papyrus"])
    assert "papyrus" in capsys.readouterr().err


def test_processor_time_of_children_counts_and_waiting_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def spin(data: bytes) -> None:
        end = time.process_time() + 0.02
        while time.process_time() < end:
            pass
        time.sleep(0.02)

    monkeypatch.setattr(documents, "SERIES", 0.05)
    monkeypatch.setattr(documents, "Limits", lambda: Limits(documents=10))
    (name, data), *_ = documents.made_up()
    figures = documents.measure(data, name, spin, repeats=1)
    assert 0.015 < figures.bare < 0.035
    assert figures.safe > figures.plain / 2 > 0  # the child's time, which this process did not spend
