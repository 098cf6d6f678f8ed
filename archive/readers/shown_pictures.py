"""The pictures beside a page, in the order in which the page shows them.

Addresses are compared after resolving and with percent signs undone: the crawler's spelling of an address is not the
page's.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from archive.models import Picture
from archive.readers.picture_size import may_be_table
from archive.readers.sniff import sniff

_TAG = re.compile(r"<img\b(?P<attributes>[^>]{1,4000})>|([\"'])(?P<literal>[^\"'<>\s]{1,500})\2", re.I)
_IMAGE_FILE = re.compile(r"\.(?:jpe?g|png|gif|bmp|webp|tiff?)(?:[?#]|\Z)", re.I)
_VALUE = re.compile(r"[\w-]{1,40}\s*=\s*(?:\"([^\"]{1,2000})\"|'([^']{1,2000})'|([^\s\"'>]{1,2000}))")
_BASE = re.compile(r"<base\b[^>]{0,500}?\bhref\s*=\s*[\"']?([^\"'\s>]{1,500})", re.I)


@dataclass(frozen=True, slots=True)
class Shown:
    """Pictures of the size of a page or a table that a page shows, in its order; `lacking` counts those not held."""

    held: tuple[bytes, ...] = ()
    addresses: tuple[str, ...] = ()
    lacking: int = 0

    def __bool__(self) -> bool:
        return bool(self.held or self.lacking)


def shown_on(page: str, address: str, pictures: Sequence[Picture]) -> Shown:
    """Which of these pictures the text of a page at `address` shows; icons, and what it does not name, left out."""
    if not pictures:
        return Shown()
    bytes_of = {spelling(url): (url, data) for url, data in pictures}
    found = [bytes_of[name] for name in named_on(page, address) if name in bytes_of]
    held = [(url, data) for url, data in found if data is not None and sniff(data) == "image" and may_be_table(data)]
    once = {data: url for url, data in reversed(held)}
    kept = [(url, data) for url, data in held if once[data] == url]
    return Shown(
        tuple(data for _, data in kept), tuple(url for url, _ in kept), sum(1 for _, data in found if data is None)
    )


def named_on(page: str, address: str) -> tuple[str, ...]:
    """The pictures that the text of a page at `address` names, in its order, in one spelling (`spelling`)."""
    base_tag = _BASE.search(page)
    base = urljoin(address, html.unescape(base_tag[1])) if base_tag else address
    return tuple(dict.fromkeys(name for source in _sources(page) if (name := _resolved(base, source)) is not None))


def spelling(url: str) -> str:
    """An address as it is compared: percent signs undone, the host in small letters, without a fragment."""
    parts = urlsplit(url)
    return unquote(f"{parts.scheme}://{parts.netloc.lower()}{parts.path}?{parts.query}")


def _sources(page: str) -> Iterator[str]:
    # Markup in the string of a script escapes its quotation marks and slashes.
    for match in _TAG.finditer(page.replace('\\"', '"').replace("\\/", "/")):
        if attributes := match["attributes"]:
            for value in _VALUE.finditer(attributes):
                yield html.unescape(value[1] or value[2] or value[3])
        elif _IMAGE_FILE.search(match["literal"]):
            yield html.unescape(match["literal"])


def _resolved(base: str, source: str) -> str | None:
    try:
        return spelling(urljoin(base, source.strip().replace("\\", "/")))
    except ValueError:  # no address at all
        return None
