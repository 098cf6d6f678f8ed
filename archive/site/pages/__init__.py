"""The pages of the site: each module asks its one question of the archive and hands the answer to a template."""

from __future__ import annotations

from archive.site.pages import agency, capture, confidence, home, portal, search, style
from archive.site.pages.report import page as report
from archive.site.respond import Route

ROUTES: list[Route] = [
    *home.ROUTES,
    *search.ROUTES,
    *report.ROUTES,
    *agency.ROUTES,
    *portal.ROUTES,
    *confidence.ROUTES,
    *capture.ROUTES,
    *style.ROUTES,
]
STYLE_ROUTES = style.ROUTES
"""What a Datasette without an archive still needs for its own pages."""
