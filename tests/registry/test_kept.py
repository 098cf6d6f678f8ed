"""The registry of a crawl stays beside its captures, so that every later step works on the same one."""

from __future__ import annotations

from pathlib import Path

from archive.registry import keep_registry, load_registry, registry_of

HEAD = "id,name,division,level,home_url,annual_report_url,platform,notes\n"
AGENCIES = "id,name,division,level,parent,portal,aliases,credit_code,valid_from,valid_to,successor\n"


def write(folder: Path, rows: str, agencies: str = "") -> tuple[Path, Path]:
    portals = folder / "p.csv"
    portals.write_text(HEAD + rows, "utf-8")
    own = folder / "a.csv"
    own.write_text(AGENCIES + agencies, "utf-8")
    return portals, own


def test_a_registry_of_ones_own_is_kept_whole(tmp_path: Path) -> None:
    files = write(
        tmp_path,
        "qh,青禾市人民政府,990100,prefecture,http://qh.example/,http://qh.example/nb/,trs,测试\n",
        "qh-kjj,青禾市科学技术局,990100,prefecture,,qh,科技局;青禾科技局,,2019,,\n",
    )
    registry = load_registry(*files)
    keep_registry(tmp_path / "data", registry, own=True)
    again = registry_of(tmp_path / "data")
    assert again.portals == registry.portals
    assert again.agencies == registry.agencies
    assert again.division_name("990100") == "青禾市"


def test_rows_of_earlier_crawls_stay_and_newer_rows_win(tmp_path: Path) -> None:
    data = tmp_path / "data"
    keep_registry(data, load_registry(*write(tmp_path, "a,甲县,990101,county,http://a.example/,,,\n")), own=True)
    rows = "b,乙县,990102,county,http://b.example/,,,\na,甲县,990101,county,http://a2.example/,,,\n"
    keep_registry(data, load_registry(*write(tmp_path, rows)), own=True)
    assert {p.id: p.home_url for p in registry_of(data).portals.values()} == {
        "a": "http://a2.example/",
        "b": "http://b.example/",
    }


def test_gongkais_own_registry_is_not_copied(tmp_path: Path) -> None:
    keep_registry(tmp_path, load_registry(), own=False)
    assert not (tmp_path / "registry").exists()
    assert registry_of(tmp_path).portals == load_registry().portals


def test_files_given_go_before_what_is_kept(tmp_path: Path) -> None:
    data = tmp_path / "data"
    keep_registry(data, load_registry(*write(tmp_path, "a,甲县,990101,county,http://a.example/,,,\n")), own=True)
    given, _ = write(tmp_path, "c,丙县,990103,county,http://c.example/,,,\n")
    assert set(registry_of(data, given).portals) == {"c"}
