"""The registry: what is valid, what is refused and how it is told, and who is meant by a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.models import Level, TlsRelaxation
from archive.registry import RegistryError, load_registry
from archive.registry.checks import PLATFORMS

PORTALS = "id,name,division,level,home_url,annual_report_url,platform,notes,hosts\n"
AGENCIES = "id,name,division,level,parent,portal,aliases,credit_code,valid_from,valid_to,successor\n"
GOOD_PORTAL = "tengzhou,滕州市人民政府,370481,county,http://www.tengzhou.gov.cn/,,trs,,\n"


def files(tmp_path: Path, portals: str, agencies: str = AGENCIES, encoding: str = "utf-8") -> tuple[Path, Path]:
    first, second = tmp_path / "portals.csv", tmp_path / "agencies.csv"
    first.write_bytes(portals.encode(encoding))
    second.write_bytes(agencies.encode(encoding))
    return first, second


def errors_of(tmp_path: Path, portals: str, agencies: str = AGENCIES) -> list[str]:
    with pytest.raises(RegistryError) as caught:
        load_registry(*files(tmp_path, portals, agencies))
    return [error.replace(f"{tmp_path}/", "") for error in caught.value.errors]


def test_the_registry_that_comes_with_gongkai_is_valid() -> None:
    registry = load_registry()
    provinces = [portal for portal in registry.portals.values() if portal.division.endswith("0000")]
    assert {portal.division for portal in provinces} >= {f"{code}0000" for code in (11, 37, 44, 54, 65)}
    assert len({portal.division for portal in provinces if portal.name.endswith("人民政府")}) == 31
    assert registry.portal("tengzhou").annual_report_url == "http://www.tengzhou.gov.cn/zwgk/xxgknb/"
    for agency in registry.agencies.values():
        assert agency.portal in registry.portals
        assert registry.find_agency(agency.division, agency.name) == agency


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_all_fields_are_read(tmp_path: Path, encoding: str) -> None:
    portals = (
        PORTALS + '\n sx ,石溪县人民政府,370481,county,http://127.0.0.5:8080/,http://127.0.0.5:8080/nb/,trs,"a, b",'
        "files.shixi.example IMG.shixi.example\r\n"
    )
    agencies = (
        AGENCIES + "sx-gov,石溪县人民政府,370481,county,,sx,石溪县政府; 石溪县,91110000600037341L,,,\n"
        "sx-old,石溪县水产局,370481,,sx-gov,sx,,,2008,2018,sx-new\n"
        "sx-new,石溪县农业农村局,370481,,sx-gov,sx,,,2019,,\n"
        "sx-year,石溪县普查办,370481,,sx-gov,sx,,,2010,2010,\n"
    )
    registry = load_registry(*files(tmp_path, portals, agencies, encoding))
    portal = registry.portal("sx")
    assert (portal.level, portal.platform, portal.notes) == (Level.COUNTY, "trs", "a, b")
    assert portal.hosts == ("files.shixi.example", "img.shixi.example")
    assert registry.agency("sx-gov").aliases == ("石溪县政府", "石溪县")
    assert registry.agency("sx-old").valid_to == 2018
    assert registry.find_agency("370481", "石溪县普查办", 2010) == registry.agency("sx-year")
    assert registry.find_agency("370481", "石溪县") == registry.agency("sx-gov")
    assert registry.find_agency("370481", "石溪县水产局", 2018) == registry.agency("sx-old")
    assert registry.find_agency("370481", "石溪县水产局", 2019) is None
    assert registry.find_agency("370482", "石溪县") is None
    assert registry.province("370481") == "山东省"


def test_a_name_of_two_agencies_means_neither(tmp_path: Path) -> None:
    agencies = AGENCIES + "a,甲局,370481,,,,共用名,,,2018,\nb,乙局,370481,,,,共用名,,2019,,\n"
    registry = load_registry(*files(tmp_path, PORTALS + GOOD_PORTAL, agencies))
    assert registry.find_agency("370481", "共用名") is None
    assert registry.find_agency("370481", "共用名", 2020) == registry.agency("b")


def test_every_error_is_told_with_file_line_and_field(tmp_path: Path) -> None:
    portals = PORTALS + (
        GOOD_PORTAL
        + "tengzhou,,37048,town,ftp://x/,http://exa mple/,wordpress,,http://a b_\n"
        + "Bad Id,甲,889999,,,,,,\n"
        + "u-1,乙,370481,,http://[::1/,,,,\n"
        + "c,丙,370481\n"
    )
    agencies = AGENCIES + (
        "a,甲,370481,,a,nowhere,,91110000600037342L,2020,2019,z\nb,乙,370481,,d,,,,20,,b\nd,丁,370481,,b,,,,,,\n"
    )
    assert errors_of(tmp_path, portals, agencies) == [
        "portals.csv, line 6: 3 fields, but the header has 9; a comma inside a field needs quotes around the field",
        "portals.csv, line 3, name: is empty; expected a name",
        "portals.csv, line 3, division: '37048'; expected a six-digit division code, such as 370481 (000000 = central)",
        "portals.csv, line 3, level: 'town'; expected one of ministry, province, prefecture, county, township, "
        "or nothing",
        "portals.csv, line 3, home_url: 'ftp://x/'; expected an address that begins with http:// or https://",
        "portals.csv, line 3, annual_report_url: 'http://exa mple/'; expected an address that begins with http:// or "
        "https://",
        f"portals.csv, line 3, platform: 'wordpress'; expected one of {', '.join(PLATFORMS)}, or nothing to have it "
        "detected",
        "portals.csv, line 3, hosts: 'http://a'; expected host names separated by blanks, such as www.tengzhou.gov.cn",
        "portals.csv, line 4, id: 'Bad Id'; expected lower-case letters, digits and hyphens, such as tengzhou-kjj",
        "portals.csv, line 4, division: 889999 is not a division code of any year; look it up in GB/T 2260",
        "portals.csv, line 4, home_url: ''; expected an address that begins with http:// or https://",
        "portals.csv, line 5, id: 'u-1'; ids that begin with u- are kept for agencies that are not registered",
        "portals.csv, line 5, home_url: 'http://[::1/'; expected an address that begins with http:// or https://",
        "portals.csv, line 3, id: 'tengzhou' stands on line 2 already; ids must be unique",
        "agencies.csv, line 2, valid_to: 2019 is before valid_from, 2020",
        "agencies.csv, line 2, credit_code: '91110000600037342L' is not a unified social credit code: "
        "The number's checksum or check digit is invalid.",
        "agencies.csv, line 3, valid_from: '20'; expected a year, such as 2019, or nothing",
        "agencies.csv, line 2, parent: 'a' cannot be its own parent",
        "agencies.csv, line 2, portal: no portal has the id 'nowhere'",
        "agencies.csv, line 2, successor: no agency has the id 'z'",
        "agencies.csv, line 3, successor: 'b' cannot be its own successor",
        "agencies.csv, line 3, parent: 'd': the parents go round in a circle",
        "agencies.csv, line 4, parent: 'b': the parents go round in a circle",
    ]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    portals = PORTALS + 'a,甲,370481,,http://a.example/,,,"two\nlines",\n\n' + "b,乙,370481,,nothing,,,,\n"
    assert errors_of(tmp_path, portals) == [
        "portals.csv, line 5, home_url: 'nothing'; expected an address that begins with http:// or https://"
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty; its first line should be id,name,"),
        (b"id;name\n", "column 'id' is missing"),
        (PORTALS.replace("hosts", "host").encode(), "column 'host' is not known; expected id,name,"),
        (PORTALS.replace("hosts", "id").encode(), "column 'id' stands twice"),
        ((PORTALS + "a,滕州市,370481,,http://a.example/,,,,\n").encode("gbk"), "line 2: not UTF-8"),
        ((PORTALS + 'a,"b"c,370481,,http://a.example/,,,,\n').encode(), "line 2: not CSV"),
    ],
)
def test_files_that_cannot_be_read_as_a_whole(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "portals.csv"
    path.write_bytes(content)
    with pytest.raises(RegistryError) as caught:
        load_registry(path)
    assert any(words in error and error.startswith(str(path)) for error in caught.value.errors)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=r"portals\.csv: cannot be read: No such file"):
        load_registry(tmp_path / "portals.csv")


def test_own_portals_come_without_the_agencies_of_others(tmp_path: Path) -> None:
    path, _ = files(tmp_path, PORTALS + GOOD_PORTAL)
    registry = load_registry(path)
    assert list(registry.portals) == ["tengzhou"]
    assert registry.agencies == {}


def test_central_bodies_have_a_code_of_their_own(tmp_path: Path) -> None:
    path, _ = files(tmp_path, PORTALS + "mot,某部,000000,ministry,http://www.mot.example/,,,,\n")
    registry = load_registry(path)
    assert registry.division_name("000000") == "中央"
    assert registry.province("000000") is None


def test_a_relaxation_of_tls_is_a_known_word_with_a_reason(tmp_path: Path) -> None:
    header = PORTALS.replace(",hosts", ",hosts,tls")
    row = "old,甲县人民政府,370481,county,https://a.example/,,,{notes},,{tls}\n"
    registry = load_registry(
        *files(tmp_path, header + row.format(notes="RSA 1024; 2026-07", tls="unverified Legacy"), AGENCIES)
    )
    assert registry.portal("old").tls == (TlsRelaxation.LEGACY, TlsRelaxation.UNVERIFIED)
    assert errors_of(tmp_path, header + row.format(notes="", tls="legacy"), AGENCIES) == [
        "portals.csv, line 2, tls: a relaxation needs its reason, and the day it was seen, in notes"
    ]
    assert errors_of(tmp_path, header + row.format(notes="old", tls="off"), AGENCIES) == [
        "portals.csv, line 2, tls: 'off'; expected legacy or unverified, both, or nothing"
    ]
