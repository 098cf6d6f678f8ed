"""One module per CMS dialect, pure: a fetched page in, entries and next requests out.

The spider needs three names: `detect(page) -> Detected(name, evidence)`; `PLATFORMS[name]`, a `Platform`; and
`read(page, context, platform=None) -> PageReading`, which picks the platform (the one given, else the one detected) and
the reading by `context.role` (HOME, LISTING, ARTICLE; an ATTACHMENT reads as nothing).
"""

from __future__ import annotations

from crawler.pages import Page
from crawler.platforms.contract import (
    Context,
    ExcludedLink,
    FollowLink,
    PageReading,
    Partial,
    Platform,
)

__all__ = [
    "Context",
    "ExcludedLink",
    "FollowLink",
    "Page",
    "PageReading",
    "Partial",
    "Platform",
]
