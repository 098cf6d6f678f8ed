"""苇塘县: a TRS portal that breaks half-way. What fails is fixed by URL, so every run meets the same faults.

In the first edition some articles reset the connection, some answer 503 for ever, one recovers after two 503 answers
and one ends before its Content-Length. In the second edition the portal is repaired.
"""

from __future__ import annotations

from dataclasses import replace

from demo.portals import trs
from demo.portals.trs import Listing
from demo.site import Desk, Manner, error

COLUMN = "/zwgk/zfxxgknb/"
RESET = ("weitang-xzf-2022", "weitang-yjj-2021")
BUSY = ("weitang-rsj-2021", "weitang-lsz-2023")
STUMBLING = ("weitang-xzf-2023", 2)
CUT = "weitang-yjj-2022"


def build(desk: Desk) -> None:
    """Fills the portal."""
    trs.robots(desk, "User-agent: *\nAllow: /\n")
    trs.home(desk, [(COLUMN, "政府信息公开年报")])
    rows = [trs.publish(desk, COLUMN, report, "trs") for report in desk.in_order()]
    trs.listed(desk, Listing(COLUMN, "政府信息公开年报", "pages", rows="brackets", size=8), rows)
    if desk.edition > 1:
        return
    for number, publication in enumerate(desk.publications):
        path = publication.urls[0].removeprefix(desk.site.base)
        page = desk.site.pages[path]
        lost = ""
        if publication.report.id in RESET:
            page, lost = replace(page, manner=Manner.RESET), "the connection is reset"
        elif publication.report.id in BUSY:
            page, lost = error(503, "服务繁忙", ("Retry-After", "1")), "always 503"
        elif publication.report.id == STUMBLING[0]:
            page = replace(page, stumbles=STUMBLING[1])
        elif publication.report.id == CUT:
            page, lost = replace(page, manner=Manner.CUT), "ends before its Content-Length"
        desk.site.pages[path] = page
        desk.publications[number] = replace(publication, lost=lost)
