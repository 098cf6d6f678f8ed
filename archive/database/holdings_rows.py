"""The rows that come from the holdings as they stand, without opening a report: who, where, when, with what outcome.

Rows of whole tables come in the order of their key."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from archive.database.dictionaries import Row
from archive.holdings import Change, HeldAgency, Holdings, Report, Version
from archive.models import Capture, Division, Outcome


def division_rows(holdings: Holdings) -> Iterator[Row]:
    """The table `divisions`: a code with several names over the years has several rows."""
    divisions = holdings.registry.divisions
    for division in sorted(divisions, key=_division_id):
        yield {
            "division_id": _division_id(division),
            "code": division.code,
            "name": division.name,
            "province": divisions.province(division.code),
            "valid_from": division.valid_from,
            "valid_to": division.valid_to,
        }


def _division_id(division: Division) -> str:
    return f"{division.code}-{division.valid_from or ''}".rstrip("-")


def portal_rows(holdings: Holdings) -> Iterator[Row]:
    """The table `portals`; a portal that was crawled and has left the registry stays, by its id."""
    registry = holdings.registry
    for portal_id in sorted(_portals_met(holdings) | set(registry.portals)):
        portal = registry.portals.get(portal_id)
        if portal is None:
            yield _portal_that_left(portal_id)
            continue
        yield {
            "portal_id": portal_id,
            "name": portal.name,
            "division": portal.division,
            "province": registry.province(portal.division),
            "level": portal.level,
            "home_url": portal.home_url,
            "annual_report_url": portal.annual_report_url,
            "platform": portal.platform,
            "hosts": " ".join(portal.hosts),
            "tls": " ".join(portal.tls),
            "notes": portal.notes,
        }


def _portal_that_left(portal_id: str) -> Row:
    return {
        "portal_id": portal_id,
        "name": portal_id,
        "division": "",
        "province": None,
        "level": None,
        "home_url": "",
        "annual_report_url": None,
        "platform": None,
        "hosts": "",
        "tls": "",
        "notes": "已不在登记册 · no longer in the registry",
    }


def _portals_met(holdings: Holdings) -> set[str]:
    met = {portal for portal, _, _ in holdings.outcomes}
    met |= {agency.portal for agency in holdings.agencies if agency.portal}
    met |= {night.portal for night in holdings.nights}
    return met | holdings.portals


def outcome_rows(holdings: Holdings) -> Iterator[Row]:
    """The table `outcomes`."""
    for (portal, role, outcome), urls in sorted(holdings.outcomes.items()):
        yield {"portal_id": portal, "role": role, "outcome": outcome, "urls": urls}


def agency_rows(holdings: Holdings) -> Iterator[Row]:
    """The table `agencies`, with the number and the years of their reports."""
    years: defaultdict[str, list[int]] = defaultdict(list)
    for report in holdings.reports.ids:
        agency_id, _, year = report.rpartition("-")
        years[agency_id].append(int(year))
    for agency in sorted(holdings.agencies, key=_agency_id):
        held = years[agency.id]
        yield {
            "agency_id": agency.id,
            "name": agency.name,
            "division": agency.division,
            "province": agency.province,
            "level": agency.level,
            "parent_id": agency.parent,
            "portal_id": agency.portal,
            "credit_code": agency.credit_code,
            "valid_from": agency.valid_from,
            "valid_to": agency.valid_to,
            "successor_id": agency.successor,
            "registered": int(agency.registered),
            "reports": len(held),
            "first_year": min(held, default=None),
            "last_year": max(held, default=None),
        }


def _agency_id(agency: HeldAgency) -> str:
    return agency.id


def alias_rows(holdings: Holdings) -> Iterator[Row]:
    """The table `agency_aliases`."""
    for agency in sorted(holdings.agencies, key=_agency_id):
        for alias in sorted(set(agency.aliases)):
            yield {"agency_id": agency.id, "alias": alias}


def capture_rows(holdings: Holdings) -> Iterator[Row]:
    """The table `captures`."""
    return map(_capture_row, holdings.captures)


def _capture_row(capture: Capture) -> Row:
    return {
        "sha256": capture.sha256,
        "url": capture.url,
        "fetched_at": capture.fetched_at,
        "status": capture.status,
        "media_type": capture.media_type,
        "warc": capture.warc,
        "offset": capture.offset,
        "length": capture.length,
        "role": capture.role,
        "portal_id": capture.portal,
    }


def unplaced_rows(holdings: Holdings) -> Iterator[Row]:
    """The table `unplaced`."""
    for document in sorted(holdings.unplaced, key=lambda document: (document.capture.sha256, document.capture.url)):
        yield {
            "sha256": document.capture.sha256,
            "url": document.capture.url,
            "kind": document.kind,
            "reason": document.reason,
            "title": document.title,
            "agency_printed": document.agency_printed,
            "year": document.year,
            "portal_id": document.capture.portal,
        }


def coverage_rows(holdings: Holdings) -> Iterator[Row]:
    """The table `coverage`."""
    for entry in holdings.coverage:
        yield {
            "agency_id": entry.agency_id,
            "year": entry.year,
            "status": entry.status,
            "reason": entry.reason and entry.reason.text("en"),
            "reason_zh": entry.reason and entry.reason.text("zh"),
            "report_id": entry.report_id,
            "portal_id": entry.portal,
            "due_on": entry.due_on,
            "due_by": entry.due_by,
            "timeliness": entry.timeliness,
            "stated_date": entry.stated_date,
            "url_date": entry.url_date,
            "http_date": entry.http_date,
            "first_seen": entry.first_seen,
        }


_GOOD = frozenset({Outcome.OK, Outcome.NOT_MODIFIED, Outcome.REDIRECTED, Outcome.EXCLUDED})


def night_rows(holdings: Holdings) -> Iterator[Row]:
    """The table `portal_nights`."""
    for night in sorted(holdings.nights, key=lambda night: (night.portal, night.run)):
        yield {
            "portal_id": night.portal,
            "run": night.run,
            "started_at": night.started_at,
            "state": night.state,
            "requests": night.requests,
            "fetched": night.outcomes.get(Outcome.OK, 0),
            "not_modified": night.outcomes.get(Outcome.NOT_MODIFIED, 0),
            "failed": sum(number for outcome, number in night.outcomes.items() if outcome not in _GOOD),
            "outcomes": json.dumps(dict(night.outcomes)),
            "held": night.held,
            "warnings": json.dumps([concern.as_json() for concern in night.warnings], ensure_ascii=False),
        }


def change_row(change: Change) -> Row:
    """One row of `changes`."""
    return {
        "change_id": change.id,
        "report_id": change.report_id,
        "changed_at": change.changed_at,
        "kind": change.kind,
        "version_id": change.version_id,
        "key": change.key,
        "applicant": change.applicant,
        "section": change.section,
        "before": change.before,
        "after": change.after,
    }


def version_row(version: Version, version_no: int, *, current: bool, parser_version: str) -> Row:
    """One row of `versions`."""
    return {
        "version_id": version.id,
        "version_no": version_no,
        "report_id": version.report_id,
        "version": version.number,
        "current": int(current),
        "title": version.title,
        "era": version.era,
        "published": version.published,
        "sha256": version.capture.sha256,
        "url": version.capture.url,
        "first_seen": version.first_seen,
        "last_seen": version.last_seen,
        "parser_version": parser_version,
    }


def sighting_rows(report: Report) -> Iterator[Row]:
    """The rows of `sightings` for one report."""
    for sighting in report.sightings:
        capture = sighting.capture
        yield {
            "report_id": report.id,
            "version_id": sighting.version_id,
            "url": sighting.url,
            "seen_at": sighting.seen_at,
            "sha256": capture.sha256,
            "portal_id": capture.portal,
            "listed_title": capture.title_hint,
            "listed_date": capture.date_hint,
            "listing_url": capture.referrer,
        }


def place_of(agency: HeldAgency) -> Row:
    """What a report and its sections repeat of their agency, so that they can be filtered without a join."""
    return {"agency_id": agency.id, "agency": agency.name, "province": agency.province, "level": agency.level}
