"""Word files made for the tests: just the parts that the reader looks at, with markup as Word writes it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def run(text: str, properties: str = "") -> str:
    return f'<w:r>{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def par(*runs: str, properties: str = "") -> str:
    """A paragraph of runs; a run without markup is text."""
    inside = "".join(item if item.startswith("<") else run(item) for item in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"


def numbered(text: str, list_id: int, level: int = 0) -> str:
    return par(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def cell(content: str = "", properties: str = "") -> str:
    """A cell; content without markup is one paragraph."""
    inside = content if content.startswith("<") else par(content)
    return f"<w:tc>{f'<w:tcPr>{properties}</w:tcPr>' if properties else ''}{inside}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    inside = "".join(item if item.startswith("<") else cell(item) for item in cells)
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{inside}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def control(content: str) -> str:
    """A content control around anything."""
    return f"<w:sdt><w:sdtPr><w:tag w:val='x'/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def level(at: int, form: str, pattern: str, start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def numbering(levels: Iterable[str], more: str = "") -> str:
    """A numbering part with one abstract list, counted by the list 1, and whatever else is given."""
    return (
        f'<w:abstractNum w:abstractNumId="5">{"".join(levels)}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>{more}'
    )


def docx(
    body: str,
    *,
    numbering: str = "",
    styles: str = "",
    footnotes: str = "",
    core: str = "",
    links: dict[str, str] | None = None,
    main: str = "word/document.xml",
    prolog: str = '<?xml version="1.0" encoding="UTF-8"?>',
    namespace: str = W,
) -> bytes:
    """The bytes of a Word file with the given body; `links` are external targets by relation id."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("_rels/.rels", _relations([("r1", f"{_OFFICE}/officeDocument", f"/{main}", False)]))
        related = [(key, f"{_OFFICE}/hyperlink", target, True) for key, target in (links or {}).items()]
        folder, _, name = main.rpartition("/")
        for kind, element, part in (
            ("numbering", "numbering", numbering), ("styles", "styles", styles), ("footnotes", "footnotes", footnotes),
        ):  # fmt: skip
            if part:
                file.writestr(f"{folder}/{kind}1.xml", f"<w:{element} {_SPACES}>{part}</w:{element}>")
                related.append((f"r_{kind}", f"{_OFFICE}/{kind}", f"{kind}1.xml", False))
        file.writestr(f"{folder}/_rels/{name}.rels", _relations(related))
        text = f"{prolog}<w:document {_SPACES}><w:body>{body}</w:body></w:document>"
        file.writestr(main, text.replace(W, namespace))
        if core:
            file.writestr("docProps/core.xml", core)
    return out.getvalue()


def _relations(relations: Iterable[tuple[str, str, str, bool]]) -> str:
    items = ""
    for key, kind, target, outside in relations:
        mode = ' TargetMode="External"' if outside else ""
        items += f'<Relationship Id="{key}" Type="{kind}" Target="{target}"{mode}/>'
    return f'<Relationships xmlns="{_RELATIONS}">{items}</Relationships>'
