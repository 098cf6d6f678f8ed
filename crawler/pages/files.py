"""Files beside an article: which links are files, and which are embedded in viewers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from crawler.pages.page import Page
from crawler.pages.urls import resolve

FILE_EXTENSIONS = frozenset(
    {"doc", "docx", "wps", "wpt", "pdf", "ofd", "xls", "xlsx", "et", "rtf", "mht", "txt", "ceb", "zip", "rar", "7z"}
)
"""Extensions of files that may hold a report or a table of one (portals of every kind; images are not among them)."""

UNKNOWN_EXTENSION = "unknown"
"""A download script whose parameters do not say what it gives."""

_VIEWER_PARAMETERS = ("file", "url", "src", "filepath", "pdf")
_NAME_PARAMETERS = ("showname", "filename", "file", "name")
_VSB_VIEWER = re.compile(r"showVsbpdfIframe\(\s*([\"'])(?P<path>[^\"'\n]{1,500})\1")
_DOWNLOAD_PATH = re.compile(r"/(?:download|downfile)\.jsp\Z|/virtual_attach_file\.vsb\Z", re.IGNORECASE)


def file_extension(url: str, text: str = "") -> str | None:
    """The lower-case extension of the file behind a link, or None where it is not a file.

    Download scripts (`downfile.jsp?filename=…`, `download.jsp`) are named by their parameters, else by the link's text.
    """
    if "." not in url.partition("?")[0].rpartition("/")[2] and "#" not in url:
        return None  # most links of a page are menus, which lead to folders
    named, download = _named(url)
    if named or not download:
        return named
    query = parse_qs(urlsplit(url).query)
    for name in _NAME_PARAMETERS:
        for value in query.get(name, ()):
            if parameter := _extension(value):
                return parameter
    return _extension(text.strip()) or UNKNOWN_EXTENSION


@lru_cache(maxsize=16384)  # the menus of a site lead to the same places on all of its pages
def _named(url: str) -> tuple[str | None, bool]:
    """The extension that a URL's path names, and whether the path is that of a download script."""
    path = urlsplit(url).path
    return _extension(path), _DOWNLOAD_PATH.search(path) is not None


def embedded_files(page: Page) -> Iterator[tuple[str, str]]:
    """Absolute URLs of files shown in a viewer, each with how: `iframe`, `embed`, `object` or `pdf viewer`."""
    for element in page.tree.iter("iframe", "embed", "object"):
        source = resolve(page.base, element.get("src") or element.get("data"))
        if source and file_extension(source):
            yield source, str(element.tag)
        elif source:
            for shown in _viewer_targets(source):
                yield shown, "pdf viewer"
    for script in page.scripts:
        for match in _VSB_VIEWER.finditer(script):
            if target := resolve(page.base, match["path"]):
                yield target, "pdf viewer"


def _viewer_targets(source: str) -> Iterator[str]:
    query = parse_qs(urlsplit(source).query)
    for name in _VIEWER_PARAMETERS:
        for value in query.get(name, ()):
            target = resolve(source, unquote(value))
            if target and file_extension(target):
                yield target


def _extension(path: str) -> str | None:
    extension = posixpath.splitext(path)[1].lower().lstrip(".")
    return extension if extension in FILE_EXTENSIONS else None
