"""Makes annual reports of invented agencies: seeded, deterministic, arithmetically sound except for planted quirks.

`reports_of(agency)` gives one agency's chain of years; `many(count)` gives as many reports as a benchmark wants. The
random stream of an agency depends on the seed and on the agency alone, so that adding one changes no other.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import product

from archive.models import Cell, Level, Number, Section, SectionStatus, State
from demo.figures import Figures, chain
from demo.form import APPLICANTS, COLUMNS, DATA, TOTAL, era_of, items
from demo.planted import planted_in, told
from demo.prose import Writer, heading
from demo.truth import Failure, Quirk, TrueAgency, TrueReport

SEED = 711
BULK_QUIRKS = (
    Quirk.FAILING_SUM, Quirk.BLANKS, Quirk.PLACEHOLDERS, Quirk.BROKEN_CHAIN, Quirk.TEXT_DIFFERS, Quirk.UNIT_IN_CELL,
    Quirk.LATE,
)  # fmt: skip
SCALES = {Level.PREFECTURE: (300, 25), Level.COUNTY: (90, 10), Level.TOWNSHIP: (2, 2)}
"""Requests to expect in a year, by level: for the government itself and for one of its departments."""

FIRST_CHARACTERS = "青澄云望松砚柳霁石苇杏鹤岚芷墨溯桐荻沅菱蓼枫漪槐霜芦椿萤暮晴蔚梧溱萝竺"
SECOND_CHARACTERS = "禾岫渡榆屿坞汀埠砚畈堰湄蕖墟簃泮崦浒陌岘苔矶汜渚碛篱簟楹笕筠荪鹭蘅屺浃澴垞峁"
DEPARTMENTS = ("教育", "财政", "水利", "卫生健康", "住房建设", "农业农村", "交通运输", "自然资源", "审计", "民政")


def many(count: int, seed: int = SEED, quirk_share: float = 0.03) -> Iterator[TrueReport]:
    """`count` reports of invented cities and counties over 2019–2025, lazily; about `quirk_share` of them with a quirk.

    Raises ValueError if `count` is more than the invented names allow (77 reports a name).
    """
    names = ["".join(pair) for pair in product(FIRST_CHARACTERS, SECOND_CHARACTERS) if pair[0] != pair[1]]
    random.Random(f"{seed}/names").shuffle(names)
    produced = 0
    for number, name in enumerate(names):
        level = Level.PREFECTURE if number % 5 == 0 else Level.COUNTY
        place = name + ("市" if level is Level.PREFECTURE else "县")
        for slug, kind in enumerate(("government", *DEPARTMENTS)):
            full = place + office(kind)
            code = f"99{number:04d}"
            agency = TrueAgency(f"bulk-{number}-{slug}", full, place, code, level, kind, "bulk", str(slug), 2019, 2025)
            rng = random.Random(f"{seed}/quirks/{agency.id}")
            quirks = {
                year: frozenset({rng.choice(BULK_QUIRKS)}) for year in range(2019, 2026) if rng.random() < quirk_share
            }
            for report in reports_of(agency, seed, quirks):
                if produced == count:
                    return
                produced += 1
                yield report
    if produced < count:
        raise ValueError(f"{count} reports asked for, the invented names are enough for {produced}")


def reports_of(
    agency: TrueAgency, seed: int = SEED, quirks: Mapping[int, frozenset[Quirk]] | None = None, edition: int = 1
) -> Iterator[TrueReport]:
    """The agency's reports in order of years.

    `quirks` are planted in the years named. In `edition` 1 a report with the quirk CORRECTED still has its error, from
    edition 2 on it is version 2.
    """
    rng = random.Random(f"{seed}/{agency.id}")
    government, department = SCALES[agency.level]
    own = agency.kind == "government"
    scale = round((government if own else department) * rng.uniform(0.6, 1.4))
    makes_rules = own and agency.level is Level.PREFECTURE
    years = chain(rng, agency.first_year, agency.last_year, scale=scale, makes_rules=makes_rules)
    before: Figures | None = None
    for year, figures in years:
        planted = (quirks or {}).get(year, frozenset())
        yield write(agency, year, figures, random.Random(f"{seed}/{agency.id}/{year}"), planted, edition, before)
        before = figures


def write(
    agency: TrueAgency,
    year: int,
    figures: Figures,
    rng: random.Random,
    quirks: frozenset[Quirk],
    edition: int,
    before: Figures | None = None,
) -> TrueReport:
    """One report from its figures: narrative, cells and planted faults; `before` are those of the year before."""
    printed = dict(figures)
    failures: tuple[Failure, ...] = ()
    corrected = Quirk.CORRECTED in quirks and edition > 1
    if Quirk.BROKEN_CHAIN in quirks:
        break_chain(printed)
    for quirk, key in OFF_BY_FOUR.items():
        if quirk in quirks:
            printed[key, None] += 4
    facts = facts_of(agency, year, printed)
    if Quirk.FAILING_SUM in quirks:
        printed["refused_third_party", TOTAL] += 2
        failures = (Failure("T3.ROW", key="refused_third_party"), Failure("T3.SUM", applicant=TOTAL))
    if Quirk.CORRECTED in quirks and not corrected:
        printed["licensing_decisions", None] += 10
    if Quirk.TEXT_DIFFERS in quirks:
        facts["received"] = int(printed["requests_received", TOTAL]) + 1
    writer = Writer(rng, facts, agency.kind)
    preamble = writer.preamble()
    if corrected:
        preamble = (*preamble, "本报告首次发布后，更正了行政许可处理决定数量。")
    asked = bool(facts["received"] or facts["brought"])
    fought = bool(facts["reviews"] or facts["suits"])
    texts = {1: writer.overview(requests=asked, remedies=fought), 5: writer.problems(), 6: writer.other_matters()}
    for planted in planted_in(agency.id, year):
        more = planted.text.format_map(told(facts, figures, before))
        texts[planted.section] = (*texts[planted.section], more)
    sections = tuple(
        Section(number, heading(number), SectionStatus.FOUND, "\n".join(texts.get(number, ())))
        for number in range(1, 7)
    )
    return TrueReport(
        agency=agency,
        year=year,
        era=era_of(year),
        title=rng.choice(
            (
                f"{agency.name}{year}年政府信息公开工作年度报告",
                f"{agency.name}{year}年度政府信息公开工作年度报告",
                f"{year}年{agency.name}政府信息公开工作年度报告",
            )
        ),
        published=published(agency, year, rng, late=Quirk.LATE in quirks),
        period=(f"{year}-01-01", f"{year}-12-31"),
        preamble=preamble,
        sections=sections,
        cells=tuple(cells(year, printed, quirks)),
        quirks=quirks,
        failures=failures,
        version=2 if corrected else 1,
    )


OFF_BY_FOUR = {
    Quirk.BROKEN_STOCK: "normative_docs_in_force",
    Quirk.BROKEN_ITEMS: "licensing_items_prev_year",
    Quirk.BROKEN_DISCLOSED: "normative_docs_disclosed_total",
}
"""What is printed with four too many: the report itself adds up, the year before contradicts it."""


def break_chain(figures: Figures) -> None:
    """Brings three more requests forward than the year before left, and grants them: the report itself adds up."""
    for key, who in product(
        ("requests_brought_forward", "result_granted_full", "results_total"), (APPLICANTS[0], TOTAL)
    ):
        figures[key, who] += 3


def facts_of(agency: TrueAgency, year: int, figures: Figures) -> dict[str, object]:
    """What the sentences may name, in agreement with the tables."""
    natural = figures["requests_received", APPLICANTS[0]]
    received = figures["requests_received", TOTAL]
    return {
        "agency": agency.name,
        "short": agency.name.removeprefix(agency.place) if agency.kind not in ("government", "乡镇") else "本机关",
        "place": agency.place,
        "year": year,
        "next": year + 1,
        "public": 40 + sum(map(ord, agency.id)) % 400 + year % 17,
        "received": received,
        "brought": figures["requests_brought_forward", TOTAL],
        "results": figures["results_total", TOTAL],
        "carried": figures["requests_carried_forward", TOTAL],
        "granted": figures["result_granted_full", TOTAL],
        "part": figures["result_granted_part", TOTAL],
        "natural": natural,
        "legal": received - natural,
        "reviews": figures["review_total", None],
        "suits": figures["litigation_direct_total", None] + figures["litigation_after_review_total", None],
    }


def published(agency: TrueAgency, year: int, rng: random.Random, *, late: bool) -> str:
    """The day of publication: by 31 January for departments, 31 March for governments (2019 Regulations, art. 49)."""
    start = date(year + 1, 3, 1) if agency.kind == "government" else date(year + 1, 1, 9)
    return str(start + timedelta(days=rng.randrange(20) + (150 if late else 0)))


def cells(year: int, figures: Figures, quirks: frozenset[Quirk]) -> Iterator[Cell]:
    """Every cell of the era's form as it will be printed."""
    for item in items(era_of(year)):
        for applicant in COLUMNS if item.table == 3 else (None,):
            yield cell(item.key, applicant, figures[item.key, applicant], item.unit or None, quirks)


def cell(key: str, applicant: str | None, value: Number, unit: str | None, quirks: frozenset[Quirk]) -> Cell:
    """One cell: its number, or what a quirk prints in the place of a zero."""
    if value == 0 and Quirk.BLANKS in quirks and applicant not in (None, TOTAL):
        return Cell(key, applicant, None, State.BLANK, "", unit)
    if value == 0 and Quirk.PLACEHOLDERS in quirks and unit and applicant is None and "total" not in key:
        return Cell(key, applicant, None, State.PLACEHOLDER, "/", unit)
    if value and Quirk.UNIT_IN_CELL in quirks and "amount" in key:
        return Cell(key, applicant, value, State.NUMBER, f"{value}万元", "万元")
    return Cell(key, applicant, value, State.NUMBER if value else State.ZERO, str(value), unit)


@cache
def offices() -> Mapping[str, str]:
    """The name of the office by kind of agency, from `data/kinds.csv`."""
    with (DATA / "kinds.csv").open(encoding="utf-8", newline="") as lines:
        return {line["kind"]: line["office"] for line in csv.DictReader(lines)}


def office(kind: str) -> str:
    """What follows the place in the name of an agency of this kind."""
    return offices()[kind]
