"""The commands around the list of portals, on the portals of the demo farm as they are served."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.cli import main
from archive.registry import load_registry
from demo.farm import Farm, build_farm
from demo.server import Record, free_port, serving

QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "GONGKAI_RETRY_DELAY=0.05")
WALKED = ("linxi", "qinghe")
HEADER = "id,name,division,level,home_url,annual_report_url,platform,notes\n"


def gongkai(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture(scope="module")
def asked() -> list[Record]:
    """Every request that the farm got."""
    return []


@pytest.fixture(scope="module")
def farm(asked: list[Record]) -> Iterator[Farm]:
    with serving(build_farm(free_port()), note=asked.append) as served:
        yield served


def home(farm: Farm, portal: str) -> str:
    return next(one.home_url for one in farm.portals if one.id == portal)


@pytest.fixture
def discover(farm: Farm, capfd: pytest.CaptureFixture[str]) -> Any:
    """Walks a portal of the farm and returns the exit code and what was printed as JSON."""

    def walk(portal: str, *words: str) -> tuple[int, dict[str, Any]]:
        result = gongkai("discover", home(farm, portal), "--json", "--quiet", *QUICK, *words)
        return result.exit_code, json.loads(capfd.readouterr().out)

    return walk


@pytest.mark.parametrize("portal", WALKED)
def test_a_walk_sees_every_report_and_fetches_none(portal: str, farm: Farm, asked: list[Record], discover: Any) -> None:
    asked.clear()
    code, walk = discover(portal)
    assert code == 0, walk["problems"]
    published = [one for one in farm.publications if one.portal == portal and not one.lost]
    addresses = {url for one in published for url in one.urls}
    fetched = {f"http://{one.host}:{farm.portals[0].home_url.rsplit(':', 1)[1].strip('/')}{one.path}" for one in asked}
    assert not fetched & addresses
    assert sum(column["entries"] for column in walk["columns"]) + walk["beside"] >= len(published)
    years = Counter(str(one.report.year) for one in published)
    seen: Counter[str] = Counter()
    for column in walk["columns"]:
        seen.update(column["years"])
    assert set(years) <= set(seen)
    assert walk["row"]["division"] == next(one.division for one in farm.portals if one.id == portal)
    assert walk["row"]["name"] == next(one.name for one in farm.portals if one.id == portal)
    assert all(step["why"] for step in walk["steps"])
    assert max(one.in_flight for one in asked) == 1


def test_the_row_names_the_column_and_the_platform(farm: Farm, discover: Any) -> None:
    _, walk = discover("qinghe")
    column = next(one.annual_report_url for one in farm.portals if one.id == "qinghe")
    assert walk["row"]["annual_report_url"] == column
    assert walk["row"]["platform"] == "trs"
    assert "createPageHTML" in walk["columns"][0]["evidence"]
    assert next(csv.DictReader((HEADER + walk["row_csv"]).splitlines())) == {
        name: value for name, value in walk["row"].items() if name not in ("hosts", "tls")
    }


def test_a_column_of_one_year_is_left_to_the_crawler(discover: Any) -> None:
    code, walk = discover("qinxiu")
    assert code == 0
    assert [(column["entries"], column["lasting"]) for column in walk["columns"]] == [(4, False)]
    assert walk["row"]["annual_report_url"] == ""
    assert "left to the crawler" in walk["row"]["notes"]
    assert walk["row"]["platform"] == "liaoning"


def test_fewer_clicks_see_less_and_say_so(discover: Any) -> None:
    code, walk = discover("linxi", "--clicks", "1", "--pages", "3")
    assert code == 3
    assert any("--pages" in problem for problem in walk["problems"])
    assert walk["row"]["annual_report_url"] == ""


@pytest.mark.parametrize(("portal", "outcome"), [("yanhu", "blocked"), ("xingwu", "robots_disallowed")])
def test_a_portal_that_cannot_be_had_is_told_with_its_reason(portal: str, outcome: str, discover: Any) -> None:
    code, walk = discover(portal)
    assert code == 3
    assert walk["steps"][0]["outcome"] == outcome
    assert walk["columns"] == []


def test_the_text_shows_the_way_and_a_row(farm: Farm, capfd: pytest.CaptureFixture[str]) -> None:
    assert gongkai("discover", home(farm, "linxi"), "--quiet", *QUICK).exit_code == 0
    text = capfd.readouterr().out
    for part in (
        "because link words: 政府信息公开年报",
        "28 reports listed on 3 pages",
        "Row for portals.csv:",
        HEADER,
    ):
        assert part in text


def test_nonsense_is_wrong_use() -> None:
    assert gongkai("discover", "ftp://h/", "--quiet").exit_code == 2


# ---------------------------------------------------------------------- add and expand


def test_a_portal_is_added_after_looking(farm: Farm, tmp_path: Path) -> None:
    url, data = home(farm, "linxi"), ("--data", str(tmp_path))
    dry = gongkai("portals", "add", url, "--dry-run", *data, *QUICK)
    assert dry.exit_code == 0, dry.output
    assert "would be added" in dry.output
    assert not (tmp_path / "portals.csv").exists()
    added = gongkai("portals", "add", url, "--id", "linxi", *data, *QUICK)
    assert added.exit_code == 0, added.output
    portal = load_registry(tmp_path / "portals.csv").portal("linxi")
    assert (portal.name, portal.division, portal.home_url) == ("临溪县人民政府", "990121", url)
    again = gongkai("portals", "add", url, "--id", "other", *data, *QUICK)
    assert again.exit_code == 2
    assert "is portal linxi" in again.output


def test_what_a_portal_does_not_say_has_to_be_given(farm: Farm, tmp_path: Path) -> None:
    words = ("portals", "add", home(farm, "yanhu"), "--data", str(tmp_path), *QUICK)
    silent = gongkai(*words)
    assert silent.exit_code == 1
    assert "give --name and --division" in silent.output
    unseen = gongkai(*words, "--name", "砚湖市人民政府", "--division", "990300")
    assert unseen.exit_code == 3
    assert "nothing was written" in unseen.output
    assert not (tmp_path / "portals.csv").exists()
    anyway = gongkai(*words, "--name", "砚湖市人民政府", "--division", "990300", "--id", "yanhu", "--anyway")
    assert anyway.exit_code == 3
    assert load_registry(tmp_path / "portals.csv").portal("yanhu").level == "prefecture"


def test_a_wrong_id_is_told_and_writes_nothing(farm: Farm, tmp_path: Path) -> None:
    result = gongkai("portals", "add", home(farm, "linxi"), "--id", "Lin Xi", "--data", str(tmp_path), *QUICK)
    assert result.exit_code == 2
    assert "portals.csv, line 2, id: 'Lin Xi'" in result.output
    assert not (tmp_path / "portals.csv").exists()


def test_expanding_reads_what_is_stored_and_asks_nobody(farm: Farm, asked: list[Record], tmp_path: Path) -> None:
    registry = tmp_path / "portals.csv"
    words = ("portals", "expand", "linxi", "--data", str(tmp_path), "--portals", str(registry))
    registry.write_text(f"{HEADER}linxi,临溪县人民政府,990121,county,{home(farm, 'linxi')},,,\n", "utf-8")
    nothing = gongkai(*words)
    assert nothing.exit_code == 1
    assert "--look" in nothing.output
    looked = gongkai(*words, "--look", *QUICK)
    assert looked.exit_code == 0, looked.output
    asked.clear()
    read = CliRunner().invoke(main, [*words, "--json"])
    assert read.exit_code == 0
    assert not asked
    found = json.loads(read.stdout)
    assert found["home"]
    assert found["pages"] > 3
    assert gongkai("portals", "expand", "nobody", *words[3:]).exit_code == 2


# ---------------------------------------------------------------------- check and import


def test_a_registry_is_checked_with_every_mistake(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(f"{HEADER}A,甲,37048,,http://h/,,,\nb,,370481,town,,,wordpress,\n", "utf-8")
    result = gongkai("portals", "check", str(bad))
    assert result.exit_code == 1
    for part in ("line 2, id", "line 2, division", "line 3, name", "line 3, level", "line 3, home_url", "6 mistakes"):
        assert part in result.output


def test_a_good_registry_is_counted() -> None:
    result = gongkai("portals", "check", "demo/portals.csv")
    assert result.exit_code == 0
    assert " portals, 0 agencies: valid" in result.output
    assert "level: prefecture" in result.output
    assert gongkai("portals", "check").exit_code == 0


def test_a_list_is_imported_and_its_odd_rows_are_named(tmp_path: Path) -> None:
    rows = tmp_path / "list.csv"
    rows.write_text("区划,网址\n山东省/枣庄市/滕州市,www.tz.example\n无此县,http://n.example/\n", "utf-8")
    words = ("portals", "import", str(rows), "--data", str(tmp_path / "data"))
    dry = gongkai(*words, "--dry-run")
    assert dry.exit_code == 3
    assert "example-tz,滕州市人民政府,370481,county,http://www.tz.example,,,\n" in dry.output
    assert not (tmp_path / "data").exists()
    result = gongkai(*words)
    assert result.exit_code == 3
    assert "list.csv, line 3: http://n.example/: no division is called '无此县'" in result.output
    assert list(load_registry(tmp_path / "data" / "portals.csv").portals) == ["example-tz"]
    again = gongkai(*words)
    assert "is portal example-tz already" in again.output
    assert "0 rows mapped, 2 not" in again.output
