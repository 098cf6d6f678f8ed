"""Made-up reports as LibreOffice prints them: `python -m tests.readers.pdf_fixtures` makes fixtures/pdf/*.pdf anew.

The embedded fonts are replaced by one of bars: they are most of a file and say nothing about its text. The truth of
each file is the demo report it was made of.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path

from demo.render import docx
from demo.reports import many
from demo.truth import TrueReport
from tests.readers.box_font import box_font
from tests.readers.pdf_writer import assemble, stream

FOLDER = Path(__file__).parent / "fixtures" / "pdf"

_LINE = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'
_RULED = (
    "<w:tblPr><w:tblBorders>"
    + "".join(f"<w:{side} {_LINE}/>" for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    + "</w:tblBorders></w:tblPr>"
)
_WIDTHS = {
    4: (2250,) * 4,
    10: (800, 1100, 2200, *(700,) * 7),
    15: (600,) * 15,
}
"""Column widths in twentieths of a point, by the number of columns of a table."""

_PORTRAIT = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440"/>'
_LANDSCAPE = (
    '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
    '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440"/>'
)
_SHORT = '<w:pgSz w:w="11000" w:h="9000"/><w:pgMar w:top="900" w:right="900" w:bottom="900" w:left="900"/>'

# name of the file: number of the demo report, page, whether its tables are ruled
VARIANTS: dict[str, tuple[int, str, bool]] = {
    "portrait": (4, _PORTRAIT, True),
    "landscape": (16, _LANDSCAPE, True),
    "short": (1, _SHORT, True),
    "unruled": (13, _PORTRAIT, False),
}


def report(name: str) -> TrueReport:
    """The truth of a fixture."""
    return next(islice(many(60), VARIANTS[name][0], None))


def word_file(name: str) -> bytes:
    """The Word file that a fixture was printed from."""
    _, page, ruled = VARIANTS[name]
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(docx.render(report(name)))) as source, zipfile.ZipFile(out, "w") as target:
        for member in source.namelist():
            text = source.read(member).decode()
            if member == "word/document.xml":
                text = text.replace("<w:sectPr/>", f"<w:sectPr>{page}</w:sectPr>")
                text = text.replace("<w:tblPr/>", _RULED) if ruled else text
                text = re.sub(r"<w:tbl>.*?</w:tbl>", _with_widths, text, flags=re.S)
                text = text.replace(
                    '<w:pStyle w:val="Normal"/>', '<w:pStyle w:val="Normal"/><w:ind w:firstLine="480"/>'
                )
            target.writestr(member, text)
    return out.getvalue()


def _with_widths(table: re.Match[str]) -> str:
    """The table with the width of every column and cell written down, as a word processor does."""
    text = table[0]
    widths = _WIDTHS[text.count("<w:gridCol/>")]
    column = 0

    def cell(match: re.Match[str]) -> str:
        nonlocal column
        span = int(match[1] or 1)
        column %= len(widths)
        wide = sum(widths[column : column + span])
        column += span
        return f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{match[0].removeprefix("<w:tc><w:tcPr>")}'

    text = re.sub(r'<w:tc><w:tcPr>(?:<w:gridSpan w:val="(\d+)"/>)?', cell, text)
    grid = "".join(f'<w:gridCol w:w="{wide}"/>' for wide in widths)
    return re.sub(r"<w:tblGrid>.*?</w:tblGrid>", f"<w:tblGrid>{grid}</w:tblGrid>", text)


def printed(word: bytes) -> bytes:
    """A Word file as LibreOffice prints it; raises CalledProcessError where it cannot."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.docx"
        source.write_bytes(word)
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
             "--outdir", folder, str(source)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return source.with_suffix(".pdf").read_bytes()


def with_box_font(data: bytes) -> bytes:
    """The same file with the font of bars in place of the programs of its fonts."""
    objects = {int(match[1]): match[2] for match in _objects(data)}
    programs = {int(number) for body in objects.values() for number in re.findall(rb"/FontFile[23]? (\d+) 0 R", body)}
    catalogue = next(number for number, body in objects.items() if b"/Type/Catalog" in body)
    found = re.search(rb"/Info (\d+) 0 R", data)
    information = int(found[1]) if found else catalogue
    rest = [number for number in sorted(objects) if number not in programs | {catalogue, information}]
    order = [catalogue, *rest[:2], information, *rest[2:]]
    renamed = {old: new for new, old in enumerate(order, 1)}
    program = len(order) + 1

    def rename(match: re.Match[bytes]) -> bytes:
        number = int(match[1])
        return b"%d 0 R" % (program if number in programs else renamed[number])

    bodies = []
    for number in order:
        head, mark, content = objects[number].partition(b"stream\n")
        head = re.sub(rb"(\d+) 0 R\b", rename, head)
        if b"/Type/Font/" in head:
            head = head.replace(b"/Subtype/Type1/", b"/Subtype/TrueType/")
        bodies.append(
            head.replace(b"/FontFile3", b"/FontFile2").replace(b"/FontFile ", b"/FontFile2 ") + mark + content
        )
    return assemble([*bodies, stream(box_font(), f"/Length1 {len(box_font())}")])


def _objects(data: bytes) -> Iterator[re.Match[bytes]]:
    yield from re.finditer(rb"(?:^|\n)(\d+) 0 obj\n?(.*?)\nendobj", data, re.S)


def main() -> None:
    """Makes every fixture anew; needs LibreOffice and a Chinese font."""
    if shutil.which("soffice") is None:
        raise SystemExit("LibreOffice (soffice) is not installed: install it to make the fixtures anew")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in VARIANTS:
        (FOLDER / f"{name}.pdf").write_bytes(with_box_font(printed(word_file(name))))


if __name__ == "__main__":
    main()
