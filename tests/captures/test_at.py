"""Which store a DATA directory has, and where others find its files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from archive.captures import CaptureStore, address_of, captures_of, open_captures
from archive.storage import Address, Home, bind
from tests.captures.pages import PLAIN

ROOT = Path(__file__).resolve().parents[2]


def test_a_directory_keeps_its_captures_itself_until_it_names_a_bucket(tmp_path: Path) -> None:
    with captures_of(tmp_path) as store:
        at = store.append(PLAIN)
    assert store.bucket is None
    assert address_of(store) == (tmp_path / "warc").as_uri()
    assert open_captures(address_of(store)).read(at.warc, at.offset).body == PLAIN.body
    bind(Home(tmp_path, Address("made-up", "a")))
    store = captures_of(tmp_path)
    assert address_of(store) == "s3://made-up/a/warc"
    assert store.read(at.warc, at.offset).body == PLAIN.body  # it is still here
    assert str(open_captures(address_of(store)).place) == "s3://made-up/a/warc"


@pytest.mark.parametrize("address", ["http://made-up.example/warc", "file://host/warc", "/srv/warc", "s3://A/warc"])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"s3://"):
        open_captures(address)


def test_nobody_opens_the_captures_of_a_directory_past_its_bucket() -> None:
    makers = []
    for path in sorted([*(ROOT / "archive").rglob("*.py"), *(ROOT / "crawler").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == CaptureStore.__name__:
                makers.append(path.relative_to(ROOT).as_posix())
    assert set(makers) == {"archive/captures/at.py"}
