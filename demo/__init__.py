"""Portals to try the project on: a small loopback server that plays CMS dialects with made-up agencies."""
