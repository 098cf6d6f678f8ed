"""The pages of the site: each module asks its one question of the archive and hands the answer to a template."""

from __future__ import annotations

from archive.site.pages import (
    agencies,
    agency,
    capture,
    changes,
    compare,
    confidence,
    copied,
    data,
    feeds,
    files,
    home,
    method,
    portal,
    portals,
    robots,
    style,
)
from archive.site.pages.coverage import page as coverage
from archive.site.pages.findings import page as findings
from archive.site.pages.questions import page as questions
from archive.site.pages.report import number
from archive.site.pages.report import page as report
from archive.site.pages.search import page as search
from archive.site.respond import Route

ROUTES: list[Route] = [
    *home.ROUTES,
    *search.ROUTES,
    *report.ROUTES,
    *number.ROUTES,
    *changes.ROUTES,
    *agencies.ROUTES,
    *agency.ROUTES,
    *compare.ROUTES,
    *copied.ROUTES,
    *findings.ROUTES,
    *coverage.ROUTES,
    *portal.ROUTES,
    *portals.ROUTES,
    *questions.ROUTES,
    *data.ROUTES,
    *files.ROUTES,
    *method.ROUTES,
    *confidence.ROUTES,
    *capture.ROUTES,
    *robots.ROUTES,
    *feeds.ROUTES,
    *style.ROUTES,
]
STYLE_ROUTES = style.ROUTES
"""What a Datasette without an archive still needs for its own pages."""
