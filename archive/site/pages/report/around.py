"""What stands around a report: the other years of its body, the same year of its neighbours."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from archive.days import day_in_china
from archive.site import language
from archive.site.database import row, rows
from archive.site.middleware import VISIT

NEIGHBOURS_SHOWN = 12
NEIGHBOURS_LOOKED_AT = 400
"""A place of thousands of bodies must not cost every reader of one of them a walk through all."""


@dataclass(frozen=True, slots=True)
class Around:
    """`years` are all of the body's reports in order; `neighbours` those of the same year nearby."""

    years: list[sqlite3.Row]
    previous: sqlite3.Row | None
    following: sqlite3.Row | None
    parent: sqlite3.Row | None
    neighbours: list[sqlite3.Row]


def read_around(connection: sqlite3.Connection, report: sqlite3.Row) -> Around:
    """The reports before, after and beside one: bodies under the same parent, else of the same place and tier."""
    year = report["year"]
    years = rows(
        connection, "select report_id, year from reports where agency_id = ? order by year", report["agency_id"]
    )
    agency = row(connection, "select parent_id, division from agencies where agency_id = ?", report["agency_id"])
    parent_id = agency["parent_id"] if agency else None
    division = agency["division"] if agency else ""
    parent = None
    if parent_id:
        parent = row(
            connection, "select report_id, agency from reports where agency_id = ? and year = ?", parent_id, year
        )
    column, value = ("parent_id", parent_id) if parent_id else ("division", division)
    neighbours = []
    if value:
        neighbours = rows(
            connection,
            f"select r.report_id, r.agency from (select agency_id from agencies where {column} = ? limit ?) a"
            " join reports r on r.agency_id = a.agency_id and r.year = ? where r.agency_id <> ? limit ?",
            value,
            NEIGHBOURS_LOOKED_AT,
            year,
            report["agency_id"],
            NEIGHBOURS_SHOWN,
        )
    return Around(
        years=years,
        previous=next((one for one in reversed(years) if one["year"] < year), None),
        following=next((one for one in years if one["year"] > year), None),
        parent=parent,
        neighbours=neighbours,
    )


def citation(report: sqlite3.Row, address: str, number: str = "") -> Markup:
    """How to cite a report at an address of this site, or one number of it, in the language of this visit."""
    lang = VISIT.get().language
    chinese = Markup('<span lang="zh-CN">{}</span>').format
    title = report["title"] or f"{report['agency']}{report['year']}年政府信息公开工作年度报告"
    published = language.text("cite.published", lang, date=report["published"]) if report["published"] else ""
    return Markup(escape(language.text("cite.form", lang))).format(
        agency=chinese(report["agency"]),
        title=chinese(f"{title}：{number}" if number else title),
        published=published,
        seen=day_in_china(datetime.fromisoformat(report["first_seen"])),
        address=address,
        sha256=report["sha256"],
    )
