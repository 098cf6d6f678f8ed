"""Scans: pages of made-up reports at 150 and 200 dots an inch: straight, badly scanned, and as web pages show them.

`python -m bench.ocr [REPORTS] [FILE…]`; needs the extra `ocr` and a font with Chinese letters. Prints how many cells
were read right, left unread and read wrong, whether every wrong one stands in a check that fails, and the CPU time of a
page. Each FILE is a PDF, whose pages are drawn first, or an image, with `NAME.expected.json` beside it
(`tests.report.truth`): with files given, and no number, only they are read.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2

from archive.checks.within import check_report
from archive.models import Cell, CheckStatus, Document, NotAReport, Ocr, ParsedReport, State
from archive.readers import read, scan
from archive.report.parser import parse_document
from demo.reports import many
from demo.truth import TrueReport
from tests.report.truth import expected_of

if TYPE_CHECKING:
    from tests.readers import scanned_report as paper

_FAILED = (CheckStatus.FAIL, CheckStatus.FAIL_WITH_BLANKS)
_RESOLUTIONS = (150, 200)
_CONDITIONS = ("straight", "degraded", "shrunk")

Value = tuple[Any, State | None]
"""What a cell should hold: a value, and the state it must be in where that is known."""

Truth = dict[tuple[str, str | None], Value]


def main(reports: int = 1, files: Iterable[Path] = ()) -> None:
    """Prints one line for each resolution and condition, and then for each file."""
    if not scan.available():
        print("ocr: skipped, the extra `ocr` is not installed")
        return
    global paper
    from tests.readers import scanned_report as paper

    if paper.font() is None:
        print("ocr: skipped, no font with Chinese letters (fonts-noto-cjk)")
        return
    if reports:
        truths = list(islice(many(reports), reports))
        print(f"ocr: {reports} reports printed on pages, read cell by cell; seconds of CPU, one core")
        for dpi in _RESOLUTIONS:
            pages = [(paper.pictures(truth, dpi), _truth_of(truth)) for truth in truths]
            for condition in _CONDITIONS:
                _measure(f"{dpi} dpi, {condition:8}", pages, dpi, condition)
    for file in files:
        truth = _expected(file)
        for dpi in _RESOLUTIONS if file.suffix == ".pdf" else (0,):
            images = _drawn(file, dpi)
            for condition in _CONDITIONS:
                _measure(
                    f"{file.name}, {f'{dpi} dpi' if dpi else 'as it is'}, {condition:8}",
                    [(images, truth)],
                    dpi,
                    condition,
                )


def _truth_of(report: TrueReport) -> Truth:
    return {(cell.key, cell.applicant): (cell.value, cell.state) for cell in report.cells}


def _expected(file: Path) -> Truth:
    """What the file beside it says; a cell that it gives no number has none, blank or not."""
    path = expected_of(file)
    if path is None:
        raise SystemExit(f"{file}: there is no {file.stem}.expected.json beside it")
    return {
        (key, applicant): (value, None) for key, applicant, value in json.loads(path.read_text("utf-8"))["statistics"]
    }


def _drawn(file: Path, dpi: int) -> list[Any]:
    """The pages of a PDF drawn with `dpi` dots an inch, or the pages of an image file as they are, in grey."""
    from PIL import Image, ImageSequence

    if dpi:
        with pypdfium2.PdfDocument(file) as document:
            return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]
    with Image.open(file) as image:
        return [frame.convert("L") for frame in ImageSequence.Iterator(image)]


def _measure(name: str, reports: list[tuple[list[Any], Truth]], dpi: int, condition: str) -> None:
    total: Counter[str] = Counter()
    seconds, pages = 0.0, 0
    for straight, truth in reports:
        images = straight
        if condition == "degraded":
            images = [paper.worn(image, seed=number) for number, image in enumerate(images)]
        elif condition == "shrunk":
            images = [paper.shrunk(image) for image in images]
        stated = dpi if dpi and condition != "shrunk" else 72  # which says nothing
        data = paper.file_of(images, "TIFF", stated)
        started = time.process_time()
        document = read(data, ocr=Ocr.ON)
        seconds += time.process_time() - started
        pages += len(images)
        total += _compared(document, truth)
    cells = total["right"] + total["unread"] + total["wrong"]
    print(
        f"  {name}: {total['right']} of {cells} cells right, {total['unread']} unread, "
        f"{total['wrong']} wrong ({total['flagged']} of them in a check that fails), {seconds / pages:.1f} s a page",
        flush=True,
    )


def _compared(document: Document, truth: Truth) -> Counter[str]:
    report: Any = parse_document(document)
    found: Counter[str] = Counter()
    if isinstance(report, NotAReport):
        return Counter(unread=len(truth))
    flagged = _flagged(report)
    read_cells = {(cell.key, cell.applicant): cell for cell in report.cells}
    for place, (value, state) in truth.items():
        other = read_cells.get(place)
        if other is not None and _same(other, value, state):
            found["right"] += 1
        elif other is None or (other.value is None and other.state is not State.BLANK):
            found["unread"] += 1
        else:
            found["wrong"] += 1
            found["flagged"] += place in flagged
            print(f"    wrong: {place}: {other.value} ({other.state}, {other.raw!r}) for {value}, at {other.place}")
    return found


def _same(cell: Cell, value: Any, state: State | None) -> bool:
    if state is not None:
        return (cell.value, cell.state) == (value, state)
    return cell.value is None if value is None else cell.value is not None and str(cell.value) == str(value)


def _flagged(report: ParsedReport) -> set[tuple[str, str | None]]:
    """The cells that stand in a check that fails."""
    return {
        (ref.key, ref.applicant) for found in check_report(report) if found.status in _FAILED for ref in found.cells
    }


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    named = [Path(argument) for argument in sys.argv[1:] if not argument.isdigit()]
    main(numbers[0] if numbers else int(not named), named)
