"""Where rows and sister columns of a Hanweb list stand: neither is below the column's own folder."""

from __future__ import annotations

import re

from crawler.platforms.reading import Territory

TERRITORY = Territory(re.compile(r"/art/20\d\d/"), re.compile(r"/col/col\d+/(?:index\.html)?(?:\?|\Z)"))
