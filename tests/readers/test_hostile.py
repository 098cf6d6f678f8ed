"""Files made to break readers: each ends after seconds of CPU, in a document or in a named reason."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from archive.models import UnreadableDocument
from archive.readers import read
from tests.shared import SHARED, needs_shared

OWN = {
    "less-than signs": b"<html>" + b"<" * 1_000_000,
    "open comments": b"<html><body>" + b"<!--" * 200_000,
    "open tags": b"<html><body>" + b"<a" * 400_000,
    "open tags with blanks": b"<html><body>" + b"<a " * 300_000,
    "open quotes": b"<html><body>" + b"<a b=\"<c d='" * 80_000,
    "equals signs": b"<html><body><p " + b"= " * 400_000,
    "open scripts": b"<html><body>" + b"<script>" * 100_000,
    "open titles": b"<html><body>" + b"<title>" * 100_000,
    "open selects": b"<html><body>" + b"<select>" * 100_000,
    "attributes": b"<div " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">x</div>",
    "hidden words": b"<html><body>" + b"display:none hidden " * 50_000,
    "hidden tags": b"<html><body>" + b"<i hidden>" * 50_000,
    "deep elements": b"<div>" * 200_000 + b"x",
    "deep lists": b"<ul><li>" * 100_000 + b"x",
    "spans": b"<html><body><p>" + b"<span><b><i>" * 60_000 + b"x",
    "misnested": b"<a><b><p>" * 20_000,
    "entities": b"<html><body>" + b"&lt" * 300_000,
    "loose table parts": b"<html><table>" + b"<td></tr><tr>" * 40_000,
    "tables in tables": b"<html>" + b"<table><tr><td>" * 3_000,
    "tables beside tables": b"<html>" + b"<table><tr><td>1</table>" * 20_000,
    "tables around many cells": b"<html>" + b"<table><tr><td>1<td>" * 20 + b"<table>" + b"<tr><td>1<td>2" * 15_000,
    "labelled lines": b"label: value\r\n" * 90_000,
    "tabs": b"\t1\n" * 40_000,
    "quotes in tags": b"<html><p>" + b"<b \"'" * 100_000,
}


@pytest.mark.parametrize("name", OWN)
def test_hostile_input_ends_soon(name: str) -> None:
    started, why = time.process_time(), "the document was read"
    try:
        read(OWN[name])
    except UnreadableDocument as reason:
        why = str(reason)
    assert why.startswith("the document ")
    assert time.process_time() - started < 10


@needs_shared
@pytest.mark.parametrize("path", sorted((SHARED / "hostile").glob("*")), ids=lambda path: path.name)
def test_hostile_file_ends_soon(path: Path) -> None:
    started, why = time.process_time(), "read"
    try:
        read(path.read_bytes())
    except UnreadableDocument as reason:
        why = str(reason)
    assert why
    assert time.process_time() - started < 10
