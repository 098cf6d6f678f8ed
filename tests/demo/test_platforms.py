"""The portals of the smaller systems answer as the systems they play."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from demo.farm import Farm, build_farm
from demo.portals import fengwu, huaiyu, liaoting, tongbu, weiyan
from demo.server import free_port, serving


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with serving(build_farm(free_port())) as farm:
        yield farm


def ask(farm: Farm, portal: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    """The status and text of one request; with a body it is a POST."""
    site = farm.site(portal)
    connection = http.client.HTTPConnection(site.host, site.port, timeout=60)
    try:
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8")
    finally:
        connection.close()


def test_page_0_of_the_catalogue_is_page_1(farm: Farm) -> None:
    path = f"/gkmlpt/api/all/{liaoting.COLUMN}"
    first = ask(farm, "liaoting", f"{path}?page=1&sid={liaoting.SITE}")
    assert first == ask(farm, "liaoting", f"{path}?page=0&sid={liaoting.SITE}")
    rows = json.loads(first[1])["articles"]
    assert len(rows) == 7
    assert sum(farm.site("outside").base in row["url"] for row in rows) == 1
    assert json.loads(ask(farm, "liaoting", f"{path}?page=2&sid={liaoting.SITE}")[1])["articles"] == []
    assert ask(farm, "liaoting", f"{path}?page=1")[0] == 404
    assert '"id": 2629, "name": "政府信息公开年报"' in ask(farm, "liaoting", "/gkmlpt/annualreport")[1]


def test_the_two_systems_of_one_portal_hold_the_same_reports(farm: Farm) -> None:
    urls = {each.report.id: each.urls for each in farm.publications if each.portal == "liaoting"}
    assert not any("gkmlpt" in url for url in urls[liaoting.ONLY_MAIN])
    assert all("gkmlpt" in url for url in urls[liaoting.ONLY_CATALOGUE])
    assert sum(len({"/gkmlpt/" in url for url in each}) == 2 for each in urls.values()) == 5
    path = urls[liaoting.ONLY_CATALOGUE][0].partition(farm.site("liaoting").base)[2]
    assert "\\u003Cdiv" in ask(farm, "liaoting", path)[1]


def test_rows_come_only_from_the_label_service_page_by_page(farm: Farm) -> None:
    assert "政府信息公开工作年度报告" not in ask(farm, "fengwu", fengwu.COLUMN)[1]
    assert 'content="信息公开年报"' in ask(farm, "fengwu", fengwu.COLUMN)[1]
    query = {"siteId": fengwu.SITE, "organId": "101", "type": "3", "pageIndex": "2"}
    _, rows = ask(farm, "fengwu", f"/site/label/8888?{urlencode(query)}")
    assert len(re.findall("<li>", rows)) == fengwu.SIZE
    assert "pageCount:3" in rows
    assert "<li>" not in ask(farm, "fengwu", f"/site/label/8888?{urlencode(query | {'type': '2'})}")[1]


def test_each_report_stands_there_as_text_and_as_a_picture(farm: Farm) -> None:
    pages = [ask(farm, "huaiyu", f"{huaiyu.LIST}/page_{number}.html")[1] for number in (1, 2, 3, 4)]
    assert sum(page.count('（文字版）"') for page in pages) == sum(page.count('（图解版）"') for page in pages) == 5
    assert "pageCount = 4" in pages[0]


def test_one_report_stands_there_as_pictures_alone(farm: Farm) -> None:
    (drawn,) = farm.drawn
    assert (drawn.portal, drawn.format) == ("huaiyu", "pictures")
    page = ask(farm, "huaiyu", drawn.urls[0].removeprefix(farm.site("huaiyu").base))[1]
    assert drawn.report.title in page
    assert "总体情况" not in page
    assert len(re.findall(r"<img src=\"/group4/[^\"]+\.png\"", page)) == 3
    assert drawn.report.id not in {each.report.id for each in farm.publications}


def test_the_service_understands_one_shape_of_the_question_on_each_list(farm: Farm) -> None:
    plain = {"deptcode": "TB01", "categorynum": "003002", "pageIndex": 1, "pageSize": 20, "siteGuid": tongbu.GUID}

    def rows(project: str, question: object) -> list[dict[str, str]]:
        status, text = ask(farm, "tongbu", project + tongbu.ACTION, json.dumps(question).encode())
        assert status == 200
        found: list[dict[str, str]] = json.loads(text)["custom"].get("data", [])
        return found

    assert len(rows("/EWB-FRONT", plain)) == 20
    assert len(rows("/EWB-FRONT", plain | {"pageIndex": 2})) == 5
    assert rows("/EWB-FRONT", {"params": plain}) == []
    inner = plain | {"deptcode": "TB02", "pageIndex": 0}
    assert len(rows("/EWB_TB_Mid", {"params": inner})) == 2
    assert rows("/EWB_TB_Mid", {"params": inner | {"pageIndex": 1}}) == []
    assert rows("/EWB_TB_Mid", inner) == []
    assert rows("/EWB_TB_Mid", []) == []
    assert tongbu.GUID in ask(farm, "tongbu", "/js/webBuilderCommon.js")[1]


def test_rows_are_capped_and_need_a_referer(farm: Farm) -> None:
    path = f"{weiyan.SERVICE}?columnId={weiyan.COLUMN_ID}&startrecord=1&endrecord=50&perpage=50&callback=cb"
    assert ask(farm, "weiyan", path)[0] == 404
    status, text = ask(farm, "weiyan", path, Referer=farm.site("weiyan").base + weiyan.COLUMN)
    assert status == 200
    assert text.startswith("cb({")
    assert text.count('"url"') == weiyan.CAP
    assert '"total": 7' in text
