"""Pure helpers on one fetched page: text, tree, links, dates, meta tags, redirects. None knows what a report is."""

from __future__ import annotations

from crawler.pages.dates import article_shape, date_in_text, date_in_url
from crawler.pages.files import FILE_EXTENSIONS, embedded_files, file_extension, is_file, may_be_file, names_file
from crawler.pages.furniture import in_furniture
from crawler.pages.links import PageLink, links_of, unopened_texts
from crawler.pages.page import Page, TooMuchMarkup
from crawler.pages.redirects import iframes_of, refresh_target
from crawler.pages.urls import folder_of, host_of, resolve
from crawler.pages.written import joined_literals

__all__ = [
    "FILE_EXTENSIONS",
    "Page",
    "PageLink",
    "TooMuchMarkup",
    "article_shape",
    "date_in_text",
    "date_in_url",
    "embedded_files",
    "file_extension",
    "folder_of",
    "host_of",
    "iframes_of",
    "in_furniture",
    "is_file",
    "joined_literals",
    "links_of",
    "may_be_file",
    "names_file",
    "refresh_target",
    "resolve",
    "unopened_texts",
]
