"""Files beside an article: which links are files, and which are embedded in viewers."""

from __future__ import annotations

import posixpath
import re
from base64 import b64decode
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from lxml import etree

from crawler.pages.known import known
from crawler.pages.page import Page
from crawler.pages.urls import resolve

FILE_EXTENSIONS = frozenset(
    {"doc", "docx", "wps", "wpt", "pdf", "ofd", "xls", "xlsx", "et", "rtf", "mht", "txt", "ceb", "zip", "rar", "7z"}
)
"""Extensions of files that may hold a report or a table of one (portals of every kind; images are not among them)."""

_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|script|meta|title|div|p|style|iframe|font|br|h[1-6]|table|center)\b", re.IGNORECASE
)
_WORD_HTML = re.compile(r"urn:schemas-microsoft-com:office|<!--\[if gte mso|MIME-Version", re.IGNORECASE)
_DOCUMENTS = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
UNKNOWN_EXTENSION = "unknown"
"""A download script whose parameters do not say what it gives."""

_SHOWN_BY_SCRIPT = re.compile(r"([\"'])(?P<path>[^\"'\s<>]{0,500}[^\"'\s<>./]\.(?:pdf|ofd|docx?|wps))\1", re.IGNORECASE)
"""A file that a script is given: `showVsbpdfIframe("/__local/a.pdf", …)`, `PDFObject.embed('a.pdf')`, `pdfUrl = …`."""
_DOCUMENT_TYPE = re.compile(r"application/(?:pdf|msword|ofd|vnd\.)", re.IGNORECASE)
_VIEWER = re.compile(r"pdf|viewer|paper|ofd", re.IGNORECASE)
BY_SCRIPT = "script"
"""How a file is shown that a script names without a word of a viewer: it may be one of the site's own."""
_NEAR = 60  # characters before a file in which a viewer is named
_PAGE_EXTENSIONS = frozenset({"html", "htm", "shtml", "jhtml"})
_FILE_NAME = re.compile(r"\.(\w{2,4})\W{0,3}(?:[\d.]{1,12}\s{0,4}[KMG]?B?\W?)?\Z", re.IGNORECASE)
"""How the words of a link name a file, perhaps with its size: `2023年度报告.docx（1.2M）`."""


def file_extension(url: str, text: str = "") -> str | None:
    """The lower-case extension of the file behind a link, or None where it is not a file.

    Download scripts (`downfile.jsp?filename=…`, `/file/download?id=…`) are named by their parameters, else by the words
    of the link; a link whose words are the name of a file is one, unless its address is that of a page.
    """
    named, download, page = _named(url)
    if named or page:
        return named
    by_text = _extension_in_words(text)
    if not download:
        return by_text
    query = parse_qs(urlsplit(url).query)
    values = (value for name in known().name_parameters for value in query.get(name, ()))
    return next(filter(None, map(_extension, values)), by_text or UNKNOWN_EXTENSION)


def names_file(text: str) -> bool:
    """Whether the words of a link are the name of a file."""
    return _extension_in_words(text) is not None


def _extension_in_words(text: str) -> str | None:
    given = _FILE_NAME.search(text) if "." in text else None
    return given[1].lower() if given and given[1].lower() in FILE_EXTENSIONS else None


def may_be_file(url: str) -> bool:
    """Whether a link can be one to a file, whatever its words: it leads neither to a page nor to a folder."""
    named, _, page = _named(url)
    return named is not None or not page


@lru_cache(maxsize=16384)  # the menus of a site lead to the same places on all of its pages
def _named(url: str) -> tuple[str | None, bool, bool]:
    """The extension of a file that a URL's path names, whether it is that of a download script, or of a page."""
    parts = urlsplit(url)
    extension = posixpath.splitext(parts.path)[1].lower().lstrip(".")
    asked = f"{parts.path}?" if parts.query else parts.path
    is_page = extension in _PAGE_EXTENSIONS or (parts.path.endswith("/") and not parts.query)
    return _extension(parts.path), not is_page and known().downloads.search(asked) is not None, is_page


def is_markup(page: Page) -> bool:
    """Whether what came looks like a web page from its first bytes."""
    return _MARKUP.search(page.body[:2048]) is not None


def is_word_markup(page: Page) -> bool:
    """Whether a web page is a document that an office program saved as one."""
    return _WORD_HTML.search(page.text[:4096]) is not None


def is_file(page: Page) -> bool:
    """Whether what came under the address of a page is a document: PDF, zipped or older office file, RTF."""
    return page.body.startswith(_DOCUMENTS)


def embedded_files(page: Page) -> Iterator[tuple[str, str]]:
    """Absolute URLs of files shown in a viewer, each with how: `iframe`, `embed`, `object`, `pdf viewer`, `script`."""
    for element in page.tree.iter("iframe", "embed", "object"):
        address = source_of(element)
        source = resolve(page.base, address)
        if source and (file_extension(source) or _DOCUMENT_TYPE.search(element.get("type") or "")):
            yield source, str(element.tag)
        elif source:
            for shown in _viewer_targets(source, address.partition("#")[2]):
                yield shown, "pdf viewer"
    written = page.text.lower()  # as the tree has the names of attributes
    for name in known().file_attributes:
        for element in page.tree.iterfind(f".//*[@{name}]") if name in written else ():
            if (source := resolve(page.base, element.get(name))) and file_extension(source):
                yield source, "pdf viewer"
    for script in page.scripts:
        for match in _SHOWN_BY_SCRIPT.finditer(script):
            if target := resolve(page.base, match["path"].replace("\\/", "/"), page.decoded.encoding):
                before = script[max(match.start() - _NEAR, 0) : match.start()]
                yield target, "pdf viewer" if _VIEWER.search(before) else BY_SCRIPT


def source_of(element: etree._Element) -> str:
    """The address of what a frame or an embedded object shows, also where a script sets it once it is scrolled to."""
    sources = (element.get(name) or "" for name in ("src", "data", "data-src"))
    return next((source for source in sources if source and not source.startswith("about:")), "")


def _viewer_targets(source: str, fragment: str) -> Iterator[str]:
    """The files that the address of a viewer names, in its question or behind its mark, plainly or in Base64."""
    for query in (parse_qs(urlsplit(source).query), parse_qs(fragment)):
        for name, values in query.items():
            for value in values if name.lower() in known().viewer_parameters else ():
                targets = (resolve(source, written) for written in (unquote(value), _in_base64(value)))
                target = next((target for target in targets if target and file_extension(target)), None)
                if target:
                    yield target


def _in_base64(value: str) -> str:
    """What a value says in Base64, or nothing where it is none."""
    try:
        return b64decode(value.replace(" ", "+"), validate=True).decode("utf-8")
    except ValueError:  # no Base64, or no text in it
        return ""


def _extension(path: str) -> str | None:
    extension = posixpath.splitext(path)[1].lower().lstrip(".")
    return extension if extension in FILE_EXTENSIONS else None
