"""What `gongkai export` hands out in another form than it is kept: the reports, and what names them."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from pathlib import Path

import pytest

from archive.exports.handing_out import hand_out
from archive.exports.members import NotInMembers
from tests.exports.conftest import Exported


def test_reports_are_unpacked_and_named_with_their_size_and_hash(exported: Exported, tmp_path: Path) -> None:
    made = hand_out(exported.folder, tmp_path)
    assert [path.name for path in made] == ["reports.jsonl", "datapackage.json", "manifest.json"]
    reports, package, manifest = (path.read_bytes() for path in made)
    assert reports == gzip.decompress((exported.folder / "reports.jsonl.gz").read_bytes())
    entries = {entry["name"]: entry for entry in json.loads(manifest)["files"]}
    digest = hashlib.sha256(reports).hexdigest()
    assert entries["reports.jsonl"] == {
        "name": "reports.jsonl", "bytes": len(reports), "sha256": digest, "rows": reports.count(b"\n")
    }  # fmt: skip
    assert entries["datapackage.json"]["sha256"] == hashlib.sha256(package).hexdigest()
    (resource,) = (one for one in json.loads(package)["resources"] if one["path"].startswith("reports.json"))
    assert resource == {
        "name": "reports.jsonl", "type": "file", "path": "reports.jsonl", "mediatype": "application/jsonl",
        "bytes": len(reports), "hash": f"sha256:{digest}",
    }  # fmt: skip


def test_everything_else_is_described_as_it_is_kept(exported: Exported, tmp_path: Path) -> None:
    hand_out(exported.folder, tmp_path)
    for name, entries, key in (("manifest.json", "files", "name"), ("datapackage.json", "resources", "path")):
        kept, handed = (json.loads((folder / name).read_text("utf-8")) for folder in (exported.folder, tmp_path))
        others = [
            [entry for entry in one.pop(entries) if entry[key][:5] not in ("repor", "datap")] for one in (kept, handed)
        ]
        assert kept == handed
        assert others[0] == others[1]
        assert others[0]


@pytest.mark.parametrize("cut", [200, -3])
def test_reports_that_are_not_as_they_were_packed_are_not_handed_out(
    exported: Exported, tmp_path: Path, cut: int
) -> None:
    kept, to = tmp_path / "kept", tmp_path / "to"
    shutil.copytree(exported.folder, kept)
    to.mkdir()
    (kept / "reports.jsonl.gz").write_bytes((exported.folder / "reports.jsonl.gz").read_bytes()[:cut])
    with pytest.raises(NotInMembers):
        hand_out(kept, to)
    assert list(to.iterdir()) == []


@pytest.mark.parametrize("name", ["manifest.json", "datapackage.json"])
@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"files": [{}], "resources": [{}]}', '{"files": [], "resources": []}', "?"]
)
def test_a_description_that_is_none_is_named(exported: Exported, tmp_path: Path, name: str, text: str) -> None:
    kept, to = tmp_path / "kept", tmp_path / "to"
    shutil.copytree(exported.folder, kept)
    (kept / name).write_text(text, "utf-8")
    with pytest.raises(ValueError, match=name):
        hand_out(kept, to)
    assert not to.exists()
