"""Feeds: one entry a change, for everybody, a province, an agency, and sound whatever stands in a title."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from lxml import etree

from archive.exports.feeds import Entry, Feed, atom, json_feed, read_entries
from tests.exports.conftest import Exported

NAMES = {"a": "http://www.w3.org/2005/Atom"}


def parsed(path: Path) -> etree._Element:
    return etree.fromstring(path.read_bytes())


def test_the_feeds_that_there_are(exported: Exported) -> None:
    home = exported.folder / "feeds"
    names = {path.relative_to(home).as_posix() for path in home.rglob("*.atom")}
    places = {f"province/{name}.atom" for name in ("浙江省", "北京市")}
    assert names == {"all.atom", *places, *(f"agency/a{number:05}.atom" for number in range(4))}
    assert {path.relative_to(home).with_suffix("").as_posix() for path in home.rglob("*.json")} == {
        name.removesuffix(".atom") for name in names
    }


def test_both_forms_say_the_same(exported: Exported) -> None:
    tree, feed = (
        parsed(exported.folder / "feeds/all.atom"),
        json.loads((exported.folder / "feeds/all.json").read_text()),
    )
    for path, key in (("id", "id"), ("title", "title"), ("updated", "date_published")):
        in_atom = [node.text for node in tree.iterfind(f"a:entry/a:{path}", NAMES)]
        assert in_atom == [item[key] for item in feed["items"]]
    assert len(feed["items"]) == 20


def test_an_agency_has_its_own_reports_only(exported: Exported) -> None:
    feed = json.loads((exported.folder / "feeds/agency/a00002.json").read_text("utf-8"))
    assert {item["_gongkai"]["report_id"] for item in feed["items"]} == {f"a00002-{year}" for year in range(2019, 2024)}


def test_the_newest_come_first(exported: Exported) -> None:
    feed = json.loads((exported.folder / "feeds/all.json").read_text("utf-8"))
    dates = [item["date_published"] for item in feed["items"]]
    assert dates == sorted(dates, reverse=True)
    assert parsed(exported.folder / "feeds/all.atom").findtext("a:updated", None, NAMES) == dates[0]


def test_a_correction_is_one_entry_with_its_cells_counted(exported: Exported) -> None:
    connection = sqlite3.connect(exported.archive)
    at = "2030-01-01T00:00:00Z"
    connection.executemany(
        "insert into changes (change_id, report_id, changed_at, kind, key, applicant, section, before, after)"
        " values (?, 'a00000-2023', ?, 'corrected', ?, ?, ?, '1', '2')",
        [
            ("x1", at, "requests_received", "total", None),
            ("x2", at, "result_granted", "total", None),
            ("x3", at, None, None, 1),
        ],
    )
    newest = read_entries(connection)[0]
    connection.rollback()
    connection.close()
    assert (newest.id, newest.kind, newest.cells, newest.sections) == ("x1", "corrected", 2, 1)
    (item,) = json.loads(json_feed(Feed("f", "t", at, (newest,))))["items"]
    assert (
        "2个单元格变动；1个部分正文变动 · changed after publication; cells changed: 2; sections changed: 1"
        in item["content_text"]
    )


def test_what_a_portal_wrote_stays_text() -> None:
    bad = '<script>alert("x")</script>&\x0b\ud800]]>'
    entry = Entry("e", "a-2023", "new", "2026-01-01T00:00:00Z", bad, 2023, bad, "http://x.test/?a=1&b=\x0b")
    tree = etree.fromstring(atom(Feed("f", bad, entry.at, (entry,))))
    assert tree.findtext("a:title", None, NAMES) == '<script>alert("x")</script>&\ufffd\ufffd]]>'
    assert tree.find(".//a:script", NAMES) is None


def test_a_page_of_the_site_comes_before_the_source() -> None:
    entry = Entry(
        "e", "a-2023", "new", "2026-01-01T00:00:00Z", "局", 2023, "题", "http://x.test/1", page="http://site.test/r"
    )
    tree = etree.fromstring(atom(Feed("f", "t", entry.at, (entry,), "http://site.test/feed")))
    links = {node.get("rel"): node.get("href") for node in tree.iterfind(".//a:link", NAMES)}
    assert links == {"self": "http://site.test/feed", "alternate": "http://site.test/r", "via": "http://x.test/1"}
