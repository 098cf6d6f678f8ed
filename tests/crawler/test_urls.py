"""The short ways through links, which most links of a page go, lead where the long ways lead."""

from __future__ import annotations

from posixpath import basename
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from crawler.pages import file_extension, resolve

HOST = "http://www.qingshi.gov.cn"
BASES = (
    f"{HOST}/zwgk/nb/",
    "HTTP://WWW.Qingshi.gov.cn:80/x/",
    "https://[::1]:8443/",
    "http://qs.cn.:81/a",
    "ftp://qs.cn/",
)
IN_LINKS = ("/", ".", "..", "//", "a", "zwgk", "年报", "%2e", ";jsessionid=1", "?a=1", "#x", ":", "@", "~", " ")
IN_FILES = ("/", ".", "doc", "pdf", "a", "?", "&file=", "=", "#", "b.docx")


@given(st.sampled_from(BASES), st.lists(st.sampled_from(IN_LINKS), max_size=8))
def test_a_path_leads_where_the_whole_url_with_that_path_leads(base: str, pieces: list[str]) -> None:
    link = "/" + "".join(pieces)
    whole = link if link.startswith("//") else "/".join(base.split("/")[:3]) + link
    assert resolve(base, link) == resolve(base, whole)


@given(st.lists(st.sampled_from(IN_FILES), max_size=8))
def test_an_extension_is_read_from_the_path_and_nowhere_else(pieces: list[str]) -> None:
    url = "http://www.qingshi.doc/" + "".join(pieces)
    stem, _, extension = basename(urlsplit(url).path).rpartition(".")
    known = stem.strip(".") and extension in {"doc", "pdf", "docx"}
    assert file_extension(url) == (extension if known else None)
