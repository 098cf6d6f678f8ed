"""`python -m crawler.newplatform` in a copy of the project: what it writes fails until reviewed, then passes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.newplatform.module import NoPlace, with_fingerprint, with_name, with_registration
from crawler.newplatform.signs import Signs, shape

ROOT = Path(__file__).parents[2]
PAGE = """<!DOCTYPE html>
<!-- saved from url=(0049)https://www.zhuhe.gov.cn:8443/open/board/1207/p1.do -->
<html><head><meta charset="utf-8"><meta name="generator" content="Kunpeng Portal 4"><title>政府信息公开年报</title>
<script src="https://www.zhuhe.gov.cn:8443/kp/static/kpPortal.js"></script><script src="/js/jquery.min.js"></script>
</head><body><div class="list"><ul>
<li><a href="https://www.zhuhe.gov.cn:8443/open/item/1207/88121.do">竹河县审计局2023年政府信息公开工作年度报告</a>
<span>2024-01-20</span></li>
<li><a href="/open/item/1207/88122.do">竹河县气象局2023年政府信息公开工作年度报告</a><span>2024-01-21</span></li>
<li><a href="/open/item/1207/88129.do">竹河县2023年政府网站工作年度报表</a><span>2024-01-22</span></li>
</ul></div><div class="kpPager">共 2 页 <a href="/open/board/1207/p2.do">下一页</a></div></body></html>
"""


def run(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", "-m", *words]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    place = tmp_path / "copy"
    (place / "tests" / "crawler").mkdir(parents=True)
    for part in ("archive", "crawler", "tests/crawler/platforms"):
        shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    for file in ("pyproject.toml", "tests/__init__.py", "tests/crawler/__init__.py"):
        shutil.copy(ROOT / file, place / file)
    (tmp_path / "list.html").write_text(PAGE, "utf-8")
    return place


def test_a_platform_from_one_page(checkout: Path) -> None:
    words = ("crawler.newplatform", "kunpeng", "--from", "../list.html", "--where", "竹河")
    before = {path: path.read_bytes() for path in checkout.rglob("*") if path.is_file()}
    dry = run(checkout, *words, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "Would write: crawler/platforms/kunpeng.py" in dry.stdout
    assert {path: path.read_bytes() for path in checkout.rglob("*") if path.is_file()} == before

    done = run(checkout, *words)
    assert done.returncode == 0, done.stderr
    assert "Known by markup: Kunpeng Portal 4" in done.stdout
    assert '    "kunpeng",\n)\n' in (checkout / "archive/registry/checks.py").read_text("utf-8")
    assert "They name 竹河县审计局, 竹河县气象局" in done.stderr
    fixtures = checkout / "tests" / "crawler" / "platforms" / "kunpeng"
    assert "zhuhe.gov.cn" not in (fixtures / "p1.html").read_text("utf-8")
    case = json.loads((fixtures / "p1.json").read_text("utf-8"))
    assert case["reviewed"] is False
    assert [row[:3] for row in case["entries"]] == [
        ["/open/item/1207/88121.do", "竹河县审计局2023年政府信息公开工作年度报告", "2024-01-20"],
        ["/open/item/1207/88122.do", "竹河县气象局2023年政府信息公开工作年度报告", "2024-01-21"],
    ]
    assert case["excluded"] == {"/open/item/1207/88129.do": "look_alike:website_report"}
    assert case["next"] == ["/open/board/1207/p2.do"]

    lint = run(checkout, "ruff", "check", "crawler/platforms")
    assert lint.returncode == 0, lint.stdout
    layout = run(checkout, "ruff", "format", "--check", "crawler/platforms")
    assert layout.returncode == 0, layout.stdout + (checkout / "crawler/platforms/kunpeng.py").read_text("utf-8")

    tests = ("pytest", "-q", "-p", "no:cacheprovider", "tests/crawler/platforms/test_recorded_pages.py")
    unreviewed = run(checkout, *tests)
    assert unreviewed.returncode == 1
    assert "p1.json was not reviewed" in unreviewed.stdout
    assert "1 failed" in unreviewed.stdout
    (fixtures / "p1.json").write_text(json.dumps(case | {"reviewed": True}), "utf-8")
    reviewed = run(checkout, *tests)
    assert reviewed.returncode == 0, reviewed.stdout

    again = run(checkout, *words)
    assert again.returncode == 2
    assert "crawler/platforms has a kunpeng already" in again.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("Bad-Name", "--from", "../list.html"), "'Bad-Name' makes no module"),
        (("newcms", "--from", "../list.html", "--url", "http://a.gov.cn/"), "belongs to no file"),
        (("newcms", "--from", "../bare.html"), "bare.html does not say its address; give it with --url"),
        (("newcms", "--from", "http://www.zhuhe.gov.cn/x"), "holds no page of http://www.zhuhe.gov.cn/x: give --look"),
        (("newcms", "--from", "../list.html", "--to", ".."), "is no checkout of Gongkai"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    (tmp_path / "list.html").write_text(PAGE, "utf-8")
    (tmp_path / "bare.html").write_text("<p>x</p>", "utf-8")
    there = tmp_path / "data"
    there.mkdir()
    for file in ("crawler/platforms/fingerprints.yaml", "crawler/platforms/__init__.py", "archive/registry/checks.py"):
        (there / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, there / file)
    (there / "tests" / "crawler" / "platforms").mkdir(parents=True)
    to = () if "--to" in words else ("--to", ".")
    script = "import sys; sys.path.insert(0, sys.argv.pop(1)); from crawler.newplatform.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROOT), *words, *to], cwd=there, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert says in done.stderr
    assert not list(there.glob("crawler/platforms/newcms*"))


@pytest.mark.parametrize(
    ("path", "query", "pattern"),
    [
        ("/zwgk/nb/202401/t20240123_88.html", "", r"/\d+/t\d+_\d+\.html"),
        ("/gk/show.aspx", "id=311&cid=9", r"/show\.aspx\?id=[^&]*&cid=[^&]*"),
        ("/col/5f0c2d1e9a7b4c3d8e6f/x.html", "", r"/[0-9a-f]{20}/x\.html"),
        ("/c/29527d47-65f0-4e58-9a95-804549f339e9/", "", "/[0-9a-f-]{36}/"),
        ("/xxgk/ndbg/", "", "/"),
    ],
)
def test_the_shape_of_an_address(path: str, query: str, pattern: str) -> None:
    assert shape(path, query) == pattern


def test_a_file_that_does_not_look_as_it_should_is_left_alone() -> None:
    signs = Signs((), ("kp",), (), "a", "b")
    with pytest.raises(NoPlace, match="no line of trs"):
        with_fingerprint("- {name: vsb}\n", "newcms", signs, "trs")
    assert with_fingerprint("- {name: vsb}\n- name: trs\n", "newcms", signs, "trs").splitlines() == [
        "- {name: vsb}", '- {name: newcms, body: ["kp"]}', "- name: trs"
    ]  # fmt: skip
    with pytest.raises(NoPlace, match="import Newcms"):
        with_registration("import x\n", "newcms")
    with pytest.raises(NoPlace, match="to PLATFORMS"):
        with_name("PLATFORMS = ()\n", "newcms")
