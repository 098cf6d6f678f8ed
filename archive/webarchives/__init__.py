"""Captures for other archive tools and from them: WACZ out, WARC and WACZ in."""
