"""Compares a document, read as a report, with the demo report that it was printed from."""

from __future__ import annotations

from archive.models import Document, ParsedReport, State
from archive.report.parser import parse_document
from demo.truth import TrueReport


def differences(document: Document, truth: TrueReport, *, sections: bool = True) -> list[str]:
    """Each cell and section that is not as printed, for a person; a cell without a value is named `unread`.

    `sections` False leaves out the text of sections 2 to 4, into which tables without lines fall.
    """
    report = parse_document(document)
    if not isinstance(report, ParsedReport):
        return [f"no report: {report.why}"]
    read = {(cell.key, cell.applicant): cell for cell in report.cells}
    found = []
    for cell in truth.cells:
        other = read[cell.key, cell.applicant]
        if (other.value, other.state) != (cell.value, cell.state):
            fault = "unread" if other.value is None and other.state is not State.ZERO else "WRONG"
            found.append(f"{fault}: {cell.key} {cell.applicant}: printed {cell.raw!r}, read {other.raw!r}")
    for section, other_section in zip(truth.sections, report.sections, strict=True):
        if (sections or section.number not in (2, 3, 4)) and section.text != other_section.text:
            found.append(f"section {section.number}: printed {section.text!r}, read {other_section.text!r}")
    if report.title != truth.title:
        found.append(f"title: printed {truth.title!r}, read {report.title!r}")
    return found
