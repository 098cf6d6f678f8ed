"""The one style sheet."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Response

from archive.site import environment
from archive.site.respond import Route


async def style_view() -> Any:
    """`/assets/site.css`: its address changes with its content, so it may be kept for ever."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(environment.style(), headers=headers, content_type="text/css; charset=utf-8")


ROUTES: list[Route] = [(r"^/assets/site\.css$", style_view)]
