"""Packed tables in members: a gzip file like any other, which is its own index."""

from __future__ import annotations

import gzip
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.exports.members import NotInMembers, members, packed, stretches

IDS = tuple(f"a{agency:03}-{year}" for agency in range(40) for year in range(2015, 2025))


@given(parts=st.lists(st.binary(max_size=300), max_size=6))
def test_any_gzip_reader_reads_them_and_each_stands_alone(parts: list[bytes]) -> None:
    data = b"".join(map(packed, parts))
    assert gzip.decompress(data) == b"".join(parts)
    assert list(map(gzip.decompress, members(BytesIO(data)))) == parts


@given(gone=st.sets(st.sampled_from(IDS), min_size=1, max_size=3))
def test_what_comes_or_goes_changes_the_stretches_around_it_only(gone: set[str]) -> None:
    before, after = stretches(IDS), stretches(tuple(id for id in IDS if id not in gone))
    assert [id for ids in after for id in ids] == [id for id in IDS if id not in gone]
    touched = [ids for ids in before if gone.intersection(ids)]
    lost = [ids for ids in set(before) - set(after) if not gone.intersection(ids)]
    assert len(lost) <= len(touched)  # one that ended with what is gone runs into the next


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"x", id="text"),
        pytest.param(gzip.compress(b"rows", mtime=0), id="gzip of another kind"),
        pytest.param(packed(b"rows")[:-1], id="a byte lost"),
        pytest.param(packed(b"rows") + b"\x1f\x8b\x08\x04", id="a member begun"),
        pytest.param(packed(b"a")[:19], id="its head alone"),
    ],
)
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(NotInMembers):
        list(members(BytesIO(data)))
