"""Made-up evidence: captures and parsed reports of invented bodies, as the ledger would give them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from archive.holdings import PackedReport
from archive.holdings.build import Evidence, Parsed
from archive.holdings.coverage import KnownUrl, Search
from archive.holdings.facts import facts_of
from archive.holdings.reports import UrlHistory
from archive.models import Capture, Era, Role
from archive.registry import Registry, load_registry
from archive.report.form import load_form

PORTALS = """id,name,division,level,home_url,annual_report_url,platform,notes
zz,枣庄市人民政府,370400,prefecture,http://zz.example/,,,
tz,滕州市人民政府,370481,county,http://tz.example/,,,
solo,山亭区档案馆,370406,county,http://solo.example/,,,
"""
AGENCIES = """id,name,division,level,parent,portal,aliases,credit_code,valid_from,valid_to,successor
tz-gov,滕州市人民政府,370481,county,,tz,,,,,
tz-kjj,滕州市科学技术局,370481,county,tz-gov,tz,滕州市科技局,,,,
tz-lyj,滕州市林业局,370481,county,tz-gov,tz,,,,2018,tz-kjj
solo,山亭区档案馆,370406,county,,solo,,,,,
"""


FORM = load_form().eras[Era.C].cells


def registry(directory: Path) -> Registry:
    """A small registry: a city, a county below it, and a portal of one body only."""
    (directory / "portals.csv").write_text(PORTALS, "utf-8")
    (directory / "agencies.csv").write_text(AGENCIES, "utf-8")
    return load_registry(directory / "portals.csv", directory / "agencies.csv")


def body(
    agency: str | None = "滕州市科学技术局",
    year: int | None = 2021,
    *,
    received: str = "3",
    text: str = "一年来，本局主动公开信息十二条。",
    cells: int = 3,
    place: str = "grid 1",
) -> dict[str, Any]:
    """The JSON of a small report: two sections, and `cells` cells that are not missing: `received`, then zeros."""
    values = [received] + ["0"] * (cells - 1)
    return {
        "file": "x",
        "title": f"{agency or ''}{year or ''}年政府信息公开工作年度报告",
        "agency": agency,
        "year": year,
        "era": "C",
        "sections": [
            {"number": 1, "heading": "一、总体情况", "status": "found", "text": text},
            {"number": 6, "heading": "六、其他", "status": "found", "text": "无。"},
        ],
        "statistics": [
            {
                "key": key,
                "applicant": applicant,
                "value": int(raw) if raw.isdigit() else None,
                "state": _state(raw) if index < cells else "missing",
                "raw": raw if index < cells else None,
                "unit": "件",
                "place": f"{place}, row {index}",
            }
            for index, ((key, applicant), raw) in enumerate(zip_longest(FORM, values, fillvalue=""))
        ],
        "extra_rows": [],
        "findings": [],
        "warnings": [],
        "published": "2022-01-20",
    }


def _state(raw: str) -> str:
    return "blank" if not raw.isdigit() else "number" if raw != "0" else "zero"


def capture(url: str, at: str, content: str, *, portal: str = "tz", **fields: Any) -> Capture:
    """A capture of some content; the same content at the same address has the same digest."""
    return Capture(
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        url=url,
        fetched_at=at,
        status=200,
        media_type="text/html",
        warc="gongkai-000001-20260101000000.warc.gz",
        offset=int(hashlib.sha256(f"{url}{at}".encode()).hexdigest()[:8], 16),
        length=100,
        role=fields.pop("role", Role.ARTICLE),
        portal=portal,
        **fields,
    )


def parsed(url: str, at: str, content: Mapping[str, Any] | str, **fields: Any) -> Parsed:
    """A parse of a capture: of a report, or `unreadable` (`cover: …` = no report) where the content is only text."""
    if isinstance(content, str) and content.startswith("cover: "):
        return Parsed(capture(url, at, content, **fields), "not_a_report", why=content)
    if isinstance(content, str):
        return Parsed(capture(url, at, content, **fields), "unreadable", why=content)
    text = json.dumps(content, ensure_ascii=False)
    return Parsed(capture(url, at, text, **fields), "ok", facts_of(text.encode()), PackedReport.pack(text))


def evidence(
    parses: Iterable[Parsed],
    *,
    repeats: Iterable[Capture] = (),
    history: Mapping[str, Iterable[tuple[str, bool]]] | None = None,
    urls: Iterable[KnownUrl] = (),
    last_modified: Mapping[str, str] | None = None,
) -> Evidence:
    """Evidence as `gather` makes it."""
    parses, urls = list(parses), list(urls)
    known = {url: UrlHistory(tuple(events)) for url, events in (history or {}).items()}
    return Evidence(
        parser_version="test-1",
        parses=parses,
        sightings=[*(item.capture for item in parses), *repeats],
        history=lambda url: known.get(url, UrlHistory()),
        search=Search(
            outcomes=Counter((url.portal, str(url.role), str(url.outcome)) for url in urls),
            missing=urls,
            last_modified=(last_modified or {}).get,
        ),
    )
