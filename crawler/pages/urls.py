"""Links as written to absolute http(s) URLs, as a browser would resolve them; anything else is no link."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

_PLAIN = re.compile(r"[!$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~|]*\Z")
_STRIPPED = re.compile(r"[\t\r\n\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # browsers drop these inside a URL
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_.\-]*[a-z0-9_])?\.?\Z|\[[0-9a-f:.]+\]\Z")
_MAX_LENGTH = 2048
# The number of a visit, written into every link for readers without cookies (Servlet specification §7.1.3; the names
# are those that archival crawlers take out). With it each view of a list would be a new list, without end. A short
# `sid` is the number of a site.
_VISIT_IN_PATH = re.compile(r";jsessionid=[^/;]*|/\((?:[AFSX]\([\w\-*!.]+\))+\)(?=/)", re.IGNORECASE)
"""`;jsessionid=…`, and the folder `/(S(…))/` of ASP.NET (`UseUri` of its session state: anonymous, forms, session)."""
_VISIT_IN_QUERY = re.compile(
    r"(?:\A|&)(?:(?:jsessionid|phpsessid|aspsessionid\w*|cftoken|aspxautodetectcookiesupport)=[^&]*|(?:sid|sessid|sessionid|session_id)=[0-9a-z]{16,})"
    r"(?=&|\Z)",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SIMPLE_PATH = re.compile(r"/[!$%&'()*+,\-./0-9:=@A-Z_a-z~|]*\Z")


def resolve(base: str, link: str | None, encoding: str = "utf-8") -> str | None:
    """Returns the absolute URL of a link on a page at `base`, without its fragment, or None where it leads nowhere.

    None stands for an empty link, one to a place on the same page, another scheme (`javascript:`, `mailto:`, `data:`),
    a URL with a user name in it, one longer than 2,048 characters, and one that is not a URL. Non-ASCII characters are
    percent-encoded, in the query with the page's `encoding` as browsers do. The number of a visit is taken out.
    """
    if not link:
        return None
    if link[0] == "/" and link[1:2] != "/":
        origin = _origin(base)
        # The links of a site's menus on each of its pages were a fifth of the crawl's work, and with a thousand sites
        # in turn no table holds them all.
        if origin and "/." not in link and "/(" not in link and len(link) <= _MAX_LENGTH and _SIMPLE_PATH.match(link):
            return origin + link
        return _resolve(base, link, encoding)
    return _resolve(base, link, encoding)


@lru_cache(maxsize=16384)
def _origin(base: str) -> str | None:
    """Scheme, host and port as `resolve` spells them, without a slash at the end; None where nothing can be asked."""
    root = _resolve(base, "/", "utf-8")
    return root[:-1] if root else None


@lru_cache(maxsize=16384)
def _resolve(base: str, link: str, encoding: str) -> str | None:
    link = _STRIPPED.sub("", link).strip(" \u3000\xa0").partition("#")[0].replace("\\", "/")
    if not link or len(link) > _MAX_LENGTH:
        return None
    scheme = _SCHEME.match(link)
    if scheme and scheme.group(1).lower() not in _DEFAULT_PORTS:
        return None
    try:
        # urljoin drops empty segments beside dots (`/..//`), which browsers keep.
        rooted = link[0] == "/" and link[1:2] != "/"
        url = "{0.scheme}://{0.netloc}".format(urlsplit(base)) + link if rooted else urljoin(base, link)
        if not _PLAIN.match(url):
            url = safe_url_string(url, encoding=encoding)
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except (ValueError, LookupError):  # not a URL; an unknown query encoding
        return None
    if parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc:
        return None
    if ":" in host:
        host = f"[{host}]"
    if not _HOST.match(host):
        return None
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    path, query = _without_dots(parts), parts.query
    if ";" in path or "/(" in path:
        path = _VISIT_IN_PATH.sub("", path)
    if query:
        query = _VISIT_IN_QUERY.sub("", query).lstrip("&")
    return urlunsplit((parts.scheme, host, path, query, ""))


def host_of(url: str) -> str:
    """The lower-case host name of an absolute URL, or an empty string."""
    return urlsplit(url).hostname or ""


def folder_of(url: str) -> str:
    """The URL up to and with the last slash of its path: what relative links of that page start from."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/"


def _without_dots(parts: SplitResult) -> str:
    path = parts.path or "/"
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
