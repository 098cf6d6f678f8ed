"""The contracts between the stages of the route: frozen dataclasses and enums, importing nothing of ours.

Names follow `docs/architecture.md`. Values are coerced where they are read (`report/numbers.py`, the registry loader),
never here: a dataclass that arrives is a dataclass that was meant.
"""

from archive.models.checks import CellRef, CheckStatus, Finding
from archive.models.crawl import DOCUMENTS, Capture, CapturedPage, ListingEntry, Outcome, Role, ShownPicture
from archive.models.documents import (
    Block,
    Document,
    Grid,
    GridCell,
    Heading,
    Link,
    NeedsOcr,
    Ocr,
    Paragraph,
    Picture,
    ReadBy,
    UnreadableDocument,
)
from archive.models.registry import Agency, Division, Level, Portal, TlsRelaxation
from archive.models.report import (
    Cell,
    Era,
    ExtraRow,
    Leftover,
    NotAReport,
    Number,
    ParsedReport,
    ParseResult,
    Section,
    SectionStatus,
    State,
    Unreadable,
)

__all__ = [
    "DOCUMENTS",
    "Agency",
    "Block",
    "Capture",
    "CapturedPage",
    "Cell",
    "CellRef",
    "CheckStatus",
    "Division",
    "Document",
    "Era",
    "ExtraRow",
    "Finding",
    "Grid",
    "GridCell",
    "Heading",
    "Leftover",
    "Level",
    "Link",
    "ListingEntry",
    "NeedsOcr",
    "NotAReport",
    "Number",
    "Ocr",
    "Outcome",
    "Paragraph",
    "ParseResult",
    "ParsedReport",
    "Picture",
    "Portal",
    "ReadBy",
    "Role",
    "Section",
    "SectionStatus",
    "ShownPicture",
    "State",
    "TlsRelaxation",
    "Unreadable",
    "UnreadableDocument",
]
