"""An operator's own list becomes rows of the registry, and what cannot be mapped is told with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.models import Level, Portal, TlsRelaxation
from archive.registry import RegistryError, append_portals, load_divisions, load_registry, propose_id, read_list
from archive.registry.places import Places
from tests.shared import SHARED, needs_shared

LIST = """\ufeff地区,级别,网址,网站名称,建站平台,联系人
山东省/枣庄市/滕州市,县区,www.tengzhou.example,,,甲
370400,地级,https://zz.example/,枣庄市人民政府,TRS,
湖北省/随州市,地级,http://sz.example/,,other-cms,
山东省 枣庄市 滕州市,县级-部门,http://kj.tengzhou.example/,滕州市科学技术局,,
鼓楼区,县区,http://gl.example/,,,
河南省/济源示范区,地级,http://jy.example/,,,
山东省/枣庄市/滕州市,县区,http://tengzhou.example,,,
山东省/枣庄市/峄城区,天级,http://yc.example/,,,
山东省/枣庄市/峄城区,县区,ftp://yc.example/,,,
山东省/枣庄市/峄城区,县区
"""


def read(tmp_path: Path, text: str, known: tuple[Portal, ...] = ()) -> tuple[dict[str, Portal], dict[int, str]]:
    path = tmp_path / "list.csv"
    path.write_text(text, "utf-8")
    result = read_list(path, load_divisions(), known)
    return {portal.id: portal for portal in result.portals}, {one.line: one.why for one in result.refused}


def test_rows_are_mapped_by_the_names_of_columns_and_divisions(tmp_path: Path) -> None:
    portals, refused = read(tmp_path, LIST)
    assert portals == {
        "example-tengzhou": Portal(
            "example-tengzhou", "滕州市人民政府", "370481", Level.COUNTY, "http://www.tengzhou.example"
        ),
        "example-zz": Portal(
            "example-zz", "枣庄市人民政府", "370400", Level.PREFECTURE, "https://zz.example/", platform="trs"
        ),
        # The county-level city of that name was given up in 2000; the level says which is meant.
        "example-sz": Portal(
            "example-sz",
            "随州市人民政府",
            "421300",
            Level.PREFECTURE,
            "http://sz.example/",
            notes="platform in the list: other-cms",
        ),
        "example-tengzhou-kj": Portal(
            "example-tengzhou-kj",
            "滕州市科学技术局",
            "370481",
            Level.COUNTY,
            "http://kj.tengzhou.example/",
            notes="level in the list: 县级-部门",
        ),
    }
    assert refused == {
        6: "'鼓楼区' may be any of 320106, 320302, 350102, 410204; give the code",
        7: "no division is called '河南省/济源示范区'; give its six-digit code",
        8: "stands on line 2 already",
        9: "level '天级' is none of ministry, province, prefecture, county, township",
        10: "home_url: 'ftp://yc.example/'; expected an address that begins with http:// or https://",
        11: "2 fields, but the header has 6; a comma inside a field needs quotes around the field",
    }


def test_the_columns_that_were_not_used_are_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    result = read_list(path, load_divisions())
    assert result.used["division"] == "地区"
    assert result.unused == ("联系人",)


def test_a_list_without_the_needed_columns_says_how_they_may_be_called(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="line 1: no column for division; name one of them division, "):
        read(tmp_path, "url\nhttp://h.example/\n")


def test_a_portal_of_the_registry_is_not_taken_again(tmp_path: Path) -> None:
    known = Portal("tz", "滕州市人民政府", "370481", None, "https://www.tengzhou.example/")
    text = "code,url,id\n370481,http://tengzhou.example,\n370481,http://b.example/,tz\n370481,http://c.example/,u-c\n"
    portals, refused = read(tmp_path, text, (known,))
    assert not portals
    assert refused[2] == "is portal tz already"
    assert refused[3] == "id: 'tz' is taken"
    assert "begin with u-" in refused[4]


def test_several_columns_of_one_home_page_are_several_portals(tmp_path: Path) -> None:
    text = "code,url,年报\n370481,http://h.example/,http://h.example/a/\n370481,http://h.example/,http://h.example/b/\n"
    portals, refused = read(tmp_path, text)
    assert [portal.annual_report_url for portal in portals.values()] == ["http://h.example/a/", "http://h.example/b/"]
    assert list(portals) == ["example-h", "example-h-2"]
    assert not refused


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("370481000000", "370481"),
        ("370481 山东省枣庄市滕州市", "370481"),
        ("370481001", "370481"),
        ("中央", "000000"),
        ("北京市/市辖区/东城区", "110101"),
        ("北京市东城区", "110101"),
        ("滕州市", "370481"),
        ("990121", "990121"),
        ("海南省/省直辖县级行政区划/文昌市", "469005"),
        ("安徽省/巢湖市", "340181"),
        ("浙江省/杭州市/下城区", "330103"),
    ],
)
def test_a_place_is_found(words: str, code: str) -> None:
    assert Places(load_divisions()).find(words).code == code


@pytest.mark.parametrize("words", ["", "山东省/济宁市/滕州", "37048", "370499", "无此县"])
def test_a_place_is_never_guessed(words: str) -> None:
    place = Places(load_divisions()).find(words)
    assert place.code is None
    assert place.how


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.tengzhou.gov.cn/", "tengzhou"),
        ("http://gxt.hebei.gov.cn/x", "hebei-gxt"),
        ("https://www.gov.cn/", "portal"),
        ("http://127.0.0.14:8702/", "127-0-0-14-8702"),
        ("http://u.gov.cn/", "u"),
        ("http://a.u.gov.cn/", "portal-u-a"),
        ("http://taken.gov.cn/", "taken-3"),
        (f"http://{'a' * 63}.gov.cn/", "a" * 56),
    ],
)
def test_an_id_is_proposed(url: str, expected: str) -> None:
    assert propose_id(url, {"taken", "taken-2"}) == expected


def test_appending_keeps_what_stands_there_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "portals.csv"
    old = '\ufeffid,name,division,level,home_url,annual_report_url,platform,notes,hosts\r\n"a",甲,990121,,http://a/,,,,'
    path.write_text(old, "utf-8", newline="")
    append_portals(path, [Portal("b", "乙", "990122", Level.COUNTY, "http://b/", notes="x, y", hosts=("h", "i"))])
    assert path.read_text("utf-8") == old.replace("\r\n", "\n") + '\nb,乙,990122,county,http://b/,,,"x, y",h i\n'
    assert path.read_bytes().startswith(old.encode())
    assert load_registry(path).portal("b").hosts == ("h", "i")
    assert [one.name for one in tmp_path.iterdir()] == ["portals.csv"]


@pytest.mark.parametrize(
    ("portal", "message"),
    [
        (Portal("a", "乙", "990122", None, "http://b/"), "'a' stands in it already"),
        (Portal("b", "乙", "990122", None, "nowhere"), "portals.csv, line 3, home_url: 'nowhere'"),
        (Portal("b", "乙", "990122", None, "http://b/", hosts=("h",)), "add a column `hosts` first"),
        (Portal("b", "乙", "990122", None, "http://b/", tls=(TlsRelaxation.LEGACY,)), "add a column `tls` first"),
    ],
)
def test_a_row_that_is_not_valid_changes_nothing(tmp_path: Path, portal: Portal, message: str) -> None:
    path = tmp_path / "portals.csv"
    append_portals(path, [Portal("a", "甲", "990121", None, "http://a/")])
    before = path.read_bytes()
    with pytest.raises(RegistryError, match=message):
        append_portals(path, [portal])
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["portals.csv"]


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    append_portals(tmp_path / "new.csv", [Portal("a", "甲", "990121", None, "http://a/")], write=False)
    assert not list(tmp_path.iterdir())


@needs_shared
def test_a_national_list_is_mapped_but_for_a_handful(tmp_path: Path) -> None:
    result = read_list(SHARED / "domain" / "portal-homes.csv", load_divisions())
    unknown = [one for one in result.refused if "no division is called" in one.why]
    doubles = [one for one in result.refused if "already" in one.why]
    assert len(result.portals) + len(unknown) + len(doubles) == 3209
    assert len(unknown) <= 6
    append_portals(tmp_path / "portals.csv", result.portals)
    assert len(load_registry(tmp_path / "portals.csv").portals) == len(result.portals) >= 3190
