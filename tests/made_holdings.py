"""Holdings made up for tests: portals, agencies and reports that never were, the same on every machine."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from archive import wire
from archive.concerns import Concern
from archive.holdings import (
    Change,
    ChangeKind,
    Coverage,
    CoverageStatus,
    HeldAgency,
    Holdings,
    PackedReport,
    Report,
    Reports,
    Sighting,
    Unplaced,
    UnplacedKind,
    Version,
)
from archive.models import (
    Capture,
    Cell,
    Era,
    ExtraRow,
    Leftover,
    Level,
    ParsedReport,
    Portal,
    Role,
    Section,
    SectionStatus,
    State,
)
from archive.registry import Registry, load_divisions
from archive.report.form import load_form

PARSER = "test-1"
BUILT_AT = "2026-01-02T03:04:05Z"
PLACES = ("云溪", "青石", "白鹭", "松原", "双桥", "梅岭", "石门", "临水")
BODIES = ("教育局", "财政局", "自然资源局", "公安局", "卫生健康局", "人民政府办公室", "统计局", "水务局")
SENTENCES = (
    "{year}年，{agency}坚持以公开为常态、不公开为例外，主动公开各类信息{n}条，同比增长{p}％。",
    "全年共收到政府信息公开申请{n}件，予以公开{m}件，部分公开{m}件，属于“三安全一稳定”的0件。",
    "因政府信息公开被申请行政复议{m}件，被提起行政訴訟{m}件，败诉0件。",
    "政策解读质量有待提高，公开平台建设還需加强，⼈⺠群众知晓率不高。",
    "下一步，将完善IPv6改造，电话８５２１２３４，网址www.example-{m}.test。",
    "收取信息处理费{n}.50元，发出收费通知{m}件。",
)


def capture_of(url: str, content: str, fetched_at: str, portal: str) -> Capture:
    """A capture whose bytes are only imagined, with a digest of their own."""
    return Capture(
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        url=url,
        fetched_at=fetched_at,
        status=200,
        media_type="text/html",
        warc="gongkai-00001.warc.gz",
        offset=len(content),
        length=1000,
        role=Role.ARTICLE,
        portal=portal,
        referrer=f"https://{portal}.test/gknb/",
        title_hint="年度报告",
        date_hint="2024-01-15",
    )


def made_report(agency: str, year: int, seed: int, *, sentences: int = 6) -> ParsedReport:
    """A whole report of the era of its year, with one cell in each state besides the numbers."""
    chance = random.Random(seed)
    era = Era.C if year >= 2021 else Era.B
    cells = []
    for position, (key, applicant) in enumerate(load_form().eras[era].cells):
        unit = load_form().eras[era].item(key).unit
        value = 0 if chance.random() < 0.8 else chance.randrange(1, 900)
        place = f"table {1 + position // 60}, row {position // 7}, column {position % 7}"
        cells.append(Cell(key, applicant, value, State.NUMBER if value else State.ZERO, str(value), unit, place))
    odd = [
        (None, State.BLANK, "", None),
        (None, State.PLACEHOLDER, "/", None),
        (None, State.MALFORMED, "--253", "file line 12"),
        (None, State.TEXT, "见附件", None),
        (None, State.MISSING, None, None),
        (None, State.UNREADABLE, "1 2", None),
        (12, State.INFERRED, "0012", "paragraph 9"),
        (1234, State.NUMBER, "1,234", "table 2, row 1, column 1"),
        (Decimal("160.50"), State.NUMBER, "160.50万元", "table 1, row 9, column 2"),
        (7, State.NUMBER, None, None),
    ]
    for offset, (number, state, raw, place) in enumerate(odd):
        old = cells[30 + offset]
        unit = "万元" if isinstance(number, Decimal) else None if state is State.MISSING else old.unit
        cells[30 + offset] = Cell(old.key, old.applicant, number, state, raw, unit, place)
    texts = []
    for _ in range(6):
        lines = [
            chance.choice(SENTENCES).format(
                year=year, agency=agency, n=chance.randrange(5000), m=chance.randrange(40), p=chance.randrange(999) / 10
            )
            for _ in range(chance.randrange(1, sentences + 1))
        ]
        texts.append("\n".join(lines))
    sections = tuple(
        Section(form.number, form.label, SectionStatus.FOUND, texts[form.number - 1]) for form in load_form().sections
    )
    sections = (*sections[:5], Section(6, None, SectionStatus.MISSING, "")) if seed % 10 == 3 else sections
    return ParsedReport(
        title=f"{agency}{year}年政府信息公开工作年度报告",
        agency=agency,
        year=year,
        era=era,
        sections=sections,
        cells=tuple(cells),
        extra_rows=(ExtraRow("网站公开", "条", (138, Decimal("1.50"), "无", None), "table 4, row 1, column 1"),),
        leftovers=(Leftover("before section 1", "本报告按照条例编制。"),),
        warnings=("标题与正文的年份不同",) if seed % 7 == 1 else (),
        published=f"{year + 1}-01-20",
        period=(f"{year}-01-01", f"{year}-12-31"),
        parser_version=PARSER,
    )


def version_of(report_id: str, number: int, parsed: ParsedReport, capture: Capture) -> Version:
    """A version, packed as the ledger has it."""
    return Version(
        report_id=report_id,
        number=number,
        capture=capture,
        first_seen=capture.fetched_at,
        last_seen=capture.fetched_at,
        fingerprint=capture.sha256[:16],
        title=parsed.title,
        era=parsed.era,
        published=parsed.published,
        packed=PackedReport.pack(wire.dumps(wire.result_to_json("", parsed))),
    )


def made_holdings(
    agencies: int = 4, years: Sequence[int] = (2019, 2020, 2021, 2022, 2023), *, sentences: int = 6, skip: int = 0
) -> Holdings:
    """Holdings of `agencies` × `years` reports, without the last `skip`; every fifth report has a second version."""
    portals = {
        f"p{n}": Portal(
            f"p{n}", f"{PLACES[n]}市人民政府", "330100", Level.PREFECTURE, f"https://p{n}.test/", hosts=("img.test",)
        )
        for n in range(3)
    }
    held = [
        HeldAgency(
            id=f"a{number:05}",
            name=f"{PLACES[number % 8]}市{BODIES[number // 8 % 8]}{number // 64 or ''}",
            division=("330100", "110101", "000000")[number % 3],
            province=("浙江省", "北京市", None)[number % 3],
            level=(Level.PREFECTURE, Level.COUNTY, Level.MINISTRY)[number % 3],
            registered=number % 4 != 3,
            parent="a00001" if number == 0 else None,  # a parent that stands behind its child
            portal=f"p{number % 4}",  # p3 has left the registry
            aliases=(f"别名{number}",),
        )
        for number in range(agencies)
    ]
    reports, coverage = [], []
    for number, agency in enumerate(held):
        for year in years:
            report = _report(agency, year, number * 100 + year % 100, sentences)
            new = Change(f"{report.id}-new", report.id, report.first_seen, ChangeKind.NEW, report.versions[0].id)
            reports.append(replace(report, changes=(new,)))
            coverage.append(Coverage(agency.id, year, CoverageStatus.HELD, None, report.id, agency.portal))
        coverage.append(
            Coverage(
                agency.id, 2030, CoverageStatus.NOT_FOUND, Concern("lists_read", {"pages": 3}), None, agency.portal
            )
        )
    kept = reports[: len(reports) - skip]
    ids = {report.id for report in kept}
    lost = capture_of("https://p0.test/x.html", "no agency", "2025-01-01T00:00:00Z", "p0")
    captures = {lost.sha256: lost}
    for report in kept:
        for sighting in report.sightings:
            captures.setdefault(sighting.capture.sha256, sighting.capture)
    return Holdings(
        registry=Registry(portals, {}, load_divisions(), {}),
        parser_version=PARSER,
        agencies=tuple(held),
        reports=Reports(kept),
        coverage=tuple(entry for entry in coverage if entry.report_id is None or entry.report_id in ids),
        unplaced=(Unplaced(lost, UnplacedKind.NO_AGENCY, "文中没有机关名称", "年度报告", None, 2023),),
        captures=tuple(captures[sha256] for sha256 in sorted(captures)),
        portals=frozenset(agency.portal for agency in held if agency.portal),
        outcomes={("p0", "article", "ok"): len(kept), ("p0", "article", "open"): 2, ("p1", "home", "blocked"): 1},
    )


def _report(agency: HeldAgency, year: int, seed: int, sentences: int) -> Report:
    report_id, portal = f"{agency.id}-{year}", agency.portal or ""
    url = f"https://{portal}.test/gknb/{report_id}.html"
    parsed = made_report(agency.name, year, seed, sentences=sentences)
    first = version_of(report_id, 1, parsed, capture_of(url, f"{report_id} 1", "2025-01-01T00:00:00Z", portal))
    if seed % 5:
        return Report(report_id, agency.id, year, portal, (first,), (Sighting(first.id, first.capture),))
    changed = made_report(agency.name, year, seed + 50_000, sentences=sentences)
    second = version_of(report_id, 2, changed, capture_of(url, f"{report_id} 2", "2025-06-01T00:00:00Z", portal))
    sightings = (Sighting(first.id, first.capture), Sighting(second.id, second.capture))
    return Report(report_id, agency.id, year, portal, (first, second), sightings, "2025-07-01", ("名称不一致",))
