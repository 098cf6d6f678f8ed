"""Scans: pages of made-up reports at 150 and 200 dots an inch, straight and as a bad scanner leaves them.

`python -m bench.ocr [REPORTS]`; needs the extra `ocr` and a font with Chinese letters. Prints how many cells were read
right, left unread and read wrong, whether every wrong one stands in a check that fails, and the CPU time of a page.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from archive.checks.within import check_report
from archive.models import CheckStatus, Document, NotAReport, Ocr, ParsedReport, State
from archive.readers import read, scan
from archive.report.parser import parse_document
from demo.reports import many
from demo.truth import TrueReport

if TYPE_CHECKING:
    from tests.readers import scanned_report as paper

_FAILED = (CheckStatus.FAIL, CheckStatus.FAIL_WITH_BLANKS)


def main(reports: int = 1) -> None:
    """Prints one line for each resolution and condition."""
    if not scan.available():
        print("ocr: skipped, the extra `ocr` is not installed")
        return
    global paper
    from tests.readers import scanned_report as paper

    if paper.font() is None:
        print("ocr: skipped, no font with Chinese letters (fonts-noto-cjk)")
        return
    truths = list(islice(many(reports), reports))
    print(f"ocr: {reports} reports printed on pages, read cell by cell; seconds of CPU, one core")
    for dpi in (150, 200):
        for condition in ("straight", "degraded"):
            _measure(truths, dpi, condition)


def _measure(truths: list[TrueReport], dpi: int, condition: str) -> None:
    total: Counter[str] = Counter()
    seconds, pages = 0.0, 0
    for truth in truths:
        images = paper.pictures(truth, dpi)
        if condition == "degraded":
            images = [paper.worn(image, seed=number) for number, image in enumerate(images)]
        data = paper.file_of(images, "TIFF", dpi)
        started = time.process_time()
        document = read(data, ocr=Ocr.ON)
        seconds += time.process_time() - started
        pages += len(images)
        total += _compared(document, truth)
    cells = total["right"] + total["unread"] + total["wrong"]
    print(
        f"  {dpi} dpi, {condition:8}: {total['right']} of {cells} cells right, {total['unread']} unread, "
        f"{total['wrong']} wrong ({total['flagged']} of them in a check that fails), {seconds / pages:.1f} s a page"
    )


def _compared(document: Document, truth: TrueReport) -> Counter[str]:
    report: Any = parse_document(document)
    found: Counter[str] = Counter()
    if isinstance(report, NotAReport):
        return Counter(unread=len(truth.cells))
    report = replace(report, year=truth.year)
    flagged = _flagged(report)
    read_cells = {(cell.key, cell.applicant): cell for cell in report.cells}
    for cell in truth.cells:
        place = cell.key, cell.applicant
        other = read_cells.get(place)
        if other is not None and (other.value, other.state) == (cell.value, cell.state):
            found["right"] += 1
        elif other is None or (other.value is None and other.state is not State.BLANK):
            found["unread"] += 1
        else:
            found["wrong"] += 1
            found["flagged"] += place in flagged
    return found


def _flagged(report: ParsedReport) -> set[tuple[str, str | None]]:
    """The cells that stand in a check that fails."""
    return {
        (ref.key, ref.applicant) for found in check_report(report) if found.status in _FAILED for ref in found.cells
    }


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
