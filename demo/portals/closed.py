"""Portals that a polite crawler leaves alone: 砚湖市 sends a script challenge, 杏坞县 has a broken robots.txt."""

from __future__ import annotations

from dataclasses import replace

from demo.portals import trs
from demo.portals.trs import Listing
from demo.site import Answer, Desk, error

COLUMN = "/zwgk/zfxxgknb/"
CHALLENGE = Answer(
    '<!DOCTYPE html><html><head><meta charset="utf-8"><script>window.$_ts=window.$_ts||{};$_ts.cd="'
    f'{"qRqkE" * 160}";</script></head><body></body></html>'.encode(),
    status=412,
    headers=(("Set-Cookie", "demo_challenge=1; path=/; HttpOnly"),),
)


def build_challenge(desk: Desk) -> None:
    """砚湖市: 412 with a script for everything but robots.txt, so that only browsers get to the reports."""
    reports(desk, "behind a script challenge")
    desk.site.pages.clear()
    trs.robots(desk, "User-agent: *\nAllow: /\n")
    desk.site.elsewhere = lambda _: CHALLENGE


def build_broken_robots(desk: Desk) -> None:
    """杏坞县: robots.txt answers 503, so nothing may be asked for although all of it would be there."""
    reports(desk, "robots.txt cannot be read")
    desk.site.add("/robots.txt", error(503, "服务不可用"))


def reports(desk: Desk, lost: str) -> None:
    """A plain portal with its reports, all of them out of reach."""
    trs.home(desk, [(COLUMN, "政府信息公开年报")])
    rows = [trs.publish(desk, COLUMN, report, "trs") for report in desk.in_order()]
    trs.listed(desk, Listing(COLUMN, "政府信息公开年报"), rows)
    desk.publications[:] = [replace(publication, lost=lost) for publication in desk.publications]
