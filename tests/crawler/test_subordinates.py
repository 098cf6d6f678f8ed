"""Which portals a portal's pages lead down to: by words, by host and by the list of divisions."""

from __future__ import annotations

from dataclasses import replace

from archive.models import Level, Portal
from archive.registry import load_divisions
from crawler.pages import Page
from crawler.subordinates import propose

ZAOZHUANG = Portal("zaozhuang", "枣庄市人民政府", "370400", Level.PREFECTURE, "http://www.zaozhuang.gov.cn/")
TENGZHOU = Portal("tengzhou", "滕州市人民政府", "370481", Level.COUNTY, "http://www.tengzhou.gov.cn/")
HOME = """<html><body>
<a href="/zwgk/">政务公开</a>
<a href="http://www.shandong.gov.cn/">山东省人民政府</a>
<a href="http://www.gov.cn/">中国政府网</a>
<a href="http://www.jining.gov.cn/">济宁市</a>
<div>区市网站 <a href="http://www.tengzhou.gov.cn/index.html">滕州市人民政府</a>
<a href="http://www.yicheng.gov.cn">峄 城 区</a>
<a href="http://www.xuecheng.gov.cn/" title="薛城区政府网站"></a> <a href="http://seo-clone.example.com/">台儿庄区</a></div>
<select><option>部门网站</option><option value="http://kj.zaozhuang.gov.cn/">科学技术局</option>
<option value="http://zzjyj.example.gov.cn/col/1.html">枣庄市教育局网站</option>
<option value="2">财政局</option></select>
<a href="http://other.example.gov.cn/">工业和信息化厅</a>
<a href="http://10.1.2.3/">山亭区</a>
<a href="http://kj.zaozhuang.gov.cn/x">科学技术局</a>
<a href="http://[bad/">市中区</a>
</body></html>"""


def page(markup: str, url: str = "http://www.zaozhuang.gov.cn/") -> Page:
    return Page.of(url, 200, {"Content-Type": "text/html; charset=utf-8"}, markup.encode())


def test_places_below_and_departments_are_proposed() -> None:
    found = propose(ZAOZHUANG, [page(HOME)], load_divisions())
    assert [
        (one.kind, one.row.id, one.row.name, one.row.division, one.row.level, one.row.home_url) for one in found
    ] == [
        ("place", "xuecheng", "薛城区人民政府", "370403", Level.COUNTY, "http://www.xuecheng.gov.cn/"),
        ("place", "yicheng", "峄城区人民政府", "370404", Level.COUNTY, "http://www.yicheng.gov.cn/"),
        ("place", "tengzhou", "滕州市人民政府", "370481", Level.COUNTY, "http://www.tengzhou.gov.cn/"),
        (
            "department",
            "zaozhuang-kj",
            "枣庄市科学技术局",
            "370400",
            Level.PREFECTURE,
            "http://kj.zaozhuang.gov.cn/",
        ),
        (
            "department",
            "example-zzjyj",
            "枣庄市教育局",
            "370400",
            Level.PREFECTURE,
            "http://zzjyj.example.gov.cn/",
        ),
    ]
    assert found[0].seen_on == "http://www.zaozhuang.gov.cn/"
    assert found[1].row.notes == "linked from zaozhuang as 峄城区; not looked at"


def test_what_the_registry_has_is_not_proposed_again() -> None:
    found = propose(ZAOZHUANG, [page(HOME)], load_divisions(), [replace(TENGZHOU, home_url="https://tengzhou.gov.cn/")])
    assert "滕州市人民政府" not in {one.row.name for one in found}


def test_townships_are_those_of_a_county() -> None:
    markup = '<a href="http://yd.tengzhou.gov.cn/">云渡镇</a><a href="http://hd.tengzhou.gov.cn/">鹤汀街道办事处</a>'
    found = propose(TENGZHOU, [page(markup, "http://www.tengzhou.gov.cn/")], load_divisions())
    assert [(one.kind, one.row.name, one.row.level) for one in found] == [
        ("township", "滕州市云渡镇人民政府", Level.TOWNSHIP),
        ("township", "滕州市鹤汀街道办事处", Level.TOWNSHIP),
    ]
    assert not propose(ZAOZHUANG, [page(markup)], load_divisions())


def test_an_ambiguous_short_name_is_not_a_place() -> None:
    # 河北省 has a 唐山市 and no other 唐山; of 桥西区 it has several, and its link says not which.
    hebei = Portal("hebei", "河北省人民政府", "130000", Level.PROVINCE, "https://www.hebei.gov.cn/")
    markup = '<a href="http://www.ts.gov.cn/">唐山</a><a href="http://www.qx.gov.cn/">桥西区</a>'
    found = propose(hebei, [page(markup, "https://www.hebei.gov.cn/")], load_divisions())
    assert [one.row.division for one in found] == ["130200"]
