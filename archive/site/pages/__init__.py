"""The pages of the site: each module asks its one question of the archive and hands the answer to a template."""

from __future__ import annotations

from archive.site.pages import agencies, agency, capture, confidence, feeds, home, portal, style
from archive.site.pages.report import page as report
from archive.site.pages.search import page as search
from archive.site.respond import Route

ROUTES: list[Route] = [
    *home.ROUTES,
    *search.ROUTES,
    *report.ROUTES,
    *agencies.ROUTES,
    *agency.ROUTES,
    *portal.ROUTES,
    *confidence.ROUTES,
    *capture.ROUTES,
    *feeds.ROUTES,
    *style.ROUTES,
]
STYLE_ROUTES = style.ROUTES
"""What a Datasette without an archive still needs for its own pages."""
