"""`make bench`: every benchmark in one run, one after the other, so that ratios compare like with like."""

from __future__ import annotations

import sys

from bench import crawl, documents, ocr, search, site

ALL = {"crawl": crawl.main, "documents": documents.main, "search": search.main, "site": site.main, "ocr": ocr.main}

if __name__ == "__main__":
    chosen = sys.argv[1:] or list(ALL)
    if unknown := set(chosen) - ALL.keys():
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(ALL)}")
    for name in chosen:
        ALL[name]()
